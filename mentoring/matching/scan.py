"""Step 3: exact candidates among more pairs than can be laid out: blocks of rows, tiles of columns.

Numerator and denominator of the score are inner products, so "does this pair score above t?" is the sign of one:

    N(i, j) - t(i) / 100 * D(i, j) = [A_i, -t_i/100 * Dl_i] . [B_j, Dr_j]

and with a price per mentor, "score - price above u?" has the columns `price * Dr_j` besides. A tile is therefore one
float32 product, and only its positive entries are looked at: rules, the exact value of what the columns merely bound
from above, the running threshold. Memory is bounded by the tile, whatever the number of people.

    scanner = Scanner.over(market)
    i, j, score = best_of_block(scanner, 0, 512, k=20)        # the 20 best allowed mentors of the first 512 mentees
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mentoring.matching.arrays import AnyArray, Floats, Floats32, Ints
from mentoring.matching.columns import known_columns, value_columns
from mentoring.matching.features import Feature
from mentoring.matching.market import NOTHING_KNOWN, Market
from mentoring.matching.rules import allowed_pairs

ROWS, COLUMNS = 512, 4096
SLACK = 2e-4
"""Points of score by which a float32 product may be off, with room to spare."""

SEED_COLUMNS, SEED_FACTOR = 2048, 16

Found = tuple[Ints, Ints, Floats]
"""(mentee indices, mentor indices, a number per pair)."""


@dataclass
class Scanner:
    """The market as float32 columns. N <= left . right, D = known_left . known_right.

    Attributes:
        loose: features of which `left . right` holds an upper bound only, with what their columns reach.
    """

    market: Market
    left: Floats32
    right: Floats32
    known_left: Floats32
    known_right: Floats32
    loose: list[tuple[Feature, AnyArray, AnyArray]]

    @classmethod
    def over(cls, market: Market) -> Scanner:
        values, knowns, loose = [], [], []
        for f in market.features:
            left, right, exact = value_columns(f)
            values.append((left * np.float32(f.weight), right))
            known_left, known_right = known_columns(f.known)
            knowns.append((known_left * np.float32(f.weight), known_right))
            if not exact:
                loose.append((f, left, right))
        if (nothing := market.nothing_known()) is not None:
            left, right = known_columns(nothing)
            knowns.append((left, right))
            values.append((left * np.float32(NOTHING_KNOWN / 100), right))
        left, right = _side_by_side(values)
        known_left, known_right = _side_by_side(knowns)
        return cls(market, left, right, known_left, known_right, loose)

    @property
    def width(self) -> int:
        """Columns of one product: what a bare product of the same scan would have to multiply."""
        return int(self.left.shape[1] + self.known_left.shape[1])

    @cached_property
    def both_right(self) -> Floats32:
        """The mentors' side of a scan without prices, shape (m, C + K)."""
        return np.hstack([self.right, self.known_right])

    def tighten(self, bound: Floats, i: Ints, j: Ints, above: Floats) -> Found:
        """From upper bounds to scores: (mentees, mentors, scores) of the pairs that stay above their threshold.

        Takes away, feature by feature, what the loose columns promise and the feature does not hold.
        """
        for f, left, right in self.loose:
            keep = bound > above
            i, j, bound, above = i[keep], j[keep], bound[keep], above[keep]
            reached = np.einsum("kc,kc->k", left[i], right[j]).astype(np.float64)
            excess = reached - np.where(f.known.pairs(i, j), f.pairs(i, j), 0.0)
            bound = bound - excess * (100.0 * f.weight) / self.market.known_or_one(i, j)
        keep = bound > above
        return i[keep], j[keep], bound[keep]


def _side_by_side(parts: list[tuple[Floats32, Floats32]]) -> tuple[Floats32, Floats32]:
    return np.hstack([left for left, _ in parts]), np.hstack([right for _, right in parts])


def best_of_block(scanner: Scanner, start: int, stop: int, k: int) -> Found:
    """The k best allowed mentors of each mentee from `start` to `stop`, by rows, exact up to `SLACK`."""
    rows = stop - start
    best = np.full((rows, k), -np.inf)
    column = np.full((rows, k), -1, dtype=np.int64)
    threshold = _first_thresholds(scanner, start, stop, k)
    for first, at, across, excess in _positive(scanner, start, stop, threshold):
        i, j, above = at + start, across + first, threshold[at]
        bound = above + 100.0 * excess / scanner.market.known_or_one(i, j)
        i, j, score = scanner.tighten(bound, i, j, above)
        allowed = allowed_pairs(scanner.market.rules, i, j)
        _merge(best, column, i[allowed] - start, j[allowed], score[allowed])
        np.maximum(threshold, best[:, -1] - SLACK, out=threshold)
    filled = column >= 0
    i = np.repeat(np.arange(start, stop), filled.sum(axis=1))
    return i, column[filled], best[filled]


