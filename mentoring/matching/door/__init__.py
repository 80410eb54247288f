"""The command-line door: two tables in, explained proposals out, without any website. See `docs/matching.md`."""
