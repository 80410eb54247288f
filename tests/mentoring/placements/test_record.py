"""A member's own record: what took place, with sums, and nothing of anybody else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.models import Placement, PlacementDay, Relationship
from mentoring.placements.models import PlacementState
from mentoring.placements.record import record_of, sums
from mentoring.relationships.meeting_models import Meeting
from tests.mentoring import scenes
from tests.signing_in import client_of

from . import visits

pytestmark = pytest.mark.django_db
PAGE = "mentoring:record"


@pytest.fixture
def stage() -> visits.Stage:
    return visits.staged()


def held(pair: Relationship, on: str, minutes: int = 50, state: str = "held") -> Meeting:
    start = dt.datetime.fromisoformat(f"{on}T23:30").replace(tzinfo=timezone.get_default_timezone())
    return Meeting.objects.create(
        relationship=pair, state=state, start=start, minutes=minutes, proposed_by="mentee", changed_at=start,
        options=[start.isoformat()] if state == "proposed" else [], ics_uid=uuid.uuid4(),
    )  # fmt: skip


def visited(stage: visits.Stage, on: str, session: str = "full", state: str = "completed") -> Placement:
    row = Placement.objects.create(
        enrolment=stage.visitor, offer=stage.offer, rules_version="1", state=PlacementState.REQUESTED,
        answer_by=dt.date.fromisoformat(on), questions=["What?"],
    )  # fmt: skip
    PlacementDay.objects.create(placement=row, date=dt.date.fromisoformat(on), session=session)
    Placement.objects.filter(pk=row.pk).update(state=state, debriefed_at=timezone.now(), debrief="Seen.")
    return row


@pytest.fixture
def pair(stage: visits.Stage) -> Relationship:
    stage.scene.mentors = [scenes.enrolled(stage.scene, scenes.person("Mira Mentor", rank=40), "mentor")]
    scenes.agreed(stage.scene)
    return Relationship.objects.get()


def test_record__meetings_held_and_visits_made__stand_there_for_both_sides(
    stage: visits.Stage, pair: Relationship
) -> None:
    held(pair, "2026-06-30")  # half past eleven at night: a time of the house's clock, not of UTC
    held(pair, "2026-09-02", minutes=75)
    held(pair, "2026-09-09", state="missed")
    held(pair, "2026-09-16", state="booked")
    visited(stage, "2026-09-03")
    visited(stage, "2026-09-04", session="am", state="debrief_due")
    visited(stage, "2026-09-08", state="no_show")
    text = client_of(stage.user).get(reverse(PAGE)).text
    assert "2 hours 5 minutes of mentoring, 3 half-days of visits" in text
    assert "30 June 2026" in text
    assert text.count("Mentoring with Mira Mentor") == 2
    assert text.count(f"Visited {stage.offer.organisation}") == 2
    host = client_of(stage.host.user).get(reverse(PAGE)).text
    assert "Hosted Vera Visitor" in host
    assert "Mentoring with" not in host
    assert "Mentoring with Vera Visitor" in client_of(pair.mentor.profile.user).get(reverse(PAGE)).text


def test_record__of_one_school_year__leaves_out_the_others(stage: visits.Stage, pair: Relationship) -> None:
    held(pair, "2026-08-31")
    held(pair, "2026-09-01", minutes=30)
    client = client_of(stage.user)
    this = client.get(reverse(PAGE), {"year": "2026"}).text
    assert "</strong> 30 minutes of mentoring." in this
    assert "31 August" not in this
    for unknown in ("1999", "soon", "-1"):
        assert "31 August 2026" in client.get(reverse(PAGE), {"year": unknown}).text


def test_record__nothing_yet_or_no_profile__says_so(stage: visits.Stage, make_user: Callable[..., Any]) -> None:
    for user in (stage.user, make_user()):
        assert "Nothing has taken place yet" in client_of(user).get(reverse(PAGE)).text


def test_record__of_many__costs_no_more_queries(
    stage: visits.Stage, pair: Relationship, django_assert_num_queries: Callable[..., Any]
) -> None:
    for day in range(1, 15):
        held(pair, f"2026-09-{day:02d}")
        visited(stage, f"2026-10-{day:02d}")
    with django_assert_num_queries(2):
        entries = record_of(stage.visitor.profile)
    assert sums(entries) == {"hours": 11, "minutes": 40, "half_days": 28}
