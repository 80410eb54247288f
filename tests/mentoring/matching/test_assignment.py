"""The solvers on plain arrays, against everything tried and against another solver."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.optimize import Bounds, LinearConstraint, milp

from mentoring.matching.assignment import Graph, best_total, best_total_dense, most_pairs
from mentoring.matching.errors import InvalidInput
from mentoring.matching.fairness import fairest_floor
from mentoring.matching.leximin import leximin
from mentoring.matching.prices import short_of_places, supporting_prices


@st.composite
def graphs(draw: st.DrawFn, size: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(points, allowed, places): few levels, so that ties are common."""
    n, m = draw(st.integers(1, size)), draw(st.integers(1, size))
    levels = draw(st.sampled_from([2, 3, 6, 1000]))
    points = draw(arrays.arrays(np.int64, (n, m), elements=st.integers(1, levels))) * 100
    allowed = draw(arrays.arrays(np.bool_, (n, m)))
    places = draw(arrays.arrays(np.int64, m, elements=st.integers(0, 2)))
    return points, allowed, places


def as_graph(points: np.ndarray, allowed: np.ndarray, places: np.ndarray) -> Graph:
    i, j = np.nonzero(allowed)
    return Graph(i, j, points[i, j], points[i, j], np.ones(len(points), dtype=np.int64), places)


def outcomes(points: np.ndarray, allowed: np.ndarray, places: np.ndarray) -> list[tuple[int, ...]]:
    """The sorted scores of every assignment there is."""
    found = []
    for choice in itertools.product(*[[-1, *np.flatnonzero(row)] for row in allowed]):
        taken = np.bincount([c for c in choice if c >= 0], minlength=len(places))
        if (taken <= places).all():
            found.append(tuple(sorted(int(points[i, c]) for i, c in enumerate(choice) if c >= 0)))
    return found


def scores(graph: Graph, chosen: np.ndarray) -> tuple[int, ...]:
    assert (np.bincount(graph.columns[chosen], minlength=len(graph.places)) <= graph.places).all()
    assert (np.bincount(graph.rows[chosen], minlength=len(graph.demand)) <= graph.demand).all()
    return tuple(sorted(graph.points[chosen].tolist()))


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_objectives__any_small_graph__equal_brute_force(instance: tuple[np.ndarray, ...]) -> None:
    graph, every = as_graph(*instance), outcomes(*instance)
    best = max(every, key=lambda o: (len(o), sum(o)))
    total = scores(graph, best_total(graph))
    assert (len(total), sum(total)) == (len(best), sum(best))
    floor = max(every, key=lambda o: (len(o), min(o, default=0), sum(o)))
    fair = scores(graph, fairest_floor(graph))
    assert (len(fair), min(fair, default=0), sum(fair)) == (len(floor), min(floor, default=0), sum(floor))
    assert scores(graph, leximin(graph)) == max(every, key=lambda o: (len(o), o))


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_best_total__floors__least_shortfall_then_best_total(
    instance: tuple[np.ndarray, ...], data: st.DataObject
) -> None:
    points, allowed, places = instance
    n = len(points)
    group = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    floors = np.array(data.draw(st.lists(st.integers(0, 2), min_size=2, max_size=2)))
    graph = as_graph(*instance)
    chosen = best_total(graph, group, floors)
    value = (0, 0, 0)
    for choice in itertools.product(*[[-1, *np.flatnonzero(row)] for row in allowed]):
        taken = [c for c in choice if c >= 0]
        if (np.bincount(taken, minlength=len(places)) <= places).all():
            served = np.bincount([group[i] for i, c in enumerate(choice) if c >= 0], minlength=2)
            total = sum(int(points[i, c]) for i, c in enumerate(choice) if c >= 0)
            value = max(value, (len(taken), int(np.minimum(served, floors).sum()), total))
    served = np.bincount(group[graph.rows[chosen]], minlength=2)
    found = (int(chosen.sum()), int(np.minimum(served, floors).sum()), int(graph.points[chosen].sum()))
    assert found == value


@settings(max_examples=150, deadline=None)
@given(graphs(size=7))
def test_best_total_dense__any_graph__equals_the_flow(instance: tuple[np.ndarray, ...]) -> None:
    points, allowed, places = instance
    graph = as_graph(*instance)
    i, j = best_total_dense(points, allowed, graph.demand, places)
    chosen = best_total(graph)
    assert (len(i), int(points[i, j].sum())) == (int(chosen.sum()), int(graph.points[chosen].sum()))
    assert most_pairs(graph) == len(i)


@settings(max_examples=150, deadline=None)
@given(graphs(size=7))
def test_supporting_prices__optimum__nobody_would_rather_pay_for_another(instance: tuple[np.ndarray, ...]) -> None:
    graph = as_graph(*instance)
    chosen = best_total(graph)
    short = short_of_places(graph, chosen)
    prices = supporting_prices(graph, chosen, short)
    same_part = short[0][graph.rows] == short[1][graph.columns]
    tempted = graph.points - prices.price[graph.columns] - prices.surplus[graph.rows]
    assert (tempted[same_part & ~chosen] <= 0).all()
    full = np.bincount(graph.columns[chosen], minlength=len(graph.places)) == graph.places
    assert (prices.price[~full] == 0).all()


