"""The cover ledger: what counts, for whom, in which half-term, and its file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from mentoring.models import AuditEvent, CoordinatorGrant, Organisation, Placement, Profile
from mentoring.people.school_year import HALF_TERMS, half_term_of, term_of, year_of
from mentoring.programmes.grants import coordinators_group
from mentoring.programmes.models import RUNNING
from mentoring.reports import cover
from mentoring.reports.visit_facts import HOME, members_by_school, visits_of
from tests.mentoring import scenes
from tests.signing_in import sign_in

from .visiting import offered, visited

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER, MARCH = dt.date(2026, 10, 7), dt.date(2026, 11, 11), dt.date(2027, 3, 10)


@pytest.fixture(autouse=True)
def in_january(clock: Any) -> None:
    """School year 2026/27."""


@pytest.mark.parametrize(
    ("day", "year", "name", "term"),
    [
        (dt.date(2026, 8, 31), 2025, "Summer 2", 2),
        (dt.date(2026, 9, 1), 2026, "Autumn 1", 0),
        (dt.date(2026, 10, 31), 2026, "Autumn 1", 0),
        (dt.date(2026, 12, 31), 2026, "Autumn 2", 0),
        (dt.date(2027, 1, 1), 2026, "Spring 1", 1),
        (dt.date(2028, 2, 29), 2027, "Spring 2", 1),
        (dt.date(2027, 4, 10), 2026, "Summer 1", 2),
        (dt.date(2027, 6, 1), 2026, "Summer 2", 2),
    ],
)
def test_half_term__of_a_day__is_by_fixed_days(day: dt.date, year: int, name: str, term: int) -> None:
    assert (year_of(day), HALF_TERMS[half_term_of(day)], term_of(day)) == (year, name, term)


def as_user(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def visits(scene: scenes.Scene, user: Any = None, year: int = 2026) -> list[Any]:
    return visits_of(
        user or scene.coordinator, roles=RUNNING, year=year, programmes=[scene.programme.pk], sides=(HOME,), own=False
    )


def entries(scene: scenes.Scene, **given: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (school.school, name): (entry.asked, entry.arranged, entry.refused, entry.open, entry.cost)
        for school in cover.ledger(visits(scene, **given))
        for name, entry in school.half_terms
    }


def test_ledger__one_school_through_the_year__adds_up_by_half_term() -> None:
    scene = scenes.programme_with_cohort()
    home = scenes.school("Ashdown")
    visited(scene, home, OCTOBER, OCTOBER + dt.timedelta(days=1), cost=Decimal("92.50"))
    visited(scene, home, OCTOBER, half_days=1, cover="asked", state="requested")
    visited(scene, home, OCTOBER, half_days=1, cover="refused", state="declined", cost="10")
    visited(scene, home, MARCH, cover="not_needed", half_days=0)
    visited(scene, home, MARCH, cover="arranged", state="cancelled", cost="180")
    visited(scene, home, MARCH, cover="unknown", half_days=0, state="requested")
    visited(scene, home, dt.date(2026, 7, 1))
    assert entries(scene) == {("Ashdown", "Autumn 1"): (6, 4, 1, 1, Decimal("185.00"))}
    assert entries(scene, year=2025) == {("Ashdown", "Summer 2"): (2, 2, 0, 0, None)}


def test_ledger__cover_noted_by_a_coordinator_only__counts_what_the_visit_takes() -> None:
    scene = scenes.programme_with_cohort()
    home = scenes.school("Ashdown")
    visited(scene, home, OCTOBER, half_days=0, session="am", state="confirmed")
    visited(scene, home, NOVEMBER, half_days=0, cover="refused", state="requested")
    assert entries(scene) == {
        ("Ashdown", "Autumn 1"): (1, 1, 0, 0, None),
        ("Ashdown", "Autumn 2"): (2, 0, 2, 0, None),
    }


def test_ledger__several_half_terms__have_a_line_for_the_year() -> None:
    scene = scenes.programme_with_cohort()
    home = scenes.school("Ashdown")
    for day in (OCTOBER, MARCH):
        visited(scene, home, day, cost="50")
    (school,) = cover.ledger(visits(scene))
    assert [name for name, _ in school.half_terms] == ["Autumn 1", "Spring 2"]
    assert (school.total.asked, school.total.cost) == (4, Decimal(100))
    words = as_user(scene.coordinator).get(reverse("mentoring_report:cover")).text
    assert "Whole year" in words
    assert "4 asked, 4 arranged, 0 refused, 0 still to arrange. Cost so far, as heads gave it: £100.00." in words


def test_spread__a_school_that_releases_more_than_its_share__comes_first() -> None:
    scene = scenes.programme_with_cohort()
    big, small = scenes.school("Big"), scenes.school("Small")
    for _ in range(3):
        scenes.enrolled(scene, scenes.person(at=big), "mentee")
    visited(scene, small, OCTOBER)
    visited(scene, big, OCTOBER, state="declined")
    members = members_by_school(scene.coordinator, roles=RUNNING, year=2026, programmes=[scene.programme.pk])
    assert members == {"Big": 4, "Small": 1}
    shares = cover.spread(visits(scene), members)
    assert [(s.school, s.of_members, s.of_releases, s.words) for s in shares] == [
        ("Small", 20, 100, "80 points above its share"),
        ("Big", 80, 0, "80 points below its share"),
    ]
    assert cover.spread_chart(shares).series[0].values == (2.0, 0.0)


def test_ledger__grant_for_one_school__reads_its_cover_and_not_that_of_its_hosts_or_guests() -> None:
    scene = scenes.programme_with_cohort()
    mine, other = scenes.school("Mine"), scenes.school("Other")
    user = scenes.user("Nara Row")
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, organisation=mine)
    user.groups.add(coordinators_group())
    visited(scene, mine, OCTOBER, cost="10")
    visited(scene, other, OCTOBER, offer=offered(scene, scenes.person(at=mine)), cost="99")
    assert set(entries(scene, user=user)) == {("Mine", "Autumn 1")}
    words = as_user(user).get(reverse("mentoring_report:cover")).text
    assert "Mine" in words and "£10.00" in words
    assert "Other" not in words and "£99" not in words


def test_ledger__own_visit_and_another_programmes__are_not_in_it() -> None:
    scene, other = scenes.programme_with_cohort(), scenes.programme_with_cohort()
    row = visited(scene, scenes.school("Ashdown"), OCTOBER)
    Profile.objects.filter(pk=row.enrolment.profile_id).update(user=scene.coordinator)
    visited(other, scenes.school("Elsewhere"), OCTOBER)
    client = as_user(scene.coordinator)
    assert "No cover was asked for" in client.get(reverse("mentoring_report:cover")).text
    chosen = client.get(reverse("mentoring_report:cover"), {"programme": other.programme.pk})
    assert "Elsewhere" not in chosen.text, "a forged choice shows one's own"


@pytest.mark.parametrize("query", ["", "?year=1900", "?year=x&programme=y", "?year=2027", "?programme=-1"])
def test_screen__any_choice__answers(query: str) -> None:
    scene = scenes.programme_with_cohort()
    assert as_user(scene.coordinator).get(reverse("mentoring_report:cover") + query).status_code == 200


def take(client: Client, file_format: str) -> Any:
    return client.post(reverse("mentoring_report:cover"), {"format": file_format})


def test_file__school_named_like_a_formula__is_text_in_both_formats_and_in_the_trail() -> None:
    scene = scenes.programme_with_cohort()
    visited(scene, scenes.school('=HYPERLINK("//x","y")'), OCTOBER, cost="92.50")
    client = as_user(scene.coordinator)
    text = b"".join(take(client, "csv").streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines == [
        list(cover.HEADINGS),
        ['\'=HYPERLINK("//x","y")', "Autumn 1", "2", "2", "0", "0", "92.50"],
    ]
    sheet = load_workbook(io.BytesIO(b"".join(take(client, "xlsx").streaming_content))).active
    assert sheet["A2"].data_type == "s" and sheet["A2"].value.startswith("'=")
    assert sheet["G2"].value == 92.5
    taken = AuditEvent.objects.filter(action="mentoring.export.taken", programme=scene.programme)
    assert [row.after for row in taken.order_by("pk")] == [
        {"file": "cover", "format": name, "year": 2026} for name in ("csv", "xlsx")
    ]


@pytest.mark.parametrize("file_format", ["", "pdf", "<script>"])
def test_file__no_such_format__is_refused_with_a_sentence(file_format: str) -> None:
    scene = scenes.programme_with_cohort()
    answer = take(as_user(scene.coordinator), file_format)
    assert answer.status_code == 422
    assert "Files come as CSV or XLSX" in answer.text
    assert not AuditEvent.objects.filter(action="mentoring.export.taken").exists()


def test_screen__schools_grow__queries_do_not(assert_queries_flat: Any, client: Client) -> None:
    scene = scenes.programme_with_cohort()
    sign_in(client, scene.coordinator)

    def grow(count: int) -> None:
        for _ in range(Placement.objects.count(), count):
            visited(scene, scenes.school(), OCTOBER, MARCH)

    assert_queries_flat(reverse("mentoring_report:cover"), grow, most=20)
    assert Organisation.objects.count() > 30
