"""What a programme has achieved, in sums, charts and files."""
