"""A file of rows, whatever program wrote it: CSV in any usual encoding and separator, or XLSX.

    with open_table(stream, name="people.csv") as table:
        table.headings            # ["Name", "E-mail", ...]
        for row in table.rows():  # streamed: memory does not grow with the file
            row.line, row.cells

What cannot be read raises `Unreadable` with a sentence that says what to do. Nothing here knows a database.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Protocol

from mentoring.errors import MentoringError

from .cells import clean

SEPARATORS = (",", ";", "\t", "|")
MOST_COLUMNS = 500
MOST_CELL = 20_000  # characters; more is a lost quotation mark, not a biography
_SAMPLE = 64 * 1024
_BLOCK = 1024 * 1024

_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "This is an old Excel file (.xls). Please save it as .xlsx or CSV and upload that."),
    (b"%PDF", "This is a PDF. Please upload the spreadsheet itself, as CSV or XLSX."),
    (b"\x89PNG", "This is a picture. Please upload a spreadsheet, as CSV or XLSX."),
    (b"\xff\xd8\xff", "This is a picture. Please upload a spreadsheet, as CSV or XLSX."),
    (b"GIF8", "This is a picture. Please upload a spreadsheet, as CSV or XLSX."),
    (b"\x1f\x8b", "This is a compressed file. Please unpack it and upload the CSV or XLSX inside."),
    (b"7z\xbc\xaf", "This is a compressed file. Please unpack it and upload the CSV or XLSX inside."),
    (b"Rar!", "This is a compressed file. Please unpack it and upload the CSV or XLSX inside."),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"{\\rtf")
NOT_TEXT = "This file is not text. Please save the spreadsheet as CSV or XLSX and upload that."


class Unreadable(MentoringError):
    """The file as a whole cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file on which it begins, its cells in the order of the headings, and what is wrong."""

    line: int
    cells: list[str]
    fault: str = ""


#: Line, raw cells, what is wrong with the row ("" if nothing).
RawRow = tuple[int, list[str], str]


class Source(Protocol):
    """Where rows come from, in order, headings included."""

    def __iter__(self) -> Iterator[RawRow]: ...


class Table:
    """Headings, then rows. `rows()` may be read once."""

    def __init__(self, source: Source, *, form: str) -> None:
        self.form = form
        self._lines = iter(source)
        self.headings = self._read_headings()

    def _read_headings(self) -> list[str]:
        for _, cells, _ in self._lines:
            texts = [clean(cell) for cell in cells]
            if not any(texts):
                continue
            while texts and not texts[-1]:
                texts.pop()
            if len(texts) > MOST_COLUMNS:
                raise Unreadable(f"This file has more than {MOST_COLUMNS} columns. Is it the right one?")
            seen: dict[str, int] = {}
            for number, text in enumerate(texts, 1):
                key = text.casefold()
                if text and key in seen:
                    raise Unreadable(
                        f"Two columns have the heading “{text}” (columns {seen[key]} and {number}). "
                        "Please rename one and upload the file again."
                    )
                seen[key] = number
            return [text or f"Column {number}" for number, text in enumerate(texts, 1)]
        raise Unreadable("This file has no rows. Please check that you chose the right one.")

    def rows(self, wanted: Iterable[int] | None = None) -> Iterator[Row]:
        """Rows with something in them. `wanted`: places of the cells that are read and tidied; the others stay raw."""
        width = len(self.headings)
        places = range(width) if wanted is None else sorted(wanted)
        for line, raw, fault in self._lines:
            cells = list(raw)
            if not any(cells) or not any(clean(cell) for cell in cells):
                continue
            if len(cells) > width:
                if any(clean(cell) for cell in cells[width:]):
                    fault = fault or (
                        f"This row has {len(cells)} cells, but there are {width} headings. "
                        "Is a separator inside a cell without quotation marks?"
                    )
                del cells[width:]
            elif len(cells) < width:
                cells += [""] * (width - len(cells))
            for place in places:
                cells[place] = clean(cells[place])
            if len(max(cells, key=len)) > MOST_CELL:
                fault = (
                    fault or f"A cell of this row has more than {MOST_CELL:,} characters. Is a quotation mark missing?"
                )
                cells = [cell[:200] for cell in cells]
            yield Row(line, cells, fault)


@contextmanager
def open_table(stream: IO[bytes], *, name: str) -> Iterator[Table]:
    """The table in `stream`, a binary file that can seek. Raises `Unreadable`, also while rows are read."""
    stream.seek(0)
    start = stream.read(_SAMPLE)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("This file is empty.")
    for signature, sentence in _SIGNATURES:
        if start.startswith(signature):
            raise Unreadable(sentence)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise Unreadable("This is a web page or a document, not a spreadsheet. Please upload a CSV or XLSX file.")
    stream.seek(0)
    if start.startswith(b"PK\x03\x04"):
        from .xlsx import open_sheet  # openpyxl takes a while to import; most files are CSV

        with open_sheet(stream) as sheet:
            yield Table(sheet, form="XLSX")
        return
    encoding = sniff_encoding(stream, start)
    stream.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Kept(stream), _BLOCK), encoding=encoding, newline="")
    try:
        separator, skip = sniff_separator(_sample(start, encoding))
        names = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16"}
        yield Table(_Csv(text, separator, skip), form=f"CSV, {names.get(encoding, encoding)}")
    finally:
        text.detach()


class _Kept(io.RawIOBase):
    """Lets a text layer read a stream without closing it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


