"""Step 4 for large markets: solve over candidates, prove it over all pairs.

Lists of the best k alone are unsafe: where people fall into few profiles, many would be left without a partner who
need not be. So: the best 20 and a few random allowed partners of everybody, an exact flow over these, prices that
support it, and one more scan of *all* pairs for any that would better it. When there is none, the outcome is the
optimum of the whole market.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mentoring.matching import scan
from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import MILLI, Graph, best_total, pair_ties, tie_bits, whole_gains, whole_points
from mentoring.matching.board import Clock, Solution, Terms, choose
from mentoring.matching.explanation import Standing
from mentoring.matching.fairness import highest_floor
from mentoring.matching.market import Market
from mentoring.matching.prices import Prices, short_of_places, supporting_prices
from mentoring.matching.proof import ADDED_PER_ROW, Priced, Tempted, Tested, all_of, corner, tempted_in_block
from mentoring.matching.rules import allowed_pairs
from mentoring.matching.settings import Objective, Workers
from mentoring.matching.standing import standing_in_block
from mentoring.matching.workers import run

BEST, FIRST, RANDOM = 20, 12, 8
SAMPLED, LEAST_SAMPLE = 32, 1024
"""The first candidates of each row are the best of a small share of all, and a few more by lot."""


@dataclass
class SparseBoard:
    """Candidate pairs of a market too large to lay out, sorted by row and column.

    Attributes:
        warm: whether a question begins with the candidates of the one before, which is faster.
    """

    market: Market
    seed: int
    workers: Workers
    clock: Clock = field(default_factory=Clock)
    warm: bool = False

    def __post_init__(self) -> None:
        self.scanner = scan.Scanner.over(self.market)
        self.left, self.right = self.market.tie_hashes(self.seed)
        self.bits = tie_bits(sum(self.market.shape), dense=False)
        self.may_forget = False
        self.start()

    def attend(self, workers: Workers, clock: Clock, *, warm: bool = False) -> None:
        self.workers, self.clock, self.warm = workers, clock, warm

    def start(self) -> None:
        """As if nothing had been asked yet: equal questions then have equal answers, ties included."""
        self.used = False
        self.i, self.j, self.score = _NONE, _NONE, np.zeros(0)
        self._add(*self._first_candidates())

    # -- candidates ---------------------------------------------------------------------------------------------------

    def _first_candidates(self) -> tuple[Ints, Ints]:
        n, m = self.market.shape
        size = min(m, max(LEAST_SAMPLE, m // SAMPLED))
        blocks = [(a, min(n, a + scan.ROWS), min(FIRST, m), size, self.seed) for a in range(0, n, scan.ROWS)]
        found = list(self._run(scan.best_of_sample, blocks, 0.05, 0.35, "finding candidates"))
        pick = np.random.default_rng(self.seed)
        i = np.repeat(np.arange(n), RANDOM)
        j = pick.integers(0, m, len(i))
        allowed = allowed_pairs(self.market.rules, i, j)
        wished = (self.market.wished.rows, self.market.wished.columns)
        may = allowed_pairs(self.market.rules, *wished)
        return (
            np.concatenate([*(f[0] for f in found), i[allowed], wished[0][may]]),
            np.concatenate([*(f[1] for f in found), j[allowed], wished[1][may]]),
        )

    def _best_of_all(self) -> tuple[Ints, Ints]:
        n, m = self.market.shape
        blocks = [(a, min(n, a + scan.ROWS), min(BEST, m)) for a in range(0, n, scan.ROWS)]
        found = list(self._run(scan.best_of_block, blocks, 0.05, 0.35, "finding the best candidates"))
        return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])

    def _add(self, i: Ints, j: Ints) -> int:
        """Take in allowed pairs; returns how many were new."""
        width = self.market.shape[1]
        known = self.i * width + self.j
        asked = np.sort(i * width + j)
        asked = asked[np.concatenate([[True], asked[1:] != asked[:-1]])] if len(asked) else asked
        at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        fresh = asked[known[at] != asked] if len(known) else asked
        if len(fresh):
            i, j = fresh // width, fresh % width
            score = np.concatenate(
                [self.market.scores(i[a : a + _CHUNK], j[a : a + _CHUNK]) for a in range(0, len(i), _CHUNK)]
            )
            order = np.argsort(np.concatenate([known, fresh]), kind="stable")
            self.i = np.concatenate([self.i, i])[order]
            self.j = np.concatenate([self.j, j])[order]
            self.score = np.concatenate([self.score, score])[order]
        return len(fresh)

    def graph(self, terms: Terms, least: int = 0) -> Graph:
        """The candidates as a graph, without what these terms bar and without scores below `least` thousandths."""
        points = whole_points(self.score)
        ties = pair_ties(self.left[self.i], self.right[self.j], self.market.waiting[self.i])
        gain = whole_gains(points, ties, sum(self.market.shape), self.bits)
        graph = Graph(self.i, self.j, gain, points, terms.demand, terms.places)
        keep = points >= least
        if terms.barred:
            barred = np.array([a * self.market.shape[1] + b for a, b in terms.barred], dtype=np.int64)
            keep &= ~np.isin(self.i * self.market.shape[1] + self.j, barred)
        return graph if keep.all() else graph.only(keep)

    # -- solving ------------------------------------------------------------------------------------------------------

    def solve(self, objective: Objective, terms: Terms) -> Solution:
        free = replace(terms, group=None, floors=None)
        several = bool((terms.demand > 1).any())
        ordered = several or (terms.floors is not None and bool(terms.floors.any()))
        if not self.warm and self.used:
            self.start()
        self.used = True
        self.may_forget = objective is Objective.BEST_TOTAL and not ordered
        if objective is Objective.LEXIMIN or ordered:  # over candidates: the best of all, whatever was asked before
            self.start()
            self._add(*self._best_of_all())
        if several:  # candidates enough for most people, before a second partner counts
            self._proven(replace(free, demand=np.minimum(terms.demand, 1)), least=0)
        best = self._proven(free, least=0)
        if objective is Objective.BEST_TOTAL and not ordered:
            return best
        if objective is Objective.FAIREST_FLOOR and not ordered:
            fair = self._proven(free, self._highest_floor(free, len(best.i)))
            return replace(fair, best=(best.i, best.j))
        # These are exact over the candidates; the gap is to an outcome without floors, in which only pairs count.
        graph = self.graph(terms, self._highest_floor(free, len(best.i)) if not ordered else 0)
        chosen = choose(graph, objective, terms)
        i, j = graph.rows[chosen], graph.columns[chosen]
        gap = best.gap
        if objective is Objective.BEST_TOTAL:
            gap += max(0.0, float(self.market.scores(best.i, best.j).sum() - self.market.scores(i, j).sum()))
        return Solution(i, j, gap, (best.i, best.j), best.notes)

    def _proven(self, terms: Terms, least: int) -> Solution:
        """Most pairs, then the best total, among pairs of at least `least` thousandths of a point."""
        rounds, tests, prices, tested = 0, 0, None, None
        short = (np.zeros(len(terms.demand), dtype=np.bool_), np.zeros(len(terms.places), dtype=np.bool_))
        while True:
            rounds += 1
            self.clock.step(min(0.9, 0.3 + 0.1 * rounds), f"solving, round {rounds}")
            graph = self.graph(terms, least)
            used = np.ones(len(graph.rows), dtype=np.bool_) if prices is None else _worth_it(graph, prices, short)
            chosen = np.zeros(len(graph.rows), dtype=np.bool_)
            chosen[used] = best_total(graph.only(used), people_first=False)
            i, j = graph.rows[chosen], graph.columns[chosen]
            if self.clock.over:
                return Solution(i, j, self._gap_by_row_maxima(graph, i, j), notes={"rounds": float(rounds)})
            before, short = short, short_of_places(graph, chosen)
            if self._add(*self._more_pairs(terms, short, least)):
                prices = tested = None
                continue
            prices = supporting_prices(graph.only(used), chosen[used], short)
            if any((a != b).any() for a, b in zip(before, short, strict=True)):
                tested = None
            near = NEAR >> tests
            tests += 1
            tempted = self._tempted(terms, prices, short, least, tested, near)
            gap = self._gap(graph, prices, short, tempted)
            if not gap:
                return Solution(i, j, 0.0, notes={"rounds": float(rounds), "candidates": float(len(self.i))})
            if self.may_forget and len(self.i) > MANY * len(self.market.mentees) and not short[0].any():
                self._forget(prices)
            self._add(tempted.i, tempted.j)
            row = prices.surplus - near
            row[tempted.capped] = tempted.bound
            tested = Tested(row, prices.price, short)
            if self.clock.over:
                return Solution(i, j, gap / MILLI, notes={"rounds": float(rounds)})

    def _forget(self, prices: Prices) -> None:
        """Let go of candidates out of reach: they are where a test leaves everybody whom it does not take along."""
        keep = whole_points(self.score) - prices.price[self.j] - prices.surplus[self.i] > -IN_REACH
        self.i, self.j, self.score = self.i[keep], self.j[keep], self.score[keep]

    def _gap(self, graph: Graph, prices: Prices, short: tuple[Bools, Bools], tempted: Tempted) -> int:
        """What all pairs could still bring, in thousandths: nobody gains more than by their best temptation."""
        same = short[0][graph.rows] == short[1][graph.columns]
        reduced = graph.points - prices.price[graph.columns] - prices.surplus[graph.rows]
        most = np.zeros(len(graph.demand), dtype=np.int64)
        np.maximum.at(most, graph.rows[same], reduced[same])
        np.maximum.at(most, tempted.i, tempted.reduced)
        return int((most * graph.demand).sum())

    def _gap_by_row_maxima(self, graph: Graph, i: Ints, j: Ints) -> float:
        """No row can have more than its best candidate: a bound that needs no scan."""
        best = np.zeros(len(graph.demand), dtype=np.int64)
        np.maximum.at(best, graph.rows, graph.points)
        return max(0.0, float((best * graph.demand).sum()) / MILLI - float(self.market.scores(i, j).sum()))

    def _more_pairs(self, terms: Terms, short: tuple[Bools, Bools], least: int) -> tuple[Ints, Ints]:
        """Allowed pairs that lead out of the part that is short of places; none proves that most pairs are made."""
        rows = np.flatnonzero(short[0])
        columns = np.flatnonzero(~short[1] & (terms.places > 0))
        if not len(rows) or not len(columns):
            return _NONE, _NONE
        blocks = [
            (rows[a : a + scan.ROWS], columns, least / MILLI, ADDED_PER_ROW) for a in range(0, len(rows), scan.ROWS)
        ]
        found = list(self._run(allowed_in_block, blocks, 0.5, 0.5, "looking for more pairs"))
        i, j = self._not_barred(terms, *(np.concatenate([f[side] for f in found]) for side in (0, 1)))
        return i, j

    def _tempted(
        self, terms: Terms, prices: Prices, short: tuple[Bools, Bools], least: int, tested: Tested | None, near: int
    ) -> Tempted:
        """Pairs outside the graph that would better the outcome at these prices, and those within `near` of it."""
        found: list[Tempted] = []
        for part in (True, False):
            rows = np.flatnonzero((short[0] == part) & (terms.demand > 0))
            columns = np.flatnonzero((short[1] == part) & (terms.places > 0))
            if not len(rows) or not len(columns):
                continue
            columns, corners = corner(rows, columns, prices, tested, near)
            # a pair below `least` is no candidate, however cheap its place is
            blocks = [(block, take, least, near) for block, take in corners]
            shared = Priced(self.scanner, columns, prices)
            for t in self._run(tempted_in_block, blocks, 0.5, 0.9, "proving it over all pairs", shared):
                i, j, reduced = self._not_barred(terms, t.i, t.j, t.reduced)
                found.append(Tempted(i, j, reduced, t.capped, t.bound))
        return all_of(found)

    def _not_barred(self, terms: Terms, i: Ints, j: Ints, *more: Ints) -> Any:
        if not terms.barred:
            return (i, j, *more)
        width = self.market.shape[1]
        keep = ~np.isin(i * width + j, np.array([a * width + b for a, b in terms.barred], dtype=np.int64))
        return tuple(a[keep] for a in (i, j, *more))

    def _highest_floor(self, terms: Terms, most: int) -> int:
        """The highest lowest score of all pairs: that of the candidates, raised while a scan finds a way."""
        while True:
            graph = self.graph(terms)
            least = highest_floor(graph)
            above = self.graph(terms, least + 1)
            chosen = choose(above, Objective.BEST_TOTAL, terms)
            if int(chosen.sum()) >= most or not self._add(
                *self._more_pairs(terms, short_of_places(above, chosen), least + 1)
            ):
                return least

    def _run(
        self,
        task: Callable[..., Any],
        blocks: list[tuple[Any, ...]],
        low: float,
        high: float,
        doing: str,
        shared: Any = None,
    ) -> list[Any]:
        """All answers in the order of the blocks, whoever worked them out."""
        answers: list[Any] = [None] * len(blocks)
        for done, (at, answer) in enumerate(run(task, shared or self.scanner, blocks, self.workers)):
            answers[at] = answer
            self.clock.step(low + (high - low) * done / len(blocks), doing)
        return answers

    def partner_counts(self, terms: Terms) -> Ints:
        """From the candidates: no more than so many are counted, and none where there is none at all."""
        useful = (terms.places[self.j] > 0) & (terms.demand[self.i] > 0)
        n, m = self.market.shape
        rows, columns = np.bincount(self.i[useful], minlength=n), np.bincount(self.j[useful], minlength=m)
        return np.concatenate([rows, np.maximum(columns, 1)])  # a mentor whom nobody ranks high may still be allowed

    def standing(self, i: Ints, j: Ints) -> Standing:
        """Exact ranks for the mentees and the three best others, by one more scan."""
        pairs = [(i[a : a + scan.ROWS], j[a : a + scan.ROWS]) for a in range(0, len(i), scan.ROWS)]
        found = self._run(standing_in_block, pairs, 0.95, 1.0, "comparing with everybody else")
        ranks = np.concatenate([_NONE, *(ranks for ranks, _ in found)])
        listed = [others for _, alternatives in found for others in alternatives]
        return Standing(ranks, np.zeros(len(i), dtype=np.int64), listed)


_NONE: Ints = np.zeros(0, dtype=np.int64)
_CHUNK = 1 << 18


NEAR = 1_000
"""In the first test of all pairs those that come within so many thousandths of their price join as well; then half."""

MANY = 16
"""From so many candidates per row on, those out of reach are let go of."""

IN_REACH = 6_000
"""Candidates further than so many thousandths from their price are left out of the next round's flow."""


