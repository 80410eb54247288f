"""Step 4, the fairest aim: the lowest score as high as it can be, then the second lowest, and so on to the last.

Pairs are taken in ascending order. A mentee who can be sent elsewhere for more, be it by a chain of exchanges, is sent;
one who cannot is settled. The chain is looked for from both ends in turn, so that a search which fails has gone through
little more than the smaller of two sides that can no longer exchange anybody: from then on these are markets of their
own. `mentoring.matching.exchanges` keeps the books.

Equal scores need care, for which of them is used may matter later. Pairs that cannot be had in place of the one that is
stuck do not count; where others could take such a pair instead, all that may is kept open; only where one pair could
stand in for two that are stuck, a min-cost flow makes their number as small as it can be.
"""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import Graph, best_total
from mentoring.matching.errors import InvalidInput
from mentoring.matching.exchanges import SETTLED, Exchanges
from mentoring.matching.fairness import highest_floor


def leximin(graph: Graph) -> Bools:
    """Most pairs, then the best sorted list of scores, the lowest first: True per chosen pair.

    Raises:
        InvalidInput: somebody wants more than one partner.
    """
    if (graph.demand > 1).any():
        raise InvalidInput("“leximin” is for one mentor per mentee; somebody asks for more.")
    if not len(graph.rows):
        return np.zeros(0, dtype=np.bool_)
    keep = graph.points >= highest_floor(graph)
    above = graph.only(keep)
    market = Exchanges(above, best_total(_convex(above)))
    _run(market)
    chosen = np.zeros(len(graph.rows), dtype=np.bool_)
    chosen[keep] = np.array(market.mentor_of, dtype=np.int64)[above.rows] == above.columns
    return chosen


def _convex(graph: Graph) -> Graph:
    """Low scores cost more than high ones: its optimum is a good beginning, and most pairs besides."""
    low, high = int(graph.points.min()), int(graph.points.max())
    short = (high - graph.points.astype(np.float64)) / max(1, high - low)
    return replace(graph, gain=-np.rint(short**3 * 1e6).astype(np.int64))


def _run(market: Exchanges) -> None:
    queue = [(level, i) for i, level in enumerate(market.level) if level < SETTLED]
    heapq.heapify(queue)
    while queue:
        level, i = heapq.heappop(queue)
        if market.level[i] != level:
            continue
        group = [i]
        while queue and queue[0][0] == level:
            other = heapq.heappop(queue)[1]
            if market.level[other] == level and other != group[-1]:
                group.append(other)
        for k in _raise_level(market, group, level):
            if market.level[k] < SETTLED:
                heapq.heappush(queue, (market.level[k], k))


def _raise_level(market: Exchanges, group: list[int], level: int) -> list[int]:
    """Send elsewhere whoever can be, settle the others. Returns the mentees whose pair has changed."""
    moved: list[int] = []
    tied: list[int] = []
    for i in group:
        if market.level[i] != level:
            continue  # an earlier exchange has moved this mentee
        search = market.search(i, level)
        if search.found:
            moved += market.exchange(search)
        elif market.crossing(search, level):
            tied.append(i)
        else:
            market.separate(search)
    rivals: list[int] = []
    for i in tied:
        if market.level[i] != level:
            continue
        search = market.search(i, level - 1)
        if search.found:
            rivals.append(i)
        else:
            market.separate(search)  # no pair of this level can stand in for this one
    stuck = [i for i in rivals if market.level[i] == level]  # a separation may have settled some
    for part in sorted({market.row_part[i] for i in stuck}):
        together = [i for i in stuck if market.row_part[i] == part]
        if _apart(market, together, level):
            for i in together:
                if market.level[i] != level:
                    continue  # settled with the one before
                search = market.search(i, level)
                assert not search.found  # or fewer pairs of this level were needed than the sides prove
                market.keep_open(search, market.crossing(search, level), level)
        else:
            moved += _settle_part(market, part, level)
    return moved


def _apart(market: Exchanges, stuck: list[int], level: int) -> bool:
    """Whether no pair of this level could stand in for two of those that are stuck.

    Then each of them needs one pair of the level, whatever the others do: the sides of their searches prove it.
    """
    taken: set[tuple[int, int]] = set()
    for i in stuck:
        search = market.search(i, level)
        needed = {(i, search.home), *market.crossing(search, level)}
        if needed & taken:
            return False
        taken |= needed
    return True


def _settle_part(market: Exchanges, part: int, level: int) -> list[int]:
    """As few pairs at this level as can be, then keep exactly what all such outcomes have in common."""
    rows, a, b, cost, points = market.arcs_of_part(part, level)
    columns, b = np.unique(b, return_inverse=True)
    row_numbers, a = np.unique(a, return_inverse=True)
    room = np.array([market.room[j] for j in columns.tolist()], dtype=np.int64)
    must = np.array([market.must[j] or part != market.spare_part for j in columns.tolist()], dtype=np.bool_)
    chosen = _fewest(a, b, cost, len(rows), room, must)
    row_price, column_price, sink = _potentials(a, b, cost, chosen, len(rows), room, must)
    slack = cost + row_price[a] - column_price[b]
    moved = market.replace(row_numbers[a[chosen]].tolist(), columns[b[chosen]].tolist())
    keep = (slack == 0) | chosen
    settled = np.where(cost == 1, SETTLED, points)
    market.keep_only(part, row_numbers[a[keep]], columns[b[keep]], settled[keep])
    load = np.bincount(b[chosen], minlength=len(columns))
    for at, j in enumerate(columns.tolist()):
        if column_price[at] < sink and load[at] == room[at]:
            market.must[j] = True
        elif column_price[at] > sink and not must[at]:
            market.room[j] = int(load[at])
    for k in np.flatnonzero(chosen & (slack != 0)).tolist():
        market.settle(int(row_numbers[a[k]]))
    return moved


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
