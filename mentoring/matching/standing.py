"""How a proposed pair stands among all others: its rank on each side, and the next best mentors."""

from __future__ import annotations

import numpy as np

from mentoring.matching import scan
from mentoring.matching.arrays import Bools, Floats, Ints
from mentoring.matching.explanation import Standing

ALTERNATIVES = 3


def dense_standing(score: Floats, allowed: Bools, i: Ints, j: Ints) -> Standing:
    """From the full matrix: exact ranks (1 + how many allowed partners score higher) and the three best others."""
    open_scores = np.where(allowed, score, -1.0)
    own = score[i, j]
    by_row = open_scores[i]
    for_mentee = 1 + (by_row > own[:, None] + 1e-9).sum(axis=1)
    for_mentor = 1 + (open_scores[:, j] > own[None, :] + 1e-9).sum(axis=0)
    by_row[np.arange(len(i)), j] = -1.0
    top = min(ALTERNATIVES, by_row.shape[1])
    best = np.argpartition(-by_row, top - 1, axis=1)[:, :top] if len(i) else np.zeros((0, 0), dtype=np.int64)
    values = np.take_along_axis(by_row, best, axis=1)
    order = np.lexsort((best, -values), axis=1)
    best, values = np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)
    listed = [
        [(int(b), float(v)) for b, v in zip(row, scores, strict=True) if v >= 0]
        for row, scores in zip(best.tolist(), values.tolist(), strict=True)
    ]
    return Standing(for_mentee, for_mentor, listed)


def standing_in_block(scanner: scan.Scanner, i: Ints, j: Ints) -> tuple[Ints, list[list[tuple[int, float]]]]:
    """From a scan of all pairs of some mentees: exact ranks for them and the three best others of each pair."""
    market = scanner.market
    rows, at = np.unique(i, return_inverse=True)
    own = market.scores(i, j)
    lowest = np.full(len(rows), np.inf)
    np.minimum.at(lowest, at, own)
    k = ALTERNATIVES + int(np.bincount(at).max(initial=0))
    best = np.full((len(rows), k), -1.0)
    found_at, found_j = [at], [j]
    threshold = np.full(len(rows), -1.0)
    for row, column, score in scan.above(scanner, rows, threshold):
        found_at.append(row)
        found_j.append(column)
        scan.keep_best(best, np.zeros_like(best, dtype=np.int64), row, column, score)
        np.maximum(threshold, np.minimum(best[:, -1], lowest) - 2 * scan.SLACK, out=threshold)
    wished = np.isin(market.wished.rows, rows)  # a wish adds to the score, so it may be missing so far
    a, b = market.wished.rows[wished], market.wished.columns[wished]
    may = market.allowed(a, b)
    found_at.append(np.searchsorted(rows, a[may]))
    found_j.append(b[may])
    width = max(1, market.shape[1])
    each = np.unique(np.concatenate(found_at) * width + np.concatenate(found_j))
    row, column = each // width, each % width
    score = market.scores(rows[row], column)
    order = np.lexsort((column, -score, row))
    row, column, score = row[order], column[order], score[order]
    ends = np.searchsorted(row, np.arange(len(rows) + 1))
    ranks, listed = np.ones(len(i), dtype=np.int64), []
    for pair, (group, mentor) in enumerate(zip(at.tolist(), j.tolist(), strict=True)):
        span = slice(ends[group], ends[group + 1])
        ranks[pair] += int((score[span] > own[pair] + 1e-9).sum())
        few = slice(ends[group], min(ends[group + 1], ends[group] + ALTERNATIVES + 1))
        others = zip(column[few].tolist(), score[few].tolist(), strict=True)
        listed.append([option for option in others if option[0] != mentor][:ALTERNATIVES])
    return ranks, listed
