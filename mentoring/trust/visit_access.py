"""Offers to visitors and visits by id: who may see which. Beside `access.py`, which has the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404

from mentoring.placements.models import Placement, PlacementState
from mentoring.placements.offer_models import HostOffer, OfferState, VisitKind
from mentoring.placements.requests import own_exchanges
from mentoring.programmes.models import ENROLMENT_LIVE, Enrolment, EnrolmentRole, EnrolmentState, Programme

from .access import covered, one_of

if TYPE_CHECKING:
    from .access import AnyUser

_SIDES = ("enrolment__profile__organisation", "offer__organisation")


def visiting_enrolments(user: AnyUser) -> QuerySet[Enrolment]:
    """Accepted applications as mentee: with these somebody may ask for visits."""
    if not user.is_authenticated:
        return Enrolment.objects.none()
    return Enrolment.objects.filter(
        profile__user_id=user.pk, as_role=EnrolmentRole.MENTEE, state=EnrolmentState.ELIGIBLE
    ).select_related("cohort__programme", "profile__organisation", "profile__role_level", "profile__aspiration_level")


def hosting_programmes(user: AnyUser) -> QuerySet[Programme]:
    """Programmes whose members they are: these they may open their door to."""
    if not user.is_authenticated:
        return Programme.objects.none()
    mine = Enrolment.objects.filter(profile__user_id=user.pk, state__in=[*ENROLMENT_LIVE, EnrolmentState.COMPLETED])
    return Programme.objects.filter(pk__in=mine.values("cohort__programme"), active=True)


def open_offers_for(user: AnyUser) -> QuerySet[HostOffer]:
    """Open offers of the programmes in which they were accepted; not their own, not of their own school."""
    mine = visiting_enrolments(user)
    return (
        HostOffer.objects.filter(state=OfferState.OPEN, programme__in=mine.values("cohort__programme"))
        .exclude(organisation__in=mine.values("profile__organisation"))
        .select_related("organisation", "host", "programme")
    )


def offer_for_member(user: AnyUser, pk: object) -> HostOffer:
    return one_of(open_offers_for(user), pk)


def offers_of(user: AnyUser) -> QuerySet[HostOffer]:
    """A host's own offers."""
    if not user.is_authenticated:
        return HostOffer.objects.none()
    return HostOffer.objects.filter(host__user_id=user.pk).select_related("organisation", "programme", "host")


def offer_for_host(user: AnyUser, pk: object) -> HostOffer:
    return one_of(offers_of(user), pk)


def placements_of(user: AnyUser) -> QuerySet[Placement]:
    """Visits in which somebody is the visitor, or the host once it was asked for. A mere plan is nobody's."""
    if not user.is_authenticated:
        return Placement.objects.none()
    asked_for = ~Q(rules_version="")  # a suggestion that came to nothing is not the host's to know
    return Placement.objects.filter(
        Q(enrolment__profile__user_id=user.pk) & ~Q(state=PlacementState.DRAFT)
        | Q(offer__host__user_id=user.pk) & asked_for
    ).select_related("enrolment__cohort__programme", "enrolment__profile__organisation", "offer__host", *_SIDES)


def placement_for_party(user: AnyUser, pk: object) -> Placement:
    return one_of(placements_of(user), pk)


def visit_to_return(user: AnyUser, pk: object) -> tuple[Placement, Enrolment, HostOffer]:
    """For the host of one half of an exchange: that visit, their own part in the programme, the offer it leads to."""
    first = one_of(placements_of(user).filter(offer__in=offers_of(user)), pk)
    mine = Enrolment.objects.filter(
        cohort__programme=first.offer.programme_id, profile=first.offer.host_id, state=EnrolmentState.ELIGIBLE
    ).select_related("cohort__programme", "profile__organisation", "profile__role_level", "profile__aspiration_level")
    offers = own_exchanges(first.enrolment.profile, first.offer.programme_id)
    enrolment, offer = mine.order_by("pk").first(), offers.order_by("-pk").first()
    if enrolment is None or offer is None or first.offer.kind != VisitKind.EXCHANGE or first.in_return_for_id:
        raise Http404("There is nothing here, or it is not yours to see.")
    return first, enrolment, offer


def placements_for(user: AnyUser) -> QuerySet[Placement]:
    """Visits that a coordinator sees: of people or places their grant covers, own ones left out."""
    return (
        Placement.objects.filter(covered(user, "enrolment__cohort__programme", _SIDES))
        .exclude(Q(enrolment__profile__user_id=user.pk) | Q(offer__host__user_id=user.pk))
        .select_related("enrolment__cohort__programme", "offer__host", *_SIDES)
    )


def placement_for_coordinator(user: AnyUser, pk: object) -> Placement:
    return one_of(placements_for(user), pk)
