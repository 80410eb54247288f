"""The command-line door: tables in, proposals out, plain sentences for everything that cannot be used."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from mentoring.matching.door.command import BAD_INPUT, DONE, NO_SOLUTION, main
from mentoring.matching.door.tables import read_table, safe_cell

EXAMPLE = Path(__file__).resolve().parents[3] / "mentoring" / "matching" / "examples" / "matching.toml"
HEADINGS = "first name,last name,email address,grade,organisation,profession"


def write(folder: Path, name: str, *rows: str, headings: str = HEADINGS, encoding: str = "utf-8") -> str:
    path = folder / name
    path.write_bytes("\r\n".join([headings, *rows]).encode(encoding))
    return str(path)


@pytest.fixture
def tables(tmp_path: Path) -> list[str]:
    left = write(
        tmp_path,
        "mentees.csv",
        "Ada,Example,ada@example.org,HEO,Department of Tea,Policy",
        "Béla,Example,bela@example.org,AO,Department of Buns,Security",
    )
    right = write(
        tmp_path,
        "mentors.csv",
        "Cleo,Example,cleo@example.org,G7,Department of Buns,Policy",
        "Dov,Example,dov@example.org,SEO,Department of Tea,Security",
    )
    return [left, right, "--config", str(EXAMPLE)]


def test_command__two_tables__writes_explained_proposals(tables: list[str], tmp_path: Path) -> None:
    out = tmp_path / "proposals.csv"
    assert main([*tables, "--out", str(out), "--quiet"]) == DONE
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert [(r["mentee"], r["mentor"]) for r in rows] == [
        ("ada@example.org", "cleo@example.org"),
        ("bela@example.org", "dov@example.org"),
    ]
    assert rows[0]["reason 1"] == "The mentor offers Policy, which the mentee asks for."
    assert rows[1]["mentee name"] == "Béla Example"


@pytest.mark.parametrize("name", ["p.xlsx", "p.json"])
def test_command__workbook_and_json__hold_the_same_pairs(tables: list[str], tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    assert main([*tables, "--out", str(out), "--quiet"]) == DONE
    if name.endswith("json"):
        found = [(p["mentee"], p["mentor"]) for p in json.loads(out.read_text())["pairs"]]
    else:
        found = [(r[0], r[2]) for r in load_workbook(out).active.iter_rows(min_row=2, values_only=True)]
    assert found == [("ada@example.org", "cleo@example.org"), ("bela@example.org", "dov@example.org")]


def test_command__report__has_a_section_per_pair_and_escapes_names(tables: list[str], tmp_path: Path) -> None:
    left = write(tmp_path, "mentees.csv", "<b>Eve</b>,x,ada@example.org,HEO,Department of Tea,Policy")
    page = tmp_path / "report.html"
    assert main([left, *tables[1:], "--report", str(page), "--quiet"]) == DONE
    html = page.read_text("utf-8")
    assert html.count("<section>") == 1
    assert "<b>Eve" not in html
    assert "&lt;b&gt;Eve" in html


def test_command__no_out__prints_pairs_with_reasons(tables: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tables) == DONE
    said = capsys.readouterr().out
    assert "Ada Example with Cleo Example" in said
    assert "2 of 2 mentees matched" in said


def test_command__bad_rows__are_listed_with_lines_and_nothing_is_written(
    tables: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = write(
        tmp_path,
        "mentees.csv",
        "Ada,Example,ada@example.org,Wizard,Department of Tea,Policy",
        "Bo,Example,,HEO,Department of Tea,Policy",
        "Ce,Example,ce@example.org,HEO,Department of Tea,Policy",
    )
    out = tmp_path / "proposals.csv"
    assert main([left, *tables[1:], "--out", str(out)]) == BAD_INPUT
    said = capsys.readouterr().err
    assert "mentees.csv: row 2, ada@example.org, role: the role “Wizard” is on no ladder of [roles]" in said
    assert "row 3, key: this row has no key" in said
    assert not out.exists()
    assert main([left, *tables[1:], "--out", str(out), "--skip-bad-rows"]) == DONE
    assert len(out.read_text("utf-8-sig").splitlines()) == 2


def test_command__repeated_row_in_other_capitals__is_left_out_and_named(
    tables: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "Ada,Example,{},HEO,Department of Tea,Policy"
    left = write(tmp_path, "mentees.csv", row.format("ada@example.org"), row.format("ADA@Example.org "))
    assert main([left, *tables[1:]]) == DONE
    caught = capsys.readouterr()
    assert "row 3, ADA@Example.org: the same person as in row 2; left out" in caught.err
    assert "1 of 1 mentees matched" in caught.out


def test_command__nobody_can_be_matched__says_why_with_its_own_exit_code(
    tables: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = write(tmp_path, "mentees.csv", "Ada,Example,ada@example.org,SCS4,Department of Tea,Policy")
    assert main([left, *tables[1:]]) == NO_SOLUTION
    assert "Every pair is barred by a rule." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("binary.csv", b"\x00\x01\x02\xff" * 50, "this is no text file"),
        ("broken.xlsx", b"PK\x03\x04 not a workbook", "the workbook cannot be read"),
        ("list.json", b'{"a": 1}', "write a list of objects"),
        ("torn.json", b"[{", "line 1 is no JSON"),
        ("people.pdf", b"%PDF", "write the table as .csv, .xlsx or .json"),
        ("twice.csv", b"key,Key\na,b\n", "the heading “key” stands there twice"),
        ("other.csv", b"who,what\na,b\n", "no column “email address”"),
        (None, b"", "there is no such file"),
    ],
)
def test_command__table_of_another_kind__is_refused_with_a_sentence(
    tables: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str | None,
    content: bytes,
    sentence: str,
) -> None:
    path = tmp_path / (name or "missing.csv")
    if name:
        path.write_bytes(content)
    assert main([str(path), *tables[1:]]) == BAD_INPUT
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("objective = 'cheapest'", "“cheapest” is none of best_total, fairest_floor, leximin"),
        ("[weigths]\ninterests = 1", "“weigths” means nothing here"),
        ("[weights]\ninterests = -1", "must be between 0 and 100"),
        ("[weights]\ninterests = 'high'", "write a number, not “high”"),
        ("[columns]\nkey = 'e-mail'", "no column “e-mail”"),
        ("[columns]\nkey = 'email address'\ntext = 'story'", "has no such column"),
        ("[rules]\nmin_gap = 3\nmax_gap = 1", "min_gap must not be above max_gap"),
        ("a =", "Invalid value"),
    ],
)
def test_config__something_wrong_in_it__is_refused_with_a_sentence(
    tables: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    path = tmp_path / "matching.toml"
    path.write_text(text)
    assert main([*tables[:2], "--config", str(path)]) == BAD_INPUT
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_read_table__encodings_and_separators__give_the_same_cells(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"Name{separator}E-mail \nZoë {separator} z@example.org\n\n".encode(encoding))
    table = read_table(path)
    assert table.headings == ("name", "e-mail")
    assert [dict(row.cells) for row in table.rows] == [{"name": "Zoë", "e-mail": "z@example.org"}]
    assert table.rows[0].line == 2


def test_read_table__workbook__gives_lines_and_text(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Key", "Places"], ["a@example.org", 2.0], [None, None], ["b@example.org", True]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    rows = read_table(tmp_path / "t.xlsx").rows
    assert [(r.line, r.cells["places"]) for r in rows] == [(2, "2"), (4, "yes")]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =x"])
def test_safe_cell__formula__is_disarmed(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")
    assert safe_cell("plain") == "plain"
