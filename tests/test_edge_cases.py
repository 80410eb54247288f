"""docs/edge-cases.md names a test for each case: each of them must exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", (TESTS.parent / "docs" / "edge-cases.md").read_text(encoding="utf-8"))


def test_table__read__names_a_test_in_each_row() -> None:
    rows = [
        line
        for line in (TESTS.parent / "docs" / "edge-cases.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| When")
    ]
    assert rows
    assert len(rows) == len(NAMED)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_case__in_the_table__has_its_test(file: str, name: str) -> None:
    path = TESTS / file
    assert path.is_file(), f"no such file: {file}"
    assert re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE), f"{file} has no {name}"
