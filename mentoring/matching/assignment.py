"""Step 4: from scores to pairs: exact, with capacities, most people first.

Usable alone on plain arrays. A `Graph` lists the allowed pairs; what is not listed is barred:

    graph = Graph(rows, columns, gains, demand=np.ones(3, int), places=np.array([2, 1]))
    chosen = best_total(graph)                 # True for the pairs of the optimum
    chosen = best_total_dense(matrix, allowed, demand, places)     # the same from a full matrix

Gains are whole numbers (`whole_gains`), so an optimum is an optimum and not a matter of rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from mentoring.matching.arrays import AnyArray, Bools, Floats, Ints
from mentoring.matching.errors import MatchingError

MILLI = 1000
"""Whole numbers per point of score."""

_POINT_BITS = 17  # 100 points in thousandths
_FLOAT_BITS = 52  # SciPy works in float64
_INT_BITS = 57  # OR-Tools works in int64, multiplies costs by the number of nodes and wants room beyond


@dataclass(frozen=True)
class Graph:
    """Allowed pairs: `rows[k]` may go to `columns[k]` for `gain[k]`; sorted by row, then column, no pair twice.

    Attributes:
        points: the score in thousandths, without the tie-break: what fairness is about.
        demand, places: partners wanted per row, places per column.
    """

    rows: Ints
    columns: Ints
    gain: Ints
    points: Ints
    demand: Ints
    places: Ints

    def only(self, keep: Bools) -> Graph:
        """The same people with fewer pairs."""
        return Graph(self.rows[keep], self.columns[keep], self.gain[keep], self.points[keep], self.demand, self.places)


def whole_points(score: Floats) -> Ints:
    """Scores 0 to 100 as thousandths."""
    return np.rint(score * MILLI).astype(np.int64)


def tie_bits(people: int, *, dense: bool) -> int:
    """How many bits the tie-break may have, so that all ties together stay below a thousandth of a point."""
    size = max(2, people).bit_length()
    room = _FLOAT_BITS - _POINT_BITS - size if dense else _INT_BITS - _POINT_BITS - 2 * size
    return int(np.clip(room, 0, 16))


def whole_gains(points: Ints, ties: Ints, people: int, bits: int) -> Ints:
    """Points first, ties second: even the ties of all pairs together never outweigh a thousandth of a point.

    Args:
        ties: numbers of 16 bits, of which the highest `bits` are used.
    """
    return (points << (bits + max(2, people).bit_length())) + (ties >> (16 - bits))


def pair_ties(left: Ints, right: Ints, waiting: Ints) -> Ints:
    """A number of 16 bits per pair: four bits of waiting time, then a hash of the two people. Shapes broadcast."""
    with np.errstate(over="ignore"):
        mixed = (left.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ right.view(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    hashed: Ints = (mixed >> np.uint64(52)).astype(np.int64)
    return (waiting << 12) + hashed


def best_total_dense(gain: Ints, allowed: Bools, demand: Ints, places: Ints) -> tuple[Ints, Ints]:
    """Most pairs, then the highest gain, over all pairs at once. Demand of one each; (rows, columns) of the optimum.

    SciPy on columns repeated per place. A barred pair costs more than any path could gain in practice; where even that
    left somebody out who could be placed, the exact flow takes over.
    """
    n = gain.shape[0]
    usable = np.minimum(places, n)
    columns = np.repeat(np.arange(len(places)), usable)
    top = int(gain.max(initial=1))
    cost = np.where(allowed, -gain.astype(np.float64), float(min(top * 64, 2**51)))[:, columns]
    rows, at = linear_sum_assignment(cost)
    chosen = columns[at]
    real = allowed[rows, chosen]
    rows, chosen = rows[real], chosen[real]
    if len(rows) < min(n, len(columns)):
        listed, across = np.nonzero(allowed)
        graph = Graph(listed, across, gain[listed, across], gain[listed, across], demand, places)
        if len(rows) < most_pairs(graph):
            picked = best_total(graph)
            return graph.rows[picked], graph.columns[picked]
    return rows.astype(np.int64), chosen.astype(np.int64)


def best_total(
    graph: Graph, group: Ints | None = None, floors: Ints | None = None, *, people_first: bool = True
) -> Bools:
    """Most people, then the smallest shortfall below the groups' floors, most pairs, the highest gain: True per pair.

    Args:
        group: number of the group (school) of each row.
        floors: least matched rows per group.
        people_first: False lets a second partner of one row count as much as the first of another.
    """
    n, m = len(graph.demand), len(graph.places)
    if not len(graph.rows):
        return np.zeros(0, dtype=np.bool_)
    flow: Any = min_cost_flow.SimpleMinCostFlow()
    ones = np.ones(len(graph.rows), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(graph.rows, n + graph.columns, ones, -graph.gain)
    has_floors = group is not None and floors is not None and bool(floors.any())
    if has_floors or (people_first and (graph.demand > 1).any()):
        _add_order(flow, graph, *((group, floors) if has_floors else (None, None)))
    else:
        flow.set_nodes_supplies(np.arange(n + m), np.concatenate([graph.demand, -graph.places]))
    chosen: Bools = _solved(flow, arcs) > 0
    return chosen


def best_flow(graph: Graph) -> Ints:
    """How many units go over each pair, without a limit per pair: rows and columns are groups of people then.

    Most units first, then the highest gain.
    """
    n, m = len(graph.demand), len(graph.places)
    flow: Any = min_cost_flow.SimpleMinCostFlow()
    room = np.minimum(graph.demand[graph.rows], graph.places[graph.columns])
    arcs = flow.add_arcs_with_capacity_and_unit_cost(graph.rows, n + graph.columns, room, -graph.gain)
    flow.set_nodes_supplies(np.arange(n + m), np.concatenate([graph.demand, -graph.places]))
    return _solved(flow, arcs) if len(graph.rows) else np.zeros(0, dtype=np.int64)


def _solved(flow: Any, arcs: Ints) -> Ints:
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise MatchingError(f"the flow solver stopped with {status}")
    return np.asarray(flow.flows(arcs), dtype=np.int64)


def _add_order(flow: Any, graph: Graph, group: Ints | None, floors: Ints | None) -> None:
    """Three sources: first partners that count towards a floor, other first partners, further partners.

    Fixing how much each sends fixes the order of aims, and no aim stands in the way of an earlier one: whoever has a
    partner keeps one while more pairs are made.
    """
    n, m = len(graph.demand), len(graph.places)
    if group is None or floors is None:
        group, floors = np.zeros(n, dtype=np.int64), np.zeros(1, dtype=np.int64)
    g = len(floors)
    groups, first = n + m + np.arange(g), n + m + g + np.arange(n)
    floor_source, rest, further = (n + m + g + n + at for at in range(3))
    once = np.minimum(graph.demand, 1)
    many = np.full(g, int(once.sum()), dtype=np.int64)
    for tails, heads, room in (
        (np.full(g, floor_source), groups, floors),
        (np.full(g, rest), groups, many),
        (groups[group], first, once),
        (first, np.arange(n), once),
        (np.full(n, further), np.arange(n), graph.demand - once),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, np.zeros(len(room), dtype=np.int64))
    people, pairs, counted = most_people(graph), most_pairs(graph), most_counted(graph, group, floors)
    supplies = [np.zeros(n, dtype=np.int64), -graph.places, np.zeros(g + n, dtype=np.int64)]
    supplies.append(np.array([counted, people - counted, pairs - people]))
    flow.set_nodes_supplies(np.arange(n + m + g + n + 3), np.concatenate(supplies))


def most_people(graph: Graph) -> int:
    """The largest number of rows with at least one partner."""
    return most_pairs(replace(graph, demand=np.minimum(graph.demand, 1)))


def most_pairs(graph: Graph) -> int:
    """The largest number of pairs that demand, places and bars allow."""
    if (graph.demand <= 1).all():
        return matched_above(*one_column_per_place(graph), 0)
    return _most_pairs_within(graph, np.zeros(len(graph.demand), dtype=np.int64), graph.demand.sum(keepdims=True))


def most_counted(graph: Graph, group: Ints | None, floors: Ints | None) -> int:
    """The largest number of rows that can count towards the groups' floors; 0 without floors."""
    if group is None or floors is None or not floors.any():
        return 0
    return _most_pairs_within(replace(graph, demand=np.minimum(graph.demand, 1)), group, floors)


