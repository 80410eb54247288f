"""The solvers on plain arrays, against everything tried and against another solver."""

from __future__ import annotations

import itertools

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
    chosen = best_total(graph)
    use = np.vstack([[(i == row) for row in range(n)], [(j == column) for column in range(m)]]).astype(float)
    limits = LinearConstraint(use, ub=np.concatenate([demand, places]))
    reference = milp(-(points + 10_000_000.0), constraints=limits, integrality=np.ones(len(keep)), bounds=Bounds(0, 1))
    picked = reference.x > 0.5
    assert (int(chosen.sum()), int(points[chosen].sum())) == (int(picked.sum()), int(points[picked].sum()))


def test_leximin__somebody_wants_two_partners__is_refused() -> None:
    two = Graph(*(np.array([0]) for _ in range(4)), np.array([2]), np.array([1]))
    with pytest.raises(InvalidInput, match="one mentor per mentee"):
        leximin(two)
