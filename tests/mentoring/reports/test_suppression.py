"""Nobody can work out a number below five from what is printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.reports.suppression import ROOM, SMALLEST, hide_small, ranges, suppress


def table(counts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Counts with sums, and which of them are hidden."""
    found = suppress(counts)
    inner = np.array(counts)
    full = np.block([[inner, inner.sum(1, keepdims=True)], [inner.sum(0, keepdims=True), inner.sum(keepdims=True)]])
    printed: list[list[Any]] = [[*row, end] for row, end in zip(found.cells, found.row_sums, strict=True)]
    printed.append([*found.column_sums, found.total])
    hidden = np.array([[cell is None for cell in row] for row in printed])
    for place, value in np.ndenumerate(full):
        assert hidden[place] or printed[place[0]][place[1]] == value, "a printed number is the true one"
    return full, hidden


COUNTS = st.integers(0, 40)
TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.lists(st.lists(COUNTS, min_size=columns, max_size=columns), min_size=1, max_size=5)
)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_suppress__any_table__leaves_every_hidden_cell_five_values_or_more(counts: list[list[int]]) -> None:
    full, hidden = table(counts)
    assert hidden[full < SMALLEST].all()
    for low, high in ranges(full, hidden).values():
        assert high - low >= ROOM - 1


def test_suppress__two_by_two__agrees_with_trying_every_table() -> None:
    full, hidden = table([[3, 20], [12, 30]])
    cells = [(0, 0), (0, 1), (1, 0), (1, 1)]
    values = [np.arange(70) if hidden[place] else np.array([int(full[place])]) for place in cells]
    possible: set[int] = set()
    for one in values[0]:  # every table with this first number, all at once
        b, c, d = np.meshgrid(*values[1:], indexing="ij", sparse=True)
        sums = {(0, 2): one + b, (1, 2): c + d, (2, 0): one + c, (2, 1): b + d, (2, 2): one + b + c + d}
        fits = np.ones(np.broadcast_shapes(b.shape, c.shape, d.shape), dtype=bool)
        for place, value in sums.items():
            if not hidden[place]:
                fits = fits & (value == full[place])
        if fits.any():
            possible.add(int(one))
    assert len(possible) >= ROOM


def test_suppress__large_numbers__hides_nothing() -> None:
    _, hidden = table([[12, 20], [9, 30]])
    assert not hidden.any()


def test_suppress__one_small_cell__takes_another_with_it() -> None:
    _, hidden = table([[2, 20, 15], [12, 30, 8], [10, 11, 14]])
    assert hidden.sum() >= 4


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ([9, 8, 7], [9, 8, 7], 24),
        ([0, 0, 3], [None, None, None], None),
        ([1, 2, 30], [None, None, None], 33),
        ([1, 30, 12, 12], [None, 30, None, 12], 55),
        ([4, 4, 30], [None, None, 30], 38),
        ([0, 12], [None, None], 12),
        ([4], [None], None),
    ],
)
def test_hide_small__one_row__by_hand(counts: list[int], shown: list[int | None], total: int | None) -> None:
    found, found_total = hide_small(counts)
    assert found == shown
    assert found_total == total or found_total is None


@pytest.mark.parametrize("counts", [[], [[]], [[1], [-1]]])
def test_suppress__no_table__is_refused(counts: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="counts"):
        suppress(counts)


def test_suppress__many_schools__asks_few_programmes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = scipy.optimize.linprog
    monkeypatch.setattr(scipy.optimize, "linprog", lambda *args, **given: asked.append(1) or real(*args, **given))
    suppress([[place % 4, place % 7, place % 3] for place in range(40)])
    assert 0 < len(asked) < 500
