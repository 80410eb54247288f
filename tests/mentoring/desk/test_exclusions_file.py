"""Exclusions from a file: looked at, kept once, refused with the line; never more than the coordinator sees."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring.desk.exclusions_file import HEADINGS, keep, read_file
from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CoordinatorGrant, Exclusion
from tests.mentoring import scenes
from tests.mentoring.desk.moments import at_work
from tests.mentoring.people.files import csv_bytes, upload, xlsx_bytes
from tests.signing_in import staff_client_of

pytestmark = pytest.mark.django_db


def mail(enrolment: Any) -> str:
    return str(enrolment.profile.user.email)


def planned(scene: scenes.Scene, *rows: list[str], actor: Any = None, **given: Any) -> list[Any]:
    content = csv_bytes([list(HEADINGS), *rows], **given)
    return read_file(upload(content, "x.csv"), programme=scene.programme, actor=actor or scene.coordinator)


def test_file__looked_at_then_kept__twice_adds_it_once() -> None:
    scene = scenes.ready_to_match(2, 2)
    school = scene.mentors[1].profile.organisation
    rows = [
        [mail(scene.mentees[0]).upper(), mail(scene.mentors[0]), "Line management", "She appraises; him, “yearly”", ""],
        [mail(scene.mentees[1]), school.name, "other", "", "31/12/2099"],
        ["nobody@example.org", school.name, "other", "", ""],
    ]
    content = csv_bytes([list(HEADINGS), *rows], separator=";", encoding="cp1252")
    client, address = staff_client_of(scene.coordinator), reverse("mentoring_exclusion:import")
    form = {"programme": scene.programme.pk, "do": "check", "file": upload(content, "x.csv")}
    page = client.post(address, form).text
    assert "2 to add" in page and "1 stays out" in page
    assert "Line 4: nobody@example.org" in page
    assert not Exclusion.objects.exists()
    text = html.unescape(page.split('aria-label="Rows">')[1].split("</textarea>")[0])
    for _ in range(2):
        kept = client.post(address, {"programme": scene.programme.pk, "do": "save", "rows": text})
        assert kept.status_code == 302
    first, second = Exclusion.objects.order_by("pk")
    assert (first.other_person, first.reason) == (scene.mentors[0].profile, "She appraises; him, “yearly”")
    assert (second.other_organisation, str(second.expires_on)) == (school, "2099-12-31")
    assert AuditEvent.objects.filter(action="mentoring.exclusion.added").count() == 2
    form["file"] = upload(content, "x.csv")
    assert "2 there already" in client.post(address, form).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({0: "nobody@example.org"}, "know nobody here"),
        ({0: ""}, "know nobody here"),
        ({1: "nobody@example.org"}, "no address and no organisation"),
        ({1: "Atlantis High"}, "no address and no organisation"),
        ({1: "SELF"}, "same person"),
        ({2: "grudge"}, "one of these kinds"),
        ({3: "x" * 1001}, "below 1,000"),
        ({4: "soon"}, "not a day"),
        ({4: "2020-01-01"}, "in the past"),
    ],
)
def test_row__that_cannot_be_kept__says_why_and_the_others_are_read(change: dict[int, str], sentence: str) -> None:
    scene = scenes.ready_to_match(1, 1)
    good = [mail(scene.mentees[0]), mail(scene.mentors[0]), "relative", "", ""]
    bad = [change.get(place, cell).replace("SELF", good[0]) for place, cell in enumerate(good)]
    first, second = planned(scene, bad, good)
    assert sentence in first.error
    assert (first.line, second.line, second.is_new) == (2, 3, True)


def test_row__the_other_way_round_or_twice__is_there_already() -> None:
    scene = scenes.ready_to_match(1, 1)
    two = [mail(scene.mentees[0]), mail(scene.mentors[0])]
    found = planned(scene, [*two, "other", "", ""], [*two, "other", "", ""], [*two[::-1], "other", "", ""])
    assert [row.there for row in found] == [False, True, True]


def test_row__people_of_another_programme_or_part_or_oneself__stay_unknown() -> None:
    scene, other = scenes.ready_to_match(2, 1), scenes.ready_to_match(1, 1)
    (row,) = planned(scene, [mail(other.mentees[0]), mail(other.mentors[0]), "other", "", ""])
    assert "know nobody here" in row.error
    user = scenes.user("Nara Row")
    school = scene.mentees[0].profile.organisation
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, organisation=school)
    (row,) = planned(scene, [mail(scene.mentees[1]), mail(scene.mentors[0]), "other", "", ""], actor=user)
    assert "know nobody here" in row.error
    type(scene.mentees[0].profile).objects.filter(pk=scene.mentees[0].profile_id).update(user=scene.coordinator)
    (row,) = planned(scene, [scene.coordinator.email, mail(scene.mentors[0]), "other", "", ""])
    assert "know nobody here" in row.error


def test_keep__somebody_gone_since_the_preview__keeps_nothing() -> None:
    scene = scenes.ready_to_match(2, 1)
    line = f",{mail(scene.mentors[0])},other,,\n"
    text = ",".join(HEADINGS) + "\n" + mail(scene.mentees[0]) + line + "gone@example.org" + line
    with pytest.raises(MentoringError, match=r"gone@example.org: .* Nothing was saved"):
        keep(text=text, programme=scene.programme, actor=scene.coordinator)
    assert not Exclusion.objects.exists()


def test_keep__a_pair_at_work__is_the_coordinators_turn() -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = at_work(scene, 0)
    text = ",".join(HEADINGS) + f"\n{mail(scene.mentees[0])},{mail(scene.mentors[0])},relative,,\n"
    assert keep(text=text, programme=scene.programme, actor=scene.coordinator) == (1, 1)
    pair.refresh_from_db()
    assert pair.turn == "coordinator"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"Name,Age\nx,1\n", "“Who”"),
        (csv_bytes([list(HEADINGS)]), "no rows below"),
        (b"<html></html>", "web page"),
        (csv_bytes([list(HEADINGS), *[["a", "b", "c", "", ""]] * 501]), "more than 500"),
    ],
)
def test_file__that_cannot_be_used__says_why(content: bytes, sentence: str) -> None:
    scene = scenes.programme_with_cohort()
    page = staff_client_of(scene.coordinator).post(
        reverse("mentoring_exclusion:import"),
        {"programme": scene.programme.pk, "do": "check", "file": upload(content, "x.csv")},
    )
    assert page.status_code == 422
    assert sentence in page.text


@pytest.mark.parametrize("given", [{"programme": ""}, {"programme": "other"}, {}, {"do": "save", "rows": ""}])
def test_screen__something_missing_or_not_theirs__is_said(given: dict[str, Any]) -> None:
    scene, other = scenes.programme_with_cohort(), scenes.programme_with_cohort()
    form = {"programme": scene.programme.pk, "do": "check", **given}
    if form["programme"] == "other":
        form["programme"] = other.programme.pk
    page = staff_client_of(scene.coordinator).post(reverse("mentoring_exclusion:import"), form)
    assert page.status_code == 422


def test_file__rows_grow__queries_do_not() -> None:
    scene = scenes.ready_to_match(12, 12)
    costs = []
    for size in (2, 12):
        rows = [[mail(scene.mentees[n]), mail(scene.mentors[n]), "other", "", ""] for n in range(size)]
        content = xlsx_bytes([list(HEADINGS), *rows])
        with CaptureQueriesContext(connection) as captured:
            found = read_file(upload(content, "x.xlsx"), programme=scene.programme, actor=scene.coordinator)
        assert len(found) == size and all(row.is_new for row in found)
        costs.append(len(captured))
    assert costs[0] == costs[1]
