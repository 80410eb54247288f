"""What is solved: a market with its numbers laid out, and a few facts that an override may change.

`DenseBoard` lays out every pair; `mentoring.matching.sparse` does the same for markets too large for that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

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
from mentoring.matching.fairness import fairest_floor
from mentoring.matching.leximin import leximin
from mentoring.matching.market import Market
from mentoring.matching.settings import Objective, Workers
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
    """Chosen pairs, without the pins.

    Attributes:
        gap: points that the total could still gain, proven; 0 is the optimum.
        best: for a fairer objective, the pairs (i, j) of the best total under the same terms.
    """

    i: Ints
    j: Ints
    gap: float = 0.0
    best: tuple[Ints, Ints] | None = None
    notes: dict[str, float] = field(default_factory=dict)


@dataclass
class Clock:
    """How long there is, who may stop it, and whom to tell."""

    deadline: float = float("inf")
    step: Callable[[float, str], None] = lambda share, doing: None

    @property
    def over(self) -> bool:
        return time.perf_counter() > self.deadline


class Board(Protocol):
    """A market laid out, ready to be solved for different terms."""

    def attend(self, workers: Workers, clock: Clock, *, warm: bool = False) -> None:
        """Who works on what follows, how long there is, and whether a small change is asked about."""

    def solve(self, objective: Objective, terms: Terms) -> Solution:
        """The optimum for these terms, or with the clock over the best found and its gap."""

    def graph(self, terms: Terms) -> Graph:
        """The allowed pairs that are laid out."""

    def standing(self, i: Ints, j: Ints) -> Standing:
        """How pairs stand among all others."""

    def partner_counts(self, terms: Terms) -> Ints:
        """Allowed partners with something to give, per mentee and then per mentor; at least those that are known."""


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

    def attend(self, workers: Workers, clock: Clock, *, warm: bool = False) -> None:
        """A small market needs neither."""

    def solve(self, objective: Objective, terms: Terms) -> Solution:
        i, j = self._best_total(terms)
        if objective is Objective.BEST_TOTAL:
            return Solution(i, j)
        graph = self.graph(terms)
        chosen = choose(graph, objective, terms)
        return Solution(graph.rows[chosen], graph.columns[chosen], best=(i, j))

    def _allowed(self, terms: Terms) -> Bools:
        if not terms.barred:
            return self.allowed
        allowed = self.allowed.copy()
        allowed[tuple(np.array(terms.barred, dtype=np.int64).T)] = False
        return allowed

    def graph(self, terms: Terms) -> Graph:
        rows, columns = np.nonzero(self._allowed(terms))
        gain, points = self.gain[rows, columns], self.points[rows, columns]
        return Graph(rows, columns, gain, points, terms.demand, terms.places)

    def _best_total(self, terms: Terms) -> tuple[Ints, Ints]:
        if (terms.floors is not None and terms.floors.any()) or (terms.demand > 1).any():
            graph = self.graph(terms)
            chosen = best_total(graph, terms.group, terms.floors)
            return graph.rows[chosen], graph.columns[chosen]
        active = np.flatnonzero(terms.demand)
        allowed = self._allowed(terms)
        i, j = best_total_dense(self.gain[active], allowed[active], terms.demand[active], terms.places)
        return active[i], j

    def partner_counts(self, terms: Terms) -> Ints:
        rows = (self.allowed & (terms.places > 0)).sum(axis=1)
        return np.concatenate([rows, (self.allowed & (terms.demand > 0)[:, None]).sum(axis=0)])

    def standing(self, i: Ints, j: Ints) -> Standing:
        return dense_standing(self.score, self.allowed, i, j)


def choose(graph: Graph, objective: Objective, terms: Terms) -> Bools:
    """The optimum of one objective on a graph.

    With schools' floors, "leximin" is over the mentees whom "fairest floor" matches.
    """
    if objective is Objective.BEST_TOTAL:
        return best_total(graph, terms.group, terms.floors)
    if objective is Objective.LEXIMIN and (terms.floors is None or not terms.floors.any()):
        return leximin(graph)
    chosen = fairest_floor(graph, terms.group, terms.floors)
    if objective is Objective.LEXIMIN:
        matched = np.isin(graph.rows, graph.rows[chosen])
        chosen = np.zeros(len(graph.rows), dtype=np.bool_)
        chosen[matched] = leximin(graph.only(matched))
    return chosen
