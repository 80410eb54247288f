"""The coordinator's page of a joint plan: started from the board, read in plain words, sent from there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring.models import MatchRun, Outbox, Placement
from mentoring.proposals import runs
from mentoring.proposals.models import RunKind
from tests.mentoring import scenes
from tests.signing_in import staff_client_of

from . import visits
from .test_plan_size import crowded
from .test_plans import planned, with_mentor

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> visits.Stage:
    return with_mentor(visits.staged())


def page_of(run: MatchRun) -> str:
    return reverse("mentoring_run:detail", args=[run.pk])


def picks(text: str) -> list[str]:
    return re.findall(r'name="pick" value="(\d+:\d+)"', text)


def test_board__open_doors__starts_a_plan_and_shows_its_limit(stage: visits.Stage) -> None:
    client = staff_client_of(stage.scene.coordinator)
    board = reverse("mentoring_cohort:board", args=[stage.scene.cohort.pk])
    text = client.get(board).text
    assert "at most 30 seconds" in text
    assert "1 offer of a visit is open" in text
    done = client.post(board, {"do": "plan"})
    run = MatchRun.objects.get()
    assert run.kind == RunKind.JOINT
    assert done.url == page_of(run)
    runs.execute_due()
    assert "mentors and visits" in client.get(board).text


def test_board__no_door_open__does_not_offer_a_plan_and_refuses_one() -> None:
    scene = scenes.ready_to_match(1, 1)
    client = staff_client_of(scene.coordinator)
    board = reverse("mentoring_cohort:board", args=[scene.cohort.pk])
    assert "Plan both" not in client.get(board).text
    refused = client.post(board, {"do": "plan"})
    assert refused.status_code == 422
    assert "No school offers a visit" in refused.text


def test_page__plan__says_who_gets_what_and_what_would_give_way(stage: visits.Stage) -> None:
    for n in range(3):
        scenes.enrolled(stage.scene, scenes.person(f"Vic {n}"), "mentee")
    run = planned(stage.scene)
    text = staff_client_of(stage.scene.coordinator).get(page_of(run)).text
    assert "Proven:" in text
    assert "7 of 8" in text
    assert "What would give way" in text
    assert f"{stage.offer.organisation} takes in one person on" in text
    assert "one more wish could be met" in text
    assert "Every day that would suit went to somebody else" in text
    assert len(picks(text)) == 3


def test_page__picked_visits__go_to_their_visitors_and_the_rest_is_told(stage: visits.Stage) -> None:
    for n in range(2):
        scenes.enrolled(stage.scene, scenes.person(f"Vic {n}"), "mentee")
    run = planned(stage.scene)
    client = staff_client_of(stage.scene.coordinator)
    chosen = picks(client.get(page_of(run)).text)
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    taken = Placement.objects.get(pk=chosen[0].split(":")[0])
    stage.ask(taken.days.get().date, who=rival)
    warned = client.get(page_of(run)).text
    assert "Conflict:" in warned
    done = client.post(page_of(run), {"do": "suggest", "pick": chosen}, follow=True)
    assert "2 visits are suggested." in done.text
    assert "Not sent." in done.text
    assert "has just been taken" in done.text
    assert Outbox.objects.filter(template="placement_suggested").count() == 2
    nothing = client.post(page_of(run), {"do": "suggest"})
    assert nothing.status_code == 422
    assert "pick at least one visit" in nothing.text


def test_page__coordinator_who_takes_part__does_not_see_their_own_line(stage: visits.Stage) -> None:
    own = scenes.person("Cora Herself", who=stage.scene.coordinator)
    scenes.enrolled(stage.scene, own, "mentee")
    run = planned(stage.scene)
    assert run.placements.filter(enrolment__profile=own).exists()
    text = staff_client_of(stage.scene.coordinator).get(page_of(run)).text
    assert "Cora Herself" not in text
    assert len(picks(text)) == 1


def test_page__whole_cohort__costs_at_most_twenty_queries(make_user: Any) -> None:
    cohort = crowded(150, 100, 30, 10)
    admin = make_user("admin@example.org", is_superuser=True)
    run = runs.start_run(cohort=cohort, actor=admin, kind=RunKind.JOINT)
    runs.execute_due()
    client = staff_client_of(admin)
    client.get(page_of(run))
    with CaptureQueriesContext(connection) as found:
        text = client.get(page_of(run)).text
    assert len(picks(text)) > 100
    assert len(found) <= 20, "\n".join(query["sql"][:200] for query in found.captured_queries)


def test_visit__planned__is_suggested_or_dropped_on_its_page(stage: visits.Stage) -> None:
    row = planned(stage.scene).placements.get()
    client = staff_client_of(stage.scene.coordinator)
    page = reverse("mentoring_placement:detail", args=[row.pk])
    text = client.get(page).text
    assert "Suggest it to Vera Visitor" in text
    assert "They are asked when the visitor says yes." in text
    assert client.post(page, {"do": "suggest", "version": "9"}).status_code == 409
    assert client.post(page, {"do": "suggest", "version": "1"}).url == page
    assert visits.state(row) == "suggested"
    assert "know nothing of it" in client.get(page).text
    refused = client.post(page, {"do": "drop", "version": str(row.version)})
    assert refused.status_code == 422
    again = planned(with_mentor(visits.staged()).scene).placements.get()
    other = staff_client_of(again.run.created_by)
    page = reverse("mentoring_placement:detail", args=[again.pk])
    assert other.post(page, {"do": "drop", "version": "1"}).status_code == 302
    assert not Placement.objects.filter(pk=again.pk).exists()
