"""Step 4 for large markets: the test of *all* pairs against prices, and what later tests need not repeat.

A test leaves a promise: no pair outside the graph is worth more than a bound of its row and a bound of its column.
When prices have moved a little, only pairs whose bound has fallen below the new prices can be tempted, and where rows
and columns are sorted by how much theirs has moved, these are a corner of the matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mentoring.matching import scan
from mentoring.matching.arrays import Bools, Floats32, Ints
from mentoring.matching.assignment import MILLI, whole_points
from mentoring.matching.prices import Prices

ADDED_PER_ROW = 12
MARGIN = 0.0005 - scan.SLACK
"""A pair betters the outcome by at least a thousandth of a point, so by half of one before rounding."""

_NONE: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Tested:
    """No pair outside the graph and within a part is worth more than `row[i] + column[j]`, in thousandths."""

    row: Ints
    column: Ints
    short: tuple[Bools, Bools]


@dataclass
class Priced:
    """What every block of a test shares."""

    scanner: scan.Scanner
    columns: Ints
    prices: Prices

    @cached_property
    def right(self) -> Floats32:
        return scan.priced_columns(self.scanner, self.columns, self.prices.price[self.columns] / MILLI)


Block = tuple[Ints, int, int, int]
"""(rows, how many of the shared columns, least points of a pair, how near to its price a pair is taken along)."""


@dataclass(frozen=True)
class Tempted:
    """Pairs that would better the outcome or nearly so, by how much, and a bound of what was left out per row."""

    i: Ints
    j: Ints
    reduced: Ints
    capped: Ints
    bound: Ints


def corner(
    rows: Ints, columns: Ints, prices: Prices, tested: Tested | None, near: int
) -> tuple[Ints, Iterator[tuple[Ints, int]]]:
    """The columns in an order, and blocks of rows each with the number of leading columns that must be tested."""
    if tested is None:
        whole = ((rows[a : a + scan.ROWS], len(columns)) for a in range(0, len(rows), scan.ROWS))
        return columns, whole
    fallen = (tested.column - prices.price)[columns] + near
    order = np.argsort(-fallen, kind="stable")
    columns, fallen = columns[order], fallen[order]
    moved = (tested.row - prices.surplus)[rows]
    order = np.argsort(-moved, kind="stable")
    rows, moved = rows[order], moved[order]
    takes = np.searchsorted(-fallen, moved, side="left")

    def blocks() -> Iterator[tuple[Ints, int]]:
        for a in range(0, len(rows), scan.ROWS):
            if takes[a]:
                yield np.sort(rows[a : a + scan.ROWS][takes[a : a + scan.ROWS] > 0]), int(takes[a])

    return columns, blocks()


def tempted_in_block(shared: Priced, rows: Ints, take: int, least: int, near: int) -> Tempted:
    """The few best pairs per row within `near` of their price, tested exactly in thousandths."""
    surplus, price = shared.prices.surplus, shared.prices.price
    floor = (surplus[rows] - near) / MILLI + MARGIN
    columns = shared.columns[:take]
    best, column = scan.tempting_in_block(shared.scanner, shared.right[:take], rows, floor, columns, ADDED_PER_ROW)
    full = column[:, -1] >= 0
    bound = np.ceil((floor[full] + best[full, -1] + scan.ROUGH) * MILLI).astype(np.int64) + 1
    filled = column >= 0
    i, j = np.repeat(rows, filled.sum(axis=1)), column[filled]
    points = whole_points(shared.scanner.market.scores(i, j))
    reduced = points - price[j] - surplus[i]
    keep = (reduced > -near) & (points >= least)
    return Tempted(i[keep], j[keep], reduced[keep], rows[full], bound)


def all_of(found: list[Tempted]) -> Tempted:
    parts = [[getattr(t, name) for t in found] for name in ("i", "j", "reduced", "capped", "bound")]
    return Tempted(*(np.concatenate([_NONE, *part]) for part in parts))
