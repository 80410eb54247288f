"""Large markets: candidates, proof over all pairs, the same outcome as laying everything out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.people import few_profiles, market
from mentoring.matching import (
    Ban,
    Cancelled,
    Floors,
    Mentee,
    Mentor,
    Objective,
    Pin,
    Status,
    Workers,
    columns,
    prepare,
    problem,
    scan,
    sparse,
)
from mentoring.matching.board import DenseBoard
from mentoring.matching.groups import GroupBoard, groups_of
from mentoring.matching.settings import Overrides
from mentoring.matching.sparse import SparseBoard
from mentoring.matching.terms import terms_of


@pytest.fixture(autouse=True)
def _small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several blocks and tiles even in a small market."""
    monkeypatch.setattr(scan, "ROWS", 64)
    monkeypatch.setattr(scan, "COLUMNS", 128)
    monkeypatch.setattr(sparse, "LEAST_SAMPLE", 40)  # so that the first candidates are far from the best


def both(left: list[Mentee], right: list[Mentor], objective: Objective) -> tuple[tuple[int, int, int], ...]:
    """(pairs, total, lowest) in thousandths, from the dense and from the sparse board."""
    problem = prepare(left, right)
    terms = terms_of(problem.market, Floors(), {})
    found = []
    boards = [DenseBoard(problem.market, 0), SparseBoard(problem.market, 0, Workers(count=2))]
    groups = groups_of(problem.market)
    if groups is not None:
        boards.append(GroupBoard(problem.market, 0, groups))
    for board in boards:
        solution = board.solve(objective, terms)
        assert solution.gap == 0
        assert problem.market.allowed(solution.i, solution.j).all()
        points = np.rint(problem.market.scores(solution.i, solution.j) * 1000).astype(int)
        found.append((len(points), int(points.sum()), int(points.min(initial=0))))
    assert len(set(found[1:])) == 1
    return tuple(found[:2])


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
    dense, other = both(*MARKETS[name](), objective)  # type: ignore[no-untyped-call]
    assert other == dense


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
    monkeypatch.setattr(problem, "DENSE_PAIRS", 0)


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
    other = next(a.mentor for a in pair.alternatives)
    overrides = Overrides(pins=(Pin(pair.mentee, other),), bans=(Ban(first.pairs[0].mentee, first.pairs[0].mentor),))
    result = prepare(left, right, overrides=overrides, floors=Floors(share=0.5)).solve()
    made = {(p.mentee, p.mentor) for p in result.pairs}
    assert (pair.mentee, other) in made
    assert (first.pairs[0].mentee, first.pairs[0].mentor) not in made
    assert len(result.pairs) == len(first.pairs)
    assert result.certificate


@pytest.mark.usefixtures("forced_sparse")
@pytest.mark.parametrize("objective", [Objective.BEST_TOTAL, Objective.FAIREST_FLOOR])
def test_groups__pins_bans_wishes_and_shuffled_rows__equal_the_dense_outcome(
    monkeypatch: pytest.MonkeyPatch, objective: Objective
) -> None:
    left, right = few_profiles(200, 90, seed=12)
    left[5] = replace(left[5], preferences=(right[7].key,), waiting_weeks=20)
    left[9] = replace(left[9], not_this_person=frozenset({right[1].key}))
    first = prepare(left, right)
    assert isinstance(first.board(0), GroupBoard)
    result = first.solve(objective=objective)
    i, j = (
        np.array(side)
        for side in zip(*((first.market.row[a], first.market.column[b]) for a, b, _ in result.scored()), strict=True)
    )
    dense = DenseBoard(first.market, 0).standing(i, j)
    told = first.board(0).standing(i, j)
    assert (told.rank_for_mentee == dense.rank_for_mentee).all()
    assert (told.rank_for_mentor == dense.rank_for_mentor).all()
    assert [[v for _, v in a] for a in told.alternatives] == [[v for _, v in a] for a in dense.alternatives]
    terms = terms_of(first.market, Floors(), {})
    assert (first.board(0).partner_counts(terms) == DenseBoard(first.market, 0).partner_counts(terms)).all()
    assert prepare(left[::-1], right[::-1]).solve(objective=objective).outcome_hash == result.outcome_hash
    pair = next(p for p in result.pairs if p.alternatives)
    change = {"pins": [Pin(pair.mentee, pair.alternatives[0].mentor)], "bans": [Ban(left[3].key, right[3].key)]}
    after = first.what_if(result, **change)
    monkeypatch.setattr(problem, "DENSE_PAIRS", 10**6)
    small = prepare(left, right)
    other = small.what_if(small.solve(objective=objective), **change)
    assert after.result.stats["total"] == pytest.approx(other.result.stats["total"])
    assert after.result.stats["lowest"] == pytest.approx(other.result.stats["lowest"])
    assert (pair.mentee, pair.alternatives[0].mentor) in {(p.mentee, p.mentor) for p in after.result.pairs}


def test_standing__by_a_scan__equals_that_of_the_full_matrix() -> None:
    left, right = market(120, 200, seed=13)
    left[4] = replace(left[4], preferences=tuple(p.key for p in right[20:25]), demand=2)
    built = prepare(left, right).market
    dense, other = DenseBoard(built, 0), SparseBoard(built, 0, Workers(count=2))
    solution = dense.solve(Objective.BEST_TOTAL, terms_of(built, Floors(), {}))
    exact, told = (board.standing(solution.i, solution.j) for board in (dense, other))
    assert (told.rank_for_mentee == exact.rank_for_mentee).all()
    assert np.allclose(*([v for listed in s.alternatives for _, v in listed] for s in (exact, told)))


def test_columns__rules_folded_in__bar_exactly_what_the_rules_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "WIDEST", 60)  # journeys of so many kinds are bounded by the formats alone
    left, right = market(150, 120, seed=14)
    built = prepare(left, right).market
    scanner = scan.Scanner.over(built)
    folded = {rule.key for rule in built.rules} - {rule.key for rule in scanner.rules}
    assert {"role_gap", "format", "overlap"} <= folded
    barred = np.zeros(built.shape, dtype=np.bool_)
    for rule in built.rules:
        if rule.key in folded:
            barred |= rule.bars(np.arange(150)[:, None], np.arange(120)[None, :])
    assert ((scanner.left @ scanner.right.T < -1) == barred).all()
