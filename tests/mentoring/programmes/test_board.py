"""The cohort board: sums that are right, the next step, and the run's settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import MatchRun, Proposal
from mentoring.programmes import queries
from mentoring.programmes.models import CohortState, EnrolmentState
from mentoring.proposals import services
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes
from tests.mentoring.proposals.test_overrides import finished
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def step_of(scene: scenes.Scene) -> str:
    runs = list(MatchRun.objects.filter(cohort=scene.cohort))
    return queries.next_step(scene.cohort, queries.board(scene.cohort), runs).sentence


def desk_of(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def test_board__levels_topics_schools_and_places__are_counted() -> None:
    scene = scenes.ready_to_match(3, 2, capacity=2)
    scene.mentees[0].profile.aspiration_level = scenes.level(30)
    scene.mentees[0].profile.save()
    scenes.enrolled(scene, scenes.person("Late", seek=("behaviour",)), "mentee", state=EnrolmentState.WAITLISTED)
    scenes.proposed(scene, 0, 0, state=ProposalState.APPROVED)
    scenes.proposed(scene, 1, 1)
    now = queries.board(scene.cohort)
    assert [(row.label, row.mentees, row.aims, row.places) for row in now.levels] == [
        ("Step 30", 0, 1, 4),
        ("Step 20", 3, 0, 0),
    ]
    assert (now.places, now.taken, now.free, now.waiting) == (4, 1, 3, 1)
    assert sum(school.mentees for school in now.schools) == 3
    assert sorted(school.per_cent for school in now.schools) == [0, 100, 100]
    assert {(topic.label, topic.sought, topic.offered) for topic in now.shortage} == {
        ("Behaviour", 2, 1),
        ("Curriculum", 2, 1),
        ("Timetabling", 2, 0),
    }
    cells = dict(zip([label for label, _ in queries.COLUMNS], now.people[0][2], strict=True))
    assert {label: cell.count for label, cell in cells.items() if cell.count} == {"Ready": 3, "Waiting list": 1}


def test_board__every_state__stands_in_one_column() -> None:
    assert sorted(state for _, states in queries.COLUMNS for state in states) == sorted(EnrolmentState)


def test_next_step__through_the_weeks__is_the_one_thing_that_waits() -> None:
    scene = scenes.ready_to_match(2, 1)
    extra = scenes.enrolled(scene, scenes.person("New"), "mentor", state=EnrolmentState.SUBMITTED)
    assert step_of(scene) == "Read 1 application."
    extra.state = EnrolmentState.DECLINED
    extra.save()
    assert step_of(scene) == "Run the matching: 2 mentees without a mentor, 1 place free."
    finished(scene)
    assert step_of(scene) == "Decide on 1 proposed pair."
    pair = Proposal.objects.get()
    services.approve(proposal=pair, actor=scene.coordinator, version=pair.version)
    assert step_of(scene) == "Send the offers of 1 approved pair."
    Proposal.objects.filter(pk=pair.pk).update(state=ProposalState.OFFERED, answer_by=scene.cohort.end)
    assert step_of(scene) == "Look for mentors: 1 mentee without one, and no place is free."
    scene.cohort.state = CohortState.CLOSED
    assert step_of(scene) == "Nothing waits here."
    scene.cohort.state = CohortState.DRAFT
    assert step_of(scene).startswith("Open the cohort")


def test_board__names_nobody() -> None:
    scene = scenes.with_proposals(3)
    page = desk_of(scene.coordinator).get(reverse("mentoring_cohort:board", args=[scene.cohort.pk])).content.decode()
    assert not [row for row in (*scene.mentees, *scene.mentors) if row.profile.display_name in page]


@pytest.mark.parametrize("floor", ["101", "-1", "NaN", "many", ""])
def test_run__share_that_cannot_be__is_refused_and_kept_on_the_form(floor: str) -> None:
    scene = scenes.ready_to_match(2, 2)
    board = reverse("mentoring_cohort:board", args=[scene.cohort.pk])
    given = {"do": "run", "objective": "fairest_floor", "floor": floor}
    response = desk_of(scene.coordinator).post(board, given)
    assert response.status_code == 422
    page = response.content.decode()
    assert "a number from 0 to 100" in page
    assert f'name="floor" value="{floor}"' in page
    assert 'value="fairest_floor" checked' in page
    assert not MatchRun.objects.exists()


def test_run__fair_share__is_promised_and_certified() -> None:
    scene = scenes.ready_to_match(4, 2)
    school = scene.mentees[0].profile.organisation
    for row in scene.mentees[:2]:
        row.profile.organisation = school
        row.profile.save()
    board = reverse("mentoring_cohort:board", args=[scene.cohort.pk])
    desk_of(scene.coordinator).post(board, {"do": "run", "objective": "best_total", "floor": "50"})
    run = MatchRun.objects.get()
    assert run.config["floor_percent"] == 50
    finished(scene)
    run.refresh_from_db()
    lines = {line["organisation"]: line for line in run.stats["certificate"]}
    assert lines[f"organisation-{school.pk}"]["floor"] == 1
    assert lines[f"organisation-{school.pk}"]["matched"] >= 1


def test_board__cohort_cannot_go_on_yet__says_why_before_the_button_is_pressed() -> None:
    scene = scenes.programme_with_cohort(state=CohortState.OPEN)
    client = desk_of(scene.coordinator)
    board = reverse("mentoring_cohort:board", args=[scene.cohort.pk])
    assert "Applications come in until" in client.get(board).context["blocked"].reason
    refused = client.post(board, {"to": "matching", "version": 1})
    assert refused.status_code == 422
    assert "Applications come in until" in refused.content.decode()
    scene.cohort.apply_to = scene.cohort.apply_from
    scene.cohort.save()
    assert client.get(board).context["blocked"] is None
