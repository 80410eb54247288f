"""How a proposed pair stands among all others: its rank on each side, and the next best mentors."""

from __future__ import annotations

import itertools

import numpy as np

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


def listed_standing(rows: Ints, columns: Ints, score: Floats, complete: int, i: Ints, j: Ints) -> Standing:
    """From candidate lists sorted by row, of which each holds at least the `complete` best of its row.

    A rank beyond that number, and the rank among all mentees for a mentor, is not known: 0.
    """
    first = np.searchsorted(rows, np.arange(rows.max(initial=-1) + 2))
    lengths = first[i + 1] - first[i]
    start = np.cumsum(lengths) - lengths
    at = np.repeat(first[i] - start, lengths) + np.arange(lengths.sum())
    pair = np.repeat(np.arange(len(i)), lengths)
    own = np.zeros(len(i))
    mine = columns[at] == j[pair]
    own[pair[mine]] = score[at[mine]]
    rank = 1 + np.bincount(pair[score[at] > own[pair] + 1e-9], minlength=len(i))
    rank[rank > complete] = 0
    at, pair = at[~mine], pair[~mine]
    order = np.lexsort((columns[at], -score[at], pair))
    at, pair = at[order], pair[order]
    place = np.arange(len(at)) - np.searchsorted(pair, pair)
    at, pair = at[place < ALTERNATIVES], pair[place < ALTERNATIVES]
    ends = np.searchsorted(pair, np.arange(len(i) + 1)).tolist()
    others, values = columns[at].tolist(), score[at].tolist()
    listed = [list(zip(others[a:b], values[a:b], strict=True)) for a, b in itertools.pairwise(ends)]
    return Standing(rank, np.zeros(len(i), dtype=np.int64), listed)
