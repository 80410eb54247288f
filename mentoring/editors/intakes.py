"""What pages say about the cohorts of a programme: dates and counts, never people. One query each."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from mentoring.people.models import Direction, InterestGroup, ProfileInterest
from mentoring.programmes.models import (
    ENROLMENT_LIVE,
    Cohort,
    CohortState,
    EnrolmentRole,
    EnrolmentState,
    Programme,
)

#: Cohorts that people can know of.
SHOWN = frozenset({CohortState.OPEN, CohortState.MATCHING, CohortState.RUNNING, CohortState.CLOSING})
#: While in these a cohort still looks for mentors.
SEEKING = frozenset({CohortState.OPEN, CohortState.MATCHING})
#: Applications that take one of the places; drafts and the waiting list do not.
TAKES_PLACE = sorted(ENROLMENT_LIVE - {EnrolmentState.DRAFT, EnrolmentState.WAITLISTED})
#: Below this a number on a public page could point at somebody.
FEW = 5


class Doors(enum.StrEnum):
    """Whether one can apply."""

    OPEN = "open"
    FULL = "full"
    LATER = "later"
    CLOSED = "closed"


@dataclass(frozen=True)
class Intake:
    """One cohort as the public sees it."""

    pk: int
    programme: str
    name: str
    doors: Doors
    state: str
    apply_from: dt.date
    apply_to: dt.date
    start: dt.date
    end: dt.date
    places: int | None
    contact: str

    @property
    def closed_on(self) -> dt.date | None:
        """The last day to apply, if that is why it is closed: a coordinator may close it before."""
        return self.apply_to if self.apply_to < timezone.localdate() else None

    @property
    def may_apply(self) -> bool:
        return self.doors in (Doors.OPEN, Doors.FULL)

    @property
    def ask_url(self) -> str:
        """Where a mentee applies; "" on a site without the plugin's pages."""
        return self._apply(EnrolmentRole.MENTEE)

    @property
    def offer_url(self) -> str:
        return self._apply(EnrolmentRole.MENTOR)

    def _apply(self, role: EnrolmentRole) -> str:
        try:
            return reverse("mentoring:apply", args=[self.pk, role.value])
        except NoReverseMatch:
            return ""


def _doors(cohort: Cohort, taken: int) -> Doors:
    if cohort.takes_applications:
        full = cohort.max_mentees is not None and taken >= cohort.max_mentees
        return Doors.FULL if full else Doors.OPEN
    return Doors.LATER if cohort.opens_later else Doors.CLOSED


def intakes_of(page_id: int | None) -> list[Intake]:
    """Intakes of the programmes that a page tells about: those that can be applied to, then those that can be later.

    If there is neither, the last one that closed, so that the page says so. One query.
    """
    if page_id is None:
        return []
    today = timezone.localdate()
    rows = (
        Cohort.objects.filter(
            programme__pathway_page_id=page_id, programme__active=True, state__in=sorted(SHOWN), end__gte=today
        )
        .select_related("programme")
        .annotate(
            taken=Count(
                "enrolments",
                filter=Q(enrolments__as_role=EnrolmentRole.MENTEE, enrolments__state__in=TAKES_PLACE),
            )
        )
        .order_by("start", "pk")
    )
    found = [
        Intake(
            pk=row.pk,
            programme=row.programme.title,
            name=row.name,
            doors=_doors(row, row.taken),  # type: ignore[attr-defined]  # annotated above
            state=row.state,
            apply_from=row.apply_from,
            apply_to=row.apply_to,
            start=row.start,
            end=row.end,
            places=row.max_mentees,
            contact=row.programme.contact_email,
        )
        for row in rows
    ]
    ahead = [intake for intake in found if intake.may_apply]
    ahead += [intake for intake in found if intake.doors == Doors.LATER]
    return ahead or found[-1:]


@dataclass(frozen=True)
class Wanted:
    """A topic that more mentees ask for than mentors offer. `missing` is 0 where the number is too small to print."""

    topic: str
    missing: int


def mentors_wanted(page_id: int | None, limit: int = 6) -> list[Wanted]:
    """Shortage topics of the cohorts that a page tells about, the widest gap first; one query.

    Numbers below five are not printed, and a topic of wellbeing or career stage that fewer than five ask for is left
    out: somebody who knows the school could guess who it is.
    """
    if page_id is None:
        return []
    enrolment = "profile__enrolments"
    rows = (
        ProfileInterest.objects.filter(
            Q(direction=Direction.SEEK, profile__enrolments__as_role=EnrolmentRole.MENTEE)
            | Q(direction=Direction.OFFER, profile__enrolments__as_role=EnrolmentRole.MENTOR),
            profile__enrolments__state=EnrolmentState.ELIGIBLE,
            profile__enrolments__cohort__state__in=sorted(SEEKING),
            profile__enrolments__cohort__programme__active=True,
            profile__enrolments__cohort__programme__pathway_page_id=page_id,
            interest__active=True,
        )
        .values(f"{enrolment}__cohort", "interest__label", "interest__group", "direction")
        .annotate(n=Count("profile", distinct=True))
        .order_by()
    )
    sought: dict[tuple[int, str, str], int] = {}
    offered: dict[tuple[int, str, str], int] = {}
    for row in rows:
        key = (row[f"{enrolment}__cohort"], row["interest__label"], row["interest__group"])
        (sought if row["direction"] == Direction.SEEK else offered)[key] = row["n"]
    gaps: dict[str, int] = {}
    for key, asked in sought.items():
        _, label, group = key
        gap = asked - offered.get(key, 0)
        if gap > 0 and not (group == InterestGroup.CAREER and asked < FEW):
            gaps[label] = max(gap, gaps.get(label, 0))
    ordered = sorted(gaps.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return [Wanted(label, gap if gap >= FEW else 0) for label, gap in ordered]


def programme_of(page_id: int | None) -> Programme | None:
    """The programme that a page tells about; the newest if there are several. One query."""
    if page_id is None:
        return None
    return Programme.objects.filter(pathway_page_id=page_id, active=True).order_by("-pk").first()
