"""The books of `leximin`: who holds which place, who could go where, and which markets are closed to one another.

Plain lists, for searches here touch a few people at a time. Free places are held by *the spare*, an imaginary mentee
who is content anywhere: a chain of exchanges that ends at a free place goes on through the spare to where it began.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import Graph
from mentoring.matching.prices import short_of_places

SETTLED = 1 << 40
"""In place of a score: this pair no longer counts, its level is done with."""

OUT = -1
"""The part of those who are settled."""


@dataclass
class Search:
    """A way for mentee `start` to leave `home`, or the side that was searched to its end in vain.

    Attributes:
        found: the column where the two ends met, as the last of the moves `(mentee, column)`.
        columns: of the exhausted side; from these nobody gets out (`forward`) or nobody outside gets in.
        rows: of the exhausted side.
        spare: whether the spare is on that side.
    """

    start: int
    home: int
    found: bool = False
    moves: list[tuple[int, int]] = field(default_factory=list)
    forward: bool = True
    columns: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    spare: bool = False


class Exchanges:
    """The market as lists, with one column more: `nobody`, the place of those who stay without a partner."""

    def __init__(self, graph: Graph, chosen: Bools) -> None:
        n, m = len(graph.demand), len(graph.places)
        self.nobody = m
        self.held: list[set[int]] = [set() for _ in range(m + 1)]
        wanting = graph.demand > 0
        self.mentor_of = np.where(wanting, m, OUT).tolist()
        self.level = [SETTLED] * n
        for i, j, points in zip(
            graph.rows[chosen].tolist(), graph.columns[chosen].tolist(), graph.points[chosen].tolist(), strict=True
        ):
            self.mentor_of[i], self.level[i] = j, points
        for i, j in enumerate(self.mentor_of):
            if j >= 0:
                self.held[j].add(i)
        self.room: list[int] = [*graph.places.tolist(), len(self.held[m])]
        self.must: list[bool] = [False] * m + [True]  # where the spare may not go
        # Two parts to begin with: where places are short, and where they are not. The spare is in the second.
        short_rows, short_columns = short_of_places(graph, chosen)
        self.row_part: list[int] = np.where(wanting, short_rows, OUT).tolist()
        self.column_part: list[int] = [*short_columns.astype(int).tolist(), 1]
        self.spare_part, self.parts = 0, 2
        inside = short_rows[graph.rows] == short_columns[graph.columns]
        rows, columns, points = (side[inside] for side in (graph.rows, graph.columns, graph.points))
        may = np.flatnonzero(short_rows) if self.room[m] else np.zeros(0, dtype=np.int64)
        rows = np.concatenate([rows, may])
        columns = np.concatenate([columns, np.full(len(may), m)])
        points = np.concatenate([points, np.full(len(may), SETTLED)])
        self.to, self.worth = _lists(rows, columns, points, n)
        self.by, self.offer = _lists(columns, rows, points, m + 1)
        self.seen = [0] * (m + 1)
        self.row_seen = [0] * n
        self.came = [0] * (m + 1)
        self.goes: list[tuple[int, int]] = [(0, 0)] * (m + 1)
        self.stamp = 0

    # -- looking ------------------------------------------------------------------------------------------------------

    def search(self, start: int, least: int) -> Search:
        """A chain of exchanges by which a mentee leaves their place, everybody in it for more than `least`."""
        home, part = self.mentor_of[start], self.row_part[start]
        spare = part == self.spare_part
        self.stamp += 2
        ahead, behind = self.stamp, self.stamp + 1
        seen, came, goes, held = self.seen, self.came, self.goes, self.held
        to, worth, by, offer = self.to, self.worth, self.by, self.offer
        row_part, column_part, mentor_of = self.row_part, self.column_part, self.mentor_of
        search = Search(start, home)
        seen[home] = behind
        rows, columns, back = [start], list[int](), [home]
        at = back_at = 0
        while at < len(rows):
            z = rows[at]
            at += 1
            for points, j in zip(worth[z], to[z], strict=True):
                if points <= least:
                    break
                if seen[j] == ahead or column_part[j] != part:
                    continue
                if seen[j] == behind:
                    if j == home and z == start:
                        continue
                    came[j] = z
                    return self._joined(search, j)
                seen[j] = ahead
                came[j] = z
                columns.append(j)
                rows.extend(held[j])
                if spare and len(held[j]) < self.room[j]:
                    if not self.must[home]:
                        came[home] = -1 - j
                        return self._joined(search, home)
                    if not search.spare:
                        rows.extend(self._through_the_spare(j, part, ahead, columns))
                    search.spare = True
            if spare:
                continue  # a side that loses the spare is closed for ever, so going one way costs little in all
            if back_at == len(back):
                search.forward, search.columns = False, back
                search.rows = [y for j in back for y in held[j] if self.row_seen[y] == behind]
                return search
            j = back[back_at]
            back_at += 1
            for points, y in zip(offer[j], by[j], strict=True):
                if points <= least:
                    break
                if row_part[y] != part:
                    continue
                c = mentor_of[y]
                if y == start:
                    if j == home:
                        continue
                    came[j] = y
                    return self._joined(search, j)
                if c == j:
                    continue
                self.row_seen[y] = behind
                if seen[c] == behind:
                    continue
                goes[c] = (y, j)
                if seen[c] == ahead:
                    return self._joined(search, c)
                seen[c] = behind
                back.append(c)
        search.columns = columns
        search.rows = rows[1:]
        return search

    def _through_the_spare(self, free: int, part: int, ahead: int, columns: list[int]) -> list[int]:
        """The spare may give up this place for any other in its part: whose holders are reached by that."""
        rows: list[int] = []
        for j in range(self.nobody):
            if self.column_part[j] == part and not self.must[j] and self.seen[j] != ahead:
                self.seen[j] = ahead
                self.came[j] = -1 - free
                columns.append(j)
                rows.extend(self.held[j])
        return rows

    def _joined(self, search: Search, meeting: int) -> Search:
        search.found = True
        end = meeting
        while True:
            mover = self.came[end]
            if mover < 0:
                end = -1 - mover  # the spare comes from there
                continue
            search.moves.append((mover, end))
            if mover == search.start:
                break
            end = self.mentor_of[mover]
        while meeting != search.home:
            mover, meeting = self.goes[meeting]
            search.moves.append((mover, meeting))
        return search

    def crossing(self, search: Search, level: int) -> list[tuple[int, int]]:
        """Other pairs of exactly this level by which somebody could cross where the search found no way."""
        part = self.row_part[search.start]
        found: list[tuple[int, int]] = []
        inside = set(search.columns)
        if search.forward:
            for z in (search.start, *search.rows):
                for points, j in zip(self.worth[z], self.to[z], strict=True):
                    if points < level:
                        break
                    if points == level and j not in inside and self.column_part[j] == part:
                        found.append((z, j))
        else:
            rows = set(search.rows)
            for j in search.columns:
                for points, y in zip(self.offer[j], self.by[j], strict=True):
                    if points < level:
                        break
                    if points == level and y not in rows and self.row_part[y] == part:
                        found.append((y, j))
        return [pair for pair in found if pair != (search.start, search.home)]

    # -- changing -----------------------------------------------------------------------------------------------------

    def exchange(self, search: Search) -> list[int]:
        """Carry out a chain; returns who has moved."""
        for i, _ in search.moves:
            self.held[self.mentor_of[i]].discard(i)
        for i, j in search.moves:
            self.held[j].add(i)
            self.mentor_of[i] = j
            self.level[i] = self.worth[i][self.to[i].index(j)]
        return [i for i, _ in search.moves]

    def settle(self, i: int) -> None:
        """The pair of mentee i is final: both leave the market."""
        home = self.mentor_of[i]
        self.held[home].discard(i)
        self.room[home] -= 1
        self.level[i] = SETTLED
        self.row_part[i] = OUT
        self.to[i], self.worth[i] = [], []

    def separate(self, search: Search) -> None:
        """The side that was searched in vain is a market of its own from now on, and who stands between is settled."""
        self._settle_between(search)
        self.settle(search.start)
        self.parts += 1
        for i in search.rows:
            self.row_part[i] = self.parts
        for j in search.columns:
            self.column_part[j] = self.parts
        if search.spare:
            self.spare_part = self.parts

    def _settle_between(self, search: Search) -> None:
        """Whoever holds a place on the one side but cannot go to another there will always hold it."""
        if not search.forward:
            rows = set(search.rows)
            for j in search.columns:
                for y in list(self.held[j]):
                    if y not in rows and y != search.start:
                        self.settle(y)

    def keep_open(self, search: Search, instead: list[tuple[int, int]], level: int) -> None:
        """One pair of this level is needed, this one or one that can stand in for it: whichever serves later levels."""
        self._settle_between(search)
        part, start = self.row_part[search.start], search.start
        rows, columns = {*search.rows}, {*search.columns}
        if search.forward:
            for j in search.columns:
                for y in list(self.by[j]):
                    if self.row_part[y] == part and y not in rows and y != start:
                        self._drop(y, j)
                self.must[j] = self.must[j] or not search.spare
        else:
            for y in search.rows:
                for j in list(self.to[y]):
                    if self.column_part[j] == part and j not in columns:
                        self._drop(y, j)
        for i, j in (*instead, (start, search.home)):
            if self.row_part[i] == part:
                self._drop(i, j)
                self.to[i].insert(0, j)
                self.worth[i].insert(0, SETTLED)
                self.by[j].insert(0, i)
                self.offer[j].insert(0, SETTLED)
        self.level[start] = SETTLED

    def _drop(self, i: int, j: int) -> None:
        at = self.to[i].index(j)
        del self.to[i][at], self.worth[i][at]
        at = self.by[j].index(i)
        del self.by[j][at], self.offer[j][at]

    # -- a whole part at once -----------------------------------------------------------------------------------------

    def arcs_of_part(self, part: int, level: int) -> tuple[list[int], Ints, Ints, Ints, Ints]:
        """Mentees of a part; of each pair of at least this level mentee, column, 1 at the level else 0, points."""
        rows = [i for i, p in enumerate(self.row_part) if p == part]
        lengths = [len(self.to[i]) for i in rows]
        i = np.repeat(np.array(rows, dtype=np.int64), lengths)
        j = np.array([j for row in rows for j in self.to[row]], dtype=np.int64)
        points = np.array([worth for row in rows for worth in self.worth[row]], dtype=np.int64)
        keep = (points >= level) & (np.array(self.column_part)[j] == part)
        i, j, points = i[keep], j[keep], points[keep]
        order = np.lexsort((j, i))
        i, j, points = i[order], j[order], points[order]
        return rows, i, j, (points == level).astype(np.int64), points

    def replace(self, rows: list[int], columns: list[int]) -> list[int]:
        """Other pairs for some mentees; returns those for whom it is another."""
        moved = [i for i, j in zip(rows, columns, strict=True) if self.mentor_of[i] != j]
        for i in moved:
            self.held[self.mentor_of[i]].discard(i)
        for i, j in zip(rows, columns, strict=True):
            self.mentor_of[i] = j
            self.held[j].add(i)
        return moved

    def keep_only(self, part: int, rows: Ints, columns: Ints, worth: Ints) -> None:
        """The mentees of a part may go nowhere but by these pairs; columns forget whoever has left their part."""
        for i, p in enumerate(self.row_part):
            if p == part:
                self.to[i], self.worth[i] = [], []
        for j, p in enumerate(self.column_part):
            if p == part:
                self.by[j], self.offer[j] = [], []
        order = np.lexsort((columns, rows, -worth))
        for i, j, points in zip(rows[order].tolist(), columns[order].tolist(), worth[order].tolist(), strict=True):
            self.to[i].append(j)
            self.worth[i].append(points)
            self.by[j].append(i)
            self.offer[j].append(points)
            if self.mentor_of[i] == j:
                self.level[i] = points


def _lists(of: Ints, to: Ints, points: Ints, size: int) -> tuple[list[list[int]], list[list[int]]]:
    """Per person: whom they could go to and for how much, the best first."""
    order = np.lexsort((to, -points, of))
    ends = np.searchsorted(of[order], np.arange(size + 1)).tolist()
    others, worth = to[order].tolist(), points[order].tolist()
    spans = list(itertools.pairwise(ends))
    return [others[a:b] for a, b in spans], [worth[a:b] for a, b in spans]
