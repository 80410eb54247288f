"""Closed days and days that are taken, of many schools at once: for the calendar and for plans."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mentoring.people.calendar_models import CalendarException
from mentoring.people.half_days import meet
from mentoring.proposals.gathering import above
from mentoring.proposals.models import PROPOSAL_HOLDS_PLACE, Proposal, ProposalState
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship

from .limits import at_work
from .models import PLACEMENT_HOLDS_DAYS, Placement, PlacementDay, PlacementState
from .offer_models import OfferState

#: First day, last day, and the part of each day.
Stretch: TypeAlias = tuple[dt.date, dt.date, str]


@dataclass
class Closed:
    """School → the stretches in which it, or the trust above it, lets nobody go or takes nobody in."""

    release: dict[int, list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    host: dict[int, list[Stretch]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, places: Collection[int], days: Iterable[dt.date]) -> Closed:
        """One query, and one per storey of organisations."""
        found, days = cls(), list(days)
        if not places or not days:
            return found
        houses = above(places)
        rows = CalendarException.objects.filter(
            organisation__in={upper for house in houses.values() for upper in house},
            date_to__gte=min(days),
            date_from__lte=max(days),
        ).values_list("organisation", "date_from", "date_to", "session", "no_release", "no_host")
        for owner, first, last, part, no_release, no_host in rows:
            for place, house in houses.items():
                if owner in house:
                    if no_release:
                        found.release[place].append((first, last, part))
                    if no_host:
                        found.host[place].append((first, last, part))
        return found

    def takes(self, place: int, day: dt.date, session: str) -> bool:
        """Whether it could have a visitor in all of that part of the day."""
        return _open(self.host.get(place, ()), day, session)

    def lets_go(self, place: int, day: dt.date, session: str) -> bool:
        return _open(self.release.get(place, ()), day, session)


def _open(closed: Iterable[Stretch], day: dt.date, session: str) -> bool:
    shut = any(first <= day <= last and meet(part, session) for first, last, part in closed)
    return day.weekday() < 5 and not shut


def held(days: Collection[dt.date]) -> tuple[Counter[tuple[int, dt.date]], Counter[tuple[int, dt.date]]]:
    """((host, day) → visitors expected, (home, day) → people away) of every programme. One query."""
    rows = PlacementDay.objects.filter(placement__state__in=PLACEMENT_HOLDS_DAYS, date__in=days).values_list(
        "placement__offer__organisation", "placement__enrolment__profile__organisation", "date"
    )
    hosts: Counter[tuple[int, dt.date]] = Counter()
    homes: Counter[tuple[int, dt.date]] = Counter()
    for host, home, day in rows:
        hosts[host, day] += 1
        homes[home, day] += 1
    return hosts, homes


def mentors_at(enrolments: Collection[int], *, drafts: bool = False) -> dict[int, set[int]]:
    """Mentee's enrolment → schools of their mentors; with `drafts` also of undecided pairs. One query."""
    states = [*PROPOSAL_HOLDS_PLACE, *([ProposalState.DRAFT] if drafts else [])]
    columns = ("mentee_id", "mentor__profile__organisation_id")
    pairs = Proposal.objects.filter(mentee__in=enrolments, state__in=states).order_by().values_list(*columns)
    lived = Relationship.objects.filter(mentee__in=enrolments, state__in=RELATIONSHIP_LIVE).order_by()
    found: dict[int, set[int]] = defaultdict(set)
    for mentee, place in pairs.union(lived.values_list(*columns), all=True):
        found[mentee].add(place)
    return found


def closed_for(rows: Sequence[Placement], days: Iterable[dt.date] = ()) -> Closed:
    """Both schools' closed days of these visits, and on `days` beside their own."""
    places = {p for row in rows for p in (row.offer.organisation_id, row.enrolment.profile.organisation_id)}
    return Closed.of(places, {*days, *(day.date for row in rows for day in row.days.all())})


def conflicts(rows: Sequence[Placement], closed: Closed | None = None) -> dict[int, list[str]]:
    """Visit → what does not go together, in sentences. Flat in queries; a plan's drafts count beside what is held.

    Args:
        rows: with days prefetched and both schools joined; only what lies ahead or takes place.
        closed: `closed_for(rows)`, where it was read already.
    """
    days = {day.date for row in rows for day in row.days.all()}
    closed = closed or closed_for(rows)
    hosts, homes = held(days)
    persons: Counter[tuple[int, dt.date]] = Counter()
    for row in rows:
        for day in row.days.all():
            persons[row.enrolment.profile_id, day.date] += 1
            if row.state == PlacementState.DRAFT:
                hosts[row.offer.organisation_id, day.date] += 1
                homes[row.enrolment.profile.organisation_id, day.date] += 1
    mentors = mentors_at({row.enrolment_id for row in rows}, drafts=True)
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        home, host, told = row.enrolment.profile.organisation, row.offer.organisation, found[row.pk]
        for day in row.days.all():
            on = f"{day.date:%A %-d %B}"
            if not closed.takes(host.pk, day.date, day.session):
                told.append(f"{host} takes in nobody on {on}.")
            if not closed.lets_go(home.pk, day.date, day.session):
                told.append(f"{home} lets nobody go on {on}.")
            working = at_work(row.enrolment.profile, row.offer.host, day.date, day.session)
            if not working:
                told.append(f"{on}: {working.reason}")
            for place, there, most, verb in (
                (host, hosts, host.max_visitors_per_day, "takes in"),
                (home, homes, home.max_released_per_day, "lets go"),
            ):
                if there[place.pk, day.date] > most:
                    told.append(f"{place} {verb} {most} on {on}, and {there[place.pk, day.date]} are planned.")
            if persons[row.enrolment.profile_id, day.date] > 1:
                told.append(f"{row.enrolment.profile.display_name} has two visits on {on}.")
        if host.pk in mentors[row.enrolment_id]:
            told.append(f"Their mentor works at {host}, too.")
        if row.state == PlacementState.DRAFT and row.offer.state != OfferState.OPEN:
            told.append("The offer is not open any more.")
    return found