class _Csv:
    """Rows of a CSV with the line on which each begins (a quoted cell may hold line ends)."""

    def __init__(self, text: io.TextIOWrapper, separator: str, skip: int) -> None:
        self._text = text
        self._separator = separator
        self._skip = skip
        self._marks = 0  # quotation marks in the lines of the current row

    def _lines(self) -> Iterator[str]:
        for line in self._text:
            self._marks += line.count('"')
            yield line

    def __iter__(self) -> Iterator[RawRow]:
        for _ in range(self._skip):
            self._text.readline()
        reader = csv.reader(self._lines(), delimiter=self._separator)
        line = self._skip + 1
        while True:
            self._marks = 0
            try:
                cells = next(reader)
            except StopIteration:
                return
            except UnicodeDecodeError as error:
                raise Unreadable(NOT_TEXT) from error
            except csv.Error as error:
                raise Unreadable(
                    f"The row that begins on line {line} cannot be read. Is a quotation mark missing?"
                ) from error
            last = self._skip + reader.line_num
            # Marks come in pairs; one too many, and the row has swallowed the next until another mark closed it.
            fault = (
                f"Lines {line} to {last} run into one row: a quotation mark is missing or too many."
                if self._marks % 2 and last > line
                else ""
            )
            yield line, cells, fault
            line = last + 1


def sniff_encoding(stream: IO[bytes], start: bytes) -> str:
    """The encoding of the whole file: by its mark, else UTF-8 if every byte agrees, else Windows-1252.

    Raises `Unreadable` for what is not text in one of them.
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in start:
        for encoding, letters, zeros in (
            ("utf-16-le", start[0::2], start[1::2]),
            ("utf-16-be", start[1::2], start[0::2]),
        ):
            odd = sum(1 for byte in letters if byte < 32 and byte not in b"\t\r\n")
            if zeros.count(0) > len(zeros) * 0.4 and not letters.count(0) and odd < len(letters) * 0.2:
                return encoding
        raise Unreadable(NOT_TEXT)
    odd = sum(1 for byte in start if byte < 32 and byte not in b"\t\r\n\f\x1a")
    if odd > max(2, len(start) // 200):
        raise Unreadable(NOT_TEXT)
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        stream.seek(0)
        try:
            while block := stream.read(_BLOCK):
                if b"\x00" in block:
                    raise Unreadable(NOT_TEXT)
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable("The letters of this file cannot be read. Please save it as “CSV UTF-8” and upload that.")


def _sample(start: bytes, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return decoder.decode(start)


def sniff_separator(sample: str) -> tuple[str, int]:
    """The separator, and how many lines to skip before the headings (Excel’s own `sep=;` line)."""
    hint = sample.partition("\n")[0].strip().strip('"').lower()
    if hint.startswith("sep=") and len(hint) == 5 and hint[4] in SEPARATORS:
        return hint[4], 1
    if hint == "sep=":  # a tab, taken off by strip
        return "\t", 1
    best, best_score = ",", (0.0, 0)
    for separator in SEPARATORS:
        widths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(sample[:20_000], newline=""), delimiter=separator):
                if any(cell.strip() for cell in cells):
                    widths.append(len(cells))
                if len(widths) > 50:
                    break
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        like_headings = sum(1 for width in widths if width == widths[0]) / len(widths)
        if (like_headings, widths[0]) > best_score:
            best, best_score = separator, (like_headings, widths[0])
    return best, 0
