"""Counts for a coordinator's screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from mentoring.people.models import Direction, ProfileInterest
from mentoring.proposals.models import Proposal, ProposalState

from .models import Cohort, Enrolment, EnrolmentRole, EnrolmentState

NOT_IN = (EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN)


@dataclass(frozen=True)
class Board:
    """Supply and demand of one cohort, own rows of the asking coordinator left out of the lists but not the sums."""

    by_role: list[dict[str, Any]]
    places: int
    pairs: dict[str, int]
    shortage: list[dict[str, Any]]


def board(cohort: Cohort) -> Board:
    """Four queries, whatever the size of the cohort."""
    counts = {
        (row["as_role"], row["state"]): row["n"]
        for row in Enrolment.objects.filter(cohort=cohort).values("as_role", "state").annotate(n=Count("pk")).order_by()
    }
    by_role = [
        {
            "label": f"{role.label}s",
            "role": role.value,
            "submitted": counts.get((role.value, EnrolmentState.SUBMITTED.value), 0),
            "eligible": counts.get((role.value, EnrolmentState.ELIGIBLE.value), 0),
            "gone": sum(
                counts.get((role.value, state.value), 0)
                for state in (EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN)
            ),
        }
        for role in EnrolmentRole
    ]
    ready = Enrolment.objects.filter(cohort=cohort, state=EnrolmentState.ELIGIBLE)
    places = ready.filter(as_role=EnrolmentRole.MENTOR).aggregate(n=Sum("capacity"))["n"] or 0
    pairs = {
        row["state"]: row["n"]
        for row in Proposal.objects.filter(cohort=cohort).values("state").annotate(n=Count("pk")).order_by()
    }
    return Board(
        by_role, places, {state.value: pairs.get(state.value, 0) for state in ProposalState}, _shortage(cohort)
    )


def _shortage(cohort: Cohort, limit: int = 8) -> list[dict[str, Any]]:
    """Topics that more mentees ask for than mentors offer, the widest gap first."""
    rows = (
        ProfileInterest.objects.filter(
            profile__enrolments__cohort=cohort, profile__enrolments__state=EnrolmentState.ELIGIBLE
        )
        .values("interest__label", "direction", "profile__enrolments__as_role")
        .annotate(n=Count("profile", distinct=True))
        .order_by()
    )
    topics: dict[str, dict[str, int]] = {}
    wanted = {
        (Direction.SEEK.value, EnrolmentRole.MENTEE.value): "sought",
        (Direction.OFFER.value, EnrolmentRole.MENTOR.value): "offered",
    }
    for row in rows:
        side = wanted.get((row["direction"], row["profile__enrolments__as_role"]))
        if side:
            topics.setdefault(row["interest__label"], {"sought": 0, "offered": 0})[side] += row["n"]
    short: list[dict[str, Any]] = [
        {"label": label, **n, "missing": n["sought"] - n["offered"]}
        for label, n in topics.items()
        if n["sought"] > n["offered"]
    ]
    return sorted(short, key=lambda row: (-row["missing"], row["label"]))[:limit]
