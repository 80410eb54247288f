"""Step 4 for large markets: solve over candidates, prove it over all pairs.

Lists of the best k alone are unsafe: where people fall into few profiles, many would be left without a partner who
need not be. So: the best 20 and a few random allowed partners of everybody, an exact flow over these, prices that
support it, and one more scan of *all* pairs for any that would better it. When there is none, the outcome is the
optimum of the whole market.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from mentoring.matching import scan
from mentoring.matching.arrays import Bools, Floats, Floats32, Ints
from mentoring.matching.assignment import MILLI, Graph, pair_ties, tie_bits, whole_gains, whole_points
from mentoring.matching.board import Clock, Solution, Terms, choose
from mentoring.matching.explanation import Standing
from mentoring.matching.fairness import highest_floor
from mentoring.matching.market import Market
from mentoring.matching.prices import Prices, short_of_places, supporting_prices
from mentoring.matching.rules import allowed_pairs
from mentoring.matching.settings import Objective, Workers
from mentoring.matching.standing import listed_standing
from mentoring.matching.workers import run

BEST, RANDOM = 20, 8
ADDED_PER_ROW = 8
MARGIN = 0.0005 - scan.SLACK
"""A pair betters the outcome by at least a thousandth of a point, so by half of one before rounding."""


@dataclass
class SparseBoard:
    """Candidate pairs of a market too large to lay out, sorted by row and column; they only ever grow."""

    market: Market
    seed: int
    workers: Workers
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.scanner = scan.Scanner.over(self.market)
        self.left, self.right = self.market.tie_hashes(self.seed)
        self.bits = tie_bits(sum(self.market.shape), dense=False)
        i, j = self._first_candidates()
        self.i, self.j, self.score = _NONE, _NONE, np.zeros(0)
        self._add(i, j)

    # -- candidates ---------------------------------------------------------------------------------------------------

    def _first_candidates(self) -> tuple[Ints, Ints]:
        n, m = self.market.shape
        k = min(BEST, m)
        blocks = [(start, min(n, start + scan.ROWS), k) for start in range(0, n, scan.ROWS)]
        found = list(self._run(scan.best_of_block, blocks, 0.05, 0.35, "finding the best candidates"))
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
        best = self._proven(free, least=0)
        has_floors = terms.floors is not None and bool(terms.floors.any())
        if objective is Objective.BEST_TOTAL and not has_floors:
            return best
        if objective is Objective.FAIREST_FLOOR and not has_floors:
            fair = self._proven(free, self._highest_floor(free, len(best.i)))
            return replace(fair, best=(best.i, best.j))
        # These are exact over the candidates; with floors, the gap is to an outcome without any.
        graph = self.graph(terms, self._highest_floor(free, len(best.i)) if not has_floors else 0)
        chosen = choose(graph, objective, terms)
        i, j = graph.rows[chosen], graph.columns[chosen]
        gap = best.gap
        if objective is Objective.BEST_TOTAL:
            gap += max(0.0, float(self.market.scores(best.i, best.j).sum() - self.market.scores(i, j).sum()))
        return Solution(i, j, gap, (best.i, best.j), best.notes)

    def _proven(self, terms: Terms, least: int) -> Solution:
        """Most pairs, then the best total, among pairs of at least `least` thousandths of a point."""
        rounds = 0
        while True:
            rounds += 1
            self.clock.step(min(0.9, 0.3 + 0.1 * rounds), f"solving, round {rounds}")
            graph = self.graph(terms, least)
            chosen = choose(graph, Objective.BEST_TOTAL, terms)
            i, j = graph.rows[chosen], graph.columns[chosen]
            if self.clock.over:
                return Solution(i, j, self._gap_by_row_maxima(graph, i, j), notes={"rounds": float(rounds)})
            short = short_of_places(graph, chosen)
            if self._add(*self._more_pairs(terms, short, least)):
                continue
            prices = supporting_prices(graph, chosen, short)
            better_i, better_j, gap = self._better_pairs(terms, prices, short, least)
            if not len(better_i):
                return Solution(i, j, 0.0, notes={"rounds": float(rounds), "candidates": float(len(self.i))})
            self._add(better_i, better_j)
            if self.clock.over:
                return Solution(i, j, gap, notes={"rounds": float(rounds)})

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

    def _better_pairs(
        self, terms: Terms, prices: Prices, short: tuple[Bools, Bools], least: int
    ) -> tuple[Ints, Ints, float]:
        """Pairs that would better the outcome at these prices, a few per row, and what they could bring in all."""
        found_i, found_j, gap = [_NONE], [_NONE], 0
        for part in (True, False):
            rows = np.flatnonzero((short[0] == part) & (terms.demand > 0))
            columns = np.flatnonzero((short[1] == part) & (terms.places > 0))
            if not len(rows) or not len(columns):
                continue
            shared = _Priced(self.scanner, columns, prices.price[columns] / MILLI)
            blocks = []
            for a in range(0, len(rows), scan.ROWS):
                block = rows[a : a + scan.ROWS]
                # a pair below `least` is no candidate, however cheap its place is
                blocks.append((block, prices.surplus[block], prices.price[columns], least))
            for i, j, reduced in self._run(better_in_block, blocks, 0.5, 0.9, "proving it over all pairs", shared):
                i, j, reduced = self._not_barred(terms, i, j, reduced)
                most = np.zeros(len(terms.demand), dtype=np.int64)
                np.maximum.at(most, i, reduced)
                gap += int((most * terms.demand).sum())
                found_i.append(i)
                found_j.append(j)
        return np.concatenate(found_i), np.concatenate(found_j), gap / MILLI

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
        """From the candidates: exact ranks as far as the 20 best reach, 0 beyond."""
        return listed_standing(self.i, self.j, self.score, min(BEST, self.market.shape[1]), i, j)


_NONE: Ints = np.zeros(0, dtype=np.int64)
_CHUNK = 1 << 18


@dataclass
class _Priced:
    """What every block of a scan with prices shares."""

    scanner: scan.Scanner
    columns: Ints
    price: Floats

    @cached_property
    def right(self) -> Floats32:
        return scan.priced_columns(self.scanner, self.columns, self.price)


def better_in_block(shared: _Priced, rows: Ints, surplus: Ints, price: Ints, least: int) -> tuple[Ints, Ints, Ints]:
    """The few best pairs per row that exceed a surplus, tested exactly in thousandths: (i, j, by how much)."""
    floor = surplus / MILLI
    i, j, about = scan.improving_in_block(shared.scanner, shared.right, rows, floor, shared.columns, MARGIN)
    with np.errstate(over="ignore"):  # equal offers are spread over the places, or all would be sent to the same few
        spread = (i * 0x9E3779B1 ^ j * 0x85EBCA77) & 0xFFFFF
    order = np.lexsort((spread, -np.round(about, 3), i))
    i, j = i[order], j[order]
    few = np.arange(len(i)) - np.searchsorted(i, i) < ADDED_PER_ROW
    i, j = i[few], j[few]
    points = whole_points(shared.scanner.market.scores(i, j))
    at, across = np.searchsorted(rows, i), np.searchsorted(shared.columns, j)
    reduced = points - price[across] - surplus[at]
    keep = (reduced > 0) & (points >= least)
    return i[keep], j[keep], reduced[keep]


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
