"""Who may do what with programmes, cohorts and enrolments. Asked by services, views and templates alike."""

from __future__ import annotations

from typing import Any

from mentoring.people.models import Profile
from mentoring.trust.access import owns_programme
from mentoring.trust.decision import YES, Decision, no
from mentoring.trust.reach import reach_of

from .models import Cohort, Enrolment, Programme

NOT_YOURS = "You do not coordinate this programme."


def can_coordinate(user: Any, programme_id: int) -> Decision:
    """What concerns everybody in a programme: its cohorts, its runs."""
    reach = reach_of(user, programme_id)
    if reach.whole:
        return YES
    return no("Your part of the programme is one organisation. Ask a coordinator of the whole." if reach else NOT_YOURS)


def can_coordinate_at(user: Any, programme_id: int, organisation_id: int) -> Decision:
    """What concerns one person of a programme: a grant for their organisation is enough."""
    reach = reach_of(user, programme_id)
    if reach.covers(organisation_id):
        return YES
    return no("Your part of the programme does not include this person." if reach else NOT_YOURS)


def can_grant(user: Any, programme: Programme) -> Decision:
    return YES if owns_programme(user, programme.pk) else no("Only the programme’s owner names its coordinators.")


def can_apply(profile: Profile | None, cohort: Cohort) -> Decision:
    """Whether a member may apply today."""
    if profile is None:
        return no("Please fill in your profile first: your match will need to know who you are.")
    if not Cohort.objects.open_for_applications().filter(pk=cohort.pk).exists():
        return no("This cohort does not take applications at the moment.")
    return YES


def can_decide_enrolment(user: Any, enrolment: Enrolment) -> Decision:
    """Accept, decline, withdraw for somebody: a coordinator, but never for themselves."""
    decision = can_coordinate_at(user, enrolment.cohort.programme_id, enrolment.profile.organisation_id)
    if not decision:
        return decision
    if enrolment.profile.user_id == user.pk:
        return no("Another coordinator must decide about your own application.")
    return YES
