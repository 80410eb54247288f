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

import numpy as np

from mentoring.matching.arrays import AnyArray, Floats, Floats32, Ints
from mentoring.matching.columns import known_columns, value_columns
from mentoring.matching.features import Feature
from mentoring.matching.market import NOTHING_KNOWN, Market
from mentoring.matching.rules import Rule, allowed_pairs

ROWS, COLUMNS, FIRST_COLUMNS = 512, 4096, 256
SLACK = 2e-4
"""Points of score by which a float32 product may be off, with room to spare."""

ROUGH = 1e-3 + SLACK
"""The same for what `tempting_in_block` says, with rounding and the spread over equal offers."""

SEED_COLUMNS, SEED_FACTOR = 2048, 4

Found = tuple[Ints, Ints, Floats]
"""(mentee indices, mentor indices, a number per pair)."""


@dataclass
class Scanner:
    """The market as float32 columns. N <= left . right, D = known_left . known_right.

    Attributes:
        loose: features of which `left . right` holds an upper bound only, with what their columns reach.
        rules: what must still be asked of a pair; the others are folded into the columns.
        both_right: the mentors' side of a scan without prices, of which `right` and `known_right` are views.
    """

    market: Market
    left: Floats32
    right: Floats32
    known_left: Floats32
    known_right: Floats32
    loose: list[tuple[Feature, AnyArray, AnyArray]]
    rules: list[Rule]
    both_right: Floats32

    @classmethod
    def over(cls, market: Market) -> Scanner:
        values, knowns, loose, folded = [], [], [], set[str]()
        for f in market.features:
            columns = value_columns(f, [rule for rule in market.rules if rule.key not in folded])
            folded |= columns.folded
            values.append((columns.left * np.float32(f.weight), columns.right))
            known_left, known_right = known_columns(f.known)
            knowns.append((known_left * np.float32(f.weight), known_right))
            if not columns.exact:
                loose.append((f, columns.left, columns.right))
        if (nothing := market.nothing_known()) is not None:
            left, right = known_columns(nothing)
            knowns.append((left, right))
            values.append((left * np.float32(NOTHING_KNOWN / 100), right))
        left, right = _side_by_side(values)
        known_left, known_right = _side_by_side(knowns)
        rules = [rule for rule in market.rules if rule.key not in folded]
        both = np.hstack([right, known_right])
        values = right.shape[1]
        return cls(market, left, both[:, :values], known_left, both[:, values:], loose, rules, both)

    @property
    def width(self) -> int:
        """Columns of one product: what a bare product of the same scan would have to multiply."""
        return int(self.left.shape[1] + self.known_left.shape[1])

    def tighten(self, bound: Floats, at: Ints, i: Ints, j: Ints, above: Floats) -> tuple[Ints, Ints, Ints, Floats]:
        """From upper bounds to values: (position, mentee, mentor, value) of the pairs that stay above their threshold.

        Takes away, feature by feature, what the loose columns promise and the feature does not hold.
        """
        for f, left, right in self.loose:
            keep = bound > above
            at, i, j, bound, above = at[keep], i[keep], j[keep], bound[keep], above[keep]
            reached = np.einsum("kc,kc->k", left[i], right[j]).astype(np.float64)
            excess = reached - np.where(f.known.pairs(i, j), f.pairs(i, j), 0.0)
            bound = bound - excess * (100.0 * f.weight) / self.market.known_or_one(i, j)
        keep = bound > above
        return at[keep], i[keep], j[keep], bound[keep]


def _side_by_side(parts: list[tuple[Floats32, Floats32]]) -> tuple[Floats32, Floats32]:
    return np.hstack([left for left, _ in parts]), np.hstack([right for _, right in parts])


def best_of_block(scanner: Scanner, start: int, stop: int, k: int) -> Found:
    """The k best allowed mentors of each mentee from `start` to `stop`, by rows, exact up to `SLACK`."""
    m = len(scanner.right)
    sample = np.unique(np.linspace(0, m - 1, min(SEED_COLUMNS, m)).astype(np.int64))
    seed, _ = _best_of_sample(scanner, np.arange(start, stop), sample, k, SEED_FACTOR * k)
    threshold = np.maximum(seed[:, -1] - SLACK, -1.0)  # reached by k allowed pairs at least
    best, column = np.full((stop - start, k), -np.inf), np.full((stop - start, k), -1, dtype=np.int64)
    for at, j, score in above(scanner, np.arange(start, stop), threshold):
        keep_best(best, column, at, j, score)
        np.maximum(threshold, best[:, -1] - SLACK, out=threshold)
    return _rows_of(np.arange(start, stop), best, column)


def best_of_sample(scanner: Scanner, start: int, stop: int, k: int, size: int, seed: int) -> Found:
    """The k best allowed mentors of each mentee among some mentors drawn by lot, others for each block."""
    m = len(scanner.right)
    sample = np.sort(np.random.default_rng([seed, start]).choice(m, size, replace=False))
    rows = np.arange(start, stop)
    return _rows_of(rows, *_best_of_sample(scanner, rows, sample, k, SEED_FACTOR * k))


