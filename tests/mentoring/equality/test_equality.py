"""Equality answers: kept apart, read by nobody who matches, gone with the application, never small on a screen."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import mentoring
from mentoring.equality.models import EqualityAnswer
from mentoring.equality.services import answer, answer_of, forget, tokens_of
from mentoring.errors import MentoringError
from mentoring.models import Enrolment, Profile
from mentoring.programmes import services as programmes
from mentoring.programmes.models import CohortState, EnrolmentState
from mentoring.proposals.runs import execute_due, start_run
from mentoring.reports.equality import tables
from tests.mentoring import scenes
from tests.mentoring.editors.pairs import live_pair
from tests.signing_in import sign_in

GIVEN = {"gender": "woman", "ethnicity": "asian", "disability": "no", "age": "thirties"}
ROOT = Path(mentoring.__file__).parent


def imports_of(file: Path) -> set[Path]:
    """Files of the plugin that a file imports, inside functions too; only for types: not."""
    found: set[str] = set()
    package = file.relative_to(ROOT.parent).with_suffix("").parts[:-1]
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module or ""]))
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    files = set()
    for name in found:
        if name.split(".")[0] == "mentoring":
            place = ROOT.parent.joinpath(*name.split("."))
            files |= {path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()}
    return files


def test_matching__everything_it_imports__never_reaches_equality() -> None:
    waiting = [*(ROOT / "matching").rglob("*.py"), *(ROOT / "proposals").rglob("*.py")]
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += imports_of(file)
    assert ROOT / "programmes" / "services.py" in seen, "the walk finds nothing: it proves nothing"
    assert not [file for file in seen if "equality" in file.parts or file.name == "equality.py"]


def test_walk__a_reader_of_equality__is_found() -> None:
    assert ROOT / "equality" / "services.py" in imports_of(ROOT / "reports" / "equality.py")


@pytest.mark.django_db
def test_run_of_the_matching__from_start_to_end__asks_the_table_nothing() -> None:
    scene = scenes.ready_to_match(3, 3)
    for row in (*scene.mentees, *scene.mentors):
        answer(enrolment=row, given=GIVEN)
    with CaptureQueriesContext(connection) as asked:
        start_run(cohort=scene.cohort, actor=scene.coordinator)
        execute_due()
    run = scene.cohort.runs.get()
    assert run.proposals.exists()
    assert not [query["sql"] for query in asked if "equality" in query["sql"]]
    assert "asian" not in str(run.inputs)


@pytest.mark.django_db
def test_row__by_itself__names_nobody() -> None:
    scene = scenes.ready_to_match(1, 1)
    answer(enrolment=scene.mentees[0], given=GIVEN)
    row = EqualityAnswer.objects.get()
    assert {field.name for field in EqualityAnswer._meta.fields} == {"token", "cohort", *GIVEN}
    assert row.token == tokens_of(scene.mentees[0].pk)[0] and len(row.token) == 64
    assert answer_of(scene.mentees[0].pk) == row
    assert answer_of(scene.mentors[0].pk) is None


@pytest.mark.django_db
def test_secret_of_the_site__was_changed__answers_are_still_found_and_go(settings: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    settings.MENTORING_ENCRYPTION_KEYS = ["old"]
    answer(enrolment=scene.mentees[0], given=GIVEN)
    settings.MENTORING_ENCRYPTION_KEYS = ["new", "old"]
    assert answer_of(scene.mentees[0].pk)
    answer(enrolment=scene.mentees[0], given={"age": "secret"})
    assert [row.age for row in EqualityAnswer.objects.all()] == ["secret"]
    assert forget([scene.mentees[0].pk]) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["withdraws", "declined", "deleted", "erased"])
def test_answers__person_leaves__are_gone(way: str) -> None:
    scene = scenes.ready_to_match(2, 1)
    row, other = scene.mentees
    for enrolment in (row, other):
        answer(enrolment=enrolment, given=GIVEN)
    if way == "withdraws":
        programmes.withdraw(enrolment=row, actor=row.profile.user)
    elif way == "declined":
        programmes.decline(enrolment=row, actor=scene.coordinator, version=row.version, note="Full.")
    elif way == "deleted":
        row.delete()
    else:
        profile = Profile.objects.get(pk=row.profile_id)
        profile.user, profile.erased_at = None, timezone.now()
        profile.save()
    assert [found.token for found in EqualityAnswer.objects.all()] == [tokens_of(other.pk)[0]]


@pytest.mark.django_db
def test_answer__none_given_or_forged__keeps_nothing() -> None:
    row = scenes.ready_to_match(1, 1).mentees[0]
    answer(enrolment=row, given={})
    with pytest.raises(MentoringError, match="choose one of the answers"):
        answer(enrolment=row, given={"gender": "<b>"})
    Enrolment.objects.filter(pk=row.pk).update(state=EnrolmentState.WITHDRAWN)
    with pytest.raises(MentoringError, match="take part"):
        answer(enrolment=row, given=GIVEN)
    assert not EqualityAnswer.objects.exists()


# --- The member's page ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page__member_answers_twice_and_deletes__one_row_then_none() -> None:
    row = scenes.ready_to_match(1, 1).mentees[0]
    client = Client()
    sign_in(client, row.profile.user, second_factor=False)
    url = reverse("mentoring:equality", args=[row.pk])
    assert "not show your answers" not in client.get(url).content.decode()
    for gender in ("woman", "secret"):
        assert client.post(url, {"gender": gender}).status_code == 302
    assert [found.gender for found in EqualityAnswer.objects.all()] == ["secret"]
    words = client.get(url).content.decode()
    assert "Delete my answers" in words and "checked" not in words
    client.post(url, {"do": "delete"})
    assert not EqualityAnswer.objects.exists()


@pytest.mark.django_db
def test_page__somebody_elses_application__is_not_there() -> None:
    scene = scenes.ready_to_match(1, 1)
    client = Client()
    sign_in(client, scene.mentors[0].profile.user, second_factor=False)
    url = reverse("mentoring:equality", args=[scene.mentees[0].pk])
    assert client.get(url).status_code == client.post(url, GIVEN).status_code == 404
    assert not EqualityAnswer.objects.exists()


# --- The view ---------------------------------------------------------------------------------------------------------


def answered(state: CohortState = CohortState.RUNNING) -> scenes.Scene:
    """Twelve mentees, all women but two; the first seven have a mentor."""
    scene = scenes.ready_to_match(12, 7)
    for number, row in enumerate(scene.mentees):
        answer(enrolment=row, given={"gender": "man" if number in (0, 11) else "woman"})
        if number < 7:
            live_pair(scene, number, began=timezone.localdate())
    scene.cohort.state = state
    scene.cohort.save()
    return scene


@pytest.mark.django_db
def test_tables__two_men__cannot_be_told_apart() -> None:
    (gender, *_others) = tables(answered().cohort)
    rows = dict(gender.rows)
    assert rows["Man"] == [None, None, None, None]
    assert all(value is None or value >= 5 for cells in rows.values() for value in cells)
    assert rows["Woman"][3] is None or gender.sums[3] is None, "12 less 10 would say: two men"


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("coordinator", 404), ("member", 404)])
def test_view__owner_only_of_those_who_run__reads_it(who: str, status: int) -> None:
    scene = answered()
    user = scene.mentees[0].profile.user if who == "member" else getattr(scene, who)
    client = Client()
    sign_in(client, user, second_factor=who != "member")
    assert client.get(reverse("mentoring_report:equality", args=[scene.cohort.pk])).status_code == status


@pytest.mark.django_db
def test_view__people_still_answer__stays_shut() -> None:
    scene = answered(CohortState.OPEN)
    client = Client()
    sign_in(client, scene.owner, second_factor=True)
    words = client.get(reverse("mentoring_report:equality", args=[scene.cohort.pk])).content.decode()
    assert "opens once the cohort runs" in words
    assert "Woman" not in words
