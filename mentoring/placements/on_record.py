"""What is on record between a visitor and those who offer a visit. Nobody learns who asked for it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from mentoring.people.exclusion_models import Exclusion
from mentoring.people.houses import above
from mentoring.programmes.models import Enrolment
from mentoring.programmes.wish_models import Avoidance

from .offer_models import HostOffer


def barred_on_record(enrolment: Enrolment, offers: Sequence[HostOffer]) -> set[int]:
    """Ids of the offers that an exclusion or a wish stands against: between visitor and host, or one's person and the
    other's school or what it belongs to. Two queries, and one per storey of organisations where a school is named.
    """
    if not offers:
        return set()
    visitor, home = enrolment.profile_id, enrolment.profile.organisation_id
    hosts = {offer.host_id for offer in offers}
    rows = list(
        Exclusion.objects.standing()
        .filter(
            Q(person=visitor) | Q(other_person=visitor) | Q(person__in=hosts),
            programme__in={offer.programme_id for offer in offers},
        )
        .values_list("programme", "person", "other_person", "other_organisation")
    )
    between = {(programme, frozenset((one, other))) for programme, one, other, _ in rows if other}
    places = {(programme, one, place) for programme, one, _, place in rows if place}
    houses = above({home, *(offer.organisation_id for offer in offers)}) if places else {}
    wishes = Avoidance.objects.filter(
        Q(enrolment=enrolment, person__in=hosts) | Q(enrolment__profile__in=hosts, person=visitor),
        enrolment__cohort=enrolment.cohort_id,
    ).values_list("enrolment__profile", "person")
    avoided = {frozenset(pair) for pair in wishes}

    def barred(offer: HostOffer) -> bool:
        pair = frozenset((visitor, offer.host_id))
        return (
            pair in avoided
            or (offer.programme_id, pair) in between
            or any((offer.programme_id, visitor, place) in places for place in houses.get(offer.organisation_id, ()))
            or any((offer.programme_id, offer.host_id, place) in places for place in houses.get(home, ()))
        )

    return {offer.pk for offer in offers if barred(offer)}
