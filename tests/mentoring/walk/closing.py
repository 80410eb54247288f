"""The last chapter: how it was, and the cohort's end."""

from __future__ import annotations

import datetime as dt

from mentoring.errors import MentoringError
from mentoring.models import ClosingAnswer, Enrolment, Relationship
from mentoring.programmes.models import CohortState, EnrolmentState
from mentoring.relationships import ending
from mentoring.relationships.models import RELATIONSHIP_LIVE, RelationshipState

from .asking import move_cohort
from .guide import Guide
from .pairing import live, name

#: Never says how it was: the clock completes the pair all the same.
FORGETS = "Chidi Okafor"


def answer(guide: Guide, pair: Relationship, side: str) -> None:
    enrolment = getattr(pair, side)
    with guide.act(f"{name(enrolment)} says how it was"):
        ending.close_with(
            pair=pair, actor=enrolment.profile.user, rating=4, goals_reached="partly", met_enough=True, would_again=True
        )  # fmt: skip


def _closing(guide: Guide) -> list[Relationship]:
    return [pair for pair in live(guide) if pair.state == RelationshipState.CLOSING]


def closings(guide: Guide) -> None:
    guide.chapter("Closing")
    guide.until(dt.date(2028, 4, 1))
    move_cohort(guide, CohortState.CLOSING)
    guide.until(dt.date(2028, 4, 18))
    for pair in _closing(guide):
        answer(guide, pair, "mentor")
        if name(pair.mentee) != FORGETS:
            answer(guide, pair, "mentee")
    try:
        move_cohort(guide, CohortState.CLOSED)
    except MentoringError as refused:
        guide.say(f"    refused: {refused}")
    else:
        raise AssertionError("closed over the heads of pairs at work")
    guide.until(dt.date(2028, 5, 10))
    for pair in _closing(guide):
        answer(guide, pair, "mentee")
        answer(guide, pair, "mentor")
    move_cohort(guide, CohortState.CLOSED)


def look_at_the_end(guide: Guide) -> None:
    """How everything stands when all is over."""
    cohort = guide.cast.cohort
    pairs = Relationship.objects.filter(cohort=cohort)
    assert not pairs.filter(state__in=RELATIONSHIP_LIVE).exists()
    assert pairs.filter(state=RelationshipState.COMPLETED).count() == 8
    assert pairs.filter(state=RelationshipState.ENDED).count() == 1
    assert ClosingAnswer.objects.filter(relationship__cohort=cohort).count() == 15, "one forgot"
    mentees = Enrolment.objects.filter(cohort=cohort, as_role="mentee")
    assert mentees.filter(state=EnrolmentState.COMPLETED).count() == 8
    assert not guide.ledger.items(), "nothing is open"
