"""What is solved: a market with its numbers laid out, and a few facts that an override may change.

`DenseBoard` lays out every pair; `mentoring.matching.sparse` does the same for markets too large for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mentoring.matching import fairness
from mentoring.matching.arrays import Bools, Floats, Ints
from mentoring.matching.assignment import (
    Graph,
    best_total,
    best_total_dense,
    pair_ties,
    tie_bits,
    whole_gains,
    whole_points,
)
from mentoring.matching.explanation import Standing
from mentoring.matching.market import Market
from mentoring.matching.settings import Objective
from mentoring.matching.standing import dense_standing


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What may change between two solutions of one market.

    Attributes:
        demand, places: what is left to give after the pins.
        barred: pairs barred on top of the rules (bans, pins already given).
        group, floors: number of each mentee's school and the least matched per school.
    """

    demand: Ints
    places: Ints
    barred: tuple[tuple[int, int], ...] = ()
    group: Ints | None = None
    floors: Ints | None = None


@dataclass(frozen=True)
class Solution:
    """Chosen pairs, without the pins. `gap`: points that the total could still gain, proven; 0 is the optimum."""

    i: Ints
    j: Ints
    gap: float = 0.0
    notes: dict[str, float] = field(default_factory=dict)


class DenseBoard:
    """Every pair of the market as matrices, shape (n, m)."""

    def __init__(self, market: Market, seed: int) -> None:
        self.market = market
        self.score: Floats = market.score_block()
        self.allowed: Bools = market.allowed_block()
        left, right = market.tie_hashes(seed)
        people = sum(market.shape)
        self.points: Ints = whole_points(self.score)
        ties = pair_ties(left[:, None], right[None, :], market.waiting[:, None])
        self.gain: Ints = whole_gains(self.points, ties, people, tie_bits(people, dense=True))

    def solve(self, objective: Objective, terms: Terms) -> Solution:
        """The optimum for these terms."""
        allowed = self.allowed
        if terms.barred:
            allowed = allowed.copy()
            allowed[tuple(np.array(terms.barred, dtype=np.int64).T)] = False
        plain = terms.floors is None or not terms.floors.any()
        if objective is Objective.BEST_TOTAL and plain and (terms.demand <= 1).all():
            active = np.flatnonzero(terms.demand)
            gain, allowed = self.gain[active], allowed[active]
            i, j = best_total_dense(gain, allowed, terms.demand[active], terms.places)
            return Solution(active[i], j)
        rows, columns = np.nonzero(allowed)
        gain, points = self.gain[rows, columns], self.points[rows, columns]
        graph = Graph(rows, columns, gain, points, terms.demand, terms.places)
        chosen = choose(graph, objective, terms)
        return Solution(rows[chosen], columns[chosen])

    def standing(self, i: Ints, j: Ints) -> Standing:
        return dense_standing(self.score, self.allowed, i, j)


def choose(graph: Graph, objective: Objective, terms: Terms) -> Bools:
    """The optimum of one objective on a graph."""
    if objective is Objective.FAIREST_FLOOR:
        return fairness.fairest_floor(graph, terms.group, terms.floors)
    if objective is Objective.LEXIMIN:
        return fairness.leximin(graph, terms.group, terms.floors)
    return best_total(graph, terms.group, terms.floors)
