"""Step 4, the fairest aim: the lowest score as high as it can be, then the second lowest, and so on to the last.

Pairs are taken in ascending order. A mentee who can be sent elsewhere for more, be it by a chain of exchanges, is sent;
one who cannot is settled. A search that fails has gone through a *closed* set: people whose every better place is taken
by one of them. Nobody outside can use those places any more, so the market falls into ever smaller parts.

Equal scores need care, for which of them is used may matter later: where there is a choice, the number of pairs at that
score is made as small as it can be by a min-cost flow, and everything that some such flow does not use is kept open.
"""

from __future__ import annotations

import heapq

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import Graph, best_total
from mentoring.matching.errors import InvalidInput

_SETTLED = 1 << 40
"""In place of a score: this pair no longer counts, its level is done with."""


def leximin(graph: Graph) -> Bools:
    """Most pairs, then the best sorted list of scores, the lowest first: True per chosen pair.

    Raises:
        InvalidInput: somebody wants more than one partner.
    """
    if (graph.demand > 1).any():
        raise InvalidInput("“leximin” is for one mentor per mentee; somebody asks for more.")
    state = _State(graph, best_total(_convex(graph)))
    state.run()
    chosen = np.zeros(len(graph.rows), dtype=np.bool_)
    at = {(i, j): k for k, (i, j) in enumerate(zip(graph.rows.tolist(), graph.columns.tolist(), strict=True))}
    for i, j in enumerate(state.mentor_of):
        if 0 <= j < len(graph.places):
            chosen[at[i, j]] = True
    return chosen


def _convex(graph: Graph) -> Graph:
    """Low scores cost much more than high ones: its optimum is a good beginning, and most pairs besides."""
    short = (100_000 - graph.points.astype(np.float64)) / 100_000
    gain = -np.rint(short**6 * 1e9).astype(np.int64)
    return Graph(graph.rows, graph.columns, gain, graph.points, graph.demand, graph.places)


