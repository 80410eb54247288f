"""Step 4: from scores to pairs: exact, with capacities, most people first.

Usable alone on plain arrays. A `Graph` lists the allowed pairs; what is not listed is barred:

    graph = Graph(rows, columns, gains, demand=np.ones(3, int), places=np.array([2, 1]))
    chosen = best_total(graph)                 # True for the pairs of the optimum
    chosen = best_total_dense(matrix, allowed, demand, places)     # the same from a full matrix

Gains are whole numbers (`whole_gains`), so an optimum is an optimum and not a matter of rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
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


def best_total(graph: Graph, group: Ints | None = None, floors: Ints | None = None) -> Bools:
    """Most pairs, then the smallest shortfall below the groups' floors, then the highest gain: True per chosen pair.

    Args:
        group: number of the group (school) of each row.
        floors: least matched rows per group.
    """
    n, m = len(graph.demand), len(graph.places)
    if not len(graph.rows):
        return np.zeros(0, dtype=np.bool_)
    flow: Any = min_cost_flow.SimpleMinCostFlow()
    ones = np.ones(len(graph.rows), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(graph.rows, n + graph.columns, ones, -graph.gain)
    if group is None or floors is None or not floors.any():
        flow.set_nodes_supplies(np.arange(n + m), np.concatenate([graph.demand, -graph.places]))
    else:
        _add_floors(flow, graph, group, floors)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise MatchingError(f"the flow solver stopped with {status}")
    chosen: Bools = np.asarray(flow.flows(arcs)) > 0
    return chosen


def _add_floors(flow: Any, graph: Graph, group: Ints, floors: Ints) -> None:
    """Two sources: what counts towards the floors, and the rest. Fixing how much each sends fixes the order of aims.

    People -> mentors as before; source "floor" reaches group g with at most floors[g], source "rest" without limit.
    """
    n, m, g = len(graph.demand), len(graph.places), len(floors)
    groups, floor_source, rest = n + m + np.arange(g), n + m + g, n + m + g + 1
    most = most_pairs(graph)
    counted = most_counted(graph, group, floors)
    many = np.full(g, int(graph.demand.sum()), dtype=np.int64)
    for tails, heads, room in (
        (np.full(g, floor_source), groups, floors),
        (np.full(g, rest), groups, many),
        (groups[group], np.arange(n), graph.demand),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, np.zeros(len(room), dtype=np.int64))
    supplies = np.concatenate([np.zeros(n, dtype=np.int64), -graph.places, np.zeros(g, dtype=np.int64)])
    flow.set_nodes_supplies(np.arange(n + m + g + 2), np.concatenate([supplies, [counted, most - counted]]))


def most_pairs(graph: Graph) -> int:
    """The largest number of pairs that demand, places and bars allow."""
    if (graph.demand <= 1).all():
        matched: AnyArray = maximum_bipartite_matching(_repeated(graph), perm_type="column")
        return int((matched >= 0).sum())
    return _most_pairs_within(graph, np.zeros(len(graph.demand), dtype=np.int64), graph.demand.sum(keepdims=True))


def most_counted(graph: Graph, group: Ints | None, floors: Ints | None) -> int:
    """The largest number of rows that can count towards the groups' floors; 0 without floors."""
    if group is None or floors is None or not floors.any():
        return 0
    return _most_pairs_within(graph, group, floors)


def _repeated(graph: Graph) -> csr_matrix:
    """The graph with a column per place and no row for a demand of 0."""
    usable = np.minimum(graph.places, np.bincount(graph.columns, minlength=len(graph.places)))
    wanted = graph.demand[graph.rows] > 0
    rows, columns = graph.rows[wanted], graph.columns[wanted]
    first = np.concatenate([[0], np.cumsum(usable)])
    copies = usable[columns]
    starts = np.cumsum(copies) - copies
    across = np.repeat(first[columns] - starts, copies) + np.arange(copies.sum())
    return csr_matrix(
        (np.ones(len(across), dtype=np.int8), (np.repeat(rows, copies), across)),
        shape=(len(graph.demand), int(first[-1])),
    )


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
