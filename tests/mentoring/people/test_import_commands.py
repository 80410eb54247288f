"""`manage.py import_people` and `import_gias`: what they print, write, refuse and leave behind."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.test import TestCase

from core.models import User
from mentoring.models import Enrolment, Organisation, Profile
from mentoring.people.import_models import ImportJob, ImportRow, ImportState
from mentoring.programmes.models import CohortState
from tests.mentoring import scenes

from .files import csv_bytes, gias_file, people_file, person

pytestmark = pytest.mark.django_db

HILL = {"URN": "100001", "EstablishmentName": "Hillside Primary", "Trusts (name)": "Riverside Trust"}


@pytest.fixture
def school() -> Organisation:
    scenes.level(20)
    return scenes.school("Hillside Primary", urn="100001")


@pytest.fixture
def people(tmp_path: Path, school: Organisation) -> Path:
    """Two people, the second without a usable address."""
    file = tmp_path / "people.csv"
    file.write_bytes(people_file(person(), person("Bo", "not an address")).read())
    return file


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """An open school, a closed one nobody knows, and one with a broken number."""
    closed = {"URN": "100002", "EstablishmentName": "Gone", "EstablishmentStatus (name)": "Closed"}
    file = tmp_path / "register.csv"
    file.write_bytes(gias_file(HILL, closed, {"URN": "12", "EstablishmentName": "Faulty"}).read())
    return file


def run(name: str, *arguments: Any) -> list[str]:
    """What the command prints, line by line without the room round it."""
    out = io.StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):  # files go when their transaction is through
        call_command(name, *map(str, arguments), stdout=out, no_color=True)
    return [line.strip() for line in out.getvalue().splitlines()]


def refused(name: str, *arguments: Any) -> str:
    """The sentence with which the command stops; its exit code is 1, and no uploaded file is left."""
    with pytest.raises(CommandError) as error:
        run(name, *arguments)
    assert error.value.returncode == 1
    assert stored() == []
    return str(error.value)


def stored() -> list[str]:
    try:
        return storages["private"].listdir("mentoring/imports")[1]
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_import_people__dry_run__says_each_fate_and_leaves_nothing(people: Path, flags: list[str]) -> None:
    assert run("import_people", people, *flags) == [
        "1  new",
        "1  error",
        "line 3: “not an address” is not an e-mail address.",
        "Nothing was applied. Add --apply to apply it.",
    ]
    assert not Profile.objects.exists()
    assert (ImportJob.objects.get().state, ImportRow.objects.count()) == (ImportState.DISCARDED, 0)
    assert stored() == []


def test_import_people__apply__writes_the_rows_that_can_be(people: Path) -> None:
    assert run("import_people", people, "--apply")[-1] == "Applied."
    assert list(Profile.objects.values_list("display_name", flat=True)) == ["Amara Obi"]
    assert ImportJob.objects.get().state == ImportState.APPLIED
    assert stored() == []


def test_import_people__applied_twice__finds_nothing_to_change(people: Path) -> None:
    run("import_people", people, "--apply")
    before = list(Profile.objects.values())
    assert run("import_people", people, "--apply")[:2] == ["1  unchanged", "1  error"]
    assert list(Profile.objects.values()) == before


def test_import_people__other_headings__are_mapped_by_hand(tmp_path: Path, school: Organisation) -> None:
    file = tmp_path / "people.csv"
    rows = [["Who", "Contact", "Where", "Does"], ["Amara", "amara@example.org", "Hillside Primary", "Teacher"]]
    file.write_bytes(csv_bytes(rows, separator=";"))
    assert "choose the column for: Name, Work e-mail, Organisation" in refused("import_people", file)
    pairs = ("name=Who", "email=Contact", "organisation=Where", "job_title=Does")
    run("import_people", file, "--apply", *(word for pair in pairs for word in ("--map", pair)))
    assert Profile.objects.get().user.email == "amara@example.org"


def test_import_people__enrolling__is_for_somebody_who_coordinates_the_cohort(
    tmp_path: Path, school: Organisation, make_user: Callable[..., User]
) -> None:
    scene = scenes.programme_with_cohort(state=CohortState.OPEN)
    stranger = make_user("stranger@example.org")
    file = tmp_path / "people.csv"
    rows = [["Name", "E-mail", "School", "Job", "As"], ["Amara", "a@example.org", "100001", "Teacher", "mentor"]]
    file.write_bytes(csv_bytes(rows))
    cohort = ("--cohort", scene.cohort.pk)
    assert "needs --as" in refused("import_people", file, *cohort)
    assert "may not import" in refused("import_people", file, *cohort, "--as", stranger.email)
    assert "Nobody has the address" in refused("import_people", file, "--as", "nobody@example.org")
    assert "There is no cohort 0." in refused("import_people", file, "--cohort", 0, "--as", scene.coordinator.email)
    signed = (*cohort, "--as", scene.coordinator.email)
    assert "have agreed to take part" in refused("import_people", file, "--apply", *signed)
    run("import_people", file, "--apply", "--agreement-held", *signed)
    assert [(e.cohort, e.as_role) for e in Enrolment.objects.all()] == [(scene.cohort, "mentor")]


@pytest.mark.parametrize("name", ["import_people", "import_gias"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"PK\x03\x04broken", "cannot be opened"),
        (b"\x00\x01\x02\x03" * 100, "not text"),
    ],
)
def test_import__unusable_file__stops_with_a_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    assert sentence in refused(name, file, "--apply")
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("name", ["import_people", "import_gias"])
def test_import__file_that_is_not_there_or_a_folder__stops_with_a_sentence(tmp_path: Path, name: str) -> None:
    assert "No such file" in refused(name, tmp_path / "absent.csv")
    assert "Is a directory" in refused(name, tmp_path)


@pytest.mark.parametrize(
    ("pair", "sentence"), [("name", "is not FIELD=HEADING"), ("email=Absent", "no column “Absent”. It has: Name")]
)
def test_import_people__wrong_mapping__stops_with_a_sentence(people: Path, pair: str, sentence: str) -> None:
    assert sentence in refused("import_people", people, "--apply", "--map", pair)
    assert ImportJob.objects.get().state == ImportState.DISCARDED


def test_import_gias__dry_run__says_each_fate_and_writes_nothing(register: Path) -> None:
    assert run("import_gias", register) == [
        "1  new",
        "1  left out",
        "1  error",
        "line 4: A URN is six digits, not “12”.",
        "Nothing was applied. Add --apply to apply it.",
    ]
    assert not Organisation.objects.exists()
    assert ImportJob.objects.get().state == ImportState.DISCARDED


def test_import_gias__apply__writes_the_school_and_its_trust_once(register: Path) -> None:
    assert run("import_gias", register, "--apply")[-1] == "Applied."
    assert run("import_gias", register, "--apply")[0] == "1  unchanged"
    assert set(Organisation.objects.values_list("name", "parent__name")) == {
        ("Hillside Primary", "Riverside Trust"),
        ("Riverside Trust", None),
    }


def test_import_gias__other_list__names_the_missing_column(people: Path) -> None:
    assert "does not look like an extract of the register" in refused("import_gias", people)
