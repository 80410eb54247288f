"""The school year as English schools live it: terms, their halves, and dates that repeat with them.

Term dates differ by authority and by year. The windows here are the usual ones, good enough to group sessions under a
term's heading and to propose dates that an editor then looks over. Pure functions: no database, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise


class Repeat(StrEnum):
    """How a session repeats. The values are stored nowhere: they make rows of dates, which are then edited."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    HALF_TERMLY = "half_termly"
    TERMLY = "termly"


REPEAT_LABELS = {
    Repeat.WEEKLY: "Every week, not in the holidays",
    Repeat.FORTNIGHTLY: "Every second week, not in the holidays",
    Repeat.HALF_TERMLY: "Once in each half-term",
    Repeat.TERMLY: "Once in each term",
}
LONGEST_SERIES = 60  # more rows than a year of weeks is a mistake in the year, not a series

# First and last day of each half-term, as (month, day); two halves to a term.
HALVES = (
    ((9, 1), (10, 22)),
    ((10, 31), (12, 19)),
    ((1, 4), (2, 12)),
    ((2, 20), (3, 31)),
    ((4, 15), (5, 24)),
    ((6, 1), (7, 21)),
)
TERM_NAMES = ("Autumn", "Spring", "Summer")


@dataclass(frozen=True, order=True)
class Term:
    """One term: `year` is the calendar year in which it lies, `number` 0 autumn, 1 spring, 2 summer."""

    year: int
    month: int
    number: int

    @property
    def name(self) -> str:
        return f"{TERM_NAMES[self.number]} term {self.year}"


@dataclass(frozen=True)
class Half:
    """One half-term, first and last day included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def term_of(day: date) -> Term:
    """The term under whose heading a day is listed; every day of the year has one (August belongs to summer)."""
    if day.month >= 9:
        return Term(day.year, 9, 0)
    if (day.month, day.day) < (4, 10):
        return Term(day.year, 1, 1)
    return Term(day.year, 4, 2)


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of a day began: 2026 for September 2026 to August 2027."""
    return day.year if day.month >= 9 else day.year - 1


def halves(first: date, last: date) -> list[Half]:
    """The half-terms that touch a span of days, in order."""
    found = [
        Half(date(year, *start), date(year, *end)) for year in range(first.year, last.year + 1) for start, end in HALVES
    ]
    return sorted((half for half in found if half.last >= first and half.first <= last), key=lambda half: half.first)


def repeated(first: datetime, repeat: Repeat, until: date) -> list[datetime]:
    """The starts that follow `first` up to `until` (included), at the same time of day by the clock on the wall.

    `first` is naive local time, and so are the results: a series keeps its hour when the clocks change. Weekly series
    leave the holidays out. Half-termly and termly series keep the weekday and, as far as the half-term is long enough,
    the week within it. At most `LONGEST_SERIES` dates.
    """
    day = first.date()
    windows = halves(day, until)
    if repeat in (Repeat.WEEKLY, Repeat.FORTNIGHTLY):
        step = timedelta(weeks=1 if repeat == Repeat.WEEKLY else 2)
        days = []
        day += step
        while day <= until and len(days) < LONGEST_SERIES:
            if any(day in half for half in windows):
                days.append(day)
            day += step
    else:
        days = _one_in_each(day, windows, every_half=repeat == Repeat.HALF_TERMLY, until=until)
    return [datetime.combine(day, first.time()) for day in days[:LONGEST_SERIES]]


def _one_in_each(day: date, windows: list[Half], *, every_half: bool, until: date) -> list[date]:
    """The same weekday and week of the half-term as `day`, in each later half or, every second one, each later term."""
    if not windows:
        return []
    home = next((half for half in windows if day in half), windows[0])
    week = max(0, (day - home.first).days // 7)
    later = [half for half in windows if half.first > home.first]
    if not every_half:
        later = later[1::2]
    found = []
    for half in later:
        same_weekday = half.first + timedelta(days=(day.weekday() - half.first.weekday()) % 7)
        wanted = same_weekday + timedelta(weeks=week)
        while wanted > half.last:
            wanted -= timedelta(weeks=1)
        if day < wanted <= until:
            found.append(wanted)
    return found


def shifted(moment: datetime, weeks: int) -> datetime:
    """The same weekday and wall-clock time, some weeks later. `moment` is naive local time."""
    return moment + timedelta(weeks=weeks)


def ordered_terms(days: list[date]) -> list[Term]:
    """Each term that holds one of the days, once, in order."""
    return sorted({term_of(day) for day in days})


def clashes(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Pairs of starts whose spans overlap, for a warning about a series that meets itself."""
    return [(a[0], b[0]) for a, b in pairwise(sorted(spans)) if b[0] < a[1]]
