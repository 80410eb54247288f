"""Who reads which concern, and what one can be about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from mentoring.people.models import Organisation, Profile
from mentoring.programmes.models import Programme
from mentoring.relationships.models import Relationship
from mentoring.trust.reach import CONCERNS, reach_of, within

from .models import Concern

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser


def concerns_for(user: AnyUser) -> QuerySet[Concern]:
    """Concerns that this handler reads: of the organisations that their grant reaches, none that involves them.

    By that grant only: neither coordinators nor site administrators read concerns without one.
    """
    covered = Concern.objects.filter(within(user, programme="programme", people=["organisation"], roles=CONCERNS))
    return covered.exclude(_involves(user)).select_related("programme", "organisation", "raised_by", "handler")


def _involves(user: Any) -> Q:
    return (
        Q(raised_by_id=user.pk)
        | Q(relationship__mentee__profile__user_id=user.pk)
        | Q(relationship__mentor__profile__user_id=user.pk)
    )


def raised_by(user: AnyUser) -> QuerySet[Concern]:
    return Concern.objects.filter(raised_by_id=user.pk or 0)


def handlers_of(programme: Programme, organisation: Organisation, *, pair: Relationship | None, but: Any) -> list[Any]:
    """Active people whose grant covers a concern of this organisation; not the two of the pair, nor who raises it."""
    from django.contrib.auth import get_user_model

    own = {but.pk}
    if pair is not None:
        own |= {pair.mentee.profile.user_id, pair.mentor.profile.user_id}
    named = get_user_model()._default_manager.filter(
        is_active=True, mentoring_grants__programme=programme, mentoring_grants__role__in=CONCERNS
    )
    return [
        user
        for user in named.exclude(pk__in=own).distinct().order_by("pk")
        if reach_of(user, programme.pk, roles=CONCERNS).covers(organisation.pk)
    ]


@dataclass(frozen=True)
class About:
    """Something a member can raise a concern about: one of their pairs, or a programme as such."""

    key: str
    label: str
    programme: Programme
    pair: Relationship | None = None


def topics_of(profile: Profile) -> list[About]:
    """This member's pairs, then the programmes that they take part in."""
    mine = list(profile.enrolments.select_related("cohort__programme").order_by("pk"))
    ids = [row.pk for row in mine]
    pairs = Relationship.objects.filter(Q(mentee__in=ids) | Q(mentor__in=ids)).select_related(
        "cohort__programme", "mentee__profile", "mentor__profile"
    )
    found = []
    for pair in pairs.order_by("-created_at"):
        partner = pair.mentor if pair.mentee_id in ids else pair.mentee
        found.append(About(f"pair-{pair.pk}", f"My work with {partner.profile}", pair.cohort.programme, pair))
    programmes = {row.cohort.programme_id: row.cohort.programme for row in mine}
    found += [About(f"programme-{p.pk}", f"{p.title}, no pair in particular", p) for p in programmes.values()]
    return found
