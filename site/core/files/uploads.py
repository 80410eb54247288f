"""Looking into an upload before it is kept: the content must be what the name says, and harmless to open."""

from __future__ import annotations

import zipfile
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File

OFFICE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/", "odt": "content.xml"}
TEXT = {"csv", "txt", "ics"}
# Counted before anything is opened: an archive of a few kilobytes can unfold to gigabytes.
MOST_FILES = 5_000
MOST_BYTES = 200 * 1024 * 1024
MOST_RATIO = 200  # unpacked bytes per packed byte, for files that unfold to more than a megabyte
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<body", b"<iframe")


def check_document(upload: File[bytes]) -> None:
    """Raises ValidationError with a sentence for the person uploading; reads little and leaves the position alone."""
    if getattr(upload, "_committed", False):
        return  # stored already and looked at then; the form only changes its title
    extension = PurePath(upload.name or "").suffix.lower().lstrip(".")
    position = upload.tell()
    try:
        upload.seek(0)
        start = upload.read(4096)
        if not start:
            raise ValidationError("This file is empty.", code="empty")
        if extension == "pdf":
            if b"%PDF-" not in start[:1024]:
                raise ValidationError("This file is named .pdf but is not a PDF.", code="mismatch")
        elif extension in OFFICE:
            _check_office(upload, extension)
        elif extension in TEXT:
            _check_text(start, extension)
        else:
            raise ValidationError(f"Files ending in .{extension or '…'} are not accepted here.", code="extension")
    finally:
        upload.seek(position)


def _check_text(start: bytes, extension: str) -> None:
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise ValidationError(f"This file is named .{extension} but holds a web page or drawing.", code="mismatch")
    # UTF-16, which spreadsheet programs write, holds zero bytes after its mark; other zero bytes mean binary.
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(f"This file is named .{extension} but is not text.", code="mismatch")


def _check_office(upload: File[bytes], extension: str) -> None:
    try:
        with zipfile.ZipFile(upload) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise ValidationError(
            f"This file is named .{extension} but cannot be opened as one.", code="mismatch"
        ) from None
    names = [entry.filename for entry in entries]
    if not any(name.startswith(OFFICE[extension]) for name in names):
        raise ValidationError(f"This file is named .{extension} but holds something else.", code="mismatch")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MOST_FILES
        or unpacked > MOST_BYTES
        or (unpacked > 1024 * 1024 and unpacked / packed > MOST_RATIO)
    ):
        raise ValidationError("This file unfolds to far more than it should. Save it anew and try again.", code="bomb")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ValidationError("This file holds macros. Save it without them and try again.", code="macros")
