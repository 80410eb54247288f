"""The matching engine against its bars and its peers, in one run on one machine.

    make bench                                    # everything; about half an hour on two cores
    python benchmarks/bench_matching.py --quick   # without the 100,000s

Each line is a ratio to a yardstick measured in the same run, so that the machine matters little. The peer
`mentor-match` lives in an environment of its own under var/peers, made from the package registry when it is missing.
The results go to var/benchmarks/matching.md and docs/matching-growth.svg.
"""

from __future__ import annotations

import argparse
import copy
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.chart import growth_chart
from benchmarks.measuring import (
    OUT,
    ROOT,
    Line,
    asked,
    best_of,
    count_processor_time,
    machine,
    now,
    peer,
    timed,
)
from benchmarks.people import few_profiles, market
from mentoring.matching import Ban, Floors, Objective, Pin, Workers, prepare, scan
from mentoring.matching.assignment import Graph, best_total, whole_points
from mentoring.matching.explanation import parts
from mentoring.matching.fairness import fairest_floor
from mentoring.matching.leximin import leximin
from mentoring.matching.sparse import SparseBoard
from mentoring.matching.terms import terms_of
from mentoring.matching.workers import run


def scipy_dense(score: np.ndarray, allowed: np.ndarray, places: np.ndarray) -> tuple[float, float]:
    """(seconds, total) of SciPy's solver alone on the ready matrix, columns repeated per place."""
    columns = np.repeat(np.arange(len(places)), np.minimum(places, len(score)))
    cost = np.where(allowed, -score, 1e6)[:, columns]
    seconds, (i, j) = timed(lambda: linear_sum_assignment(cost))
    real = allowed[i, columns[j]]
    return seconds, float(score[i[real], columns[j][real]].sum())


def small() -> list[Line]:
    """1,000 x 600: from rows to explained proposals."""
    left, right = market(1000, 600, texts=False)
    prepare(left[:50], right[:50]).solve()

    def whole() -> list[Any]:
        return list(prepare(left, right).solve().pairs)

    seconds, pairs = best_of(5, whole)
    built = prepare(left, right).market
    score, allowed = built.score_block(), built.allowed_block()
    alone, total = min(scipy_dense(score, allowed, built.places) for _ in range(5))
    ours = sum(pair.score for pair in pairs)
    ratio = seconds / alone
    optimum = abs(ours - total) < 0.5
    lines = [
        Line(
            "1,000 × 600, rows to explained proposals",
            "optimum; ≤ 3 × SciPy's solver alone",
            f"{seconds:.2f} s = {ratio:.1f} × {alone:.3f} s; total {ours:.1f}, SciPy {total:.1f}",
            optimum and ratio <= 3,
        )
    ]
    return [*lines, *against_mentor_match(seconds)]


def against_mentor_match(ours: float) -> list[Line]:
    """The peer on the same sizes, scored by its own scale; its time grows with the cube, so 300 x 180 stands in."""
    python = peer("mentor-match")
    script = Path(__file__).with_name("peer_mentor_match.py")
    done = subprocess.run([str(python), str(script), "1000", "600"], capture_output=True, text=True, check=False)
    if done.returncode:
        return [Line("mentor-match, 1,000 × 600", "≥ 100 × faster, at least its score", done.stderr[-200:], None)]
    theirs = json.loads(done.stdout)
    seconds, same = our_score_on_their_scale(theirs)
    return [
        Line(
            "mentor-match, 1,000 × 600",
            "≥ 100 × faster, at least its score",
            f"{theirs['seconds']:.1f} s = {theirs['seconds'] / ours:.0f} × our whole run; its {theirs['pairs']} pairs "
            f"score {theirs['total']:.0f}, our solver on its own matrix {same:.0f} in {seconds:.2f} s",
            theirs["seconds"] / ours >= 100 and same >= theirs["total"],
        )
    ]


