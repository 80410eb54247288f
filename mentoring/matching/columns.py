"""A component as columns of one inner product: exact where its table is narrow, else never below the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from mentoring.matching.arrays import Bools, Floats, Floats32, Ints
from mentoring.matching.features import Feature, Kernel, Known, Vector
from mentoring.matching.rules import Rule

NARROW = 48
LEADING = 64
WIDEST = 500
TEXT_COLUMNS = 320
EXACT = 1e-6


PENALTY = 1e4
"""What a barred pair loses in points of weight: more than all weights together."""


def known_columns(known: Known) -> tuple[Floats32, Floats32]:
    """(n, c) and (m, c) with known(i, j) = left[i] . right[j]: one column per distinct column of the table."""
    return _by_class(known.left, known.right, known.table.astype(np.float64))


def _by_class(left: Ints, right: Ints, table: Floats) -> tuple[Floats32, Floats32]:
    distinct, of_class = np.unique(table, axis=1, return_inverse=True)
    used = distinct.any(axis=0)
    one_hot = _one_hot(of_class.ravel()[right], distinct.shape[1])
    return distinct[left][:, used].astype(np.float32), one_hot[:, used]


@dataclass(frozen=True)
class Columns:
    """left[i] . right[j] is the value of a feature where `exact`, else an upper bound of it.

    Pairs that a rule of `folded` bars have a product far below 0 instead, so nobody need ask that rule again.
    """

    left: Floats32
    right: Floats32
    exact: bool
    folded: frozenset[str] = frozenset()


def value_columns(feature: Feature, rules: Sequence[Rule] = ()) -> Columns:
    """A feature as columns, with those rules folded in that look at nothing but what the feature looks at."""
    if isinstance(feature, Vector):
        return Columns(*_vector(feature))
    if isinstance(feature, Kernel):
        return _kernel(feature, rules)
    raise TypeError(f"no columns for {feature.key}")


def _barred(left: Ints, right: Ints, shape: tuple[int, ...], rules: Sequence[Rule]) -> tuple[Bools, frozenset[str]]:
    """Which pairs of classes the rules bar, of those rules that tell no two members of a class apart."""
    barred, folded = np.zeros(shape, dtype=np.bool_), []
    (used_l, first_l), (used_r, first_r) = (np.unique(side, return_index=True) for side in (left, right))
    for rule in rules:
        if rule.sparse is None and _follows(rule.left, left) and _follows(rule.right, right):
            barred[np.ix_(used_l, used_r)] |= rule.bars(first_l[:, None], first_r[None, :])
            folded.append(rule.key)
    return barred, frozenset(folded)


def _follows(coarse: Ints, fine: Ints) -> bool:
    """Whether people of one fine class are always of one coarse class."""
    _, first, of = np.unique(fine, return_index=True, return_inverse=True)
    return bool((coarse[first][of] == coarse).all())


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


def _kernel(feature: Kernel, rules: Sequence[Rule]) -> Columns:
    height, width = feature.shape
    lost = PENALTY / feature.weight
    if feature.table is None or (min(feature.shape) > NARROW and max(feature.shape) > WIDEST):
        known = feature.known  # at most 1 wherever it is known
        barred, folded = _barred(known.left, known.right, known.table.shape, rules)
        return Columns(*_by_class(known.left, known.right, np.where(barred, -lost, known.table)), False, folded)
    table = np.where(feature.known_by_code(), feature.table, 0.0)
    if min(feature.shape) <= NARROW:
        barred, folded = _barred(feature.left, feature.right, table.shape, rules)
        table[barred] = -lost
        if width <= NARROW:
            return Columns(table[feature.left].astype(np.float32), _one_hot(feature.right, width), True, folded)
        return Columns(_one_hot(feature.left, height), table.T[feature.right].astype(np.float32), True, folded)
    with threadpool_limits(1, user_api="blas"):  # for a table of this size more threads only wait for one another
        u, s, vt = np.linalg.svd(table, full_matrices=False)
    rank = min(int((s > EXACT * s[0]).sum()), LEADING) if len(s) and s[0] > 0 else 1
    left, right = u[:, :rank] * s[:rank], vt[:rank].T
    most = (table - left @ right.T).max(axis=1)
    exact = bool(most.max() <= EXACT and rank < LEADING)
    if not exact:
        left = np.hstack([left, most[:, None]])
        right = np.hstack([right, np.ones((width, 1))])
    return Columns(left[feature.left].astype(np.float32), right[feature.right].astype(np.float32), exact)


def _one_hot(code: Ints, width: int) -> Floats32:
    columns = np.zeros((len(code), width), dtype=np.float32)
    columns[np.arange(len(code)), code] = 1
    return columns
