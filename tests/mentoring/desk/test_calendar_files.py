"""A term calendar as a file: what is read, what stays out and why, and that keeping it is the same as by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mentoring.desk.calendar_files import MOST_BYTES, read_day, read_file
from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CalendarException
from mentoring.people.calendar_models import CalendarKind
from mentoring.placements import clocks
from mentoring.placements.models import PlacementState
from tests.mentoring import scenes
from tests.mentoring.people.files import csv_bytes, upload, xlsx_bytes
from tests.mentoring.placements.visits import staged, state
from tests.signing_in import sign_in

FIRST, LAST = dt.date(2026, 2, 16), dt.date(2026, 2, 20)
HEADINGS = ["First day", "Last day", "Kind"]


@pytest.fixture(autouse=True)
def today(clock: Any) -> None:
    """The clock's January, so that the years below stay near."""


def ics(*events: str, head: str = "VERSION:2.0\r\n") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\n{event.replace('|', chr(13) + chr(10))}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\n{head}{inside}END:VCALENDAR\r\n".encode()


def lines(content: bytes, name: str = "calendar.ics") -> list[Any]:
    return read_file(upload(content, name))


def only(content: bytes, name: str = "calendar.ics") -> Any:
    (line,) = lines(content, name)
    return line


@pytest.mark.parametrize(
    ("event", "first", "last", "kind"),
    [
        (
            "SUMMARY:Half term|DTSTART;VALUE=DATE:20260216|DTEND;VALUE=DATE:20260221",
            FIRST, LAST, CalendarKind.HOLIDAY,
        ),
        ("SUMMARY:INSET day|DTSTART;VALUE=DATE:20260216", FIRST, FIRST, CalendarKind.INSET),
        ("SUMMARY:INSET day|DTSTART;VALUE=DATE:20260216|DTEND;VALUE=DATE:20260216", FIRST, FIRST, CalendarKind.INSET),
        ("SUMMARY:Mock exams|DTSTART;VALUE=DATE:20260216|DURATION:P5D", FIRST, LAST, CalendarKind.EXAMS),
        (
            "SUMMARY:Bank holiday|DTSTART;TZID=Europe/London:20260525T000000|DTEND;TZID=Europe/London:20260526T000000",
            dt.date(2026, 5, 25), dt.date(2026, 5, 25), CalendarKind.HOLIDAY,
        ),
        (
            "SUMMARY:Closed|DTSTART:20260630T230000Z|DTEND:20260701T230000Z",
            dt.date(2026, 7, 1), dt.date(2026, 7, 1), CalendarKind.HOLIDAY,
        ),
        (
            "SUMMARY:Ofsted|DTSTART:20260216T000000|DTEND:20260217T235900",
            FIRST, dt.date(2026, 2, 17), CalendarKind.INSPECTION,
        ),
    ],
)  # fmt: skip
def test_ics__whole_days__are_read_with_an_end_that_does_not_count(
    event: str, first: dt.date, last: dt.date, kind: CalendarKind
) -> None:
    line = only(ics(event))
    assert (line.error, line.first, line.last, line.kind) == ("", first, last, kind)


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ("SUMMARY:Twilight INSET|DTSTART:20260216T153000|DTEND:20260216T173000", "some hours only"),
        ("SUMMARY:INSET|DTSTART:20260216T000000", "some hours only"),
        ("SUMMARY:INSET|DTSTART;VALUE=DATE:20260216|RRULE:FREQ=WEEKLY", "repeats"),
        ("SUMMARY:INSET|DTSTART;VALUE=DATE:20260216|RECURRENCE-ID;VALUE=DATE:20260216", "repeats"),
        ("SUMMARY:INSET|DTSTART;VALUE=DATE:20260216|STATUS:CANCELLED", "cancelled"),
        ("SUMMARY:INSET|DTSTART;VALUE=DATE:20269916", "cannot be read"),
        ("SUMMARY:INSET", "cannot be read"),
        ("SUMMARY:INSET|DTSTART;VALUE=DATE:20260216|DTEND;VALUE=DATE:20260101", "before the first"),
        ("SUMMARY:INSET|DTSTART;VALUE=DATE:20260216|DTSTART;VALUE=DATE:20260217", "cannot be read"),
        ("SUMMARY:Half term|DTSTART;VALUE=DATE:20260105|DTEND;VALUE=DATE:20260214", "weeks of teaching"),
        ("SUMMARY:Holiday|DTSTART;VALUE=DATE:20260216|DTEND;VALUE=DATE:20280216", "longer than a year"),
        ("SUMMARY:Holiday|DTSTART;VALUE=DATE:20960216", "five years"),
        ("SUMMARY:Holiday|DTSTART;VALUE=DATE:20160216", "more than a year"),
        ("SUMMARY:Summer concert|DTSTART;VALUE=DATE:20260216", "stays out"),
        ("SUMMARY:Holiday club|DTSTART;VALUE=DATE:20260216", "stays out"),
        ("SUMMARY:Half term begins|DTSTART;VALUE=DATE:20260216", "begins or ends"),
        ("SUMMARY:Last day before the holidays|DTSTART;VALUE=DATE:20260216", "begins or ends"),
        ("DTSTART;VALUE=DATE:20260216", "stays out"),
    ],
)
def test_ics__entry_that_closes_nothing__stays_out_with_its_line_and_a_sentence(event: str, sentence: str) -> None:
    line = only(ics(event))
    assert sentence in line.error
    assert line.number == 3


