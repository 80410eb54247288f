"""Whether a visit fits: both calendars, how many a school lets go and takes in, who may not meet. Never writes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from mentoring.people.calendar_models import CalendarException
from mentoring.people.half_days import meet
from mentoring.people.models import Organisation, Profile
from mentoring.people.working_days import UPWARDS
from mentoring.programmes.models import Enrolment
from mentoring.proposals.bars import manages
from mentoring.trust.decision import YES, Decision, no

from .models import PLACEMENT_HOLDS_DAYS, Assurance, PlacementDay
from .offer_models import HostOffer
from .on_record import barred_on_record
from .wording import VALID_DAYS

#: Kinds of organisation in which nobody above a person could release them.
ALONE = frozenset({"childminder"})
#: An employer's statement counts for a year: a day further off could not be confirmed.
AHEAD = dt.timedelta(days=VALID_DAYS)


def needs_release(person: Profile) -> bool:
    """Whether a head must let this person go. Childminders and freelancers are their own heads."""
    return person.organisation.kind not in ALONE


def closed_days(place: Organisation, days: Mapping[dt.date, str], *, hosting: bool) -> set[dt.date]:
    """Which of these days its calendar (or that of the trust above) keeps free of visits, one way or the other.

    Args:
        days: each with the part of it that the visit takes; an afternoon's closure leaves the morning.
    """
    if not days:
        return set()
    rows = CalendarException.objects.filter(
        Q(no_host=True) if hosting else Q(no_release=True),
        organisation_id__in=RawSQL(UPWARDS, [place.pk]),  # noqa: S611  # a constant; the id is a parameter
        date_to__gte=min(days),
        date_from__lte=max(days),
    ).values_list("date_from", "date_to", "session")
    closed = {
        day
        for first, last, part in rows
        for day, session in days.items()
        if first <= day <= last and meet(part, session)
    }
    return closed | {day for day in days if day.weekday() >= 5}


def at_work(visitor: Profile, host: Profile, day: dt.date, session: str) -> Decision:
    """Whether both work then: the host all of the time; of a whole day the visitor a half, the rest is their own."""
    if not host.working_week.holds(day, session):
        return no(f"{host} does not work then.")
    if not visitor.working_week.halves(day, session):
        return no(f"{visitor} does not work then.")
    return YES


def visitors(place: Organisation, days: Iterable[dt.date], *, but: int | None = None) -> Counter[dt.date]:
    """How many visitors it expects on each day, one placement left out."""
    held = PlacementDay.objects.filter(
        placement__offer__organisation=place, placement__state__in=PLACEMENT_HOLDS_DAYS, date__in=list(days)
    )
    return Counter(held.exclude(placement=but).values_list("date", flat=True))


def away(place: Organisation, days: Iterable[dt.date], *, but: int | None = None) -> Counter[dt.date]:
    """How many of its people are on a visit on each day, one placement left out."""
    held = PlacementDay.objects.filter(
        placement__enrolment__profile__organisation=place,
        placement__state__in=PLACEMENT_HOLDS_DAYS,
        date__in=list(days),
    )
    return Counter(held.exclude(placement=but).values_list("date", flat=True))


def _on(day: dt.date) -> str:
    return f"{day:%A %-d %B}"


def may_visit(enrolment: Enrolment, offer: HostOffer) -> Decision:
    """Person and place, whatever the days."""
    return may_visit_each(enrolment, [offer])[offer.pk]


def may_visit_each(enrolment: Enrolment, offers: Sequence[HostOffer]) -> dict[int, Decision]:
    """The same of many offers, by id. Flat in queries where hosts and the visitor's manager are joined."""
    barred = barred_on_record(enrolment, offers)
    return {offer.pk: _may(enrolment.profile, offer, is_barred=offer.pk in barred) for offer in offers}


def _may(person: Profile, offer: HostOffer, *, is_barred: bool) -> Decision:
    host = offer.host
    if person.pk == host.pk:
        return no("This is your own offer.")
    if host.organisation_id != offer.organisation_id:
        return no(f"{host} does not work at {offer.organisation} any more. Please choose another offer.")
    if person.organisation_id == offer.organisation_id:
        return no("This is where you work. A visit leads to another school.")
    if manages(host, person) or manages(person, host):
        return no("One of you manages the other. Please choose another offer.")
    boss = person.line_manager
    if boss is not None and boss.organisation_id == offer.organisation_id:
        return no("Your line manager works there. Please choose another offer.")
    if is_barred:
        return no("This visit is not possible. Please choose another offer.")  # nobody learns who asked
    return YES


def days_fit(enrolment: Enrolment, offer: HostOffer, days: Sequence[dt.date], *, but: int | None = None) -> Decision:
    """The days against both calendars and both schools' limits. Call under the locks of the two organisations.

    Args:
        but: the placement whose own days do not count, when it moves.
    """
    home, host = enrolment.profile.organisation, offer.organisation
    if len(days) != offer.days_needed:
        return no(
            f"This visit takes {offer.days_needed} day{'' if offer.days_needed == 1 else 's'}. Please choose as many."
        )
    if any(day <= timezone.localdate() for day in days):
        return no("Please choose days that are still to come.")
    if any(day > timezone.localdate() + AHEAD for day in days):
        return no("Please choose days within the next year.")
    offered = dict(offer.dates.filter(date__in=days).values_list("date", "session"))
    for day in days:
        if day not in offered:
            return no(f"{offer.organisation} does not offer {_on(day)}.")
        working = at_work(enrolment.profile, offer.host, day, offered[day])
        if not working:
            return no(f"{_on(day)}: {working.reason} Please choose another day.")
    for place, hosting in ((host, True), (home, False)):
        closed = closed_days(place, offered, hosting=hosting)
        if closed:
            return no(f"{place} has no visits on {_on(min(closed))}. Please choose another day.")
    mine = PlacementDay.objects.filter(
        placement__enrolment__profile=enrolment.profile, placement__state__in=PLACEMENT_HOLDS_DAYS, date__in=days
    ).exclude(placement=but)
    clash = mine.values_list("date", flat=True).first()
    if clash:
        return no(f"You have another visit on {_on(clash)}.")
    expected = visitors(host, days, but=but)
    for day in days:
        if expected[day] >= host.max_visitors_per_day:
            return no(f"The place on {_on(day)} has just been taken. Please choose another day.")
    gone = away(home, days, but=but)
    for day in days:
        if gone[day] >= home.max_released_per_day:
            return no(f"{home} already has somebody away on {_on(day)}. Please choose another day.")
    return YES


def assurance_on(person: Profile, day: dt.date) -> Assurance | None:
    """The statement that counts on a day: of the present employer, not run out."""
    return (
        Assurance.objects.filter(
            person=person, organisation_id=person.organisation_id, confirmed_on__lte=day, valid_until__gte=day
        )
        .order_by("-valid_until")
        .first()
    )
