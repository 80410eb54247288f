"""Calendar feeds: which entries exist, when they change, and how they are written.

`tell_calendars` runs after every change to a session that visitors can see, and compares what is public now with what
calendars were told last (`CalendarEntry`). Nothing else writes entries, so a feed can never disagree with the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from icalendar import Calendar, Event, vText
from wagtail.models import Page

from .calendar_models import CalendarEntry, CalendarStatus
from .session import SessionDate, SessionPage
from .visible import visible

KEEP_CANCELLED = timedelta(days=60)  # a calendar that syncs rarely still hears that a date is off
KEEP_PAST = timedelta(days=400)
REFRESH = timedelta(hours=6)  # what we ask of programs that subscribe


@transaction.atomic
def tell_calendars(page: SessionPage) -> list[CalendarEntry]:
    """Brings the entries of one session up to date; gives those that changed."""
    entries = list(CalendarEntry.objects.select_for_update().filter(page=page))
    is_public = visible(SessionPage.objects.filter(pk=page.pk)).exists()
    rows = list(SessionDate.objects.filter(page=page)) if is_public else []
    parent = page.get_parent()
    changed = []
    left = entries.copy()
    for row, entry in _paired(rows, left):
        if entry is None:
            entry = CalendarEntry(page=page, date=row, sequence=-1)
        else:
            left.remove(entry)
        now = {
            "title": page.title,
            "location": page.where[:700],
            "start": row.start,
            "end": row.end,
            "status": CalendarStatus.CANCELLED if row.cancelled else CalendarStatus.CONFIRMED,
        }
        if _update(entry, now, date=row, parent=parent, summary=page.summary):
            changed.append(entry)
    changed += [entry for entry in left if _update(entry, {"status": CalendarStatus.CANCELLED}, parent=parent)]
    return changed


def _paired(
    rows: list[SessionDate], entries: list[CalendarEntry]
) -> Iterable[tuple[SessionDate, CalendarEntry | None]]:
    """Each date with its entry: by the row, else by the same start (a row that the editor saved anew)."""
    by_row = {entry.date_id: entry for entry in entries if entry.date_id}
    known = {row.pk for row in rows}
    by_start = {entry.start: entry for entry in entries if entry.date_id not in known}
    return [(row, by_row.get(row.pk) or by_start.pop(row.start, None)) for row in rows]


def _update(entry: CalendarEntry, now: dict[str, object], **beside: object) -> bool:
    """Writes an entry; raises its sequence when something that people must see has changed. Says whether it did."""
    seen = entry.sequence < 0 or any(getattr(entry, name) != value for name, value in now.items())
    for name, value in {**now, **beside}.items():
        setattr(entry, name, value)
    if seen:
        entry.sequence += 1
        entry.changed_at = timezone.now()
    entry.save()
    return seen


@transaction.atomic
def cancel_below(page: Page) -> int:
    """Before a page is deleted or hidden: its dates and those of all sessions below are cancelled in calendars."""
    entries = CalendarEntry.objects.select_for_update().filter(
        Q(page__path__startswith=page.path), status=CalendarStatus.CONFIRMED
    )
    return sum(_update(entry, {"status": CalendarStatus.CANCELLED}) for entry in entries)


def tell_calendars_below(page: Page) -> None:
    """After a page with sessions below it was moved, or made private or public."""
    for session in SessionPage.objects.filter(path__startswith=page.path):
        tell_calendars(session)


def entries_of(page: Page | None = None) -> QuerySet[CalendarEntry]:
    """What a feed holds: all sessions, or those of one network, programme or pathway and of what lies below it."""
    now = timezone.now()
    found = CalendarEntry.objects.select_related("page").filter(
        Q(status=CalendarStatus.CONFIRMED, end__gte=now - KEEP_PAST)
        | Q(status=CalendarStatus.CANCELLED, changed_at__gte=now - KEEP_CANCELLED)
        | Q(status=CalendarStatus.CANCELLED, end__gte=now)
    )
    return found.filter(parent__path__startswith=page.path) if page is not None else found


def feed(entries: Iterable[CalendarEntry], *, name: str, base_url: str) -> bytes:
    """One iCalendar file (RFC 5545), with the time zone's rules in it. `base_url` has no trailing slash."""
    zone = timezone.get_default_timezone()
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.WAGTAIL_SITE_NAME}//Sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(zone))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText("PT6H"))
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0] or "common-room"
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}@{host}")
        event.add("sequence", entry.sequence)
        event.add("dtstamp", entry.changed_at.astimezone(UTC))
        event.add("last-modified", entry.changed_at.astimezone(UTC))
        event.add("dtstart", entry.start.astimezone(zone))
        event.add("dtend", entry.end.astimezone(zone))
        event.add("summary", entry.title)
        event.add("status", entry.status)
        if entry.summary:
            event.add("description", entry.summary)
        if entry.location:
            event.add("location", entry.location)
        if entry.page is not None and entry.page.live and entry.page.url:
            event.add("url", base_url + entry.page.url if entry.page.url.startswith("/") else entry.page.url)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
