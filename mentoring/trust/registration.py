"""Which policy speaks for which model. `wagtail_hooks` registers them before anything asks."""

from __future__ import annotations

from typing import Any

from wagtail.permissions import register_permission_policy

from mentoring.messages.models import Outbox
from mentoring.people.exclusion_models import Exclusion
from mentoring.placements.models import Placement
from mentoring.programmes.models import Cohort, CoordinatorGrant, Enrolment, Programme
from mentoring.proposals.models import MatchRun, Proposal
from mentoring.relationships.models import Relationship

from . import access, visit_access
from .models import AuditEvent
from .policies import GrantPolicy


def _own_enrolment(user: Any, row: Any) -> bool:
    return bool(row.profile.user_id == user.pk)


def _own_pair(user: Any, row: Any) -> bool:
    return user.pk in (row.mentee.profile.user_id, row.mentor.profile.user_id)


def _organisations_of_pair(row: Any) -> list[int]:
    return [row.mentee.profile.organisation_id, row.mentor.profile.organisation_id]


def _organisations_of_exclusion(row: Any) -> list[int | None]:
    return [row.person.organisation_id, getattr(row.other_person, "organisation_id", None)]


POLICIES = [
    GrantPolicy(
        Programme,
        rows=access.programmes_for,
        programme_id=lambda row: row.pk,
        coordinator=["view"],
        owner=["change"],
        admin=["add"],
    ),
    GrantPolicy(
        Cohort,
        rows=access.cohorts_for,
        programme_id=lambda row: row.programme_id,
        coordinator=["view", "change"],
        owner=["add"],
    ),
    GrantPolicy(
        Enrolment,
        rows=access.enrolments_for,
        programme_id=lambda row: row.cohort.programme_id,
        people=lambda row: [row.profile.organisation_id],
        coordinator=["view", "add"],
        is_own=_own_enrolment,
    ),
    GrantPolicy(
        CoordinatorGrant,
        rows=access.grants_for,
        programme_id=lambda row: row.programme_id,
        owner=["view", "add", "change", "delete"],
    ),
    GrantPolicy(
        MatchRun,
        rows=access.runs_for,
        programme_id=lambda row: row.cohort.programme_id,
        coordinator=["view", "add"],
    ),
    GrantPolicy(
        Proposal,
        rows=access.proposals_for,
        programme_id=lambda row: row.cohort.programme_id,
        people=_organisations_of_pair,
        coordinator=["view"],
        is_own=_own_pair,
    ),
    GrantPolicy(
        Relationship,
        rows=access.relationships_for,
        programme_id=lambda row: row.cohort.programme_id,
        people=_organisations_of_pair,
        coordinator=["view"],
        is_own=_own_pair,
    ),
    GrantPolicy(
        Exclusion,
        rows=access.exclusions_for,
        programme_id=lambda row: row.programme_id,
        people=_organisations_of_exclusion,
        coordinator=["view", "add"],
        is_own=lambda user, row: user.pk in (row.person.user_id, getattr(row.other_person, "user_id", None)),
    ),
    GrantPolicy(
        Placement,
        rows=visit_access.placements_for,
        programme_id=lambda row: row.enrolment.cohort.programme_id,
        people=lambda row: [row.enrolment.profile.organisation_id, row.offer.organisation_id],
        coordinator=["view"],
        is_own=lambda user, row: user.pk in (row.enrolment.profile.user_id, row.offer.host.user_id),
    ),
    GrantPolicy(
        Outbox,
        rows=access.messages_for,
        programme_id=lambda row: row.programme_id,
        coordinator=["view"],
    ),
    GrantPolicy(
        AuditEvent,
        rows=access.events_for,
        programme_id=lambda row: row.programme_id,
        owner=["view"],
    ),
]


def register_policies() -> None:
    from mentoring.concerns.admin import POLICY as CONCERNS
    from mentoring.people.policies import POLICIES as PEOPLE  # late: they ask for access functions themselves

    policies: list[Any] = [*POLICIES, *PEOPLE, CONCERNS]
    for policy in policies:
        register_permission_policy(policy.model, policy)