def _worth_it(graph: Graph, prices: Prices, short: tuple[Bools, Bools]) -> Bools:
    """Candidates that may be used at prices like these, all chosen ones among them."""
    reduced = graph.points - prices.price[graph.columns] - prices.surplus[graph.rows]
    near: Bools = (reduced > -IN_REACH) | (short[0][graph.rows] != short[1][graph.columns])
    return near


def allowed_in_block(scanner: scan.Scanner, rows: Ints, columns: Ints, least: float, want: int) -> tuple[Ints, Ints]:
    """A few allowed pairs per row among some columns, of at least `least` points: the first that are found."""
    found_i, found_j, left = [_NONE], [_NONE], rows
    for a in range(0, len(columns), scan.ROWS):
        i, j = np.broadcast_arrays(left[:, None], columns[None, a : a + scan.ROWS])
        allowed = allowed_pairs(scanner.market.rules, i, j)
        i, j = i[allowed], j[allowed]
        if least > 0:
            good = scanner.market.scores(i, j) >= least - 0.0005
            i, j = i[good], j[good]
        place = np.arange(len(i)) - np.searchsorted(i, i)
        found_i.append(i[place < want])
        found_j.append(j[place < want])
        left = np.setdiff1d(left, i)
        if not len(left):
            break
    return np.concatenate(found_i), np.concatenate(found_j)
