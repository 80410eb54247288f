"""Clocks in working days, through half-term, the change of the clocks, the leap day and Friday afternoons."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mentoring.models import CalendarException, Organisation
from mentoring.people.working_days import Calendar, add_working_days, school_weeks_between, working_days_between
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def closed(organisation: Organisation, first: str, last: str, kind: str = "holiday") -> None:
    CalendarException.objects.create(organisation=organisation, date_from=day(first), date_to=day(last), kind=kind)


@pytest.fixture
def school() -> Organisation:
    """A school of a trust of a federation, each with days of its own."""
    federation = Organisation.objects.create(name="Federation", kind="other")
    trust = Organisation.objects.create(name="Trust", kind="trust", parent=federation)
    return scenes.school("Larch School", parent=trust)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2027-01-11", 0, "2027-01-11"),
        ("2027-01-11", 1, "2027-01-12"),
        ("2027-01-15", 1, "2027-01-18"),  # Friday afternoon: Monday is the first whole day
        ("2027-01-16", 1, "2027-01-18"),  # so it is from Saturday
        ("2027-01-17", 1, "2027-01-18"),
        ("2027-01-15", 7, "2027-01-26"),
        ("2028-02-28", 2, "2028-03-01"),  # over a leap day that is a Tuesday
        ("2027-02-26", 1, "2027-03-01"),
        ("2027-12-31", 1, "2028-01-03"),
        ("2027-03-26", 1, "2027-03-29"),  # the weekend on which the clocks go forward
        ("2027-10-29", 1, "2027-11-01"),  # and back
    ],
)
def test_add__no_closures__counts_monday_to_friday(school: Organisation, start: str, count: int, end: str) -> None:
    assert add_working_days(day(start), count, school) == day(end)
    assert add_working_days(day(start), count, None) == day(end)


def test_add__half_term_in_between__is_skipped(school: Organisation) -> None:
    closed(school, "2027-02-15", "2027-02-19")
    assert add_working_days(day("2027-02-11"), 1, school) == day("2027-02-12")
    assert add_working_days(day("2027-02-11"), 2, school) == day("2027-02-22")
    assert add_working_days(day("2027-02-17"), 1, school) == day("2027-02-22")


def test_add__closures_of_all_above__count_for_the_school_and_not_the_other_way(school: Organisation) -> None:
    trust = school.parent
    assert trust is not None
    assert trust.parent is not None
    closed(school, "2027-01-12", "2027-01-12", "inset")
    closed(trust, "2027-01-13", "2027-01-13", "inspection")
    closed(trust.parent, "2027-01-14", "2027-01-14")
    closed(scenes.school("Elsewhere"), "2027-01-15", "2027-01-15")
    assert add_working_days(day("2027-01-11"), 1, school) == day("2027-01-15")
    assert add_working_days(day("2027-01-11"), 1, trust) == day("2027-01-12")
    assert add_working_days(day("2027-01-11"), 3, trust) == day("2027-01-18")


def test_add__overlapping_closures_and_weekends__are_skipped_once(school: Organisation) -> None:
    closed(school, "2026-12-19", "2027-01-03")
    closed(school, "2026-12-24", "2027-01-04", "other")
    assert add_working_days(day("2026-12-18"), 1, school) == day("2027-01-05")
    assert working_days_between(day("2026-12-18"), day("2027-01-05"), school) == 1


def test_add__a_school_closed_for_ever_by_mistake__still_ends(school: Organisation) -> None:
    closed(school, "2027-01-01", "2097-01-01")
    assert add_working_days(day("2027-01-11"), 1, school) == day("2028-01-13")


def test_add__backwards__is_refused() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(day("2027-01-11"), -1, None)


@pytest.mark.parametrize("count", [0, 1, 3, 7, 15, 60])
@pytest.mark.parametrize("start", ["2027-01-11", "2027-02-12", "2027-02-13", "2027-02-17", "2028-02-28"])
def test_between__what_add_gave__is_the_same_count(school: Organisation, start: str, count: int) -> None:
    closed(school, "2027-02-15", "2027-02-19")
    assert working_days_between(day(start), add_working_days(day(start), count, school), school) == count


def test_between__the_same_day_or_an_earlier_one__is_nothing(school: Organisation) -> None:
    assert working_days_between(day("2027-01-12"), day("2027-01-12"), school) == 0
    assert working_days_between(day("2027-01-12"), day("2027-01-11"), school) == 0


def test_school_weeks__with_half_term__are_six_in_seven_calendar_weeks(school: Organisation) -> None:
    closed(school, "2027-02-15", "2027-02-19")
    assert school_weeks_between(day("2027-01-11"), day("2027-03-01"), school) == 6.0
    assert school_weeks_between(day("2027-01-11"), day("2027-01-12"), school) == 0.2


@pytest.mark.parametrize(
    ("now", "today"),
    [
        ("2027-03-28T00:30+00:00", "2027-03-28"),  # before the hour that is left out
        ("2027-03-28T23:30+00:00", "2027-03-29"),  # summer time: already Monday in London
        ("2027-10-30T23:30+00:00", "2027-10-31"),
        ("2027-10-31T23:30+00:00", "2027-10-31"),  # winter time again
    ],
)
def test_clock__around_midnight_when_clocks_change__starts_on_londons_day(now: str, today: str) -> None:
    with time_machine.travel(dt.datetime.fromisoformat(now).astimezone(LONDON), tick=False):
        assert timezone.localdate() == day(today)
        expected = {"2027-03-28": "2027-03-29", "2027-03-29": "2027-03-30", "2027-10-31": "2027-11-01"}
        assert add_working_days(timezone.localdate(), 1, None) == day(expected[today])


def test_calendar__however_many_closures_and_levels__is_one_query(school: Organisation) -> None:
    for month in range(1, 13):
        closed(school, f"2027-{month:02}-01", f"2027-{month:02}-03")
        closed(school.parent, f"2027-{month:02}-02", f"2027-{month:02}-05")  # type: ignore[arg-type]  # it has one
    with CaptureQueriesContext(connection) as queries:
        add_working_days(day("2027-01-01"), 60, school)
    assert len(queries) == 1


def test_calendar__closures_before_the_clock_began__are_not_read(school: Organisation) -> None:
    closed(school, "2026-12-21", "2027-01-01")
    assert Calendar.of(school, since=day("2027-01-04")).closed == ()


def test_calendar__last_day_before_the_first__is_refused_by_the_database(school: Organisation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        closed(school, "2027-02-19", "2027-02-15")
