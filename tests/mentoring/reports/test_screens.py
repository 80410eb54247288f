"""Who reads which report, what the files hold, and what it all costs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from mentoring.models import AuditEvent, CoordinatorGrant, Enrolment, Profile
from mentoring.programmes.grants import coordinators_group
from mentoring.programmes.models import GrantRole
from mentoring.reports.exports import KINDS, as_csv
from tests.mentoring import scenes
from tests.mentoring.editors.pairs import live_pair
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def as_user(user: Any) -> Client:
    client = Client()
    sign_in(client, user, second_factor=True)
    return client


def running(pairs: int = 3) -> scenes.Scene:
    scene = scenes.ready_to_match(pairs, pairs)
    for number in range(pairs):
        live_pair(scene, number, began=timezone.localdate())
    return scene


def reporter_of(scene: scenes.Scene) -> Any:
    user = scenes.user("Rita Reporter")
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, role=GrantRole.REPORTER)
    user.groups.add(coordinators_group())
    return user


def take(client: Client, scene: scenes.Scene, kind: str, file_format: str = "csv") -> Any:
    return client.post(reverse("mentoring_report:files", args=[scene.cohort.pk]), {"kind": kind, "format": file_format})


def rows_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("name", ["cohort", "evidence"])
def test_report__reporter__reads_sums_and_no_small_number(name: str) -> None:
    scene = running()
    client = as_user(reporter_of(scene))

    words = client.get(reverse(f"mentoring_report:{name}", args=[scene.cohort.pk])).content.decode()

    assert "Mentee A0" not in words
    assert "3 of 3" not in words
    assert "not shown" in words.lower()
    assert client.get(reverse("mentoring_report:files", args=[scene.cohort.pk])).status_code == 404
    assert take(client, scene, "pairs").status_code == 404


def test_report__coordinator__reads_charts_with_their_tables() -> None:
    scene = running()
    words = as_user(scene.coordinator).get(reverse("mentoring_report:cohort", args=[scene.cohort.pk])).content.decode()
    drawn = words.split('<div class="m-report__both">')[1:]  # Wagtail's own page has pictures and captions, too
    assert len(drawn) > 3
    for section in drawn:
        part = section.partition("</section>")[0]
        assert part.count('role="img"') == part.count('<caption class="w-sr-only">') == 1
    assert "3 of 3 mentees have or had a mentor: 100 per cent." in words


def test_report__coordinator_of_another_programme__finds_nothing() -> None:
    scene = running()
    client = as_user(scenes.programme_with_cohort().coordinator)
    for name in ("cohort", "evidence", "files"):
        assert client.get(reverse(f"mentoring_report:{name}", args=[scene.cohort.pk])).status_code == 404
    words = client.get(reverse("mentoring_report:index")).content.decode()
    assert scene.programme.title not in words


def test_list__as_a_file__holds_the_same_numbers() -> None:
    scene = running()
    answer = as_user(scene.coordinator).get(reverse("mentoring_report:index"), {"export": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert lines[0][:5] == ["Programme", "Cohort", "State", "Mentees", "Matched"]
    assert lines[1][:6] == [scene.programme.title, "Autumn", "Matching", "3", "3", "100"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_file__each_kind__has_its_headings_and_an_audit_row(kind: str, file_format: str) -> None:
    scene = running(1)

    answer = take(as_user(scene.owner), scene, kind, file_format)

    assert answer.status_code == 200
    if file_format == "csv":
        lines: list[Any] = rows_of(answer)
    else:
        sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        lines = [list(row) for row in sheet.values]
    assert tuple(lines[0]) == KINDS[kind].headings
    assert all(len(line) == len(KINDS[kind].headings) for line in lines)
    event = AuditEvent.objects.get(action="mentoring.export.taken")
    assert event.after == {"file": kind, "format": file_format}
    assert event.actor_id == scene.owner.pk


def test_file__audit__is_for_owners() -> None:
    scene = running(1)
    answer = take(as_user(scene.coordinator), scene, "audit")
    assert answer.status_code == 422
    assert not AuditEvent.objects.filter(action="mentoring.export.taken").exists()


@pytest.mark.parametrize("kind", ["", "people", "__class__"])
def test_file__no_such_kind__is_refused_with_a_sentence(kind: str) -> None:
    scene = running(1)
    answer = take(as_user(scene.coordinator), scene, kind)
    assert answer.status_code == 422
    assert "Please choose one of the files." in answer.content.decode()


def test_file__name_that_is_a_formula__is_text_in_both_formats() -> None:
    scene = running(1)
    Profile.objects.filter(pk=scene.mentees[0].profile_id).update(display_name='=HYPERLINK("//x","y")')
    client = as_user(scene.coordinator)

    assert rows_of(take(client, scene, "pairs"))[1][2].startswith("'=HYPERLINK")
    sheet = load_workbook(io.BytesIO(b"".join(take(client, scene, "pairs", "xlsx").streaming_content))).active
    assert sheet["C2"].data_type == "s" and sheet["C2"].value.startswith("'=")


@pytest.mark.parametrize("kind", ["applications", "proposals", "pairs", "meetings"])
def test_file__coordinator_who_takes_part__does_not_find_their_own_rows(kind: str) -> None:
    scene = running(2)
    Profile.objects.filter(pk=scene.mentees[0].profile_id).update(user=scene.coordinator)
    text = str(rows_of(take(as_user(scene.coordinator), scene, kind)))
    assert "Mentee A0" not in text
    assert "Mentee B1" in text


@pytest.mark.parametrize("kind", KINDS)
def test_file__rows_grow__queries_do_not(kind: str, django_assert_max_num_queries: Any) -> None:
    scene = running(2)

    def lines() -> int:
        return len(list(as_csv(KINDS[kind].headings, KINDS[kind].rows(scene.owner, scene.cohort))))

    most = 4 if kind == "audit" else 1  # the trail leaves out what concerns oneself
    with django_assert_max_num_queries(most):
        few = lines()
    for number in range(2, 30):
        for role in ("mentee", "mentor"):
            scenes.enrolled(scene, scenes.person(f"P {role} {number}"), role)
        live_pair(scene, number, began=timezone.localdate())
    with django_assert_max_num_queries(most):
        many = lines()
    assert many > few or kind == "audit"


@pytest.mark.parametrize("name", ["index", "cohort", "evidence"])
def test_screens__cohort_grows__queries_stay(name: str, assert_queries_flat: Any, client: Client) -> None:
    scene = running(1)
    sign_in(client, scene.coordinator, second_factor=True)

    def grow(number: int) -> None:
        for i in range(Enrolment.objects.filter(as_role="mentee").count(), number):
            for role in ("mentee", "mentor"):
                scenes.enrolled(scene, scenes.person(f"P {role} {i}"), role)
            live_pair(scene, i, began=timezone.localdate())

    url = reverse(f"mentoring_report:{name}", args=[] if name == "index" else [scene.cohort.pk])
    assert_queries_flat(url, grow, most=20)
