"""`python -m mentoring.matching`: the command, its words and its exit codes."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mentoring.matching.door.config import read_config
from mentoring.matching.door.people import mentees_from, mentors_from
from mentoring.matching.door.report import report
from mentoring.matching.door.tables import read_table, write_table
from mentoring.matching.engine import match
from mentoring.matching.errors import Fault, InvalidInput, MatchingError
from mentoring.matching.result import MatchResult, Status
from mentoring.matching.settings import Objective, Workers

DONE, BAD_INPUT, NO_SOLUTION = 0, 2, 3
SHOWN_FAULTS = 20

_EXAMPLES = """
examples:
  python -m mentoring.matching mentees.csv mentors.csv --out proposals.csv
      tables whose headings are the field names (key, name, organisation, role, interests, ...)
  python -m mentoring.matching mentees.csv mentors.xlsx --config matching.toml --out proposals.xlsx --report pairs.html
      other headings, named in the file; explained proposals as a workbook, and a report to print
  python -m mentoring.matching mentees.json mentors.json --objective fairest_floor --out result.json
      the whole result, with the parts of every score and why somebody is left over

exit codes: 0 done, 2 the input cannot be used (every fault is listed), 3 nobody can be matched
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m mentoring.matching",
        description="Propose mentoring pairs from two tables of people, each with its reasons.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("mentees", type=Path, help="table of mentees: .csv, .xlsx or .json")
    made.add_argument("mentors", type=Path, help="table of mentors: .csv, .xlsx or .json")
    made.add_argument("--config", type=Path, help="TOML file with columns, roles, rules and weights")
    made.add_argument("--out", type=Path, help="where the proposals go: .csv, .xlsx or .json")
    made.add_argument("--report", type=Path, help="where a printable HTML report goes")
    made.add_argument("--objective", choices=[o.value for o in Objective], help="instead of the one in the file")
    made.add_argument("--seed", type=int, help="settles ties, instead of the one in the file")
    made.add_argument("--workers", type=int, default=0, metavar="N", help="how many cores to use; 0 for all")
    made.add_argument("--backend", choices=["threads", "processes", "dask"], default="threads")
    made.add_argument("--scheduler", default="", metavar="ADDRESS", help="of a Dask cluster")
    made.add_argument("--time-limit", type=float, metavar="SECONDS", help="then give the best found, and its gap")
    made.add_argument("--skip-bad-rows", action="store_true", help="list rows that cannot be read, and go on")
    made.add_argument("--quiet", action="store_true", help="no progress and no summary")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except InvalidInput as error:
        _complain(error.faults)
        return BAD_INPUT
    except MatchingError as error:
        _complain([Fault(str(error))])
        return BAD_INPUT


def _run(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    config = read_config(options.config)
    if options.out is not None and options.out.suffix.lower() not in (".csv", ".xlsx", ".json"):
        raise InvalidInput(f"{options.out}: the proposals can be written as .csv, .xlsx or .json")
    left = mentees_from(read_table(options.mentees), config)
    right = mentors_from(read_table(options.mentors), config)
    for table, notes in ((options.mentees, left.notes), (options.mentors, right.notes)):
        _complain(notes, table.name)
    faults = [*left.faults, *right.faults]
    if faults:
        _complain(left.faults, options.mentees.name)
        _complain(right.faults, options.mentors.name)
        if not options.skip_bad_rows:
            print("Nothing was matched. Mend these, or use --skip-bad-rows.", file=sys.stderr)
            return BAD_INPUT
    result = match(
        left.people,
        right.people,
        rules=config.rules,
        weights=config.weights,
        objective=options.objective or config.objective,
        seed=config.seed if options.seed is None else options.seed,
        overrides=config.overrides,
        floors=config.floors,
        thesaurus=config.thesaurus,
        ladder=config.ladder,
        workers=Workers(backend=options.backend, count=options.workers, address=options.scheduler),
        time_limit=options.time_limit,
        progress=None if options.quiet or not sys.stderr.isatty() else _progress,
    )
    names = {person.key: person.name for side in (left.people, right.people) for person in side}
    try:
        if options.out is not None:
            _write(options.out, result, names)
        if options.report is not None:
            options.report.write_text(report(result, names), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{error.filename}: cannot be written ({error.strerror})") from error
    if not options.quiet:
        _summarise(result, names, time.perf_counter() - started, show_pairs=options.out is None)
    return NO_SOLUTION if result.status is Status.NO_SOLUTION else DONE


def _complain(faults: Sequence[Fault], table: str = "") -> None:
    for fault in faults[:SHOWN_FAULTS]:
        print(f"{table}: {fault}" if table else str(fault), file=sys.stderr)
    if len(faults) > SHOWN_FAULTS:
        print(f"... and {len(faults) - SHOWN_FAULTS} more", file=sys.stderr)


def _progress(share: float, doing: str) -> None:
    end = "\n" if share >= 1 else ""
    print(f"\r{share:4.0%}  {doing:<50}", end=end, file=sys.stderr, flush=True)


def _write(path: Path, result: MatchResult, names: dict[str, str]) -> None:
    if path.suffix.lower() == ".json":
        path.write_text(result.to_json(), encoding="utf-8")
        return
    parts = [key for key in result.config["weights"] if any(result.config["weights"].values())]
    headings = ["mentee", "mentee name", "mentor", "mentor name", "score", "evidence", "rank for mentee",
                "rank for mentor", "reason 1", "reason 2", "reason 3", "caution", "unknown",
                *(f"points: {key.replace('_', ' ')}" for key in [*parts, "preference"])]  # fmt: skip
    rows: list[list[str | float]] = []
    for pair in result.pairs:
        points = {c.key: round(c.contribution, 3) for c in pair.components if c.value is not None}
        reasons = [*pair.reasons, "", "", ""][:3]
        rows.append([
            pair.mentee, names.get(pair.mentee, ""), pair.mentor, names.get(pair.mentor, ""), round(pair.score, 3),
            round(pair.evidence, 3), pair.rank_for_mentee or "", pair.rank_for_mentor or "", *reasons, pair.caution,
            pair.unknown, *(points.get(key, "") for key in [*parts, "preference"]),
        ])  # fmt: skip
    write_table(path, headings, rows)


def _summarise(result: MatchResult, names: dict[str, str], seconds: float, *, show_pairs: bool) -> None:
    stats = result.stats
    for warning in result.warnings:
        print(f"note: {warning}")
    if show_pairs:
        for pair in result.pairs:
            mentee, mentor = (names.get(key) or key for key in (pair.mentee, pair.mentor))
            print(f"{mentee} with {mentor}: {pair.score:.1f}")
            for sentence in (*pair.reasons, pair.caution):
                if sentence:
                    print(f"    {sentence}")
    print(
        f"{stats['matched']:.0f} of {stats['mentees']:.0f} mentees matched with {stats['mentors']:.0f} mentors; "
        f"mean score {stats['mean']:.1f}, lowest {stats['lowest']:.1f}; {seconds:.1f} s"
    )
    print("Proven best." if not result.gap else f"At most {result.gap:.3%} could still be gained.")
    left = [u for u in result.unmatched if u.role == "mentee"]
    for person in left[:SHOWN_FAULTS]:
        print(f"without a mentor: {names.get(person.key) or person.key}: {person.sentence}")
    if len(left) > SHOWN_FAULTS:
        print(f"... and {len(left) - SHOWN_FAULTS} more without a mentor")
