"""Pairs at work, in a line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from mentoring.models import Relationship
from mentoring.proposals.models import ProposalState
from mentoring.relationships.models import RelationshipState
from tests.mentoring import scenes


def live_pair(scene: scenes.Scene, number: int, *, began: dt.date | None, **fields: Any) -> Relationship:
    """The mentee and mentor of that number: under way since `began`, or writing their agreement."""
    proposal = scenes.proposed(scene, number, number, state=ProposalState.PUBLISHED)
    state = fields.pop("state", RelationshipState.ACTIVE if began else RelationshipState.AGREEING)
    return Relationship.objects.create(
        proposal=proposal,
        cohort=scene.cohort,
        mentee=proposal.mentee,
        mentor=proposal.mentor,
        state=state,
        began_on=began,
        expected_end=scene.cohort.end,
        turn_since=timezone.now(),
        **fields,
    )
