"""What reports are made of: the rows of cohorts that somebody may sum up, read once. Six queries at any size."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q

from mentoring.programmes.models import Cohort, Enrolment, EnrolmentRole, EnrolmentState
from mentoring.programmes.wish_models import Goal
from mentoring.relationships.check_models import Check, ClosingAnswer
from mentoring.relationships.meeting_models import Meeting, MeetingState
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship, RelationshipState
from mentoring.trust.reach import REPORTING, is_admin, within

if TYPE_CHECKING:
    from mentoring.trust.reach import AnyUser

#: Applications that were taken in. Who has ever had a mentor was, too.
TAKEN_IN = frozenset({EnrolmentState.ELIGIBLE, EnrolmentState.WAITLISTED, EnrolmentState.COMPLETED})


@dataclass(frozen=True, slots=True)
class Mentee:
    """An application of a mentee that was taken in."""

    school: str
    applied: dt.datetime
    matched: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A relationship without its names."""

    state: str
    began: dt.date | None
    ended_by: str
    reason: str
    at_risk: bool
    held: int
    first_held: dt.datetime | None

    @property
    def is_live(self) -> bool:
        return self.state in RELATIONSHIP_LIVE


@dataclass
class Facts:
    """All of one cohort."""

    cohort: Cohort
    applications: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: int = 0
    mentees: list[Mentee] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    goals: Counter[str] = field(default_factory=Counter)
    answers: list[dict[str, Any]] = field(default_factory=list)


def _theirs(user: AnyUser, cohorts: list[Cohort], way: str, *people: str) -> Q:
    """Rows of these cohorts that a grant covers. `way` leads from a row to its cohort."""
    inside = Q(**{f"{way}__in": [cohort.pk for cohort in cohorts]})
    if is_admin(user):
        return inside
    return inside & within(user, programme=f"{way}__programme", people=people, roles=REPORTING)


def facts_of(user: AnyUser, cohorts: Iterable[Cohort]) -> dict[int, Facts]:
    """Cohort id → what this person may sum up of it: everything, or the people of the organisation of their grant."""
    cohorts = list(cohorts)
    found = {cohort.pk: Facts(cohort) for cohort in cohorts}
    two = ("mentee__profile__organisation", "mentor__profile__organisation")
    pairs = list(
        Relationship.objects.filter(_theirs(user, cohorts, "cohort", *two))
        .order_by("created_at", "pk")
        .values("pk", "cohort", "mentee", "state", "created_at", "began_on", "ended_by", "end_reason", "attention")
    )
    of_pairs = Q(relationship__in=Relationship.objects.filter(_theirs(user, cohorts, "cohort", *two)).order_by())
    held = {
        row["relationship"]: row
        for row in Meeting.objects.filter(of_pairs, state=MeetingState.HELD)
        .values("relationship")
        .annotate(n=Count("pk"), first=Min("start"))
        .order_by()
    }
    asked = set(Check.objects.filter(of_pairs, closed_at=None).values_list("relationship", flat=True))
    matched: dict[int, dt.datetime] = {}
    for row in pairs:
        met = held.get(row["pk"], {})
        is_live = row["state"] in RELATIONSHIP_LIVE
        if row["state"] != RelationshipState.LAPSED:
            matched.setdefault(row["mentee"], row["created_at"])
        found[row["cohort"]].pairs.append(
            Pair(
                state=row["state"],
                began=row["began_on"],
                ended_by=row["ended_by"],
                reason=row["end_reason"],
                at_risk=is_live and bool(row["attention"] or row["pk"] in asked),
                held=met.get("n", 0),
                first_held=met.get("first"),
            )
        )
    people = "profile__organisation"
    for row in (
        Enrolment.objects.filter(_theirs(user, cohorts, "cohort", people))
        .exclude(state=EnrolmentState.DRAFT)
        .order_by("pk")
        .values("pk", "cohort", "as_role", "state", "capacity", "created_at", "submitted_at", f"{people}__name")
    ):
        facts = found[row["cohort"]]
        facts.applications[row["as_role"], row["state"]] += 1
        if row["as_role"] == EnrolmentRole.MENTOR:
            facts.places += row["capacity"] if row["state"] == EnrolmentState.ELIGIBLE else 0
        elif row["state"] in TAKEN_IN or row["pk"] in matched:
            applied = row["submitted_at"] or row["created_at"]
            facts.mentees.append(Mentee(row[f"{people}__name"], applied, matched.get(row["pk"])))
    goals = Goal.objects.filter(
        _theirs(user, cohorts, "enrolment__cohort", "enrolment__profile__organisation"), enrolment__in=list(matched)
    )
    for cohort, progress, n in goals.values_list("enrolment__cohort", "progress").annotate(n=Count("pk")).order_by():
        found[cohort].goals[progress] += n
    answers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for said in ClosingAnswer.objects.filter(of_pairs).values(
        "relationship__cohort", "role", "rating", "goals_reached", "met_enough", "would_again"
    ):
        answers[said["relationship__cohort"]].append(dict(said))
    for pk, rows in answers.items():
        found[pk].answers = rows
    return found
