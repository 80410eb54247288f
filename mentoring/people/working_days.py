"""Clocks in working days: Monday to Friday, without the days on which an organisation is closed or busy.

England's term dates differ from school to school, so no holiday is built in: rows of `CalendarException` say them all.
What a trust enters counts for its schools. A day of which only half is closed is a working day. Everything here is
about dates; when a day begins is `timezone.localdate`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models.expressions import RawSQL

from .calendar_models import CalendarException
from .half_days import Session
from .models import Organisation

DAY = dt.timedelta(days=1)
#: A calendar that is closed for longer than this holds a mistake: a clock does not wait for it.
LONGEST = 366

#: The organisation and all above it. UNION, not UNION ALL: it ends even if the parents ever went round in a circle.
UPWARDS = """
WITH RECURSIVE up(id, parent_id) AS (
    SELECT id, parent_id FROM mentoring_organisation WHERE id = %s
    UNION
    SELECT above.id, above.parent_id FROM mentoring_organisation above JOIN up ON above.id = up.parent_id
) SELECT id FROM up
"""


class Calendar:
    """The closed stretches of one organisation, read once: for whoever asks about many days."""

    def __init__(self, closed: Iterable[tuple[dt.date, dt.date]]) -> None:
        self.closed = tuple(closed)

    @classmethod
    def of(cls, organisation: Organisation | None, *, since: dt.date) -> Calendar:
        """What was entered for it and for those above it, as far as it reaches beyond `since`. One query."""
        if organisation is None:
            return cls(())
        rows = CalendarException.objects.filter(
            organisation_id__in=RawSQL(UPWARDS, [organisation.pk]),  # noqa: S611  # a constant; the id is a parameter
            date_to__gte=since,
            session=Session.FULL,
        )
        return cls(rows.values_list("date_from", "date_to"))

    def is_working(self, day: dt.date) -> bool:
        return day.weekday() < 5 and not any(first <= day <= last for first, last in self.closed)

    def add(self, day: dt.date, count: int) -> dt.date:
        """The day on which `count` working days have passed after `day`; `day` itself never counts."""
        if count < 0:
            raise ValueError("Working days are counted forwards.")
        for _ in range(count):
            wait = 0
            day += DAY
            while not self.is_working(day) and wait < LONGEST:
                day += DAY
                wait += 1
        return day

    def between(self, a: dt.date, b: dt.date) -> int:
        """Working days after `a`, up to and with `b`; 0 if `b` is not later. `between(a, add(a, n)) == n`."""
        return sum(self.is_working(a + DAY * i) for i in range(1, (b - a).days + 1))


def add_working_days(day: dt.date, count: int, organisation: Organisation | None) -> dt.date:
    """The last day of a clock of `count` working days that starts on `day`. One query.

    What starts on a Friday afternoon, on a Saturday or in the holidays has all its days still to come.
    """
    return Calendar.of(organisation, since=day).add(day, count)


def working_days_between(a: dt.date, b: dt.date, organisation: Organisation | None) -> int:
    """Working days that passed from `a` to `b`. One query."""
    return Calendar.of(organisation, since=a).between(a, b)


def school_weeks_between(a: dt.date, b: dt.date, organisation: Organisation | None) -> float:
    """The same in weeks of five working days: half-term does not count. One query."""
    return working_days_between(a, b, organisation) / 5
