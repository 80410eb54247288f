"""Large markets: candidates, proof over all pairs, the same outcome as laying everything out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.people import few_profiles, market
from mentoring.matching import Cancelled, Floors, Mentee, Mentor, Objective, Status, Workers, engine, prepare, scan
from mentoring.matching.board import DenseBoard
from mentoring.matching.settings import Overrides
from mentoring.matching.sparse import SparseBoard
from mentoring.matching.terms import terms_of


@pytest.fixture(autouse=True)
def _small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several blocks and tiles even in a small market."""
    monkeypatch.setattr(scan, "ROWS", 64)
    monkeypatch.setattr(scan, "COLUMNS", 128)


def both(left: list[Mentee], right: list[Mentor], objective: Objective) -> tuple[tuple[int, int, int], ...]:
    """(pairs, total, lowest) in thousandths, from the dense and from the sparse board."""
    problem = prepare(left, right)
    terms = terms_of(problem.market, Floors(), {})
    found = []
    for board in (DenseBoard(problem.market, 0), SparseBoard(problem.market, 0, Workers(count=2))):
        solution = board.solve(objective, terms)
        assert solution.gap == 0
        assert problem.market.allowed(solution.i, solution.j).all()
        points = np.rint(problem.market.scores(solution.i, solution.j) * 1000).astype(int)
        found.append((len(points), int(points.sum()), int(points.min(initial=0))))
    return tuple(found)


MARKETS = {
    "ordinary": lambda: market(260, 200, seed=1, texts=False),
    "with texts": lambda: market(150, 120, seed=2, texts=True),
    "shortage": lambda: market(300, 60, seed=3, texts=False),
    "plenty": lambda: market(80, 300, seed=4, texts=False),
    "hubs": lambda: few_profiles(300, 180, seed=5),
    "hubs and shortage": lambda: few_profiles(300, 90, seed=6),
    "one giant school": lambda: tuple(
        [replace(p, organisation="giant", organisation_path=()) if n % 3 else p for n, p in enumerate(side)]
        for side in market(200, 150, seed=7, texts=False)
    ),
    "identical": lambda: (
        [Mentee(key=f"a{n}", interests={"x": 2}) for n in range(150)],
        [Mentor(key=f"b{n}", interests={"x": 2}, capacity=2) for n in range(90)],
    ),
    "blank": lambda: ([Mentee(key=f"a{n}") for n in range(120)], [Mentor(key=f"b{n}") for n in range(100)]),
}


@pytest.mark.parametrize("objective", [Objective.BEST_TOTAL, Objective.FAIREST_FLOOR])
@pytest.mark.parametrize("name", MARKETS)
def test_sparse_board__any_market__equals_the_dense_optimum(name: str, objective: Objective) -> None:
    dense, sparse = both(*MARKETS[name](), objective)  # type: ignore[no-untyped-call]
    assert sparse == dense


def test_best_of_block__compared_with_everything__misses_nobody() -> None:
    left, right = market(150, 400, seed=8)
    built = prepare(left, right).market
    score = np.where(built.allowed_block(), built.score_block(), -1.0)
    i, j, _ = scan.best_of_block(scan.Scanner.over(built), 0, 150, 20)
    exact = built.scores(i, j)
    for row in range(150):
        best = -np.sort(-score[row])[:20]
        np.testing.assert_allclose(np.sort(exact[i == row])[::-1], best[best >= 0], atol=2 * scan.SLACK)


@pytest.fixture
def forced_sparse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "DENSE_PAIRS", 0)


@pytest.mark.usefixtures("forced_sparse")
def test_solve__one_worker_two_workers_processes_and_shuffled_rows__give_one_hash() -> None:
    left, right = market(200, 150, seed=9, texts=False)
    hashes = {
        prepare(left, right).solve(workers=workers).outcome_hash
        for workers in (Workers(count=1), Workers(count=2), Workers(backend="processes", count=2))
    }
    hashes.add(prepare(left[::-1], right[::-1]).solve(workers=Workers(count=2)).outcome_hash)
    assert len(hashes) == 1


@pytest.mark.usefixtures("forced_sparse")
def test_solve__no_time__gives_the_best_found_with_a_true_gap() -> None:
    left, right = market(200, 60, seed=10, texts=False)
    hasty = prepare(left, right).solve(time_limit=0)
    best = prepare(left, right).solve()
    assert hasty.status is Status.TIME_LIMIT
    assert best.status is Status.COMPLETE
    assert hasty.stats["total"] * (1 + hasty.gap) >= best.stats["total"] - 1e-6
    assert best.gap == 0


@pytest.mark.usefixtures("forced_sparse")
def test_solve__cancelled_in_the_middle__raises() -> None:
    asked = iter(range(100))
    with pytest.raises(Cancelled):
        prepare(*market(150, 100, texts=False)).solve(cancelled=lambda: next(asked) > 3)


@pytest.mark.usefixtures("forced_sparse")
def test_solve__pins_and_floors__hold_in_a_large_market_too() -> None:
    left, right = market(120, 40, seed=11, texts=False)
    first = prepare(left, right).solve()
    pair = first.pairs[3]
    from mentoring.matching import Ban, Pin

    other = next(a.mentor for a in pair.alternatives)
    overrides = Overrides(pins=(Pin(pair.mentee, other),), bans=(Ban(first.pairs[0].mentee, first.pairs[0].mentor),))
    result = prepare(left, right, overrides=overrides, floors=Floors(share=0.5)).solve()
    made = {(p.mentee, p.mentor) for p in result.pairs}
    assert (pair.mentee, other) in made
    assert (first.pairs[0].mentee, first.pairs[0].mentor) not in made
    assert len(result.pairs) == len(first.pairs)
    assert result.certificate