def _rows_of(rows: Ints, best: Floats, column: Ints) -> Found:
    filled = column >= 0
    return np.repeat(rows, filled.sum(axis=1)), column[filled], best[filled]


def above(scanner: Scanner, rows: Ints, threshold: Floats) -> Iterator[Found]:
    """(position in `rows`, mentor, score) of the allowed pairs above each row's threshold, tile by tile.

    The caller may raise the thresholds in place while the tiles go by.
    """
    left = np.hstack([scanner.left[rows], scanner.known_left[rows]])
    yield from _positive(scanner, rows, left, scanner.both_right, None, threshold, threshold)


def tempting_in_block(
    scanner: Scanner, priced: Floats32, rows: Ints, least: Floats, columns: Ints, k: int
) -> tuple[Floats, Ints]:
    """Per row the k allowed pairs whose score less the price is most above `least`: (by how much, which mentor).

    Shape (rows, k) each, the best first; -1 in place of a mentor where there are fewer. Values are good to `ROUGH`;
    equal offers are spread over the places, or all rows would be sent to the same few.

    Args:
        priced: `[B_j, Dr_j, price_j * Dr_j]` of the mentors in `columns` (see `priced_columns`).
        least: in points what a pair must bring each row beyond its price.
    """
    known = scanner.known_left[rows]
    left = np.hstack([scanner.left[rows], known, known / np.float32(-100)])
    best, column = np.full((len(rows), k), -np.inf), np.full((len(rows), k), -1, dtype=np.int64)
    threshold = least.copy()
    for at, j, value in _positive(scanner, rows, left, priced, columns, threshold, np.zeros(len(rows))):
        with np.errstate(over="ignore"):
            spread = ((rows[at] * 0x9E3779B1 ^ j * 0x85EBCA77) & 0xFFFFF) / 2**20
        keep_best(best, column, at, j, np.round(value + threshold[at] - least[at], 3) + spread * 5e-4)
        np.maximum(threshold, least + best[:, -1] - ROUGH, out=threshold)
    return best, column


def priced_columns(scanner: Scanner, columns: Ints, price: Floats) -> Floats32:
    """The mentors' side of a scan with prices, shape (columns, C + 2K)."""
    known = scanner.known_right[columns]
    return np.hstack([scanner.right[columns], known, known * price[:, None].astype(np.float32)])


def _positive(
    scanner: Scanner,
    rows: Ints,
    left: Floats32,
    right: Floats32,
    columns: Ints | None,
    threshold: Floats,
    floor: Floats,
) -> Iterator[Found]:
    """(position in `rows`, mentor, value) of allowed pairs above `threshold`, by tiles; values count from `floor` on.

    The columns of `left` after the values are those of the known weight, which carry the threshold.
    """
    values, known = scanner.left.shape[1], scanner.known_left[rows]
    carrier = left[:, values : values + known.shape[1]]
    buffer = np.empty((len(rows), min(COLUMNS, len(right))), dtype=np.float32)
    first, width = 0, min(FIRST_COLUMNS, COLUMNS)
    while first < len(right):  # the first tiles are narrow, for while thresholds are low much is above them
        tile = right[first : first + width]
        np.multiply(known, threshold[:, None] / -100, out=carrier, casting="same_kind")
        product = np.matmul(left, tile.T, out=buffer[:, : len(tile)] if len(tile) == buffer.shape[1] else None)
        flat = np.flatnonzero(product > 0)
        at, across = np.divmod(flat, len(tile))
        excess = product.ravel()[flat].astype(np.float64)
        i, j = rows[at], across + first if columns is None else columns[across + first]
        bound = floor[at] + 100.0 * excess / scanner.market.known_or_one(i, j)
        at, i, j, value = scanner.tighten(bound, at, i, j, floor[at])
        allowed = allowed_pairs(scanner.rules, i, j)
        yield at[allowed], j[allowed], value[allowed]
        first, width = first + len(tile), min(2 * width, COLUMNS)


def _best_of_sample(scanner: Scanner, rows: Ints, sample: Ints, k: int, take: int) -> tuple[Floats, Ints]:
    """The k best allowed mentors per row among a few, of the `take` that look best: (scores, mentors), -1 for none."""
    below = scanner.known_left[rows] @ scanner.known_right[sample].T
    bound = scanner.left[rows] @ scanner.right[sample].T
    bound /= np.maximum(below, np.float32(1e-6), out=below)
    bound *= 100
    take = min(take, len(sample))
    picked = np.argpartition(bound, len(sample) - take, axis=1)[:, len(sample) - take :]
    at, j = np.repeat(np.arange(len(rows)), take), sample[picked.ravel()]
    reached = np.take_along_axis(bound, picked, axis=1).ravel().astype(np.float64)
    best, column = np.full((len(rows), k), -1.0), np.full((len(rows), k), -1, dtype=np.int64)
    at, i, j, score = scanner.tighten(reached, at, rows[at], j, np.full(len(at), -1.0))
    allowed = allowed_pairs(scanner.rules, i, j)
    keep_best(best, column, at[allowed], j[allowed], score[allowed])
    return best, column


def keep_best(best: Floats, column: Ints, row: Ints, found: Ints, score: Floats) -> None:
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
