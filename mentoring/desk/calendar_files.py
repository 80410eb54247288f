"""A school's calendar as a file, CSV, XLSX or ICS: its closed days as lines, and why the other entries stay out.

Nothing here asks the database. An entry that closes no school (a concert, the first day of term) is not guessed at:
the line carries a sentence, and the coordinator reads it before anything is kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.utils import timezone

from mentoring.people.calendar_models import CalendarKind
from mentoring.people.imports.files import megabytes
from mentoring.people.imports.reader import Unreadable, open_table, sniff_encoding

from .closed_days import KIND_WORDS, LONGEST, Line

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
#: Words in which “holiday” or “exam” does not mean that the school is closed or busy.
_OTHER = re.compile(r"\b(club|camp|trip|fair|party|revision|homework|results?)\b")
HALF_TERM = dt.timedelta(days=16)
#: Further away than this, a year is mistyped; longer over than this, nobody asks about a day any more.
AHEAD, BEHIND = dt.timedelta(days=5 * 366), dt.timedelta(days=366)
DAY = dt.timedelta(days=1)

_FIRST = ("first day", "from", "start date", "start", "date from", "begins", "begin", "date", "day")
_LAST = ("last day", "to", "until", "end date", "end", "date to", "ends", "date until")
_WHAT = ("kind", "type", "what", "subject", "summary", "event", "title", "name", "description")
_PART = ("session", "part of the day", "am/pm")
_WHOLE = ("", "full", "full day", "whole day", "all day", "day")

_EDGE = re.compile(
    r"\b(begins?|starts?|ends?|finish|finishes|returns?|back to|re-?opens?|last day|first day|before|after)\b"
)
#: The first that fits. A whole school is closed on a training day, whatever else the words hold.
_MEANS = (
    (CalendarKind.INSET, re.compile(r"\b(inset|in-?service|training day|staff day|non[- ]pupil|pd day)s?\b")),
    (CalendarKind.INSPECTION, re.compile(r"\b(ofsted|inspection|isi|estyn)\b")),
    (CalendarKind.ASSESSMENT, re.compile(r"\bassessments?\b")),
    (CalendarKind.EXAMS, re.compile(r"\b(exams?|examinations?|mocks?|gcses?|a[- ]levels?|sats)\b")),
    (
        CalendarKind.HOLIDAY,
        re.compile(
            r"\b(holidays?|half[- ]?terms?|vacation|closed|closure|(christmas|easter|summer|winter|spring|autumn) break"
            r"|good friday|easter monday|boxing day|christmas day|new year.?s day)\b"
        ),
    ),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+Z?)?")
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: [\d:]+)?")
_WORDS = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]+)\.?,?[ -](\d{4}|\d{2})")


def refuse_size(file: File[Any], what: str) -> None:
    """Raises `Unreadable` for an empty or a very large upload; looks at the number only."""
    if not file.size:
        raise Unreadable("This file is empty.")
    if file.size > MOST_BYTES:
        raise Unreadable(f"This file has {megabytes(file.size)}; {what} has at most {megabytes(MOST_BYTES)}.")


def read_file(file: File[Any]) -> list[Line]:
    """The lines of an upload, in order: closed days, and those that stay out with a sentence in `error`.

    Raises:
        Unreadable: the file as a whole cannot be used; the sentence says why.
    """
    refuse_size(file, "a calendar of a school")
    name = file.name or ""
    stream: Any = file
    stream.seek(0)
    start = stream.read(4096)
    plain = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper()
    if plain.startswith(b"BEGIN:VCALENDAR"):
        return list(_once(_events(stream, start)))
    if start.strip(b"\x00 \t\r\n\xef\xbb\xbf") and PurePath(name).suffix.lower() in (".ics", ".ical", ".ifb"):
        raise Unreadable(
            "This file is not a calendar, whatever its name says. Please export it again as ICS, or make a CSV."
        )
    return list(_once(_rows(stream, name)))


def _once(lines: Iterator[Line]) -> Iterator[Line]:
    """Refuses what the file says a second time, and more lines than a calendar has."""
    seen: dict[tuple[Any, ...], int] = {}
    count = 0
    for count, line in enumerate(lines, start=1):
        if count > MOST_ROWS:
            raise Unreadable(f"This file has more than {MOST_ROWS:,} entries. Please export one school year.")
        key = (line.first, line.last, line.kind)
        if not line.error and key in seen:
            yield _out(line.number, line.text, f"Line {seen[key]} says the same.")
            continue
        if not line.error:
            seen[key] = line.number
        yield line
    if not count:
        raise Unreadable("This file has no entries. Please check that you chose the right one.")


def _out(number: int, text: str, error: str) -> Line:
    return Line(number, text[:200], error=error)


def _checked(number: int, text: str, first: dt.date, last: dt.date, what: str) -> Line:
    """A stretch of days as a line; the same limits as for pasted ones."""
    today = timezone.localdate()
    if last < first:
        return _out(number, text, "The last day comes before the first.")
    if last - first > LONGEST:
        return _out(number, text, "This is longer than a year. Please check the years.")
    if first > today + AHEAD:
        return _out(number, text, "This is more than five years away. Please check the year.")
    if last < today - BEHIND:
        return _out(number, text, "These days have been over for more than a year.")
    folded = what.strip(" .()").casefold().replace("’", "'")
    kind = KIND_WORDS.get(folded)
    if kind is None and _EDGE.search(folded):
        return _out(number, text, "This says when something begins or ends. Please give the closed days themselves.")
    if kind is None and not _OTHER.search(folded):
        kind = next((kind for kind, words in _MEANS if words.search(folded)), None)
    if kind is None:
        return _out(number, text, "We do not read a holiday, INSET day, exams or inspection in this, so it stays out.")
    if last - first > HALF_TERM and re.search(r"half[- ]?term", folded):
        return _out(number, text, "This is longer than a holiday at half-term. Are these the weeks of teaching?")
    return Line(number, text[:200], first, last, kind)


# --- CSV and XLSX -----------------------------------------------------------------------------------------------------


def _rows(stream: IO[bytes], name: str) -> Iterator[Line]:
    with open_table(stream, name=name) as table:
        places = {heading.casefold(): place for place, heading in reversed(list(enumerate(table.headings)))}

        def place(names: tuple[str, ...]) -> int | None:
            return next((places[name] for name in names if name in places), None)

        first_at, last_at, what_at, part_at = place(_FIRST), place(_LAST), place(_WHAT), place(_PART)
        if first_at is None:
            raise Unreadable(
                "No column of this file is called “First day”, “From”, “Start date” or “Date”. "
                "Please give the first row headings: First day, Last day, Kind."
            )
        for row in table.rows():
            text = " ".join(cell for cell in row.cells if cell)
            if row.fault:
                yield _out(row.line, text, row.fault)
                continue
            if part_at is not None and row.cells[part_at].casefold() not in _WHOLE:
                yield _out(row.line, text, "A file closes whole days: half a day stays out. Paste it, with am or pm.")
                continue
            try:
                first = read_day(row.cells[first_at])
                last = read_day(row.cells[last_at]) if last_at is not None and row.cells[last_at] else first
            except ValueError as error:
                yield _out(row.line, text, str(error))
                continue
            yield _checked(row.line, text, first, last, row.cells[what_at] if what_at is not None else "holiday")


def read_day(text: str) -> dt.date:
    """A day as people and spreadsheets write it; the day comes before the month.

    Raises:
        ValueError: with a sentence.
    """
    folded = " ".join(text.casefold().split())
    try:
        if found := _ISO.fullmatch(folded.replace("t", " ").replace("z", "")):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _NUMBERS.fullmatch(folded):
            return dt.date(_year(found[3]), int(found[2]), int(found[1]))
        if (found := _WORDS.fullmatch(folded)) and found[2][:3] in _MONTHS:
            return dt.date(_year(found[3]), _MONTHS.index(found[2][:3]) + 1, int(found[1]))
    except ValueError as error:
        raise ValueError(f"“{text[:40]}” is not a day in the calendar.") from error
    raise ValueError(f"“{text[:40]}” is not a day we can read. Write 15/02/2027 or 2027-02-15.")


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


# --- ICS --------------------------------------------------------------------------------------------------------------


def _events(stream: IO[bytes], start: bytes) -> Iterator[Line]:
    from icalendar import Calendar  # takes a while to import; most pages never need it

    encoding = sniff_encoding(stream, start)
    stream.seek(0)
    text = stream.read().decode(encoding)
    numbers = [n for n, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    try:
        events = [event for calendar in Calendar.from_ical(text, multiple=True) for event in calendar.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, RecursionError) as error:
        raise Unreadable("This calendar is damaged and cannot be read. Please export it again.") from error
    if len(events) != len(numbers):
        raise Unreadable("This calendar breaks off in the middle. Please export it again.")
    for number, event in zip(numbers, events, strict=True):
        yield _event(number, event)


def _event(number: int, event: Any) -> Line:
    title = event.get("SUMMARY", "")
    title = str(title[0] if isinstance(title, list) else title).strip() or "an entry without a name"
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return _out(number, title, "This entry is cancelled.")
    if any(event.get(name) for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return _out(number, title, "This entry repeats. Please add its days one by one.")
    try:
        begins = event.decoded("DTSTART")
        ends = event.decoded("DTEND") if event.get("DTEND") else None
        length = event.decoded("DURATION") if event.get("DURATION") else None
        stretch = _stretch(begins, ends, length)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return _out(number, title, "Its days cannot be read.")
    if stretch is None:
        return _out(number, title, "It takes some hours only. Only whole days are closed.")
    first, last = stretch
    return _checked(number, f"{title}, {first} to {last}" if last != first else f"{title}, {first}", first, last, title)


def _stretch(begins: Any, ends: Any, length: Any) -> tuple[dt.date, dt.date] | None:
    """First and last day; None for hours of a day. The end of an entry without hours is the day after its last."""
    if isinstance(begins, dt.datetime):
        begins = _local(begins)
        after = _local(ends) if isinstance(ends, dt.datetime) else begins + (length or dt.timedelta())
        if begins.time() != dt.time() or after <= begins:
            return None
        if after.time() >= dt.time(23, 59):
            return begins.date(), after.date()
        return (begins.date(), after.date() - DAY) if after.time() == dt.time() else None
    if not isinstance(begins, dt.date):
        raise TypeError("no day")
    after = ends if ends is not None else begins + (length or DAY)
    if isinstance(after, dt.datetime):
        after = _local(after).date()
    return begins, begins if after == begins else after - DAY


def _local(moment: dt.datetime) -> dt.datetime:
    """Local time without its zone; a time without zone is local already."""
    return timezone.localtime(moment).replace(tzinfo=None) if timezone.is_aware(moment) else moment
