"""A visit as a calendar entry: one event per day, the same in everybody's calendar, moved and cancelled with it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from icalendar import Event, vCalAddress, vText

from mentoring.messages.calendars import host, new_calendar

from .models import Placement
from .offer_models import Session

#: Hours of a visit, for calendars; the offer's conditions say the real ones.
HOURS = {
    Session.AM: (dt.time(8, 30), dt.time(12, 30)),
    Session.PM: (dt.time(12, 30), dt.time(16, 0)),
    Session.FULL: (dt.time(8, 30), dt.time(16, 0)),
}


def entry(row: Placement, *, off: bool = False) -> str:
    """The iCalendar object for mail: REQUEST, or CANCEL once the visit is `off`. No questions, no cover, no reasons."""
    zone = timezone.get_default_timezone()
    programme = row.enrolment.cohort.programme
    calendar = new_calendar("CANCEL" if off else "REQUEST", about="Visits")
    organiser = vCalAddress(f"MAILTO:{programme.contact_email}")
    organiser.params["CN"] = vText(programme.title)
    for number, day in enumerate(row.days.all()):
        begins, ends = HOURS[Session(day.session)]
        event = Event()
        event.add("uid", f"visit-{row.pk}-{number}@{host()}")
        event.add("sequence", row.sequence)
        event.add("dtstamp", timezone.now())
        event.add("dtstart", dt.datetime.combine(day.date, begins, tzinfo=zone))
        event.add("dtend", dt.datetime.combine(day.date, ends, tzinfo=zone))
        event.add("summary", f"Visit: {row.enrolment.profile} at {row.offer.organisation}")
        event.add("location", str(row.offer.organisation))
        event.add("status", "CANCELLED" if off else "CONFIRMED")
        event.add("organizer", organiser)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()).decode()
