"""Small numbers are not shown, nor those from which they could be worked out.

A table of counts with its sums is printed with holes: first every cell below five, then, hole by hole, one more, until
somebody who knows all that is printed (and that no count is negative) could not pin any hidden cell down to fewer than
five possible values. Linear programmes say whether they could; SciPy answers exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

#: Counts below this are never printed.
SMALLEST = 5
#: How many values a hidden cell must at least be able to have: printed numbers leave no narrower guess.
ROOM = 5


@dataclass(frozen=True)
class Hidden:
    """A table of counts as it may be read: None where nothing is shown. Its sums are cells like others."""

    cells: tuple[tuple[int | None, ...], ...]
    row_sums: tuple[int | None, ...]
    column_sums: tuple[int | None, ...]
    total: int | None


def suppress(counts: Sequence[Sequence[int]]) -> Hidden:
    """The table with its sums, safe to print.

    Args:
        counts: rows of equal length; no negative numbers.
    """
    inner = np.array(counts, dtype=np.int64)
    if inner.ndim != 2 or inner.size == 0 or (inner < 0).any():
        raise ValueError("A table of counts has rows of equal length without negative numbers.")
    if 1 in inner.shape:
        cells, total = _line([int(count) for count in inner.flat])
        if inner.shape[0] == 1:
            return Hidden((tuple(cells),), (total,), tuple(cells), total)
        return Hidden(tuple((cell,) for cell in cells), tuple(cells), (total,), total)
    full = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1), dtype=np.int64)
    full[:-1, :-1] = inner
    full[-1, :] = full.sum(axis=0)
    full[:, -1] = full.sum(axis=1)
    hidden = full < SMALLEST
    seen = _Ranges(full)
    while True:
        told = _told(seen, hidden)
        if told is None:
            break
        _hide_one_more(full, hidden, told)
    shown = [[None if hidden[r, c] else int(full[r, c]) for c in range(full.shape[1])] for r in range(full.shape[0])]
    return Hidden(
        cells=tuple(tuple(row[:-1]) for row in shown[:-1]),
        row_sums=tuple(row[-1] for row in shown[:-1]),
        column_sums=tuple(shown[-1][:-1]),
        total=shown[-1][-1],
    )


def _line(counts: list[int]) -> tuple[list[int | None], int | None]:
    """One row and its sum: hidden cells can share what the others leave of it as they like; no programme is asked."""
    hidden = {place for place, count in enumerate(counts) if count < SMALLEST}
    total: int | None = sum(counts) if sum(counts) >= SMALLEST else None
    while hidden and total is not None and (len(hidden) == 1 or sum(counts[i] for i in hidden) < ROOM - 1):
        printed = [place for place in range(len(counts)) if place not in hidden]
        if not printed:
            total = None
            break
        hidden.add(min(printed, key=lambda place: (counts[place], place)))
    return [None if place in hidden else count for place, count in enumerate(counts)], total


class _Ranges:
    """Least and greatest value of hidden cells, to whoever sees the rest. Sums stand last.

    Hiding more forbids nothing: a value that a cell could once have stays possible. So each answer of a
    programme, which gives a value to every cell, spares questions about the others.
    """

    def __init__(self, full: np.ndarray) -> None:
        self.full = full
        self.low = full.astype(float)
        self.high = full.astype(float)

    def seems_wide(self, place: tuple[int, int]) -> bool:
        return bool(self.high[place] - self.low[place] >= ROOM - 1)

    def ask(self, hidden: np.ndarray, wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], int, int]]:
        """(place, least, greatest) one by one, as asked for."""
        from scipy.optimize import linprog  # half a second, and only reports need it

        places = [(int(r), int(c)) for r, c in zip(*np.nonzero(hidden), strict=True)]
        index = {place: i for i, place in enumerate(places)}
        equations, sums = _equations(self.full, index)
        given = {"A_eq": equations, "b_eq": sums, "bounds": (0, None), "method": "highs"}
        for place in wanted:
            aim = np.zeros(len(places))
            aim[index[place]] = 1.0
            least, most = linprog(aim, **given), linprog(-aim, **given)
            endless = most.status == 3  # 3: without limit
            for found in (least, most):
                if found.x is not None:
                    rows, columns = np.nonzero(hidden)
                    self.low[rows, columns] = np.minimum(self.low[rows, columns], np.round(found.x))
                    self.high[rows, columns] = np.maximum(self.high[rows, columns], np.round(found.x))
            if endless:
                self.high[place] = 10**9
            yield place, round(least.fun), 10**9 if endless else round(-most.fun)


def ranges(full: np.ndarray, hidden: np.ndarray) -> dict[tuple[int, int], tuple[int, int]]:
    """The least and greatest value each hidden cell can have, to whoever sees the rest. Sums stand last."""
    places = [(int(r), int(c)) for r, c in zip(*np.nonzero(hidden), strict=True)]
    return {place: (low, high) for place, low, high in _Ranges(full).ask(hidden, places)} if places else {}


def _equations(full: np.ndarray, index: dict[tuple[int, int], int]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """What the sums say about the hidden cells."""
    rows, columns = full.shape
    equations, sums = [], []
    lines = [([(r, c) for c in range(columns - 1)], (r, columns - 1)) for r in range(rows)]
    lines += [([(r, c) for r in range(rows - 1)], (rows - 1, c)) for c in range(columns)]
    for parts, whole in lines:
        equation, known = np.zeros(len(index)), 0.0
        for place, sign in [*((part, 1.0) for part in parts), (whole, -1.0)]:
            if place in index:
                equation[index[place]] += sign
            else:
                known += sign * float(full[place])
        if equation.any():
            equations.append(equation)
            sums.append(-known)
    return (np.array(equations), np.array(sums)) if equations else (None, None)


def _told(seen: _Ranges, hidden: np.ndarray) -> tuple[int, int] | None:
    """A hidden cell that what is printed pins down; the smallest first."""
    places = [(int(r), int(c)) for r, c in zip(*np.nonzero(hidden), strict=True)]
    places.sort(key=lambda place: (int(seen.full[place]), place))
    doubtful = (place for place in places if not seen.seems_wide(place))
    return next((place for place, low, high in seen.ask(hidden, doubtful) if high - low < ROOM - 1), None)


def _hide_one_more(full: np.ndarray, hidden: np.ndarray, told: tuple[int, int]) -> None:
    """The smallest number still printed in line with the told cell; else any: at the latest nothing is printed."""
    rows, columns = full.shape
    beside = [(told[0], c) for c in range(columns)] + [(r, told[1]) for r in range(rows)]
    for places in (beside, [(r, c) for r in range(rows) for c in range(columns)]):
        printed = [place for place in places if not hidden[place]]
        if printed:
            chosen = min(printed, key=lambda place: (_is_sum(place, full), int(full[place]), place))
            hidden[chosen] = True
            return
    raise AssertionError("A table without a printed number tells nothing.")


def _is_sum(place: tuple[int, int], full: np.ndarray) -> bool:
    return place[0] == full.shape[0] - 1 or place[1] == full.shape[1] - 1


def hide_small(counts: Sequence[int]) -> tuple[list[int | None], int | None]:
    """One row of counts and its sum, safe to print."""
    found = suppress([list(counts)])
    return list(found.cells[0]), found.row_sums[0]
