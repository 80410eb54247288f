"""Files as people upload them, made for tests."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

PEOPLE_HEADINGS = [
    "Name",
    "Work e-mail",
    "School",
    "Job title",
    "Next step",
    "Line manager",
    "Interests",
    "Can help with",
]


def csv_bytes(
    rows: list[list[str]], *, encoding: str = "utf-8", separator: str = ",", quoting: Any = csv.QUOTE_MINIMAL
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(xlsx: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == name else old.read(entry))
    return out.getvalue()


def upload(content: bytes, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def person(name: str = "Amara Obi", email: str = "amara@example.org", **cells: str) -> list[str]:
    values = {"School": "Hillside Primary", "Job title": "Class teacher"} | cells
    return [name, email, *(values.get(heading, "") for heading in PEOPLE_HEADINGS[2:])]


def people_file(*rows: list[str], **options: Any) -> SimpleUploadedFile:
    return upload(csv_bytes([PEOPLE_HEADINGS, *rows], **options))


def gias_file(*rows: dict[str, str], headings: list[str] | None = None) -> SimpleUploadedFile:
    headings = headings or [
        "URN", "LA (name)", "EstablishmentName", "TypeOfEstablishment (name)", "EstablishmentStatus (name)",
        "PhaseOfEducation (name)", "Postcode", "Trusts (name)", "Easting", "Northing", "HeadTitle (name)",
        "HeadFirstName", "HeadLastName",
    ]  # fmt: skip
    given = {"EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": "Primary"}
    return upload(
        csv_bytes([headings, *([({**given, **row}).get(h, "") for h in headings] for row in rows)], encoding="cp1252"),
        "edubasealldata.csv",
    )
