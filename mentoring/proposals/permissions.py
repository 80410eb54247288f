"""Who may run a matching and decide about a pair. Asked by services, views and templates alike."""

from __future__ import annotations

from typing import Any

from mentoring.people.models import Profile
from mentoring.programmes.models import Cohort
from mentoring.programmes.permissions import NOT_YOURS, can_coordinate
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.relationships.models import Relationship
from mentoring.trust.access import profile_of
from mentoring.trust.decision import YES, Decision, no
from mentoring.trust.reach import Reach, reach_of

from .bars import manages
from .models import MatchRun, Proposal


def can_run(user: Any, cohort: Cohort) -> Decision:
    decision = can_coordinate(user, cohort.programme_id)
    if not decision:
        return decision
    if cohort.state not in COHORT_MATCHES:
        return no(f"The matching cannot run while the cohort is “{cohort.get_state_display().lower()}”.")
    return YES


def can_cancel(user: Any, run: MatchRun) -> Decision:
    return can_coordinate(user, run.cohort.programme_id)


def stands_near(user: Any, mine: Profile | None, person: Profile) -> bool:
    """Whether this user is that person, their manager or their report."""
    if person.user_id == user.pk:
        return True
    return mine is not None and (manages(mine, person) or manages(person, mine))


def can_act_on_pair(reach: Reach, pair: Any) -> Decision:
    """A pair is seen by coordinators of either side, and acted on where the mentee's organisation is inside."""
    if reach.covers(pair.mentee.profile.organisation_id):
        return YES
    return no("The coordinator of the mentee’s organisation decides about this pair." if reach else NOT_YOURS)


def can_decide(user: Any, proposal: Proposal | Relationship, *, mine: Profile | None = None) -> Decision:
    """Approve or decline: a coordinator of the mentee’s organisation who is no party and stands in no line to one.

    `mine` saves a query where many proposals are asked about: the user's own profile.
    """
    decision = can_act_on_pair(reach_of(user, proposal.cohort.programme_id), proposal)
    return decision and stands_apart(user, proposal.mentee.profile, proposal.mentor.profile, mine=mine)


def stands_apart(user: Any, *people: Profile, mine: Profile | None = None) -> Decision:
    """Whether this user is none of these people and stands in no line of management to one."""
    mine = mine or profile_of(user)
    for person in people:
        if person.user_id == user.pk:
            return no("This is your own match. Another coordinator must decide.")
        if stands_near(user, mine, person):
            return no(f"You and {person} stand in one line of management. Another coordinator must decide.")
    return YES
