"""Step 4 where many people are alike: solve for groups of equals, then share out within each group.

Two mentees whom every component and every rule treats alike can change places without changing anything. Where a large
market falls into few such groups, the assignment between the groups is a small problem with the same optimum, and no
pair is left out of it. Within a group a hash of the person and the seed decides.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mentoring.matching.arrays import Bools, Floats, Ints, PairSet, classes, codes
from mentoring.matching.assignment import Graph, best_flow, pair_ties, tie_bits, whole_gains, whole_points
from mentoring.matching.board import Clock, Solution, Terms
from mentoring.matching.explanation import Standing
from mentoring.matching.fairness import highest_level
from mentoring.matching.features import Kernel, Vector
from mentoring.matching.market import Market
from mentoring.matching.settings import Objective, Workers
from mentoring.matching.sparse import SparseBoard
from mentoring.matching.standing import ALTERNATIVES

MOST_PAIRS_OF_GROUPS = 100_000
"""Beyond so many pairs of groups the market is solved over candidates."""


@dataclass(frozen=True)
class Groups:
    """Who is like whom: a number per mentee and per mentor, and one member of each group."""

    left: Ints
    right: Ints

    @cached_property
    def members(self) -> tuple[Ints, Ints]:
        return np.unique(self.left, return_index=True)[1], np.unique(self.right, return_index=True)[1]

    @property
    def pairs(self) -> int:
        return int(self.left.max(initial=-1) + 1) * int(self.right.max(initial=-1) + 1)

    def split(self, pairs: PairSet) -> Groups:
        """Whoever stands in one of these pairs becomes a group of their own."""
        left, right = pairs.classes(len(self.left))
        return Groups(classes([self.left, left], len(left)), classes([self.right, right], len(right)))


def groups_of(market: Market) -> Groups | None:
    """The groups of a market, or None where there are too many of them to help."""
    n, m = market.shape
    left, right = [market.waiting], list[Ints]()
    vectors = []
    for f in market.features:
        left.append(f.known.left)
        right.append(f.known.right)
        if isinstance(f, Kernel):
            left.append(f.left)
            right.append(f.right)
        elif isinstance(f, Vector):
            vectors.append(f)
        else:
            return None
    for rule in market.rules:
        left.append(rule.left)
        right.append(rule.right)
    for a, b in (market.wished.classes(n),):
        left.append(a)
        right.append(b)
    found = Groups(classes(left, n), classes(right, m))
    for f in vectors:  # last, for they take longest to compare
        if found.pairs > MOST_PAIRS_OF_GROUPS:
            return None
        found = Groups(classes([found.left, _rows(f.left)], n), classes([found.right, _rows(f.right)], m))
    return found if found.pairs <= min(MOST_PAIRS_OF_GROUPS, n * m // 4) else None


def _rows(matrix: object) -> Ints:
    """Number the distinct rows of a sparse matrix."""
    starts, indices, data = matrix.indptr, matrix.indices, matrix.data  # type: ignore[attr-defined]  # SciPy is untyped
    ends = starts.tolist()
    return codes(indices[a:b].tobytes() + data[a:b].tobytes() for a, b in itertools.pairwise(ends))[0]


@dataclass
class GroupBoard:
    """A large market of few groups. What groups cannot answer is left to candidates."""

    market: Market
    seed: int
    groups: Groups
    workers: Workers = field(default_factory=Workers)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.hashes = self.market.tie_hashes(self.seed)
        self.score, self.allowed = self._table(self.groups)

    @cached_property
    def candidates(self) -> SparseBoard:
        return SparseBoard(self.market, self.seed, self.workers, self.clock)

    def attend(self, workers: Workers, clock: Clock, *, warm: bool = False) -> None:
        self.workers, self.clock = workers, clock
        if "candidates" in self.__dict__:
            self.candidates.attend(workers, clock, warm=warm)

    def _table(self, groups: Groups) -> tuple[Floats, Bools]:
        i, j = groups.members
        return self.market.scores(i[:, None], j[None, :]), self.market.allowed(i[:, None], j[None, :])

    def solve(self, objective: Objective, terms: Terms) -> Solution:
        barred = PairSet(terms.barred, self.market.shape[1])
        groups = self.groups.split(barred) if len(barred) else self.groups
        floors = terms.floors is not None and bool(terms.floors.any())
        few = groups.pairs <= 4 * MOST_PAIRS_OF_GROUPS
        if objective is Objective.LEXIMIN or floors or (terms.demand > 1).any() or not few:
            return self.candidates.solve(objective, terms)
        graph = self._graph(groups, barred, terms)
        best = self._shared_out(groups, graph, best_flow(graph), terms)
        if objective is Objective.BEST_TOTAL:
            return Solution(*best, notes={"groups": float(sum(map(len, groups.members)))})
        above = graph.only(graph.points >= _highest_floor(graph))
        return Solution(*self._shared_out(groups, above, best_flow(above), terms), best=best)

    def _graph(self, groups: Groups, barred: PairSet, terms: Terms) -> Graph:
        """Groups in place of people: what they want and have to give is the sum over their members."""
        score, allowed = (self.score, self.allowed) if groups is self.groups else self._table(groups)
        i, j = groups.members
        rows, columns = np.nonzero(allowed & ~barred.holds(i[:, None], j[None, :]))
        a, b = i[rows], j[columns]
        points = whole_points(score[rows, columns])
        people = sum(self.market.shape)
        ties = pair_ties(self.hashes[0][a], self.hashes[1][b], self.market.waiting[a])
        gain = whole_gains(points, ties, people, tie_bits(people, dense=False))
        demand = np.bincount(groups.left, weights=terms.demand).astype(np.int64)
        places = np.bincount(groups.right, weights=terms.places).astype(np.int64)
        return Graph(rows, columns, gain, points, demand, places)

    def _shared_out(self, groups: Groups, graph: Graph, flow: Ints, terms: Terms) -> tuple[Ints, Ints]:
        """From so many pairs between two groups to pairs of people."""
        rows, columns = np.repeat(graph.rows, flow), np.repeat(graph.columns, flow)  # sorted by row group
        wanting = np.flatnonzero(terms.demand > 0)
        wanting = wanting[np.lexsort((self.hashes[0][wanting], groups.left[wanting]))]
        i = wanting[_nth_of(groups.left[wanting], rows)]
        offered = np.minimum(terms.places, len(terms.demand))
        place = np.repeat(np.arange(len(offered)), offered)
        turn = np.arange(len(place)) - np.repeat(np.cumsum(offered) - offered, offered)
        # first a place with everybody, then a second with everybody
        place = place[np.lexsort((self.hashes[1][place], turn, groups.right[place]))]
        order = np.argsort(columns, kind="stable")
        j = np.empty(len(columns), dtype=np.int64)
        j[order] = place[_nth_of(groups.right[place], columns[order])]
        order = np.lexsort((j, i))
        return i[order], j[order]

    def graph(self, terms: Terms) -> Graph:
        return self.candidates.graph(terms)

    def partner_counts(self, terms: Terms) -> Ints:
        giving = np.bincount(self.groups.right[terms.places > 0], minlength=self.allowed.shape[1])
        taking = np.bincount(self.groups.left[terms.demand > 0], minlength=self.allowed.shape[0])
        return np.concatenate([(self.allowed @ giving)[self.groups.left], (taking @ self.allowed)[self.groups.right]])

    def standing(self, i: Ints, j: Ints) -> Standing:
        """Exact ranks by the sizes of groups that score higher, and the three best others."""
        score = np.where(self.allowed, self.score, -1.0)
        g, h = self.groups.left[i], self.groups.right[j]
        used, at = np.unique(g * score.shape[1] + h, return_inverse=True)
        a, b = np.divmod(used, score.shape[1])
        own = score[a, b][:, None] + 1e-9
        for_mentee = 1 + (score[a] > own) @ np.bincount(self.groups.right)
        for_mentor = 1 + (own < score[:, b].T) @ np.bincount(self.groups.left)
        by_group = np.argsort(self.groups.right, kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(self.groups.right))])
        best: dict[int, list[tuple[int, float]]] = {}
        for group in np.unique(g).tolist():
            listed: list[tuple[int, float]] = []
            for other in np.argsort(-score[group], kind="stable").tolist():
                value = float(score[group, other])
                if value < 0 or (len(listed) > ALTERNATIVES and value < listed[ALTERNATIVES][1]):
                    break
                few = by_group[first[other] : min(first[other + 1], first[other] + ALTERNATIVES + 1)]
                listed += [(mentor, value) for mentor in few.tolist()]
                listed.sort(key=lambda option: (-option[1], option[0]))
            best[group] = listed[: ALTERNATIVES + 1]
        alternatives = [
            [option for option in best[group] if option[0] != mentor][:ALTERNATIVES]
            for group, mentor in zip(g.tolist(), j.tolist(), strict=True)
        ]
        return Standing(for_mentee[at], for_mentor[at], alternatives)


def _nth_of(members: Ints, wanted: Ints) -> Ints:
    """For each of `wanted` (sorted group numbers) the position of the next unused member in `members` (sorted too)."""
    place = np.arange(len(wanted)) - np.searchsorted(wanted, wanted)
    return np.searchsorted(members, wanted) + place


def _highest_floor(graph: Graph) -> int:
    """The highest threshold that costs no pair."""

    def pairs(level: int) -> int:
        return int(best_flow(graph.only(graph.points >= level)).sum())

    most = pairs(0)
    return highest_level(np.unique(graph.points), lambda level: pairs(level) == most)
