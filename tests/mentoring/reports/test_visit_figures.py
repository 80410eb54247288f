"""The report about visits: counted by hand, hidden where few people stand behind a number, as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mentoring.models import AuditEvent, CoordinatorGrant, Placement
from mentoring.placements.models import PlacementState
from mentoring.programmes.grants import coordinators_group
from mentoring.programmes.models import GrantRole
from mentoring.reports.charts import HIDDEN
from mentoring.reports.figures import TOO_FEW, Section
from mentoring.reports.suppression import SMALLEST
from mentoring.reports.visit_facts import hosts_of, visits_of
from mentoring.reports.visit_figures import HEADINGS, Table, sections
from mentoring.trust.reach import REPORTING
from tests.mentoring import scenes
from tests.signing_in import sign_in

from .visiting import offered, visited

DAY = dt.date(2026, 10, 7)


@pytest.fixture(autouse=True)
def in_january(clock: Any) -> None:
    """School year 2026/27."""


def as_user(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def reporter_of(scene: scenes.Scene, who: Any = None) -> Any:
    user = who or scenes.user("Rita Reporter")
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, role=GrantRole.REPORTER)
    user.groups.add(coordinators_group())
    return user


def report(scene: scenes.Scene, *, hide: bool = False) -> dict[str, Section]:
    chosen = [scene.programme.pk]
    visits = visits_of(scene.coordinator, roles=REPORTING, year=2026, programmes=chosen)
    made = sections(visits, hosts_of(scene.coordinator, roles=REPORTING, programmes=chosen), hide=hide)
    return {section.key: section for section in made}


def numbers(section: Section) -> dict[str, list[str]]:
    assert section.chart is not None
    return dict(section.chart.rows())


def counted_by_hand() -> scenes.Scene:
    scene = scenes.programme_with_cohort("Leading")
    home, other = scenes.school("Ashdown"), scenes.school("Beech")
    hana = scenes.person("Hana Host", at=scenes.school("Court"))
    offer = offered(scene, hana)
    offered(scene, scenes.person("Nobody Asked", at=scenes.school("Dale")))
    offered(scene, scenes.person("Shut Door"), state="closed")
    asked = DAY - dt.timedelta(days=10)
    visited(scene, home, DAY, offer=offer, asked=asked)
    visited(scene, home, DAY, DAY + dt.timedelta(days=1), offer=offer, asked=DAY - dt.timedelta(days=30))
    visited(scene, other, dt.date(2027, 3, 3), offer=offer, state="confirmed", cover="asked", asked=asked)
    visited(scene, other, DAY, offer=offer, state="requested", cover="unknown", half_days=0)
    visited(scene, other, DAY, offer=offer, state="declined", no_by="releasing_head")
    visited(scene, other, DAY, offer=offer, state="declined", no_by="host_head")
    visited(scene, other, DAY, offer=offer, state="cancelled", cancel_reason="ill")
    visited(scene, other, DAY, offer=offer, state="lapsed")
    visited(scene, other, dt.date(2025, 10, 8), offer=offer)
    return scene


@pytest.mark.django_db
def test_report__one_year__is_what_one_counts_by_hand() -> None:
    found = report(counted_by_hand())
    assert numbers(found["programmes"]) == {"Leading": ["2", "1", "1", "4"]}
    assert found["programmes"].sentence == "8 visits asked for, 2 took place or are taking place."
    assert numbers(found["schools-home"]) == {"Ashdown": ["2"], "Beech": ["1"]}
    assert numbers(found["schools-host"]) == {"Court": ["3"]}
    assert numbers(found["hosts"]) == {"Court": ["1", "0"], "Dale": ["0", "1"]}
    assert found["hosts"].note == "Never asked: Nobody Asked (Dale)."
    assert numbers(found["cover"]) == {"Ashdown": ["6", "0", "0"], "Beech": ["0", "2", "0"]}
    assert numbers(found["waits"])["Up to 2 weeks"] == ["1"]
    assert numbers(found["waits"])["4 to 8 weeks"] == ["1"]
    assert numbers(found["waits"])["Longer"] == ["1"]
    assert found["waits"].sentence == "The middle one took 30 days; half of them between 20 and 94."
    assert numbers(found["reasons"]) == {
        "No: head of the visitor’s school": ["1"],
        "No: head of the host school": ["1"],
        "Cancelled: illness": ["1"],
        "Lapsed without an answer": ["1"],
    }


@pytest.mark.django_db
def test_report__visit_in_any_state__is_counted_once_it_was_asked_for() -> None:
    scene = scenes.programme_with_cohort("Leading")
    home = scenes.school("Ashdown")
    for state in PlacementState:
        planned = state in (PlacementState.DRAFT, PlacementState.SUGGESTED)
        visited(scene, home, DAY, state=state, rules_version="" if planned else "1")
    visited(scene, home, DAY, state="lapsed", rules_version="")
    found = report(scene)
    assert found["programmes"].sentence.startswith(f"{len(PlacementState) - 2} visits asked for")


@pytest.mark.django_db
def test_report__nothing_yet__says_so_in_each_part() -> None:
    for section in report(scenes.programme_with_cohort()).values():
        assert section.sentence
        assert section.chart is not None and section.chart.is_empty


@pytest.mark.django_db
def test_reporter__reads_no_small_number_and_no_name() -> None:
    scene = counted_by_hand()
    words = as_user(reporter_of(scene)).get(reverse("mentoring_report:visits")).text
    body = words.split('class="m-lead"')[1]
    assert not re.findall(r"<td>([^<]*)</td>", body)
    assert body.count(TOO_FEW) == 7
    assert "Nobody Asked" not in words and "Hana Host" not in words
    assert "visits asked for" not in words
    assert as_user(scene.coordinator).get(reverse("mentoring_report:visits")).text.count("Nobody Asked") == 1


@pytest.mark.django_db
def test_reporter__many_visits_of_one_person__are_hidden_and_of_many_people_shown() -> None:
    scene = scenes.programme_with_cohort()
    one, many = scenes.school("One"), scenes.school("Many")
    vera = scenes.enrolled(scene, scenes.person(at=one), "mentee")
    for week in range(9):
        visited(scene, one, DAY + dt.timedelta(weeks=week), who=vera)
    for _ in range(30):
        visited(scene, many, DAY)
    third, fourth = scenes.school("Third"), scenes.school("Fourth")
    for place in (third, fourth):
        for _ in range(12):
            visited(scene, place, DAY)
    shown = numbers(report(scene, hide=True)["schools-home"])
    assert shown["One"] == [HIDDEN]
    assert shown["Many"] == ["30"]
    assert [shown["Third"], shown["Fourth"]].count([HIDDEN]) == 1, "one more goes: the sum would tell"


@pytest.mark.django_db
def test_reporter__of_two_programmes__reads_them_one_at_a_time() -> None:
    first, second = scenes.programme_with_cohort("Aa"), scenes.programme_with_cohort("Bb")
    user = reporter_of(second, reporter_of(first))
    words = as_user(user).get(reverse("mentoring_report:visits")).text
    assert "2026/27, in Aa." in words
    assert '<option value="">All</option>' not in words
    chosen = as_user(user).get(reverse("mentoring_report:visits"), {"programme": second.programme.pk}).text
    assert "2026/27, in Bb." in chosen


@given(st.lists(st.integers(0, 9), min_size=6, max_size=6))
def test_table__anything__hides_what_few_people_stand_behind(crowds: list[int]) -> None:
    table = Table(["x", "y"])
    people = dict(zip([(row, column) for row in "ABC" for column in "xy"], crowds, strict=True))
    for (row, column), crowd in people.items():
        for person in range(crowd):
            table.add(row, column, person, 7)
    chart = table.chart("A", "B", hide=True)
    for place, label in enumerate(chart.labels):
        for series in chart.series:
            if series.values[place] is not None:
                assert people[label, series.name] >= SMALLEST


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["coordinator", "reporter"])
def test_file__holds_what_the_page_shows_and_stands_in_the_trail(who: str) -> None:
    scene = counted_by_hand()
    user = scene.coordinator if who == "coordinator" else reporter_of(scene)
    answer = as_user(user).post(reverse("mentoring_report:visits"), {"format": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert lines[0] == list(HEADINGS)
    line = next(line for line in lines if line[0] == "Schools that let people go" and line[1] == "Ashdown")
    assert line == ["Schools that let people go", "Ashdown", "Visits", "2" if who == "coordinator" else HIDDEN]
    assert AuditEvent.objects.get(action="mentoring.export.taken").after["file"] == "visits"


@pytest.mark.django_db
def test_report__grant_for_one_school__sums_up_its_people_and_guests_only() -> None:
    scene = counted_by_hand()
    user = scenes.user("Nara Row")
    home = scene.mentees[0].profile.organisation
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, organisation=home)
    user.groups.add(coordinators_group())
    words = as_user(user).get(reverse("mentoring_report:visits")).text
    assert "2 visits asked for" in words
    assert "Beech" not in words and "Nobody Asked" not in words


@pytest.mark.django_db
def test_report__visits_grow__queries_do_not(assert_queries_flat: Any, client: Client) -> None:
    scene = scenes.programme_with_cohort()
    sign_in(client, scene.coordinator)

    def grow(count: int) -> None:
        for _ in range(Placement.objects.count(), count):
            visited(scene, scenes.school(), DAY)

    assert_queries_flat(reverse("mentoring_report:visits"), grow, most=20)