def against_matching() -> list[Line]:
    """The stable matching of `matching`, and OR-Tools directly, on the same matrix of 1,000 x 600."""
    left, right = market(1000, 600, texts=False)
    problem = prepare(left, right)
    built = problem.market
    score, allowed = built.score_block(), built.allowed_block()
    graph = problem.board(0).graph(terms_of(built, Floors(), {}))
    direct, _ = best_of(3, lambda: best_total(graph))
    ours, result = best_of(3, lambda: prepare(left, right).solve())
    OUT.mkdir(parents=True, exist_ok=True)
    np.savez(OUT / "small.npz", score=score, allowed=allowed, places=built.places)
    theirs = asked("matching", "peer_matching.py", str(OUT / "small.npz"))
    total, pairs = result.stats["total"], len(result.pairs)
    lines = [
        Line(
            "OR-Tools min-cost flow alone, 1,000 × 600, every allowed pair",
            "our whole run no slower",
            f"{direct:.2f} s; our whole run {ours:.2f} s",
            ours <= direct,
        )
    ]
    if "error" in theirs:
        return [*lines, Line("matching, 1,000 × 600", "faster, at least its pairs and total", theirs["error"], None)]
    measured = (
        f"{theirs['seconds']:.1f} s = {theirs['seconds'] / ours:.0f} × our whole run; its {theirs['pairs']} pairs "
        f"score {theirs['total']:.0f}, our {pairs} score {total:.0f}"
    )
    better = pairs >= theirs["pairs"] and total >= theirs["total"] and ours <= theirs["seconds"]
    return [*lines, Line("matching, 1,000 × 600", "faster, at least its pairs and total", measured, better)]


def top() -> list[Line]:
    """Top 50 with every rule, of 4,096 rows of 100,000 x 100,000, against faiss without rules on the same vectors."""
    rows, k = 4_096, 50
    left, right = market(rows, 100_000, texts=False)
    built = prepare(left, right).market
    scanner = scan.Scanner.over(built)
    bare = bare_product(scanner, rows)
    blocks = [(a, min(rows, a + scan.ROWS), k) for a in range(0, rows, scan.ROWS)]
    ours, _ = best_of(2, lambda: list(run(scan.best_of_block, scanner, blocks, Workers())))
    OUT.mkdir(parents=True, exist_ok=True)
    files = [str(OUT / name) for name in ("left.npy", "right.npy")]
    np.save(files[0], np.hstack([scanner.left, scanner.known_left]))
    np.save(files[1], scanner.both_right)
    theirs = asked("faiss-cpu", "peer_faiss.py", *files, str(k))
    for file in files:
        Path(file).unlink()
    flat = theirs.get("seconds")
    measured = f"{ours:.1f} s = {ours / bare:.1f} × the bare product; faiss " + (
        f"{flat:.1f} s, so {ours / flat:.2f} × that" if flat else theirs["error"]
    )
    return [
        Line(f"top 50 of {rows:,} × 100,000, all rules", "≤ 1.3 × faiss flat", measured, flat and ours <= 1.3 * flat)
    ]


def our_score_on_their_scale(peer: dict[str, Any]) -> tuple[float, float]:
    """(seconds, total) of our assignment on the peer's own matrix of scores."""
    score = np.array(peer["scores"], dtype=np.int64).T
    rows, columns = np.nonzero(np.array(peer["allowed"], dtype=bool).T)
    points = score[rows, columns]
    ones = [np.ones(size, dtype=np.int64) for size in score.shape]
    graph = Graph(rows, columns, points, points, *ones)
    seconds, chosen = timed(lambda: best_total(graph))
    return seconds, float(points[chosen].sum())


def medium() -> list[Line]:
    """10,000 x 6,000: from features to the proven optimum, against SciPy on the ready matrix."""
    left, right = market(10_000, 6_000, texts=False)
    problem = prepare(left, right)
    built = problem.market
    terms = terms_of(built, Floors(), {})

    def ours() -> Any:
        board = SparseBoard(built, 0, Workers())
        return board, board.solve(Objective.BEST_TOTAL, terms)

    seconds, (board, solution) = best_of(2, ours)
    total = float(built.scores(solution.i, solution.j).sum())
    score = np.vstack([_score_rows(built, a, min(a + 1000, 10_000)) for a in range(0, 10_000, 1000)])
    allowed = np.vstack([_allowed_rows(built, a, min(a + 1000, 10_000)) for a in range(0, 10_000, 1000)])
    alone, reference = scipy_dense(score, allowed, built.places)
    del score, allowed
    lines = [
        Line(
            "10,000 × 6,000, features to proven optimum",
            "≤ 0.30 × SciPy's dense solver on the ready matrix",
            f"{seconds:.1f} s = {seconds / alone:.2f} × {alone:.1f} s; total {total:.1f}, SciPy {reference:.1f}",
            seconds / alone <= 0.30 and abs(total - reference) < 1 and solution.gap == 0,
        )
    ]
    graph = board.graph(terms)
    best, _ = best_of(2, lambda: best_total(graph))
    for name, bar, aim in (("fairest floor", 2, fairest_floor), ("leximin", 3, leximin)):
        fair, _ = best_of(2, lambda aim=aim: aim(graph))
        work = f"{name} on the candidates of 10,000 × 6,000"
        lines.append(Line(work, f"≤ {bar} × best total", f"{fair:.1f} s = {fair / best:.1f} ×", fair <= bar * best))
    return lines