def test_ics__alarms_and_broken_lines_beside_good_ones__number_the_entries() -> None:
    found = lines(
        ics(
            "SUMMARY:Half\r\n  term|DTSTART;VALUE=DATE:20260216|BEGIN:VALARM|DESCRIPTION:INSET|END:VALARM",
            "SUMMARY:Concert|DTSTART;VALUE=DATE:20260301",
            "SUMMARY:Half term|DTSTART;VALUE=DATE:20260216",
        )
    )
    assert [(line.number, line.error[:6]) for line in found] == [(3, ""), (11, "We do "), (15, "Line 3")]


def table(*rows: list[Any], headings: list[str] = HEADINGS, **given: Any) -> bytes:
    return csv_bytes([headings, *rows], **given)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv__any_usual_encoding_and_separator__is_read(encoding: str, separator: str) -> None:
    content = table(["16/02/2026", "20/02/2026", "Half-term – été"], encoding=encoding, separator=separator)
    line = only(content, "terms.csv")
    assert (line.first, line.last, line.kind, line.error) == (FIRST, LAST, CalendarKind.HOLIDAY, "")
    assert line.number == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_ics__any_usual_encoding__is_read(encoding: str) -> None:
    content = ics("SUMMARY:Congé – holiday|DTSTART;VALUE=DATE:20260216").decode().encode(encoding)
    assert only(content).first == FIRST


def test_csv__as_a_calendar_program_writes_it__is_read() -> None:
    headings = ["Subject", "Start Date", "Start Time", "End Date", "End Time"]
    content = table(["February half term", "16/02/2026", "", "20/02/2026", ""], headings=headings)
    assert (only(content, "x.csv").first, only(content, "x.csv").last) == (FIRST, LAST)


def test_xlsx__days_as_excel_keeps_them__are_read() -> None:
    content = xlsx_bytes([HEADINGS, [dt.datetime(2026, 2, 16), dt.date(2026, 2, 20), "holiday"]])
    assert (only(content, "x.xlsx").first, only(content, "x.xlsx").last) == (FIRST, LAST)


@pytest.mark.parametrize(
    "text",
    ["2026-02-16", "16/02/2026", "16/2/26", "16.02.2026", "16 February 2026", "Mon 16th Feb 2026", "16-Feb-26",
     "2026-02-16T00:00:00", "Monday, 16 February 2026"],
)  # fmt: skip
def test_day__as_people_write_it__is_read(text: str) -> None:
    assert read_day(text) == FIRST


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "soon", "", "16/02", "32 January 2026", "=1+1"])
def test_day__none__says_so(text: str) -> None:
    with pytest.raises(ValueError, match="not a day"):
        read_day(text)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["31/02/2026", "", "holiday"], "not a day in the calendar"),
        (["20/02/2026", "16/02/2026", "holiday"], "before the first"),
        (["16/02/2026", "", "bonfire"], "stays out"),
        (["16/02/2026", "", "holiday", "x"], "4 cells"),
    ],
)
def test_csv__row_that_cannot_be_used__stays_out_and_the_others_are_read(row: list[str], sentence: str) -> None:
    good = ["16/02/2026", "20/02/2026", "holiday"]
    first, second = lines(table(row, good), "x.csv")
    assert (first.number, second.number, second.error) == (2, 3, "")
    assert sentence in first.error