def one_column_per_place(graph: Graph) -> tuple[csr_matrix, Ints]:
    """The graph with a column per place and no row for a demand of 0, and the points of its entries."""
    usable = np.minimum(graph.places, np.bincount(graph.columns, minlength=len(graph.places)))
    wanted = graph.demand[graph.rows] > 0
    rows, columns, points = graph.rows[wanted], graph.columns[wanted], graph.points[wanted]
    first = np.concatenate([[0], np.cumsum(usable)])
    copies = usable[columns]
    starts = np.cumsum(copies) - copies
    across = np.repeat(first[columns] - starts, copies) + np.arange(copies.sum())
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows, weights=copies, minlength=len(graph.demand)))])
    shape = (len(graph.demand), int(first[-1]))
    matrix = csr_matrix((np.ones(len(across), dtype=np.int8), across, ends.astype(np.int64)), shape=shape)
    return matrix, np.repeat(points, copies)


def matched_above(matrix: csr_matrix, points: Ints, least: int) -> int:
    """How many rows can be matched over entries of at least so many points."""
    keep = points >= least
    ends = np.concatenate([[0], np.cumsum(keep)])[matrix.indptr]
    above = csr_matrix((matrix.data[keep], matrix.indices[keep], ends), shape=matrix.shape)
    matched: AnyArray = maximum_bipartite_matching(above, perm_type="column")
    return int((matched >= 0).sum())


def _most_pairs_within(graph: Graph, group: Ints, limits: Ints) -> int:
    """The largest number of pairs if group g counts up to limits[g]."""
    n, m, g = len(graph.demand), len(graph.places), len(limits)
    groups, source, sink = n + m + np.arange(g), n + m + g, n + m + g + 1
    flow: Any = max_flow.SimpleMaxFlow()
    for tails, heads, room in (
        (np.full(g, source), groups, limits),
        (groups[group], np.arange(n), graph.demand),
        (graph.rows, n + graph.columns, np.ones(len(graph.rows), dtype=np.int64)),
        (n + np.arange(m), np.full(m, sink), graph.places),
    ):
        flow.add_arcs_with_capacity(tails, heads, room)
    flow.solve(source, sink)
    return int(flow.optimal_flow())
