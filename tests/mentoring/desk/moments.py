"""Moments at a coordinator's desk: pairs at work, people who wait."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from mentoring.models import Relationship
from mentoring.proposals.models import ProposalState
from mentoring.relationships.models import RelationshipState, Turn
from tests.mentoring import scenes


def at_work(scene: scenes.Scene, number: int = 0, **fields: Any) -> Relationship:
    """A pair of this scene that has been under way for a while; its proposal goes with it."""
    proposal = scenes.proposed(scene, number, number, state=ProposalState.PUBLISHED)
    today = timezone.localdate()
    given: dict[str, Any] = {
        "state": RelationshipState.ACTIVE,
        "began_on": today - dt.timedelta(days=30),
        "expected_end": today + dt.timedelta(days=120),
        "turn": Turn.MENTEE,
        "turn_since": timezone.now() - dt.timedelta(days=3),
        "turn_due": today + dt.timedelta(days=9),
    }
    return Relationship.objects.create(
        proposal=proposal, cohort=scene.cohort, mentee=proposal.mentee, mentor=proposal.mentor, **{**given, **fields}
    )
