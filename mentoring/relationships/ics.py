"""Meetings as calendar entries: in mails, and in a member's private feed. Times in local time with the zone's rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from icalendar import Event, vCalAddress, vText

from mentoring import conf
from mentoring.messages.calendars import host, new_calendar
from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.services import email_of

from .meeting_models import Meeting, MeetingState

REFRESH = dt.timedelta(hours=6)


def _event(meeting: Meeting, *, title: str, url: str) -> Event:
    """One meeting. Never what they talk about: calendars are often shared with an office."""
    zone = timezone.get_default_timezone()
    assert meeting.start is not None and meeting.end is not None  # booked meetings have a time
    event = Event()
    event.add("uid", f"{meeting.ics_uid}@{host()}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at.astimezone(dt.UTC))
    event.add("dtstart", meeting.start.astimezone(zone))
    event.add("dtend", meeting.end.astimezone(zone))
    event.add("summary", title)
    event.add("status", "CANCELLED" if meeting.state == MeetingState.CANCELLED else "CONFIRMED")
    if meeting.place:
        event.add("location", meeting.place)
    event.add("url", url)
    return event


def entry(meeting: Meeting) -> str:
    """The iCalendar object of one meeting for mail: REQUEST, or CANCEL once it is off."""
    pair = meeting.relationship
    cancelled = meeting.state == MeetingState.CANCELLED
    calendar = new_calendar("CANCEL" if cancelled else "REQUEST", about="Meetings")
    programme = pair.cohort.programme
    event = _event(meeting, title=f"Mentoring: {pair.mentee.profile} and {pair.mentor.profile}", url=_address(meeting))
    organiser = vCalAddress(f"MAILTO:{programme.contact_email}")
    organiser.params["CN"] = vText(programme.title)
    event.add("organizer", organiser)
    for enrolment in (pair.mentee, pair.mentor):
        address = email_of(enrolment.profile)
        if address:
            attendee = vCalAddress(f"MAILTO:{address}")
            attendee.params["CN"] = vText(enrolment.profile.display_name)
            attendee.params["PARTSTAT"] = vText("ACCEPTED")
            event.add("attendee", attendee)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()).decode()


def _address(meeting: Meeting) -> str:
    from .services import path_of  # services send these entries

    return conf.base_url() + path_of(meeting.relationship)


def feed(meetings: Iterable[Meeting], *, profile_id: int) -> bytes:
    """What a member's calendar program reads: own meetings, each named after the other one. No notes, no topics."""
    calendar = new_calendar("PUBLISH", about="Meetings")
    calendar.add("x-wr-calname", "My mentoring")
    calendar.add("x-wr-timezone", str(timezone.get_default_timezone()))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        pair = meeting.relationship
        mine = EnrolmentRole.MENTEE if pair.mentee.profile_id == profile_id else EnrolmentRole.MENTOR
        other = pair.mentor if mine == EnrolmentRole.MENTEE else pair.mentee
        calendar.add_component(_event(meeting, title=f"Mentoring with {other.profile}", url=_address(meeting)))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
