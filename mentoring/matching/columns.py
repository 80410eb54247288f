"""A component as columns of one inner product: exact where its table is narrow, else never below the truth."""

from __future__ import annotations

import numpy as np

from mentoring.matching.arrays import AnyArray, Floats32, Ints
from mentoring.matching.features import Feature, Kernel, Known, Vector

NARROW = 48
LEADING = 64
WIDEST = 500
TEXT_COLUMNS = 320
EXACT = 1e-6


def known_columns(known: Known) -> tuple[Floats32, Floats32]:
    """(n, c) and (m, c) with known(i, j) = left[i] . right[j]: one column per distinct column of the table."""
    distinct, of_class = np.unique(known.table, axis=1, return_inverse=True)
    right = np.zeros((len(known.right), distinct.shape[1]), dtype=np.float32)
    right[np.arange(len(right)), of_class.ravel()[known.right]] = 1
    used = distinct.any(axis=0)
    return distinct[known.left][:, used].astype(np.float32), right[:, used]


def value_columns(feature: Feature) -> tuple[Floats32, Floats32, bool]:
    """(n, c), (m, c) and whether left[i] . right[j] is the value itself (up to rounding) or an upper bound of it."""
    if isinstance(feature, Vector):
        return _vector(feature)
    if isinstance(feature, Kernel):
        return _kernel(feature)
    raise TypeError(f"no columns for {feature.key}")


def _vector(feature: Vector) -> tuple[Floats32, Floats32, bool]:
    left, right = feature.left, feature.right
    if left.shape[1] <= TEXT_COLUMNS:
        return left.toarray().astype(np.float32), right.toarray().astype(np.float32), True
    # The weightiest columns as they are; the rest by Cauchy and Schwarz: one column of norms.
    energy = np.asarray(left.multiply(left).sum(axis=0)).ravel() * np.asarray(right.multiply(right).sum(axis=0)).ravel()
    order = np.argsort(-energy, kind="stable")
    head, tail = np.sort(order[:TEXT_COLUMNS]), np.sort(order[TEXT_COLUMNS:])
    sides = []
    for side in (left, right):
        rest = side[:, tail]
        norm = np.sqrt(np.asarray(rest.multiply(rest).sum(axis=1)))
        sides.append(np.hstack([side[:, head].toarray(), norm]).astype(np.float32))
    return sides[0], sides[1], False


def _kernel(feature: Kernel) -> tuple[Floats32, Floats32, bool]:
    height, width = feature.shape
    if feature.table is None or (min(feature.shape) > NARROW and max(feature.shape) > WIDEST):
        left, right = known_columns(feature.known)
        return left, right, False  # at most 1 wherever it is known
    table = np.where(_known_by_code(feature), feature.table, 0.0)
    if width <= NARROW:
        return table[feature.left].astype(np.float32), _one_hot(feature.right, width), True
    if height <= NARROW:
        return _one_hot(feature.left, height), table.T[feature.right].astype(np.float32), True
    u, s, vt = np.linalg.svd(table, full_matrices=False)
    rank = min(int((s > EXACT * s[0]).sum()), LEADING) if len(s) and s[0] > 0 else 1
    left, right = u[:, :rank] * s[:rank], vt[:rank].T
    most = (table - left @ right.T).max(axis=1)
    exact = bool(most.max() <= EXACT and rank < LEADING)
    if not exact:
        left = np.hstack([left, most[:, None]])
        right = np.hstack([right, np.ones((width, 1))])
    return left[feature.left].astype(np.float32), right[feature.right].astype(np.float32), exact


def _known_by_code(feature: Kernel) -> AnyArray:
    """Whether the pair of distinct values is known; people with one value are of one class."""
    left, right = np.zeros(feature.shape[0], dtype=np.int64), np.zeros(feature.shape[1], dtype=np.int64)
    left[feature.left], right[feature.right] = feature.known.left, feature.known.right
    return feature.known.table[left[:, None], right[None, :]]


def _one_hot(code: Ints, width: int) -> Floats32:
    columns = np.zeros((len(code), width), dtype=np.float32)
    columns[np.arange(len(code)), code] = 1
    return columns