def fairness_of_everybody() -> list[Line]:
    """The fairer aims on 10,000 x 50 candidates: scores that hardly repeat, and scores that do."""
    pick = np.random.default_rng(1)
    n, m, k = 10_000, 6_000, 50
    keys = np.unique(np.repeat(np.arange(n), k) * m + pick.integers(0, m, n * k))
    places = pick.integers(1, 4, m)
    lines = []
    for step, words in ((1, ""), (100, ", scores in tenths of a point")):
        points = whole_points(pick.uniform(40, 100, len(keys))) // step * step
        graph = Graph(keys // m, keys % m, points, points, np.ones(n, dtype=np.int64), places)
        best, _ = best_of(3, lambda graph=graph: best_total(graph))
        for name, bar, aim in (("fairest floor", 2, fairest_floor), ("leximin", 3, leximin)):
            fair, _ = best_of(2, lambda graph=graph, aim=aim: aim(graph))
            work = f"{name}, 10,000 × 50 candidates{words}"
            lines.append(Line(work, f"≤ {bar} × best total", f"{fair:.1f} s = {fair / best:.1f} ×", fair <= bar * best))
    return lines


def _score_rows(built: Any, start: int, stop: int) -> np.ndarray:
    """Some rows of the full matrix."""
    return sliced(built, start, stop).score_block()


def _allowed_rows(built: Any, start: int, stop: int) -> np.ndarray:
    i, j = np.arange(start, stop)[:, None], np.arange(built.shape[1])[None, :]
    return built.allowed(i, j)


def sliced(built: Any, start: int, stop: int) -> Any:
    """The market of some mentees only; its scores are those of the whole."""
    part = copy.copy(built)
    part.mentees = built.mentees[start:stop]
    part.features = []
    for f in built.features:
        known = replace(f.known, left=f.known.left[start:stop])
        changed = copy.copy(f)
        changed.known, changed.left = known, f.left[start:stop]
        part.features.append(changed)
    part.__dict__.pop("_patterns", None)
    return part


def few() -> list[Line]:
    """Hubs, ties and a shortage: everybody is one of six profiles."""
    lines = []
    for mentees, mentors in ((5_000, 3_000), (5_000, 2_000)):
        problem = prepare(*few_profiles(mentees, mentors))
        built = problem.market
        terms = terms_of(built, Floors(), {})

        def ours(problem: Any = problem, terms: Any = terms) -> Any:
            problem._boards.clear()
            return problem.board(0).solve(Objective.BEST_TOTAL, terms)

        seconds, solution = best_of(3, ours)
        score, allowed = built.score_block(), built.allowed_block()
        alone, reference = scipy_dense(score, allowed, built.places)
        total = float(score[solution.i, solution.j].sum())
        most = min(mentees, int(built.places.sum()))
        lines.append(
            Line(
                f"six profiles, {mentees:,} × {mentors:,}",
                "nobody unmatched who need not be; ≤ 1 × SciPy's dense solver",
                f"{len(solution.i)} of at most {most}; {seconds:.1f} s = {seconds / alone:.2f} × {alone:.1f} s; "
                f"total {total:.0f}, SciPy {reference:.0f}",
                seconds <= alone and abs(total - reference) < 1,
            )
        )
    return lines


def what_if() -> list[Line]:
    lines = []
    for mentees, mentors, bar in ((500, 500, 0.3), (5_000, 3_000, 1.0)):
        left, right = market(mentees, mentors, texts=False)
        problem = prepare(left, right)
        before = problem.solve()
        pair = before.pairs[5]
        full = next(p.key for p in right if p.capacity == 1)
        changes: list[dict[str, Any]] = [
            {"pins": [Pin(pair.mentee, pair.alternatives[0].mentor)]},
            {"bans": [Ban(pair.mentee, pair.mentor)]},
            {"capacities": {full: 3}},
        ]
        problem.what_if(before, bans=[Ban(pair.mentee, pair.mentor)])
        slowest = max(timed(partial(problem.what_if, before, **change))[0] for change in changes)
        lines.append(Line(f"what-if at {mentees:,} × {mentors:,}", f"≤ {bar} s", f"{slowest:.2f} s", slowest <= bar))
    return lines


def explanations() -> list[Line]:
    left, right = market(2_000, 1_200, texts=False)
    built = prepare(left, right).market
    pick = np.random.default_rng(0)
    i, j = pick.integers(0, 2_000, 100_000), pick.integers(0, 1_200, 100_000)
    seconds, told = best_of(3, lambda: parts(built, i, j))
    known = told.evidence > 0
    error = float(np.abs(told.contribution.sum(axis=1) + told.bonus - told.score)[known].max())
    result = prepare(left, right).solve()
    sentences, pairs = timed(lambda: list(result.pairs))
    return [
        Line(
            "explanations, 100,000 pairs",
            "parts sum to the score within 1e-6; in a second",
            f"{seconds:.2f} s, error {error:.0e}; with all sentences {1e5 * sentences / len(pairs):.1f} s",
            seconds <= 1 and error <= 1e-6,
        )
    ]


def bare_product(scanner: scan.Scanner, rows: int) -> float:
    """Seconds for the bare float32 product of one whole scan, measured on some rows, on all cores."""
    left = np.hstack([scanner.left, scanner.known_left])[:rows]
    right = np.ascontiguousarray(scanner.both_right)
    out = np.empty((512, len(right)), dtype=np.float32)

    def work() -> None:
        for a in range(0, rows, 512):
            block = left[a : a + 512]
            np.matmul(block, right.T, out=out[: len(block)])

    work()
    return min(timed(work)[0] for _ in range(3)) * len(scanner.left) / rows


class Watched(SparseBoard):
    """Notes when each test of all pairs had proven which gap."""

    proven: ClassVar[list[tuple[float, int]]] = []

    def _gap(self, *given: Any) -> int:
        gap = super()._gap(*given)
        self.proven.append((now(), gap))
        return gap


def large() -> Iterator[Line]:
    """100,000 x 60,000: a proven gap early, the proven optimum later."""
    left, right = market(100_000, 60_000, texts=False)
    seconds, problem = timed(lambda: prepare(left, right))
    built = problem.market
    bare = bare_product(scan.Scanner.over(built), 4_096)
    start = now()
    solution = Watched(built, 0, Workers()).solve(Objective.BEST_TOTAL, terms_of(built, Floors(), {}))
    total = float(built.scores(solution.i, solution.j).sum())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    for bar, times in ((0.001, 6), (0.0, 15)):
        then, gap = next((then, gap) for then, gap in Watched.proven if gap / 1000 <= bar * total)
        took = (then - start) / bare
        yield Line(
            f"100,000 × 60,000, gap ≤ {bar:.1%}",
            f"within {times} × the bare product of one scan; ≤ 1.2 GB",
            f"gap {gap / 1000 / total:.4%} after {then - start:.0f} s = {took:.1f} × {bare:.1f} s; at most {peak:.2f} "
            f"GB with the people themselves; encoding before it {seconds:.0f} s",
            took <= times and peak <= 1.2,
        )


def growth() -> list[tuple[int, float]]:
    """(people, seconds) from rows to a proven optimum."""
    found = []
    for mentees in (20, 60, 200, 600, 2_000, 6_000, 20_000):
        left, right = market(mentees, max(2, mentees * 6 // 10), texts=False)
        seconds, _ = best_of(2, lambda left=left, right=right: prepare(left, right).solve())
        found.append((len(left) + len(right), seconds))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out 100,000 × 60,000")
    parser.add_argument("--only", default="", help="one part by its name, for instance small; growth draws the chart")
    parser.add_argument("--cpu", action="store_true", help="count the time of all cores together, not by the clock")
    options = parser.parse_args()
    if options.cpu:
        count_processor_time()
    steps: list[Callable[[], Iterable[Line]]] = [
        small,
        against_matching,
        explanations,
        what_if,
        few,
        medium,
        fairness_of_everybody,
        top,
    ]
    if not options.quick:
        steps.append(large)
    lines: list[Line] = []
    for step in steps:
        if options.only in ("", step.__name__):
            for line in step():
                lines.append(line)
                mark = {True: "yes", False: "NO ", None: "?  "}[line.met]
                print(f"{mark}  {line.work}: {line.measured}", flush=True)
    OUT.mkdir(parents=True, exist_ok=True)
    table = ["| Work | Bar | Measured | Met |", "|---|---|---|---|"]
    table += [f"| {x.work} | {x.bar} | {x.measured} | {'yes' if x.met else 'no'} |" for x in lines]
    (OUT / "matching.md").write_text("\n".join([f"Measured on {machine()}.", "", *table, ""]), encoding="utf-8")
    if options.only in ("", "growth"):
        (ROOT / "docs" / "matching-growth.svg").write_text(growth_chart(growth()), encoding="utf-8")


if __name__ == "__main__":
    main()
