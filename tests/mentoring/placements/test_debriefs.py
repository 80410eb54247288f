"""A debrief, and the mentor who may read it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from mentoring.models import Placement, Relationship
from mentoring.placements.models import PlacementState
from tests.mentoring import scenes

from . import visits
from .test_pages import client_of

pytestmark = pytest.mark.django_db
CHECKED = re.compile(r'<input[^>]*name="share"[^>]*\bchecked\b')
WORDS = "She listens first. I will try that on Monday."


def visited(stage: visits.Stage) -> Placement:
    row = stage.confirmed()
    Placement.objects.filter(pk=row.pk).update(state=PlacementState.DEBRIEF_DUE)
    row.refresh_from_db()
    return row


@pytest.fixture
def stage() -> visits.Stage:
    return visits.staged()


@pytest.fixture
def pair(stage: visits.Stage) -> Relationship:
    """The visitor and a mentor of theirs, who is not the host."""
    stage.scene.mentors = [scenes.enrolled(stage.scene, scenes.person("Mira Mentor", rank=40), "mentor")]
    scenes.agreed(stage.scene)
    return Relationship.objects.get()


def write(stage: visits.Stage, row: Placement, **given: str) -> Any:
    row.refresh_from_db()
    fields = {"do": "debrief", "text": WORDS, "version": str(row.version), **given}
    return client_of(stage.user).post(reverse("mentoring:placement", args=[row.pk]), fields)


def pages(pair: Relationship) -> list[str]:
    page = reverse("mentoring:pair_notes", args=[pair.pk])
    return [client_of(side.profile.user).get(page).text for side in (pair.mentor, pair.mentee)]


def test_debrief__shared__stands_beside_the_pairs_notes_and_can_be_taken_back(
    stage: visits.Stage, pair: Relationship
) -> None:
    row = visited(stage)
    page = client_of(stage.user).get(reverse("mentoring:placement", args=[row.pk])).text
    assert "Mira Mentor, your mentor, may read it" in page
    assert CHECKED.search(page)
    assert write(stage, row, share="on").status_code == 302
    assert all(WORDS in text for text in pages(pair))
    assert write(stage, row).status_code == 302
    assert not any(WORDS in text for text in pages(pair))
    page = client_of(stage.user).get(reverse("mentoring:placement", args=[row.pk])).text
    assert not CHECKED.search(page)


def test_debrief__without_a_mentor__asks_nothing_and_is_shared_with_nobody(stage: visits.Stage) -> None:
    row = visited(stage)
    page = client_of(stage.user).get(reverse("mentoring:placement", args=[row.pk])).text
    assert "your mentor" not in page
    assert write(stage, row, share="on").status_code == 302
    row.refresh_from_db()
    assert row.shared_with is None
