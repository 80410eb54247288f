"""Tables in and out: CSV, XLSX and JSON, by the ending of the file's name.

Reading guesses nothing about the meaning of a cell; it only finds the encoding and the separator.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from mentoring.matching.errors import InvalidInput

MAX_BYTES = 300_000_000
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Row:
    """One row of a table: its line in the file, and its cells as text by folded heading."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    name: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def heading(text: str) -> str:
    """One spelling for headings: `Email Address ` and `email address` are the same column."""
    return " ".join(text.replace("_", " ").split()).casefold()


def read_table(path: Path) -> Table:
    """Read a CSV, XLSX or JSON file.

    Raises:
        InvalidInput: with a sentence, for a file that is missing, empty, too large, binary or of another kind.
    """
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file")
    size = path.stat().st_size
    if not size:
        raise InvalidInput(f"{path}: the file is empty")
    if size > MAX_BYTES:
        raise InvalidInput(f"{path}: the file is larger than {MAX_BYTES // 1_000_000} MB")
    readers = {".csv": _read_csv, ".txt": _read_csv, ".tsv": _read_csv, ".xlsx": _read_xlsx, ".json": _read_json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InvalidInput(f"{path}: write the table as .csv, .xlsx or .json")
    headings, rows = reader(path)
    known = [heading(h) for h in headings]
    repeated = sorted({h for h in known if h and known.count(h) > 1})
    if repeated:
        raise InvalidInput(f"{path}: the heading “{repeated[0]}” stands there twice")
    if not any(known):
        raise InvalidInput(f"{path}: the first row must hold the headings")
    filled = tuple(row for row in rows if any(row.cells.values()))
    return Table(path.name, tuple(h for h in known if h), filled)


def _read_csv(path: Path) -> tuple[list[str], list[Row]]:
    raw = path.read_bytes()
    if b"\0" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(f"{path}: this is no text file; save the table as CSV or XLSX")
    text = _decode(raw)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    headings: list[str] | None = None
    rows: list[Row] = []
    for cells in reader:
        if headings is None:
            if any(cell.strip() for cell in cells):
                headings = cells
            continue
        rows.append(_row(reader.line_num, headings, cells))
    if headings is None:
        raise InvalidInput(f"{path}: the file is empty")
    return headings, rows


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # what spreadsheets in this country write


def _read_xlsx(path: Path) -> tuple[list[str], list[Row]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, OSError, KeyError, ValueError, SyntaxError) as error:
        raise InvalidInput(f"{path}: this is no XLSX workbook") from error
    except Exception as error:  # a broken zip has errors of many kinds, none of which a reader can act on
        raise InvalidInput(f"{path}: the workbook cannot be read") from error
    headings: list[str] | None = None
    rows: list[Row] = []
    for line, values in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
        cells = [_cell(value) for value in values]
        if headings is None:
            if any(cells):
                headings = cells
        else:
            rows.append(_row(line, headings, cells))
    book.close()
    if headings is None:
        raise InvalidInput(f"{path}: the first sheet is empty")
    return headings, rows


def _read_json(path: Path) -> tuple[list[str], list[Row]]:
    try:
        records = json.loads(_decode(path.read_bytes()))
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path}: line {error.lineno} is no JSON: {error.msg}") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise InvalidInput(f"{path}: write a list of objects, one per person")
    headings = list(dict.fromkeys(str(key) for record in records for key in record))
    return headings, [
        _row(at, headings, [_cell(record.get(key)) for key in headings]) for at, record in enumerate(records, start=1)
    ]


def _row(line: int, headings: Sequence[str], cells: Sequence[str]) -> Row:
    return Row(line, {heading(h): cell.strip() for h, cell in zip(headings, cells, strict=False) if heading(h)})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_cell(v)}" for key, v in value.items())
    if isinstance(value, list):
        return "; ".join(_cell(v) for v in value)
    return str(value)


def safe_cell(value: str | float) -> str | float:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@") else value


def write_table(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str | float]]) -> None:
    """Write CSV or XLSX; formulas are disarmed."""
    safe = [[safe_cell(value) for value in row] for row in rows]
    if path.suffix.lower() == ".xlsx":
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Proposals")
        for row in ([*headings], *safe):
            sheet.append(row)
        book.save(path)
        return
    with path.open("w", newline="", encoding="utf-8-sig") as out:  # the mark lets spreadsheets read accents
        writer = csv.writer(out)
        writer.writerow(headings)
        writer.writerows(safe)
