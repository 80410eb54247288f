"""The one truth of places."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from mentoring.models import Proposal, Relationship
from mentoring.proposals.models import PROPOSAL_HOLDS_PLACE, ProposalState
from mentoring.proposals.places import held_mentees, is_held, places_left, taken_places
from mentoring.relationships.models import RELATIONSHIP_LIVE, RelationshipState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def at(pair: Proposal, state: str) -> None:
    said = {"mentee_answer": "yes", "mentor_answer": "no" if state == ProposalState.TURNED_DOWN else "yes"}
    Proposal.objects.filter(pk=pair.pk).update(state=state, answer_by=timezone.localdate(), refusal="time", **said)


def related(pair: Proposal, state: str) -> None:
    at(pair, ProposalState.PUBLISHED)
    Relationship.objects.create(
        proposal=pair,
        cohort=pair.cohort,
        mentee=pair.mentee,
        mentor=pair.mentor,
        state=state,
        expected_end=pair.cohort.end,
        turn_since=timezone.now(),
        began_on=timezone.localdate(),
        ended_at=timezone.now() + dt.timedelta(0),
    )


@pytest.mark.parametrize("state", ProposalState)
def test_proposal__in_each_state__holds_its_two_people_only_while_approved_or_offered(state: ProposalState) -> None:
    scene = scenes.with_proposals(1)
    pair = Proposal.objects.get()
    at(pair, state)
    holds = state in PROPOSAL_HOLDS_PLACE
    assert places_left(pair.mentor) == (0 if holds else 1)
    assert held_mentees(scene.cohort) == ({pair.mentee_id} if holds else set())
    assert is_held(pair.mentee) == holds


@pytest.mark.parametrize("state", RelationshipState)
def test_relationship__in_each_state__holds_its_two_people_only_while_it_lives(state: RelationshipState) -> None:
    scene = scenes.with_proposals(1)
    pair = Proposal.objects.get()
    related(pair, state)
    holds = state in RELATIONSHIP_LIVE
    assert places_left(pair.mentor) == (0 if holds else 1)
    assert held_mentees(scene.cohort) == ({pair.mentee_id} if holds else set())
    assert is_held(pair.mentee) == holds


def test_places__offers_and_relationships_of_one_mentor__add_up() -> None:
    scene = scenes.ready_to_match(4, 2, capacity=4)
    states = (ProposalState.APPROVED, ProposalState.OFFERED, ProposalState.DRAFT)
    for i, state in enumerate(states):
        at(scenes.proposed(scene, i, 0), state)
    related(scenes.proposed(scene, 3, 0), RelationshipState.ACTIVE)
    first, second = scene.mentors
    assert taken_places([first.pk, second.pk]) == {first.pk: 3}
    assert (places_left(first), places_left(second)) == (1, 4)


def test_places__cut_below_the_pairs__are_none_and_never_negative() -> None:
    scene = scenes.ready_to_match(2, 1, capacity=2)
    for i in range(2):
        at(scenes.proposed(scene, i, 0), ProposalState.APPROVED)
    scene.mentors[0].capacity = 0
    assert places_left(scene.mentors[0]) == 0
