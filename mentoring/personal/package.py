"""A person's data as one file: a page to read, JSON and CSV for machines, and the meetings for a calendar."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from mentoring.trust.exports import neutral

from .gathering import Gathered


def package(made: Gathered) -> bytes:
    """A zip: `index.html`, `data.json`, a CSV per section, `meetings.ics` if there are meetings."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page(made))
        archive.writestr("data.json", json.dumps(as_json(made), ensure_ascii=False, indent=2))
        for section in made.sections:
            archive.writestr(f"csv/{section.key}.csv", _csv(section.rows))
        if made.meetings:
            archive.writestr("meetings.ics", calendar(made))
    return file.getvalue()


def page(made: Gathered) -> str:
    sections = [
        {
            "title": s.title,
            "why": s.why,
            "rows": [[(label, said(value)) for label, value in row.items()] for row in s.rows],
        }
        for s in made.sections
    ]
    return render_to_string("mentoring/personal/package.html", {"made": made, "sections": sections})


def as_json(made: Gathered) -> dict[str, Any]:
    return {
        "made_at": made.made_at.isoformat(),
        "name": made.name,
        "email": made.email,
        "sections": {
            s.key: {"title": s.title, "why": s.why, "rows": [{k: _plain(v) for k, v in row.items()} for row in s.rows]}
            for s in made.sections
        },
    }


def said(value: Any) -> str:
    """A value as people write it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "j F Y, H:i")
    if isinstance(value, dt.date):
        return date_format(value, "j F Y")
    if isinstance(value, list | tuple):
        return "; ".join(said(item) for item in value) or "nothing"
    return str(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    headings = list(dict.fromkeys(label for row in rows for label in row))
    writer = csv.writer(text)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([neutral("" if row.get(label) is None else said(row[label])) for label in headings])
    return "\ufeff" + text.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def calendar(made: Gathered) -> str:
    """The agreed meetings as one calendar file, without their topics."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Common Room//My data//EN"]
    for meeting in made.meetings:
        if meeting.start is None:
            continue
        end = meeting.start + dt.timedelta(minutes=meeting.minutes)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{meeting.ics_uid}",
            f"DTSTAMP:{made.made_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART:{meeting.start.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTEND:{end.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            "SUMMARY:Mentoring",
            *([f"LOCATION:{_escaped(meeting.place)}"] if meeting.place else []),
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
