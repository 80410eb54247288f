"""Nights on which clocks change, half-terms, leap days, midnight: the days of a visit are London's days."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from mentoring.models import Outbox
from mentoring.placements import clocks
from tests.mentoring import scenes

from . import visits

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
HOME, HOST = "head.home@example.org", "head.host@example.org"


def days_around(days: list[dt.date], session: str = "full", **given: Any) -> visits.Stage:
    scene = scenes.programme_with_cohort()
    visitor = scenes.enrolled(scene, scenes.person("Vera Visitor"), "mentee")
    host = scenes.person("Hana Host")
    scenes.enrolled(scene, host, "mentor")
    offer = visits.open_offer(scene, host, days, dates=dict.fromkeys(days, session), **given)
    return visits.Stage(scene, visitor, host, offer, days)


@pytest.mark.parametrize(
    ("now", "days", "offsets"),
    [
        ("2027-03-10", (dt.date(2027, 3, 26), dt.date(2027, 3, 29)), (0, 1)),
        ("2027-10-10", (dt.date(2027, 10, 29), dt.date(2027, 11, 1)), (1, 0)),
        ("2028-02-10", (dt.date(2028, 2, 29), dt.date(2028, 3, 1)), (0, 0)),
    ],
    ids=["spring", "autumn", "leap day"],
)
@pytest.mark.parametrize(("session", "begins", "ends"), [("full", 8, 16), ("am", 8, 12), ("pm", 12, 16)])
def test_entry__across_a_night_on_which_clocks_change__keeps_the_hours_of_the_school(
    clock: Any, now: str, days: tuple[dt.date, dt.date], offsets: tuple[int, int], session: str, begins: int, ends: int
) -> None:
    clock.move_to(dt.datetime.fromisoformat(now).replace(hour=9, tzinfo=dt.UTC))
    stage = days_around(list(days), session, days_needed=2)
    row = stage.confirmed(*days)
    text = Outbox.objects.get(recipient=stage.user.email, template="placement_confirmed").calendar
    calendar = Calendar.from_ical(text)
    events = list(calendar.walk("VEVENT"))
    assert [event.decoded("dtstart").date() for event in events] == list(days)
    assert {event["dtstart"].params["TZID"] for event in events} == {"Europe/London"}
    assert [event.decoded("dtstart").hour for event in events] == [begins, begins]
    assert [event.decoded("dtend").hour for event in events] == [ends, ends]
    assert [event.decoded("dtstart").utcoffset() for event in events] == [dt.timedelta(hours=h) for h in offsets]
    assert calendar.walk("VTIMEZONE")
    assert row.days.count() == 2


@pytest.mark.parametrize("day", [dt.date(2027, 3, 29), dt.date(2027, 11, 1)], ids=["spring", "autumn"])
def test_mail_of_the_day_before__all_through_the_night_of_the_change__goes_once(clock: Any, day: dt.date) -> None:
    clock.move_to(dt.datetime.combine(day - dt.timedelta(days=17), dt.time(9), tzinfo=dt.UTC))
    stage = days_around([day])
    stage.confirmed(day)
    sunday = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(0), tzinfo=LONDON).astimezone(dt.UTC)
    clock.move_to(sunday - dt.timedelta(minutes=1))
    clocks.run_due()
    tomorrow = Outbox.objects.filter(template="placement_tomorrow", recipient=stage.user.email)
    assert not tomorrow.exists()
    for half_hours in range(50):
        clock.move_to(sunday + dt.timedelta(minutes=30 * half_hours))
        clocks.run_due()
    assert tomorrow.count() == 1


def test_visit__begins_at_midnight_in_london__not_in_greenwich(clock: Any) -> None:
    day = dt.date(2027, 6, 2)
    clock.move_to(dt.datetime(2027, 5, 17, 9, tzinfo=dt.UTC))
    row = days_around([day]).confirmed(day)
    clock.move_to(dt.datetime(2027, 6, 1, 22, 59, tzinfo=dt.UTC))
    clocks.run_due()
    assert visits.state(row) == "confirmed"
    clock.move_to(dt.datetime(2027, 6, 1, 23, 1, tzinfo=dt.UTC))
    clocks.run_due()
    assert visits.state(row) == "in_progress"


def asked(address: str) -> int:
    return Outbox.objects.filter(template="placement_asked", recipient=address).count()


def test_reminder__over_a_half_term_of_one_school__waits_for_the_working_days_of_that_school(clock: Any) -> None:
    stage = visits.staged()  # on a Monday
    trust = scenes.Organisation.objects.create(name="The trust", kind="trust")
    home = stage.visitor.profile.organisation
    home.parent = trust
    home.save()
    trust.calendar_exceptions.create(date_from="2027-01-16", date_to="2027-01-24", kind="holiday")
    stage.ask()
    for _ in range(8):  # until Tuesday of the second week, every day
        clock.shift(dt.timedelta(days=1))
        clocks.run_due()
    assert (asked(HOME), asked(HOST)) == (1, 2)
    for _ in range(6):  # the Monday after half-term is the fifth working day
        clock.shift(dt.timedelta(days=1))
        clocks.run_due()
    assert (asked(HOME), asked(HOST)) == (2, 2)