def improving_in_block(
    scanner: Scanner, priced: Floats32, rows: Ints, surplus: Floats, columns: Ints, margin: float
) -> Found:
    """Allowed pairs whose score less the price is more than `margin` above the mentee's surplus, and by how much.

    Args:
        priced: `[B_j, Dr_j, price_j * Dr_j]` of the mentors in `columns` (see `priced_columns`).
        rows, surplus: mentees of this block, and in points what a pair must bring each of them beyond its price.
    """
    market = scanner.market
    known = scanner.known_left[rows]
    least = ((surplus + margin)[:, None] / 100).astype(np.float32)
    left = np.hstack([scanner.left[rows], -least * known, known / np.float32(-100)])
    found: list[Found] = [(_NONE, _NONE, np.zeros(0))]
    for first, at, across, excess in _tiles(left, priced):
        i, j = rows[at], columns[across + first]
        i, j, above = scanner.tighten(100.0 * excess / market.known_or_one(i, j), i, j, np.zeros(len(i)))
        allowed = allowed_pairs(market.rules, i, j)
        found.append((i[allowed], j[allowed], above[allowed]))
    i, j, above = (np.concatenate([f[part] for f in found]) for part in range(3))
    return i, j, above


_NONE: Ints = np.zeros(0, dtype=np.int64)


def priced_columns(scanner: Scanner, columns: Ints, price: Floats) -> Floats32:
    """The mentors' side of a scan with prices, shape (columns, C + 2K)."""
    known = scanner.known_right[columns]
    return np.hstack([scanner.right[columns], known, known * price[:, None].astype(np.float32)])


def _tiles(left: Floats32, right: Floats32) -> Iterator[tuple[int, Ints, Ints, Floats]]:
    """(first column, rows, columns within the tile, values) of the positive entries of left . right, tile by tile."""
    buffer = np.empty((len(left), min(COLUMNS, len(right))), dtype=np.float32)
    for first in range(0, len(right), COLUMNS):
        tile = right[first : first + COLUMNS]
        product = np.matmul(left, tile.T, out=buffer[:, : len(tile)] if len(tile) == buffer.shape[1] else None)
        flat = np.flatnonzero(product > 0)
        at, across = np.divmod(flat, len(tile))
        yield first, at, across, product.ravel()[flat].astype(np.float64)


def _positive(scanner: Scanner, start: int, stop: int, threshold: Floats) -> Iterator[tuple[int, Ints, Ints, Floats]]:
    """Like `_tiles`, for thresholds that rise while the tiles go by."""
    values, known, right = scanner.left[start:stop], scanner.known_left[start:stop], scanner.both_right
    left = np.hstack([values, known])
    buffer = np.empty((stop - start, min(COLUMNS, len(right))), dtype=np.float32)
    for first in range(0, len(right), COLUMNS):
        tile = right[first : first + COLUMNS]
        np.multiply(known, threshold[:, None] / -100, out=left[:, values.shape[1] :], casting="same_kind")
        product = np.matmul(left, tile.T, out=buffer[:, : len(tile)] if len(tile) == buffer.shape[1] else None)
        flat = np.flatnonzero(product > 0)
        at, across = np.divmod(flat, len(tile))
        yield first, at, across, product.ravel()[flat].astype(np.float64)


def _first_thresholds(scanner: Scanner, start: int, stop: int, k: int) -> Floats:
    """A score per row that at least k allowed pairs reach, from a sample of columns; -1 where it has too few."""
    market = scanner.market
    m = len(scanner.right)
    sample = np.unique(np.linspace(0, m - 1, min(SEED_COLUMNS, m)).astype(np.int64))
    rows = np.arange(start, stop)
    below = scanner.known_left[rows] @ scanner.known_right[sample].T
    bound = 100 * (scanner.left[rows] @ scanner.right[sample].T) / np.maximum(below, np.float32(1e-6))
    take = min(SEED_FACTOR * k, len(sample))
    picked = np.argpartition(-bound, take - 1, axis=1)[:, :take]
    i, j = np.repeat(rows, take), sample[picked.ravel()]
    bound = np.take_along_axis(bound, picked, axis=1).ravel().astype(np.float64)
    best, column = np.full((len(rows), k), -1.0), np.full((len(rows), k), -1, dtype=np.int64)
    i, j, score = scanner.tighten(bound, i, j, np.full(len(i), -1.0))
    allowed = allowed_pairs(market.rules, i, j)
    _merge(best, column, i[allowed] - start, j[allowed], score[allowed])
    return np.maximum(best[:, -1] - SLACK, -1.0)


def _merge(best: Floats, column: Ints, row: Ints, found: Ints, score: Floats) -> None:
    """Keep the k best per row, in place; `row` ascends. Of equal scores the earlier column stays."""
    if not len(row):
        return
    k = best.shape[1]
    counts = np.bincount(row, minlength=len(best))
    touched = np.flatnonzero(counts)
    place = np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
    slot = np.empty(len(best), dtype=np.int64)
    slot[touched] = np.arange(len(touched))
    scores = np.full((len(touched), k + int(counts.max())), -np.inf)
    columns = np.full(scores.shape, -1, dtype=np.int64)
    scores[:, :k], columns[:, :k] = best[touched], column[touched]
    scores[slot[row], k + place], columns[slot[row], k + place] = score, found
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    best[touched] = np.take_along_axis(scores, order, axis=1)
    column[touched] = np.take_along_axis(columns, order, axis=1)
