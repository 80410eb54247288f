"""School years and half-terms by fixed days. England's term dates differ by school: sums need one measure for all.

A year runs from 1 September. Its six parts begin on the days below; they lie in holidays nearly everywhere, so a day
of teaching falls into the half-term that its school means, but for some days around an early or late Easter.
"""

from __future__ import annotations

import datetime as dt

#: (month, day) on which each part begins, and its name; two parts are a term.
PARTS = (
    (9, 1, "Autumn 1"),
    (11, 1, "Autumn 2"),
    (1, 1, "Spring 1"),
    (2, 16, "Spring 2"),
    (4, 10, "Summer 1"),
    (6, 1, "Summer 2"),
)
HALF_TERMS = tuple(name for _, _, name in PARTS)
TERMS = ("Autumn", "Spring", "Summer")


def year_of(day: dt.date) -> int:
    """The school year of a day, named by the calendar year in which it begins."""
    return day.year if day.month >= 9 else day.year - 1


def year_label(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"


def days_of(year: int) -> tuple[dt.date, dt.date]:
    """First and last day."""
    return dt.date(year, 9, 1), dt.date(year + 1, 8, 31)


def half_term_of(day: dt.date) -> int:
    """0 to 5: which part of its school year."""
    order = [(month + (12 if month < 9 else 0), first) for month, first, _ in PARTS]
    here = (day.month + (12 if day.month < 9 else 0), day.day)
    return max(number for number, begins in enumerate(order) if begins <= here)


def term_of(day: dt.date) -> int:
    """0 to 2."""
    return half_term_of(day) // 2
