"""Who may do what with programmes, cohorts and enrolments. Asked by services, views and templates alike."""

from __future__ import annotations

from typing import Any

from mentoring.people.models import Profile
from mentoring.trust.access import owns_programme, runs_programme
from mentoring.trust.decision import YES, Decision, no

from .models import Cohort, Enrolment, Programme


def can_coordinate(user: Any, programme_id: int) -> Decision:
    return YES if runs_programme(user, programme_id) else no("You do not coordinate this programme.")


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
    if not runs_programme(user, enrolment.cohort.programme_id):
        return no("You do not coordinate this programme.")
    if enrolment.profile.user_id == user.pk:
        return no("Another coordinator must decide about your own application.")
    return YES
