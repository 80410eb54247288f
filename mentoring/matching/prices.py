"""Supporting prices: what proves that an assignment cannot be bettered.

If every place has a price such that nobody would rather pay for another place than keep their own, and unsold places
are free, then no other assignment has a higher total (linear programming duality). The flow solver gives no prices;
they follow from its answer by letting them rise until nobody is tempted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import Graph
from mentoring.matching.errors import MatchingError


@dataclass(frozen=True)
class Prices:
    """In thousandths of a point. `surplus[i]`: what row i has beyond the price it pays; `price[j]`: of a place."""

    surplus: Ints
    price: Ints


def short_of_places(graph: Graph, chosen: Bools) -> tuple[Bools, Bools]:
    """The part of the market in which there are too few places: (rows, columns) as masks.

    Its rows are those that could take over from somebody who is left out; its columns are all they may go to. Every
    place there is taken, and by one of these rows, in every assignment of most pairs. So the two parts never mix.
    """
    filled = np.bincount(graph.rows[chosen], minlength=len(graph.demand))
    rows = filled < graph.demand
    columns = np.zeros(len(graph.places), dtype=np.bool_)
    while True:
        reached = columns.copy()
        reached[graph.columns[rows[graph.rows]]] = True
        if (reached == columns).all():
            return rows, columns
        columns = reached
        rows = rows.copy()
        rows[graph.rows[chosen & columns[graph.columns]]] = True


def supporting_prices(graph: Graph, chosen: Bools, short: tuple[Bools, Bools]) -> Prices:
    """The lowest prices that support the chosen pairs of a graph, over its points.

    Args:
        short: see `short_of_places`; pairs from outside into that part never count.

    Raises:
        MatchingError: the chosen pairs are not an optimum of the graph.
    """
    n, m = len(graph.demand), len(graph.places)
    inside = short[0][graph.rows] == short[1][graph.columns]
    rows, columns, points, own = (a[inside] for a in (graph.rows, graph.columns, graph.points, chosen))
    first = np.searchsorted(rows, np.arange(n + 1))
    left_out = np.bincount(rows[own], minlength=n) < graph.demand
    price = np.zeros(m, dtype=np.int64)
    own_row, own_column, own_points = rows[own], columns[own], points[own]
    full = np.bincount(own_column, minlength=m) >= graph.places
    surplus = np.full(n, np.iinfo(np.int64).max // 4, dtype=np.int64)
    active = np.arange(n)
    for _ in range(2 * (n + m) + 2):
        surplus[own_row] = np.iinfo(np.int64).max // 4
        np.minimum.at(surplus, own_row, own_points - price[own_column])
        surplus[left_out] = 0
        arcs = _arcs_of(first, active)
        arcs = arcs[~own[arcs]]
        asked = points[arcs] - surplus[rows[arcs]]
        raised = asked > price[columns[arcs]]
        if not raised.any():
            if price[~full].any():
                break
            return Prices(surplus, price)
        moved = columns[arcs][raised]
        np.maximum.at(price, moved, asked[raised])
        touched = np.zeros(m, dtype=np.bool_)
        touched[moved] = True
        waking = np.zeros(n, dtype=np.bool_)
        waking[own_row[touched[own_column]]] = True
        active = np.flatnonzero(waking)
    raise MatchingError("The assignment is not an optimum of its own graph; please report this with its input.")


def _arcs_of(first: Ints, rows: Ints) -> Ints:
    """Positions of all pairs of some rows, where pairs are sorted by row and row r begins at first[r]."""
    lengths = first[rows + 1] - first[rows]
    return np.repeat(first[rows] - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())