@pytest.mark.parametrize("seed", range(4))
def test_best_total__larger_market_with_several_partners_each__equals_highs(seed: int) -> None:
    pick = np.random.default_rng(seed)
    n, m = 40, 30
    keep = np.flatnonzero(pick.random(n * m) < 0.3)
    i, j = keep // m, keep % m
    points = pick.integers(1, 100_000, len(keep))
    demand, places = pick.integers(0, 3, n), pick.integers(0, 3, m)
    graph = Graph(i, j, points, points, demand, places)
    use = np.vstack([[(i == row) for row in range(n)], [(j == column) for column in range(m)]]).astype(float)
    served = np.eye(n + m, n)  # a second set of variables: who has a partner at all
    limits = [
        LinearConstraint(np.hstack([use, 0 * served]), ub=np.concatenate([demand, places])),
        LinearConstraint(np.hstack([-use[:n], np.eye(n)]), ub=0),
    ]
    for people_first, worth in ((False, 0.0), (True, 1e9)):
        chosen = best_total(graph, people_first=people_first)
        reference = milp(
            -np.concatenate([points + 1e7, np.full(n, worth)]),
            constraints=limits,
            integrality=np.ones(len(keep) + n),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0},
        )
        picked = reference.x[: len(keep)] > 0.5
        outcome = [
            (people_first and len(np.unique(i[mask])), int(mask.sum()), int(points[mask].sum()))
            for mask in (chosen, picked)
        ]
        assert outcome[0] == outcome[1]


@settings(max_examples=120, deadline=None)
@given(graphs(size=4), st.data())
def test_best_total__some_want_two_partners__most_people_come_before_most_pairs(
    instance: tuple[np.ndarray, ...], data: st.DataObject
) -> None:
    points, _, places = instance
    n = len(points)
    demand = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    group = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    floors = np.array(data.draw(st.lists(st.integers(0, 2), min_size=2, max_size=2)))
    graph = replace(as_graph(*instance), demand=demand)
    value = (0, 0, 0, 0)
    fairest = (0, 0, 0, 0, 0)
    for picked in itertools.product([False, True], repeat=len(graph.rows)):
        keep = np.array(picked, dtype=np.bool_)
        per_row, per_column = (np.bincount(side[keep], minlength=4) for side in (graph.rows, graph.columns))
        if (per_row[:n] <= demand).all() and (per_column[: len(places)] <= places).all():
            served = np.bincount(group[per_row[:n] > 0], minlength=2)
            aims = (int((per_row > 0).sum()), int(np.minimum(served, floors).sum()), int(keep.sum()))
            total, lowest = int(graph.points[keep].sum()), int(graph.points[keep].min(initial=10**9))
            value, fairest = max(value, (*aims, total)), max(fairest, (*aims, lowest, total))

    def aims_of(chosen: np.ndarray) -> tuple[int, int, int]:
        people = np.unique(graph.rows[chosen])
        served = np.bincount(group[people], minlength=2)
        return len(people), int(np.minimum(served, floors).sum()), int(chosen.sum())

    chosen = best_total(graph, group, floors)
    assert (*aims_of(chosen), int(graph.points[chosen].sum())) == value
    fair = fairest_floor(graph, group, floors)
    if fair.any():
        assert (*aims_of(fair), int(graph.points[fair].min()), int(graph.points[fair].sum())) == fairest


@pytest.mark.parametrize("seed", range(150))
def test_leximin__many_ties__equals_a_flow_in_which_each_level_outweighs_all_above(seed: int) -> None:
    """Equal scores in abundance, places short or plenty: where all the rules for ties are at work."""
    pick = np.random.default_rng(seed)
    levels = int(pick.choice([2, 3, 4, 5, 6, 8]))
    n, m = int(pick.integers(1, min(60, 2 ** (46 / levels) - 1))), int(pick.integers(1, 40))
    keys = np.unique(np.repeat(np.arange(n), 5) * m + pick.integers(0, m, n * 5))
    points = pick.integers(1, levels + 1, len(keys))
    places = pick.integers(0, 4, m) if seed % 2 else np.ones(m, dtype=np.int64)
    graph = Graph(keys // m, keys % m, points, points, pick.integers(seed % 3 > 0, 2, n), places)
    heavy = np.array([(n + 1) ** (levels - int(level)) for level in points], dtype=np.int64)
    assert scores(graph, leximin(graph)) == scores(graph, best_total(replace(graph, gain=-heavy)))


def test_leximin__somebody_wants_two_partners__is_refused() -> None:
    two = Graph(*(np.array([0]) for _ in range(4)), np.array([2]), np.array([1]))
    with pytest.raises(InvalidInput, match="one mentor per mentee"):
        leximin(two)
