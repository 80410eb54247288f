"""Meetings from three times to a calendar entry, and what comes after."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from mentoring.errors import MentoringError, Stale
from mentoring.models import Meeting, Outbox
from mentoring.relationships import ics, meetings
from tests.mentoring import scenes

from . import moments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LONDON = ZoneInfo("Europe/London")


def events(text: str) -> list[object]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def test_propose__three_times__asks_the_other_to_pick() -> None:
    pair = moments.active()
    meeting = moments.proposed(pair)
    pair.refresh_from_db()
    assert (meeting.state, len(meeting.options), pair.turn) == ("proposed", 3, "mentor")
    mail = Outbox.objects.get(template="meeting_times")
    assert mail.recipient == moments.mentor(pair).email
    assert "Monday 18 January at 16:00" in mail.text


def test_propose__sent_twice__is_one_meeting() -> None:
    pair = moments.active()
    uid = uuid.uuid4()
    for _ in range(2):
        meetings.propose(pair=pair, actor=moments.mentee(pair), uid=uid, times=[moments.in_days(7)])
    assert Meeting.objects.count() == 1
    assert Outbox.objects.filter(template="meeting_times").count() == 1


def test_propose__while_times_wait__is_refused() -> None:
    pair = moments.active()
    moments.proposed(pair)
    with pytest.raises(MentoringError, match="waiting for an answer"):
        moments.proposed(pair, 12, by=moments.mentor(pair))


@pytest.mark.parametrize(
    ("times", "sentence"),
    [([], "at least one"), ([1, 2, 3, 4], "up to three"), ([-1], "still to come"), ([500], "within a year")],
)
def test_propose__times_that_cannot_be__are_refused(times: list[int], sentence: str) -> None:
    pair = moments.active()
    with pytest.raises(MentoringError, match=sentence):
        meetings.propose(
            pair=pair, actor=moments.mentee(pair), uid=uuid.uuid4(), times=[moments.in_days(day) for day in times]
        )
    assert not Meeting.objects.exists()


def test_pick__one_of_the_times__sends_both_the_same_calendar_entry() -> None:
    pair = moments.active()
    meeting = moments.booked(pair, place="Room 4")
    mails = list(Outbox.objects.filter(template="meeting_booked"))
    assert {mail.recipient for mail in mails} == {moments.mentee(pair).email, moments.mentor(pair).email}
    for mail in mails:
        assert "METHOD:REQUEST" in mail.calendar
        (event,) = events(mail.calendar)
        assert str(event["uid"]).startswith(str(meeting.ics_uid))  # type: ignore[index]  # icalendar's
        assert int(event["sequence"]) == 0  # type: ignore[index]  # icalendar's
        assert event["dtstart"].dt == dt.datetime(2027, 1, 18, 16, tzinfo=LONDON)  # type: ignore[index]  # same
        assert "Room 4" in event["location"]  # type: ignore[index]  # icalendar's
    pair.refresh_from_db()
    assert (pair.turn, pair.turn_due) == ("both", dt.date(2027, 1, 18))


def test_pick__by_the_one_who_proposed__is_refused() -> None:
    pair = moments.active()
    meeting = moments.proposed(pair)
    with pytest.raises(MentoringError, match="not your turn"):
        meetings.pick(meeting=meeting, actor=moments.mentee(pair), version=1, time=moments.in_days(7))


def test_pick__a_time_nobody_proposed__is_refused() -> None:
    pair = moments.active()
    meeting = moments.proposed(pair)
    with pytest.raises(MentoringError, match="one of the times"):
        meetings.pick(meeting=meeting, actor=moments.mentor(pair), version=1, time=moments.in_days(70))


def test_pick__twice__has_one_effect_and_another_time_is_stale() -> None:
    pair = moments.active()
    meeting = moments.proposed(pair)
    for _ in range(2):
        meetings.pick(meeting=meeting, actor=moments.mentor(pair), version=1, time=moments.in_days(7))
    assert Outbox.objects.filter(template="meeting_booked").count() == 2
    with pytest.raises(Stale, match="booked"):
        meetings.pick(meeting=meeting, actor=moments.mentor(pair), version=1, time=moments.in_days(8))


def test_move__a_booked_meeting__stands_until_the_other_picks_and_keeps_its_entry() -> None:
    pair = moments.active()
    meeting = moments.booked(pair)
    moved = meetings.offer_others(
        meeting=meeting, actor=moments.mentor(pair), version=meeting.version, times=[moments.in_days(10)]
    )
    pair.refresh_from_db()
    assert (moved.state, moved.start, pair.turn) == ("booked", moments.in_days(7), "mentee")
    moved = meetings.pick(meeting=moved, actor=moments.mentee(pair), version=moved.version, time=moments.in_days(10))
    assert (moved.ics_uid, moved.sequence, moved.start) == (meeting.ics_uid, 1, moments.in_days(10))
    mail = Outbox.objects.filter(template="meeting_booked").latest("pk")
    assert mail.subject.startswith("Moved")
    assert "SEQUENCE:1" in mail.calendar


def test_cancel__a_booked_meeting__takes_it_out_of_both_calendars() -> None:
    pair = moments.active()
    meeting = moments.booked(pair)
    for _ in range(2):
        gone = meetings.cancel(meeting=meeting, actor=moments.mentee(pair), version=meeting.version)
    assert gone.state == "cancelled"
    mails = Outbox.objects.filter(template="meeting_cancelled")
    assert mails.count() == 2
    for mail in mails:
        assert "METHOD:CANCEL" in mail.calendar
        assert "SEQUENCE:1" in mail.calendar
        assert "STATUS:CANCELLED" in mail.calendar
    pair.refresh_from_db()
    assert pair.turn == "mentee"


def test_mark__held__afterwards_only_and_can_be_put_right(clock: object) -> None:
    pair = moments.active()
    meeting = moments.booked(pair)
    with pytest.raises(MentoringError, match="still to come"):
        meetings.mark(meeting=meeting, actor=moments.mentee(pair), version=meeting.version, held_it=True)
    clock.shift(dt.timedelta(days=8))  # type: ignore[attr-defined]  # time_machine's
    with pytest.raises(MentoringError, match="time is over"):
        meetings.cancel(meeting=meeting, actor=moments.mentee(pair), version=meeting.version)
    done = meetings.mark(
        meeting=meeting, actor=moments.mentee(pair), version=meeting.version, held_it=True, topics="Openings"
    )
    pair.refresh_from_db()
    assert (done.state, done.topics, pair.turn) == ("held", "Openings", "mentee")
    done = meetings.mark(meeting=done, actor=moments.mentor(pair), version=done.version, held_it=False)
    assert done.state == "missed"


def test_topics__in_the_database__cannot_be_read() -> None:
    from django.db import connection

    pair = moments.active()
    moments.proposed(pair, topics="My difficult deputy")
    with connection.cursor() as cursor:
        cursor.execute("SELECT topics FROM mentoring_meeting")
        assert "deputy" not in cursor.fetchone()[0]


def test_stranger__whatever_they_try__is_refused() -> None:
    pair = moments.active()
    meeting = moments.booked(pair)
    for actor in (scenes.user("Stan Stranger"), moments.coordinator(pair)):
        for act in (
            lambda who=actor: moments.proposed(pair, by=who),
            lambda who=actor: meetings.cancel(meeting=meeting, actor=who, version=2),
            lambda who=actor: meetings.mark(meeting=meeting, actor=who, version=2, held_it=True),
        ):
            with pytest.raises(MentoringError, match="Only the two"):
                act()


# --- Clock-change nights -------------------------------------------------------------------------------------------


def test_moment__in_the_hour_that_is_left_out_in_march__is_refused() -> None:
    with pytest.raises(MentoringError, match="clocks go forward"):
        meetings.moment(dt.date(2027, 3, 28), dt.time(1, 30))


def test_moment__in_the_hour_that_comes_twice_in_october__is_the_first() -> None:
    assert meetings.moment(dt.date(2027, 10, 31), dt.time(1, 30)) == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "utc_hour"), [(dt.date(2027, 3, 27), 16), (dt.date(2027, 3, 28), 15), (dt.date(2027, 10, 31), 16)]
)
def test_moment__around_a_clock_change__is_four_in_the_afternoon_for_both(day: dt.date, utc_hour: int) -> None:
    at = meetings.moment(day, dt.time(16))
    assert at.hour == utc_hour
    pair = moments.active()
    meeting = Meeting(
        relationship=pair,
        state="booked",
        start=at,
        proposed_by="mentee",
        changed_at=at,
        ics_uid=uuid.uuid4(),
        minutes=60,
    )
    text = ics.entry(meeting)
    assert f"DTSTART;TZID=Europe/London:{day:%Y%m%d}T160000" in text
    assert "BEGIN:VTIMEZONE" in text


def test_meeting__over_the_night_in_october__lasts_its_minutes(clock: object) -> None:
    start = meetings.moment(dt.date(2027, 10, 31), dt.time(0, 30))
    meeting = Meeting(start=start, minutes=120)
    assert meeting.end is not None
    assert meeting.end.astimezone(LONDON).strftime("%H:%M %Z") == "01:30 GMT"
