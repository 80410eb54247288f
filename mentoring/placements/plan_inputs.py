"""What a joint plan reads of visits, frozen as JSON beside the people of the run. Nothing here decides anything.

The block "visits" of a run's inputs:

    visitors, offers     people and offers as the engine takes them (an offer stands where a mentor stands)
    bans, exclusions     visitor and offer that never go together; what is on record between people and places
    options              [offer, [days]]: one possible visit each
    host, release        [[school, day, places]]: how many it takes in, or lets go, where that is not one
    mentor_at, visit_at  person → schools of a mentor, or of a visit, that they have already
    parts                offer → day → the part of it, where that is not the whole day
    shut                 visitor → [[day, part]] on which they are not at work or their school lets nobody go
    stated               person without a head → last day on which somebody vouches for them, or ""
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from mentoring.matching import Exclusion, Mentee, Mentor
from mentoring.people.half_days import HALVES, Session
from mentoring.people.models import Direction
from mentoring.programmes.models import Cohort, Enrolment, EnrolmentRole, EnrolmentState
from mentoring.proposals.bars import manages
from mentoring.proposals.gathering import Common, exclusions_of, organisation_key, person_key
from mentoring.proposals.inputs import Inputs, aspiration_rank, gather
from mentoring.proposals.models import PROPOSAL_HOLDS_PLACE, Proposal
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship

from .calendars import Closed, held
from .limits import ALONE
from .models import PLACEMENT_COUNTS, Assurance, Placement, PlacementState
from .offer_models import HostOffer
from .ranking import SHOWN, meant_for, offer_key

#: A plan leaves the visitor and two heads time to answer.
LEAD_DAYS = 14


def offers_of(cohort: Cohort) -> list[HostOffer]:
    """The programme's open offers, exchanges apart, with what the engine reads. Three queries."""
    rows = HostOffer.objects.open_one_way().filter(programme=cohort.programme_id)
    return list(
        rows.select_related("organisation__parent", "host__organisation", "host__role_level", "host__user")
        .prefetch_related("focus", "levels", "dates")
        .order_by("pk")
    )


def without_visit(cohort: Cohort) -> list[Enrolment]:
    """Accepted mentees who have no visit, had none, and were asked about none that is still open."""
    rows = Enrolment.objects.filter(cohort=cohort, as_role=EnrolmentRole.MENTEE, state=EnrolmentState.ELIGIBLE)
    having = Placement.objects.filter(enrolment__cohort=cohort, state__in=PLACEMENT_COUNTS)
    found = list(
        rows.exclude(pk__in=having.values("enrolment"))
        .select_related(
            "profile__organisation__parent", "profile__role_level", "profile__aspiration_level", "profile__user",
            "profile__line_manager",
        )
        .order_by("profile_id")
    )  # fmt: skip
    for row in found:
        row.cohort = cohort
    return found


def gather_jointly(cohort: Cohort) -> Inputs:
    """The people of a run, and all that decides about their visits."""
    inputs = gather(cohort)
    visitors = without_visit(cohort)
    enrolments = {**inputs.enrolments, "visitor": {person_key(row.profile_id): row.pk for row in visitors}}
    return replace(inputs, enrolments=enrolments, visits=_visits(cohort, visitors))


def _visits(cohort: Cohort, visitors: Sequence[Enrolment]) -> dict[str, Any]:
    offers = offers_of(cohort)
    hosts = {offer.host_id: offer.host for offer in offers}
    common = Common(cohort, visitors)
    common.profiles |= hosts
    earliest = timezone.localdate() + dt.timedelta(days=LEAD_DAYS)
    days = sorted({row.date for offer in offers for row in offer.dates.all() if row.date > earliest})
    places = {row.profile.organisation_id: row.profile.organisation for row in visitors}
    homes = set(places)
    places |= {offer.organisation_id: offer.organisation for offer in offers}
    closed = Closed.of(places.keys(), days)
    taken, away = held(days)
    options = [
        [offer_key(offer), [day.isoformat() for day in chosen]]
        for offer in offers
        for chosen in _choices(offer, days, closed)
    ]
    return {
        "visitors": [_visitor(row, common).to_dict() for row in visitors],
        "offers": [_stand_in(offer).to_dict() for offer in offers],
        "bans": _bans(cohort, visitors, offers),
        "exclusions": [[e.a, e.b, e.kind] for e in _exclusions(cohort, common, offers)],
        "options": options,
        "host": [
            [organisation_key(pk), day.isoformat(), max(0, places[pk].max_visitors_per_day - taken[pk, day])]
            for pk in sorted({offer.organisation_id for offer in offers})
            for day in days
            if places[pk].max_visitors_per_day - taken[pk, day] != 1
        ],
        "release": [
            [organisation_key(pk), day.isoformat(), left]
            for pk in sorted(homes)
            for day in days
            if (left := max(0, places[pk].max_released_per_day - away[pk, day]) if _some(closed, pk, day) else 0) != 1
        ],
        "parts": {
            offer_key(offer): parts
            for offer in offers
            if (
                parts := {row.date.isoformat(): row.session for row in offer.dates.all() if row.session != Session.FULL}
            )
        },
        "shut": _shut(visitors, offers, set(days), closed),
        "mentor_at": _mentor_at(cohort),
        "visit_at": _visit_at(cohort),
        "stated": _stated(visitors),
    }


def _some(closed: Closed, home: int, day: dt.date) -> bool:
    """Whether it lets people go for a part of the day at least; the other part stands under "shut"."""
    return any(closed.lets_go(home, day, half) for half in HALVES)


