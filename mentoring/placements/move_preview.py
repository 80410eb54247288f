"""What moving a visit would change, before it is done: answers that fall, limits in the way, who holds them, scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mentoring.trust import visit_access

from . import limits, ranking
from .calendars import held, mentors_at
from .models import (
    COVER_SETTLED,
    PLACEMENT_HOLDS_DAYS,
    ApprovalDecision,
    ApprovalParty,
    Placement,
    PlacementState,
)
from .offer_models import HostOffer

P = PlacementState


@dataclass
class Displacement:
    """In sentences. `broken` empty: it can be done.

    Attributes:
        resets: answers and arrangements that fall.
        broken: limits that refuse the move.
        holders: visits that hold what is full, with what they hold: they would have to move first.
        cautions: what a coordinator may accept.
        told: who hears of it.
    """

    before: float
    after: float
    resets: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    holders: list[tuple[Placement, str]] = field(default_factory=list)
    hidden: int = 0
    cautions: list[str] = field(default_factory=list)
    told: str = ""

    @property
    def points(self) -> float:
        return self.after - self.before


def foresee(row: Placement, offer: HostOffer, days: Sequence[dt.date], user: Any) -> Displacement:
    """Reads only. The move itself asks the limits again, under lock."""
    days = sorted(set(days))
    elsewhere = offer.pk != row.offer_id
    both = [row.offer, offer] if elsewhere else [row.offer]
    scores = {one.offer.pk: one.score for one in ranking.compare(row.enrolment, both)}
    shown = Displacement(scores[row.offer_id], scores[offer.pk])
    person = row.enrolment.profile
    fits, may = limits.days_fit(row.enrolment, offer, days, but=row.pk), limits.may_visit(row.enrolment, offer)
    if not fits:
        shown.broken.append(fits.reason)
    if not may:
        (shown.broken if elsewhere else shown.cautions).append(may.reason)
    shown.resets = list(_resets(row, elsewhere))
    _holders(shown, row, offer, days, user)
    if offer.organisation_id in mentors_at([row.enrolment_id], drafts=True)[row.enrolment_id]:
        shown.cautions.append(f"Their mentor works at {offer.organisation}, too: a plan would keep the two apart.")
    if not ranking.meant_for(offer, person):
        shown.cautions.append("The host had people of another step in mind.")
    if days and not limits.needs_release(person) and limits.assurance_on(person, days[-1]) is None:
        shown.cautions.append("No statement about checks counts on the last day: it has to be recorded before.")
    shown.told = _told(row, elsewhere)
    return shown


def _resets(row: Placement, elsewhere: bool) -> list[str]:
    found = []
    for approval in row.approvals.all():
        who = approval.get_party_display()
        said = approval.get_decision_display().lower()
        if elsewhere and approval.party == ApprovalParty.HOST_HEAD:
            found.append(f"{who}: “{said}” no longer counts; they are told, and the head of the other school is asked.")
        elif approval.decision != ApprovalDecision.PENDING:
            found.append(f"{who}: “{said}” was about the old days; they are asked again.")
        else:
            found.append(f"{who}: has not answered; they get a new question, and the old link stops working.")
    settled = [day for day in row.days.all() if day.cover in COVER_SETTLED]
    found += [f"Cover for {day.date:%A %-d %B} was settled; for the new days it is open again." for day in settled]
    if row.state in (P.CONFIRMED, P.ON_HOLD):
        found.append("The visit has to be confirmed again.")
    return found


def _holders(shown: Displacement, row: Placement, offer: HostOffer, days: Sequence[dt.date], user: Any) -> None:
    """Whose visits fill the host's day, or keep somebody else of the home school away."""
    home, host = row.enrolment.profile.organisation, offer.organisation
    there, away = held(days)
    for own in row.days.all() if row.state in PLACEMENT_HOLDS_DAYS else ():  # they do not stand in its way
        there[row.offer.organisation_id, own.date] -= 1
        away[home.pk, own.date] -= 1
    live = Placement.objects.filter(state__in=PLACEMENT_HOLDS_DAYS).exclude(pk=row.pk)
    mine = visit_access.placements_for(user)
    full: list[tuple[Any, str]] = []
    for day in days:
        on = f"{day:%A %-d %B}"
        if there[host.pk, day] >= host.max_visitors_per_day:
            full.append(({"offer__organisation": host, "days__date": day}, f"holds a place at {host} on {on}"))
        if away[home.pk, day] >= home.max_released_per_day:
            full.append(({"enrolment__profile__organisation": home, "days__date": day}, f"is away from {home} on {on}"))
    for which, what in full:
        rows = list(live.filter(**which).order_by("pk"))
        seen = {found.pk: found for found in mine.filter(pk__in=[one.pk for one in rows])}
        shown.holders += [(seen[one.pk], what) for one in rows if one.pk in seen]
        shown.hidden += sum(1 for one in rows if one.pk not in seen)


def _told(row: Placement, elsewhere: bool) -> str:
    if row.state == P.DRAFT:
        return "Nobody is told: nobody knows of the plan yet."
    if row.state == P.SUGGESTED:
        return "The visitor gets the suggestion anew, with the new days. Nobody else knows of it."
    if elsewhere:
        return "Visitor, both hosts and all heads who were asked are told."
    return "Visitor, host and both heads are told."