class _State:
    """The market as lists, with one column more: the place of those who stay without a partner."""

    def __init__(self, graph: Graph, chosen: Bools) -> None:
        n, m = len(graph.demand), len(graph.places)
        self.nobody = m
        self.room: list[int] = [*graph.places.tolist(), 0]
        self.must: list[bool] = [False] * m + [True]  # places that have to stay taken
        self.held: list[set[int]] = [set() for _ in range(m + 1)]
        self.part_of_row, self.part_of_column = [0] * n, [0] * (m + 1)
        self.parts = 1
        self.options: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        order = np.lexsort((-graph.points, graph.rows))
        for i, j, points in zip(
            graph.rows[order].tolist(), graph.columns[order].tolist(), graph.points[order].tolist(), strict=True
        ):
            self.options[i].append((points, j))
        self.mentor_of = [self.nobody if wants else -1 for wants in graph.demand.tolist()]
        self.level = [_SETTLED] * n
        for i, j, points in zip(
            graph.rows[chosen].tolist(), graph.columns[chosen].tolist(), graph.points[chosen].tolist(), strict=True
        ):
            self.mentor_of[i], self.level[i] = j, points
        for i, j in enumerate(self.mentor_of):
            if j >= 0:
                self.held[j].add(i)
        self.room[self.nobody] = len(self.held[self.nobody])
        if self.room[self.nobody]:
            for i, options in enumerate(self.options):
                if self.mentor_of[i] >= 0:
                    options.insert(0, (_SETTLED, self.nobody))
        self.seen, self.stamp = [0] * (m + 1), 0
        self.came_from = [-1] * (m + 1)
        self.free_seen = False  # a place that is free, but may not be taken from a home that has to stay taken
        self.by_level: dict[int, list[tuple[int, int]]] = {}
        for i, j, points in zip(graph.rows.tolist(), graph.columns.tolist(), graph.points.tolist(), strict=True):
            self.by_level.setdefault(points, []).append((i, j))

    def run(self) -> None:
        queue = [(level, i) for i, level in enumerate(self.level) if level < _SETTLED and self.mentor_of[i] >= 0]
        heapq.heapify(queue)
        while queue:
            level, i = heapq.heappop(queue)
            if self.level[i] != level:
                continue
            group = [i]
            while queue and queue[0][0] == level:
                other = heapq.heappop(queue)[1]
                if self.level[other] == level and other != group[-1]:
                    group.append(other)
            moved: list[int] = []
            stuck = [i for i in group if not self._send_elsewhere(i, level, moved)]
            if len(stuck) == 1 and self._settle(stuck[0], level):
                stuck = []
            if stuck:
                moved += self._settle_ties(stuck, level)
            for k in moved:
                if self.level[k] < _SETTLED:
                    heapq.heappush(queue, (self.level[k], k))

    def _send_elsewhere(self, i: int, level: int, moved: list[int]) -> bool:
        """Try to give mentee i more than `level`; others may change places for it, each for more than `level`."""
        if self.level[i] != level:
            return True  # an earlier exchange has done it
        home = self.mentor_of[i]
        end = self._search(i, level, home)
        if end < 0:
            return False
        while True:
            mover = self.came_from[end]
            left = self.mentor_of[mover]
            self.held[left].discard(mover)
            self.held[end].add(mover)
            self.mentor_of[mover] = end
            self.level[mover] = next(points for points, j in self.options[mover] if j == end)
            moved.append(mover)
            if mover == i:
                return True
            end = left

    def _search(self, i: int, level: int, home: int) -> int:
        """The end of a shortest chain of exchanges from mentee i: a free place, or the one that i leaves; else -1.

        Afterwards `seen[j] == stamp` marks every column that was reached.
        """
        self.stamp += 1
        self.free_seen = False
        stamp, seen, came_from = self.stamp, self.seen, self.came_from
        part, parts = self.part_of_row[i], self.part_of_column
        anywhere = not self.must[home]
        layer = [i]
        while layer:
            following: list[int] = []
            for x in layer:
                for points, j in self.options[x]:
                    if points <= level:
                        break
                    if seen[j] == stamp or parts[j] != part:
                        continue
                    seen[j] = stamp
                    came_from[j] = x
                    if j == home:
                        return j
                    if len(self.held[j]) < self.room[j]:
                        if anywhere:
                            return j
                        self.free_seen = self.free_seen or not self.must[j]
                    following.extend(self.held[j])
            layer = following
        return -1

    def _settle(self, i: int, level: int) -> bool:
        """Mentee i was not sent elsewhere: settle what follows from it; False where that takes a flow (`_settle_part`).

        The search from i went through a closed set: its people fill all the places they could have for more, and one of
        them has to take a pair of this level. If only i can, the pair is final and the set is a market of its own.
        """
        home = self.mentor_of[i]
        if self._search(i, level, home) >= 0:
            return False
        part = self.part_of_row[i]
        if self.free_seen:
            if any((x, j) != (i, home) and self._open(x, j, level, part) for x, j in self.by_level[level]):
                return False
            self._fix(i)
            return True
        columns = self._reached_from(i, level)
        rows = {x for j in columns for x in self.held[j]}
        inside = set(columns)
        others = [
            (x, j)
            for x, j in self.by_level[level]
            if (x in rows or x == i) and j not in inside and (x, j) != (i, home) and self._open(x, j, level, part)
        ]
        if others:
            return False
        self.parts += 1
        for x in rows:
            self.part_of_row[x] = self.parts
        for j in columns:
            self.part_of_column[j] = self.parts
        self._fix(i)
        return True

    def _open(self, x: int, j: int, level: int, part: int) -> bool:
        """Whether a pair of this level can still be chosen within a part."""
        return self.part_of_row[x] == part == self.part_of_column[j] and (level, j) in self.options[x]

    def _reached_from(self, i: int, level: int) -> list[int]:
        """Every column of the search that just failed, each once."""
        stamp, columns, layer = self.stamp, list[int](), [i]
        listed: set[int] = set()
        while layer:
            following: list[int] = []
            for x in layer:
                for points, j in self.options[x]:
                    if points <= level:
                        break
                    if self.seen[j] == stamp and j not in listed:
                        listed.add(j)
                        columns.append(j)
                        following.extend(self.held[j])
            layer = following
        return columns

    def _fix(self, i: int) -> None:
        """The pair of mentee i is final: both leave the market."""
        home = self.mentor_of[i]
        self.held[home].discard(i)
        self.room[home] -= 1
        self.level[i] = _SETTLED
        self.options[i] = []

    # -- equal scores -------------------------------------------------------------------------------------------------

    def _settle_ties(self, stuck: list[int], level: int) -> list[int]:
        """As few pairs at this level as can be, then keep exactly what all such outcomes have in common.

        Returns the mentees whose pair has changed.
        """
        part = self.part_of_row[stuck[0]]
        parts = {self.part_of_row[i] for i in stuck}
        moved: list[int] = []
        for part in parts:
            rows = [i for i, p in enumerate(self.part_of_row) if p == part and self.options[i]]
            moved += self._settle_part(rows, level)
        return moved

    def _settle_part(self, rows: list[int], level: int) -> list[int]:
        part = self.part_of_row[rows[0]]
        columns = sorted(
            {j for i in rows for points, j in self.options[i] if points >= level and self.part_of_column[j] == part}
        )
        column_at = {j: at for at, j in enumerate(columns)}
        arcs = [
            (at, column_at[j], int(points == level))
            for at, i in enumerate(rows)
            for points, j in sorted(self.options[i], key=lambda option: option[1])
            if points >= level and j in column_at
        ]
        a, b, cost = (np.array(part, dtype=np.int64) for part in zip(*arcs, strict=True))
        room = np.array([self.room[j] for j in columns], dtype=np.int64)
        must = np.array([self.must[j] for j in columns], dtype=np.bool_)
        chosen = _fewest(a, b, cost, len(rows), room, must)
        row_price, column_price, sink = _potentials(a, b, cost, chosen, len(rows), room, must)
        moved = []
        for k in np.flatnonzero(chosen):
            i, j = rows[a[k]], columns[b[k]]
            if self.mentor_of[i] != j:
                self.held[self.mentor_of[i]].discard(i)
                moved.append(i)
                self.mentor_of[i] = j
            self.held[j].add(i)
        slack = cost + row_price[a] - column_price[b]
        kept: dict[int, list[tuple[int, int]]] = {i: [] for i in rows}
        points_of = {i: {j: points for points, j in self.options[i]} for i in rows}
        for k in np.flatnonzero((slack == 0) | chosen):
            i, j = rows[a[k]], columns[b[k]]
            kept[i].append((_SETTLED if cost[k] else points_of[i][j], j))
        load = np.bincount(b[chosen], minlength=len(columns))
        for at, j in enumerate(columns):
            if column_price[at] < sink and load[at] == room[at]:
                self.must[j] = True
            elif column_price[at] > sink and not must[at]:
                self.room[j] = int(load[at])
        for i in rows:
            self.options[i] = sorted(kept[i], reverse=True)
            self.level[i] = next(points for points, j in kept[i] if j == self.mentor_of[i])
        for k in np.flatnonzero(chosen & (slack != 0)):
            self._fix(rows[a[k]])
        return [i for i in rows if self.options[i]] if moved else []


