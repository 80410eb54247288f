"""A member's record: the meetings held and the visits made or hosted, with sums, to print for an appraisal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mentoring.people.models import Profile
from mentoring.relationships.meeting_models import Meeting, MeetingState
from mentoring.shortcuts import render
from mentoring.trust.access import profile_of

from .models import PlacementDay, PlacementState
from .offer_models import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A visit counts when its day is over; whether the debrief is written yet does not matter.
MADE = (PlacementState.DEBRIEF_DUE, PlacementState.COMPLETED)


@dataclass(frozen=True)
class Entry:
    """One line: a meeting in minutes, or a day of a visit in half-days."""

    on: dt.date
    what: str
    minutes: int = 0
    half_days: int = 0


def record_of(person: Profile) -> list[Entry]:
    """Everything that took place, the newest first. Two queries."""
    meetings = Meeting.objects.filter(
        Q(relationship__mentee__profile=person) | Q(relationship__mentor__profile=person), state=MeetingState.HELD
    ).select_related("relationship__mentee__profile", "relationship__mentor__profile")
    days = PlacementDay.objects.filter(
        Q(placement__enrolment__profile=person) | Q(placement__offer__host=person), placement__state__in=MADE
    ).select_related("placement__enrolment__profile", "placement__offer__organisation", "placement__offer__host")
    found = [_meeting(row, person) for row in meetings] + [_day(row, person) for row in days]
    return sorted(found, key=lambda entry: (entry.on, entry.what), reverse=True)


def _meeting(row: Meeting, person: Profile) -> Entry:
    pair = row.relationship
    partner = pair.mentor if pair.mentee.profile_id == person.pk else pair.mentee
    assert row.start is not None  # a constraint
    on = timezone.localtime(row.start).date()
    return Entry(on, f"Mentoring with {partner.profile.display_name}", minutes=row.minutes)


def _day(row: PlacementDay, person: Profile) -> Entry:
    visit = row.placement
    if visit.offer.host_id == person.pk:
        what = f"Hosted {visit.enrolment.profile.display_name}: {visit.offer.title}"
    else:
        what = f"Visited {visit.offer.organisation}: {visit.offer.title}"
    return Entry(row.date, what, half_days=2 if row.session == Session.FULL else 1)


def sums(entries: Sequence[Entry]) -> dict[str, int]:
    """Whole hours and the minutes beyond them, and half-days."""
    minutes = sum(entry.minutes for entry in entries)
    return {"hours": minutes // 60, "minutes": minutes % 60, "half_days": sum(entry.half_days for entry in entries)}


@never_cache
@login_required
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """My record, of everything or of one school year (`?year=2026` begins on 1 September 2026)."""
    person = profile_of(request.user)
    entries = record_of(person) if person else []
    years = sorted({_school_year(entry.on) for entry in entries}, reverse=True)
    chosen = next((year for year in years if str(year) == request.GET.get("year")), None)
    shown = [entry for entry in entries if chosen in (None, _school_year(entry.on))]
    return render(
        request,
        "mentoring/record.html",
        {"profile": person, "entries": shown, "years": years, "chosen": chosen, "sums": sums(shown)},
    )


def _school_year(day: dt.date) -> int:
    return day.year if day.month >= 9 else day.year - 1
