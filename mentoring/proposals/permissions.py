"""Who may run a matching and decide about a pair. Asked by services, views and templates alike."""

from __future__ import annotations

from typing import Any

from mentoring.people.models import Profile
from mentoring.programmes.models import Cohort
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.trust.access import profile_of, runs_programme
from mentoring.trust.decision import YES, Decision, no

from .bars import manages
from .models import MatchRun, Proposal


def can_run(user: Any, cohort: Cohort) -> Decision:
    if not runs_programme(user, cohort.programme_id):
        return no("You do not coordinate this programme.")
    if cohort.state not in COHORT_MATCHES:
        return no(f"The matching cannot run while the cohort is “{cohort.get_state_display().lower()}”.")
    return YES


def can_cancel(user: Any, run: MatchRun) -> Decision:
    return YES if runs_programme(user, run.cohort.programme_id) else no("You do not coordinate this programme.")


def stands_near(user: Any, mine: Profile | None, person: Profile) -> bool:
    """Whether this user is that person, their manager or their report."""
    if person.user_id == user.pk:
        return True
    return mine is not None and (manages(mine, person) or manages(person, mine))


def can_decide(user: Any, proposal: Proposal, *, mine: Profile | None = None) -> Decision:
    """Approve or decline: a coordinator of the programme who is no party and stands in no line to one.

    `mine` saves a query where many proposals are asked about: the user's own profile.
    """
    if not runs_programme(user, proposal.cohort.programme_id):
        return no("You do not coordinate this programme.")
    mine = mine or profile_of(user)
    for person in (proposal.mentee.profile, proposal.mentor.profile):
        if person.user_id == user.pk:
            return no("This is your own match. Another coordinator must decide.")
        if stands_near(user, mine, person):
            return no(f"You and {person} stand in one line of management. Another coordinator must decide.")
    return YES
