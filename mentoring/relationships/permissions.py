"""Who may do what with a pair. Asked by services, views and templates alike."""

from __future__ import annotations

from typing import Any

from mentoring.programmes.models import EnrolmentRole
from mentoring.proposals.permissions import can_decide
from mentoring.trust.decision import Decision

from .models import Relationship


def side_of(user: Any, pair: Relationship) -> EnrolmentRole | None:
    """Which of the two this user is."""
    if user is None or user.pk is None:
        return None
    if pair.mentee.profile.user_id == user.pk:
        return EnrolmentRole.MENTEE
    return EnrolmentRole.MENTOR if pair.mentor.profile.user_id == user.pk else None


def can_coordinate(user: Any, pair: Relationship) -> Decision:
    """As with proposals: a coordinator of the mentee’s organisation, neither of the two, and in no line to them."""
    return can_decide(user, pair)