def _shut(
    visitors: Sequence[Enrolment], offers: Sequence[HostOffer], days: Collection[dt.date], closed: Closed
) -> dict[str, list[list[str]]]:
    slots = sorted({(row.date, row.session) for offer in offers for row in offer.dates.all() if row.date in days})
    found = {
        person_key(row.profile_id): [
            [day.isoformat(), session]
            for day, session in slots
            if not closed.lets_go(row.profile.organisation_id, day, session)
            or not row.profile.working_week.halves(day, session)
        ]
        for row in visitors
    }
    return {key: shut for key, shut in found.items() if shut}


def _choices(offer: HostOffer, days: Iterable[dt.date], closed: Closed) -> list[list[dt.date]]:
    """The ways to make one visit of an offer's days: each alone, or so many offered days in a row."""
    offered = {
        row.date
        for row in offer.dates.all()
        if closed.takes(offer.organisation_id, row.date, row.session)
        and offer.host.working_week.holds(row.date, row.session)
    }
    able, count = [day for day in days if day in offered], offer.days_needed
    return [able[at : at + count] for at in range(len(able) - count + 1)]


def _visitor(row: Enrolment, common: Common) -> Mentee:
    """Without name, words and hours: none of them counts for a visit."""
    fields = {**common.fields(row, Direction.SEEK), "name": "", "formats": "in_person", "availability": frozenset()}
    fields["prior_partners"] = frozenset()
    return Mentee(**fields, aspiration_rank=aspiration_rank(row.profile))


def _stand_in(offer: HostOffer) -> Mentor:
    place, level = offer.organisation, offer.host.role_level
    known = place.easting is not None and place.northing is not None
    return Mentor(
        key=offer_key(offer),
        organisation=organisation_key(place.pk),
        interests={topic.slug: SHOWN for topic in sorted(offer.focus.all(), key=lambda topic: topic.slug)},
        role_family=level.family if level else "",
        rank=float(level.rank) if level else None,
        phases=frozenset({place.phase} if place.phase else ()),
        position=(float(place.easting or 0), float(place.northing or 0)) if known else None,
        formats="in_person",
    )


def _bans(cohort: Cohort, visitors: Sequence[Enrolment], offers: Sequence[HostOffer]) -> list[list[str]]:
    """Visitor and offer that no score brings together."""
    over = (PlacementState.DECLINED, PlacementState.CANCELLED, PlacementState.NO_SHOW)
    refused = set(
        Placement.objects.filter(enrolment__cohort=cohort, state__in=over).values_list("enrolment", "offer").order_by()
    )
    found = []
    for row in visitors:
        person, boss = row.profile, row.profile.line_manager
        for offer in offers:
            host = offer.host
            barred = (
                (row.pk, offer.pk) in refused
                or host.pk == person.pk
                or offer.organisation_id == person.organisation_id
                or (boss is not None and offer.organisation_id == boss.organisation_id)
                or manages(host, person)
                or manages(person, host)
                or not meant_for(offer, person)
            )
            if barred:
                found.append([person_key(person.pk), offer_key(offer)])
    return found


def _exclusions(cohort: Cohort, common: Common, offers: Sequence[HostOffer]) -> list[Exclusion]:
    """As of people, and once more for the offers of those people; a wish not to meet somebody is kept here, too."""
    known = exclusions_of(cohort.programme_id, common.profiles)
    wished = [Exclusion(person_key(a), b, "wish") for a, keys in sorted(common.avoided.items()) for b in sorted(keys)]
    by_host: dict[str, list[str]] = defaultdict(list)
    for offer in offers:
        by_host[person_key(offer.host_id)].append(offer_key(offer))
    found = []
    for one in [*known, *wished]:
        found += [Exclusion(key, one.b, one.kind) for key in by_host.get(one.a, ())]
        found += [Exclusion(one.a, key, one.kind) for key in by_host.get(one.b, ())]
        if one.b not in by_host:
            found.append(one)
    return found


def _mentor_at(cohort: Cohort) -> dict[str, list[str]]:
    pairs = Proposal.objects.filter(cohort=cohort, state__in=PROPOSAL_HOLDS_PLACE)
    lived = Relationship.objects.filter(cohort=cohort, state__in=RELATIONSHIP_LIVE)
    return _schools(
        [
            row
            for rows in (pairs, lived)
            for row in rows.order_by().values_list("mentee__profile", "mentor__profile__organisation")
        ]
    )


def _visit_at(cohort: Cohort) -> dict[str, list[str]]:
    rows = Placement.objects.filter(enrolment__cohort=cohort, state__in=PLACEMENT_COUNTS)
    return _schools(list(rows.order_by().values_list("enrolment__profile", "offer__organisation")))


def _schools(rows: Sequence[tuple[int, int]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for person, place in rows:
        found[person_key(person)].add(organisation_key(place))
    return {key: sorted(places) for key, places in sorted(found.items())}


def _stated(visitors: Sequence[Enrolment]) -> dict[str, str]:
    """Nobody renews the statement about somebody without a head: a visit lies within what was stated."""
    alone = [row.profile for row in visitors if row.profile.organisation.kind in ALONE]
    if not alone:
        return {}
    last: dict[int, str] = {}
    rows = Assurance.objects.filter(person__in=alone, confirmed_on__lte=timezone.localdate())
    for person, place, until in rows.order_by("valid_until").values_list("person", "organisation", "valid_until"):
        if any(one.pk == person and one.organisation_id == place for one in alone):
            last[person] = until.isoformat()
    return {person_key(one.pk): last.get(one.pk, "") for one in alone}
