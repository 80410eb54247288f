"""Array types and the one small helper that every step shares."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnyArray = NDArray[Any]

T = TypeVar("T", bound=Hashable)


def codes(values: Iterable[T]) -> tuple[Ints, list[T]]:
    """Number the distinct values in the order they first appear: (code per value, distinct values)."""
    seen: dict[T, int] = {}
    numbered = [seen.setdefault(value, len(seen)) for value in values]
    return np.array(numbered, dtype=np.int64), list(seen)


def classes(columns: Iterable[AnyArray], size: int) -> Ints:
    """Number the distinct rows of some columns of whole numbers or truths, in an order that only values decide."""
    found = np.zeros(size, dtype=np.int64)
    for column in columns:
        _, one = np.unique(column, return_inverse=True)
        _, found = np.unique(found * (one.max(initial=0) + 1) + one, return_inverse=True)
    return found


class PairSet:
    """A set of (row, column) pairs out of rows x `width`, asked in bulk.

    >>> PairSet([(0, 2)], width=3).holds(np.array([0, 1]), np.array([2, 2]))
    array([ True, False])
    """

    def __init__(self, pairs: Iterable[tuple[int, int]], width: int) -> None:
        self.width = max(1, width)
        self.codes: Ints = np.unique(np.array([i * self.width + j for i, j in pairs], dtype=np.int64))

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def rows(self) -> Ints:
        return self.codes // self.width

    @property
    def columns(self) -> Ints:
        return self.codes % self.width

    def classes(self, height: int) -> tuple[Ints, Ints]:
        """A class per row and per column: 0 for all that stand in no pair, a class of its own for each that does."""
        rows, columns = np.zeros(height, dtype=np.int64), np.zeros(self.width, dtype=np.int64)
        rows[self.rows], columns[self.columns] = self.rows + 1, self.columns + 1
        return rows, columns

    def where(self, i: Ints, j: Ints) -> tuple[Ints, Bools]:
        """(position in `codes`, whether the pair is there), in the broadcast shape of `i` and `j`."""
        asked = i * self.width + j
        if not len(self.codes):
            return np.zeros_like(asked), np.zeros(asked.shape, dtype=np.bool_)
        at = np.minimum(np.searchsorted(self.codes, asked), len(self.codes) - 1)
        return at, self.codes[at] == asked

    def holds(self, i: Ints, j: Ints) -> Bools:
        return self.where(i, j)[1]