def _fewest(a: Ints, b: Ints, cost: Ints, n: int, room: Ints, must: Bools) -> Bools:
    """Everybody placed, every `must` column full, as few arcs of cost 1 as can be."""
    keep_full = np.where(must, 2 * n + 2, 0)
    graph = Graph(a, b, keep_full[b] - cost, -cost, np.ones(n, dtype=np.int64), room)
    return best_total(graph)


def _potentials(a: Ints, b: Ints, cost: Ints, chosen: Bools, n: int, room: Ints, must: Bools) -> tuple[Ints, Ints, int]:
    """Prices (per row, per column, of leaving a place free) by which every used arc is a cheapest one: Bellman-Ford."""
    rows, columns, sink = np.zeros(n, dtype=np.int64), np.zeros(len(room), dtype=np.int64), 0
    load = np.bincount(b[chosen], minlength=len(room))
    may_rise, may_fall = ~must & (load < room), ~must & (load > 0)
    other = ~chosen
    for _ in range(2 * (n + len(room)) + 4):
        before = (rows.copy(), columns.copy(), sink)
        np.minimum.at(columns, b[other], rows[a[other]] + cost[other])
        np.minimum.at(rows, a[chosen], columns[b[chosen]] - cost[chosen])
        if may_rise.any():
            sink = min(sink, int(columns[may_rise].min()))
        columns[may_fall] = np.minimum(columns[may_fall], sink)
        if (before[0] == rows).all() and (before[1] == columns).all() and before[2] == sink:
            break
    return rows, columns, sink
