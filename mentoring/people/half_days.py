"""Halves of a day: the part of it that something takes, and the ten of a week in which somebody works."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
#: One bit for each half-day, Monday morning first. All of them is the whole week, which is written as none.
ALL = 2 ** (2 * len(WEEKDAYS)) - 1


class Session(models.TextChoices):
    AM = "am", "Morning"
    PM = "pm", "Afternoon"
    FULL = "full", "Whole day"


HALVES = (Session.AM, Session.PM)


def halves_of(session: str) -> tuple[Session, ...]:
    return HALVES if session == Session.FULL else (Session(session),)


def meet(one: str, other: str) -> bool:
    """Whether two parts of one day have a half in common."""
    return one == other or Session.FULL in (one, other)


class WorkingWeek(int):
    """Half-days in which somebody works, as bits; 0 is the whole week, so that whoever says nothing works all of it."""

    @classmethod
    def of(cls, numbers: Iterable[int]) -> WorkingWeek:
        """Of half-days by number: 0 is Monday morning, 9 is Friday afternoon."""
        bits = sum(1 << number for number in set(numbers))
        return cls(0 if bits == ALL else bits)

    @property
    def numbers(self) -> list[int]:
        """The half-days that were said, by number; none for the whole week."""
        return [number for number in range(2 * len(WEEKDAYS)) if self >> number & 1]

    def halves(self, day: dt.date, session: str = Session.FULL) -> int:
        """In how many half-days of this part of the day they work."""
        if day.weekday() >= len(WEEKDAYS):
            return 0
        return sum(not self or self >> 2 * day.weekday() + HALVES.index(half) & 1 for half in halves_of(session))

    def holds(self, day: dt.date, session: str) -> bool:
        """Whether they work all of this part of the day."""
        return self.halves(day, session) == len(halves_of(session))

    def __str__(self) -> str:
        """“Monday, Tuesday morning”; empty for the whole week."""
        found = []
        for number, name in enumerate(WEEKDAYS):
            halves = [half.label.lower() for at, half in enumerate(HALVES) if self >> 2 * number + at & 1]
            if halves:
                found.append(name if len(halves) == 2 else f"{name} {halves[0]}")
        return ", ".join(found)