def test_csv__half_a_day__stays_out() -> None:
    line = only(table(["16/02/2026", "inset", "pm"], headings=["Date", "Kind", "Session"]), "x.csv")
    assert "half a day" in line.error


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "x.ics", "empty"),
        (b"\xef\xbb\xbf \r\n", "x.csv", "empty"),
        (b"<!doctype html><html><body>Term dates</body></html>", "x.ics", "not a calendar"),
        (b"<!doctype html><html><body>Term dates</body></html>", "x.csv", "web page"),
        (b"%PDF-1.7 ...", "x.csv", "PDF"),
        (bytes(range(256)) * 40, "x.csv", "not text"),
        (b"\x89PNG\r\n" * 40, "x.ics", "not a calendar"),
        (b"BEGIN:VCALENDAR\r\n" + bytes(range(1, 32)) * 500, "x.ics", "not text"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "x.ics", "no entries"),
        (b"BEGIN:VCALENDAR\r\nrubbish\r\nEND:VCALENDAR\r\n", "x.ics", "damaged"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:INSET\r\nDTSTART:20260216\r\n", "x.ics", "breaks off"),
        (b"Term,Notes\r\nAutumn,none\r\n", "x.csv", "No column"),
        (b"First day;Kind\r\n", "x.csv", "no entries"),
        (ics(*["SUMMARY:Concert|DTSTART;VALUE=DATE:20260216"] * 5_001), "x.ics", "more than 5,000"),
    ],
)
def test_file__that_cannot_be_used__says_why(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(MentoringError, match=sentence):
        lines(content, name)


def test_file__fifty_megabytes__is_refused_by_its_size_alone() -> None:
    file = SimpleUploadedFile("x.ics", b"BEGIN:VCALENDAR")
    file.size = 50 * 1024 * 1024
    file.file = None  # type: ignore[assignment]  # whoever reads it fails
    with pytest.raises(MentoringError, match="50 MB"):
        read_file(file)
    assert file.size > MOST_BYTES


# --- The screen ------------------------------------------------------------------------------------------------------


def client_of(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def hidden(page: str) -> str:
    return page.split('name="lines" value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.django_db
def test_screen__file_looked_at_then_kept__twice_adds_it_once() -> None:
    scene = scenes.programme_with_cohort()
    trust = scene.programme.owner_org
    client, address = client_of(scene.coordinator), reverse("mentoring_days:import")
    content = ics(
        "SUMMARY:Half term|DTSTART;VALUE=DATE:20260216|DTEND;VALUE=DATE:20260221",
        "SUMMARY:<b>Concert</b>|DTSTART;VALUE=DATE:20260302",
    )

    page = client.post(address, {"organisation": trust.pk, "do": "check", "file": upload(content, "terms.ics")})
    words = page.content.decode()

    assert page.status_code == 200
    assert "1 to add" in words and "1 stays out" in words and "Nothing is saved yet." in words
    assert "&lt;b&gt;Concert&lt;/b&gt;" in words
    assert not CalendarException.objects.exists()
    for _ in range(2):
        kept = client.post(address, {"organisation": trust.pk, "do": "save", "lines": hidden(words)})
        assert kept.status_code == 302
    row = CalendarException.objects.get()
    assert (row.organisation, row.date_from, row.date_to, row.kind) == (trust, FIRST, LAST, CalendarKind.HOLIDAY)
    assert AuditEvent.objects.filter(action="mentoring.closed_days.added").count() == 1
    again = client.post(address, {"organisation": trust.pk, "do": "check", "file": upload(content, "terms.ics")})
    assert "All closed days of this file are there already." in again.content.decode()


@pytest.mark.django_db
def test_screen__days_of_the_trust_above__are_there_already() -> None:
    scene = scenes.programme_with_cohort()
    school = scenes.school(parent=scene.programme.owner_org)
    CalendarException.objects.create(
        organisation=scene.programme.owner_org, date_from=FIRST - dt.timedelta(days=2), date_to=LAST
    )
    content = ics("SUMMARY:Half term|DTSTART;VALUE=DATE:20260216|DTEND;VALUE=DATE:20260221")
    page = client_of(scene.coordinator).post(
        reverse("mentoring_days:import"), {"organisation": school.pk, "do": "check", "file": upload(content, "x.ics")}
    )
    words = page.content.decode()
    assert "1 there already" in words
    assert f"<td>{scene.programme.owner_org}</td>" in words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"organisation": ""}, "choose the organisation"),
        ({"organisation": "elsewhere"}, "choose the organisation"),
        ({}, "choose a file"),
        ({"file": b"%PDF"}, "This is a PDF"),
        ({"do": "save", "lines": ""}, "at least one line"),
        ({"do": "save", "lines": "2026-02-30 holiday"}, "mend the marked lines"),
    ],
)
def test_screen__something_missing_or_not_theirs__is_said_and_nothing_kept(
    given: dict[str, Any], sentence: str
) -> None:
    scene = scenes.programme_with_cohort()
    if given.get("organisation") == "elsewhere":
        given = {"organisation": scenes.school().pk}
    form = {"organisation": scene.programme.owner_org.pk, "do": "check", **given}
    if isinstance(form.get("file"), bytes):
        form["file"] = upload(form["file"], "x.csv")
    page = client_of(scene.coordinator).post(reverse("mentoring_days:import"), form)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not CalendarException.objects.exists()


@pytest.mark.django_db
def test_screen__visit_confirmed_on_one_of_the_days__is_counted_and_then_waits() -> None:
    stage = staged()
    row = stage.confirmed()
    trust = stage.scene.programme.owner_org
    school = stage.visitor.profile.organisation
    school.parent = trust
    school.save()
    client, address = client_of(stage.scene.coordinator), reverse("mentoring_days:import")
    day = stage.days[0]
    content = ics(f"SUMMARY:INSET|DTSTART;VALUE=DATE:{day:%Y%m%d}")

    page = client.post(address, {"organisation": trust.pk, "do": "check", "file": upload(content, "x.ics")})
    words = page.content.decode()
    assert "1 confirmed visit lies on these days and will be put on hold." in words
    assert client.post(address, {"organisation": trust.pk, "do": "save", "lines": hidden(words)}).status_code == 302
    clocks.run_due()

    assert state(row) == PlacementState.ON_HOLD
    assert f"{school} has no visits" in row.hold_reason
