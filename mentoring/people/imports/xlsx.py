"""Rows of an XLSX file, streamed, after a look at what the archive would unfold to."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import openpyxl

from .cells import clean
from .reader import MOST_COLUMNS, RawRow, Unreadable

MOST_ENTRIES = 2_000
MOST_UNFOLDED = 300 * 1024 * 1024
MOST_EMPTY = 5_000  # empty rows in a row
MOST_RATIO = 150  # unfolded bytes per packed byte, for parts of more than a megabyte
BROKEN = "This file is named or looks like a spreadsheet but cannot be opened. Please save it again as XLSX or CSV."
BOMB = "This file unfolds to far more than a list of people or schools needs, so it was not opened."


@contextmanager
def open_sheet(stream: IO[bytes]) -> Iterator[Sheet]:
    """The first visible sheet with anything on it. Raises `Unreadable`."""
    _look_first(stream)
    stream.seek(0)
    try:
        # Values, not formulas: a cell that computes something brings what it showed when the file was saved.
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # whatever a broken or hostile file makes the parsers below trip over
        raise Unreadable(BROKEN) from error
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise Unreadable("This spreadsheet has no visible sheet.")
        yield Sheet(sheets)
    finally:
        book.close()


class Sheet:
    """Rows as texts, with the row’s number as Excel shows it."""

    def __init__(self, sheets: list[Any]) -> None:
        self._sheets = sheets

    def __iter__(self) -> Iterator[RawRow]:
        rows = self._rows()
        while True:
            try:  # round the reading only: an error of whoever uses the rows is theirs
                row = next(rows)
            except StopIteration:
                return
            except Exception as error:
                raise Unreadable(BROKEN) from error
            yield row

    def _rows(self) -> Iterator[RawRow]:
        for sheet in self._sheets:
            sheet.reset_dimensions()  # programs write wrong ones; the rows themselves are the truth
            found = False
            empty = 0
            # `max_col` bounds what a forged cell reference in a far column would otherwise pad every row to.
            for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
                values = list(row)
                while values and values[-1] is None:
                    values.pop()
                texts = [clean(value) for value in values]
                if any(texts):
                    found, empty = True, 0
                    yield number, texts, ""
                    continue
                empty += 1
                if empty > MOST_EMPTY:
                    break  # a forged row number far down makes openpyxl invent the empty rows before it
            if found:
                return  # one sheet is one list; others (notes, look-ups) are left alone


def _look_first(stream: IO[bytes]) -> None:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(BROKEN) from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        if "word/document.xml" in names:
            raise Unreadable("This is a text document. Please upload the spreadsheet, as CSV or XLSX.")
        if "content.xml" in names:
            raise Unreadable("This is an OpenDocument file. Please save it as XLSX or CSV and upload that.")
        raise Unreadable("This is an archive, not a spreadsheet. Please unpack it and upload the CSV or XLSX inside.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("This spreadsheet has a password. Please save it without one and upload it again.")
    unfolded = sum(entry.file_size for entry in entries)
    swollen = any(e.file_size > 1024 * 1024 and e.file_size > MOST_RATIO * max(e.compress_size, 1) for e in entries)
    if len(entries) > MOST_ENTRIES or unfolded > MOST_UNFOLDED or swollen:
        raise Unreadable(BOMB)
