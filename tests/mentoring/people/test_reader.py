"""Reading a table from whatever people upload."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.people.imports.cells import clean
from mentoring.people.imports.reader import Row, Unreadable, open_table

from .files import csv_bytes, with_part, xlsx_bytes


def read(content: bytes, name: str = "file.csv") -> tuple[list[str], list[Row]]:
    with open_table(io.BytesIO(content), name=name) as table:
        return table.headings, list(table.rows())


PLAIN = [["Name", "School", "Notes"], ["Siân O’Connor", "St Mary’s, Hill", "says “yes”"], ["Zoë", "Larkfield", ""]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_read__any_usual_encoding_and_separator__gives_the_same_rows(encoding: str, separator: str) -> None:
    headings, rows = read(csv_bytes(PLAIN, encoding=encoding, separator=separator))
    assert headings == PLAIN[0]
    assert [row.cells for row in rows] == PLAIN[1:]
    assert [row.line for row in rows] == [2, 3]


# Letters every encoding of the list can hold, with what CSV must quote; no spaces around, which reading takes off.
CELL = st.text(alphabet="abcXYZ 019éüÅ’“”–€,;\t|\"'=@+-\n", max_size=25).map(lambda text: clean(text))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3).filter(any), min_size=1, max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([0, 1]),
)
def test_read__what_a_program_wrote__comes_back(
    rows: list[list[str]], encoding: str, separator: str, quoting: int
) -> None:
    headings = ["Name", "E-mail", "About"]
    content = csv_bytes([headings, *rows], encoding=encoding, separator=separator, quoting=quoting)
    if len(content) < 400:  # the separator is told by counting; a few cells full of others mislead anybody
        content = csv_bytes(
            [headings, *[["n", "e", "a"]] * 60, *rows], encoding=encoding, separator=separator, quoting=1
        )
        rows = [["n", "e", "a"]] * 60 + rows
    got_headings, got = read(content)
    assert got_headings == headings
    assert [row.cells for row in got] == rows


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_read__any_bytes__are_read_or_refused_with_a_sentence(content: bytes) -> None:
    try:
        read(content)
    except Unreadable as refusal:
        assert str(refusal).endswith((".", "?"))


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=400), st.integers(min_value=0, max_value=6000))
def test_read__broken_spreadsheet__is_read_or_refused(noise: bytes, place: int) -> None:
    good = xlsx_bytes(PLAIN)
    try:
        read(good[: place % len(good)] + noise + good[place % len(good) + len(noise) :])
    except Unreadable as refusal:
        assert str(refusal).endswith((".", "?"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf\r\n\r\n", "This file is empty."),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel file"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "This is a picture"),
        (b"\x1f\x8b\x08\x00" + b"x" * 50, "compressed file"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (bytes(range(256)) * 20, "not text"),
        (b"Name,E-mail\n" + b"a,b\n" * 20_000 + b"\x00\x01\x02,x\n", "not text"),
        (b"Name,Name\nA,B\n", "Two columns have the heading “Name” (columns 1 and 2)"),
        (b"PK\x03\x04 broken", "cannot be opened"),
    ],
)
def test_read__wrong_file__is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=None) as caught:
        read(content)
    assert sentence in str(caught.value)


def test_read__spreadsheet__gives_texts_dates_and_whole_numbers() -> None:
    headings, rows = read(
        xlsx_bytes([[None], ["Name ", "Start", "Places", "OK"], ["  Zoë ", dt.datetime(2026, 9, 1), 2.0, True]]),
        "p.xlsx",
    )
    assert headings == ["Name", "Start", "Places", "OK"]
    assert [row.cells for row in rows] == [["Zoë", "2026-09-01", "2", "yes"]]
    assert rows[0].line == 3


def test_read__formula_cells__bring_no_formula() -> None:
    _, rows = read(xlsx_bytes([["Name", "Sum"], ["Ann", "=1+1"]]))
    assert rows[0].cells == ["Ann", ""]  # never computed, so there is no value to bring
    _, rows = read(b'Name,URN\nAnn,"=""012345"""\n')
    assert rows[0].cells == ["Ann", "012345"]


def test_read__spreadsheet_bomb__is_refused_before_it_unfolds() -> None:
    bomb = with_part(xlsx_bytes(PLAIN), "xl/worksheets/sheet1.xml", b" " * 40_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(Unreadable, match="unfolds"):
        read(bomb)


def test_read__entities_in_a_sheet__are_refused() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with pytest.raises(Unreadable, match="cannot be opened"):
        read(with_part(xlsx_bytes(PLAIN), "xl/worksheets/sheet1.xml", laughs))


def test_read__forged_far_row_number__ends_soon() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
        b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData></worksheet>'
    )
    headings, rows = read(with_part(xlsx_bytes(PLAIN), "xl/worksheets/sheet1.xml", sheet))
    assert headings == ["Name"]
    assert rows == []


def test_read__document_named_as_spreadsheet__says_what_it_is() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(Unreadable, match="text document"):
        read(out.getvalue())


def test_read__more_cells_than_headings__is_that_rows_fault() -> None:
    _, rows = read(b"Name,School\nAnn,Hill, and Dale\nBob,Hill\n")
    assert "3 cells, but there are 2 headings" in rows[0].fault
    assert rows[1].fault == ""


def test_read__quotation_mark_missing__names_the_lines_it_swallowed() -> None:
    _, rows = read(b'Name,School\n"Ann,Hill\nBob,Dale\nCat,"Mill"\nDan,Moor\n')
    assert rows[0].line == 2
    assert "Lines 2 to 4 run into one row" in rows[0].fault
    assert rows[1].cells == ["Dan", "Moor"]


def test_read__quoted_line_ends__lines_are_those_of_the_file() -> None:
    _, rows = read(b'sep=;\nName;About\nAnn;"one\r\ntwo"\nBob;x\n')
    assert [(row.line, row.cells) for row in rows] == [(3, ["Ann", "one\ntwo"]), (5, ["Bob", "x"])]


def test_read__large_file__is_streamed() -> None:
    """Rows come before the end of the file has been read."""

    class Counting(io.BytesIO):
        done = 0

        def read(self, size: int | None = -1) -> bytes:
            block = super().read(size)
            self.done = self.tell()
            return block

    content = b"Name,School\n" + b"Ann,Hill\n" * 2_000_000
    stream = Counting(content)
    with open_table(stream, name="x.csv") as table:
        next(table.rows())
        assert stream.done < len(content) / 4


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        ("\u00a0 Ann\u200b ", "Ann"),
        ("e\u0301", "é"),
        ("#N/A", ""),
        (3.5, "3.5"),
        (1e300, "1e+300"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("محمد", "محمد"),
        ("🎭 Half moon", "🎭 Half moon"),
        ("a\x00b", "ab"),
    ],
)
def test_clean__cell__keeps_the_value_only(raw: object, tidy: str) -> None:
    assert clean(raw) == tidy
