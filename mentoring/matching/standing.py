"""How a proposed pair stands among all others: its rank on each side, and the next best mentors."""

from __future__ import annotations

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
