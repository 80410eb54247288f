"""Every open item of the programmes somebody runs: what it is, whose turn, since when, until when.

One reader per kind of row. Each reads plain columns in one query, however many rows there are: the queues, the counts
and the table on “Today” are all made of the same list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from mentoring.placements.clocks import ASK_AGAIN_AFTER
from mentoring.placements.limits import ALONE
from mentoring.placements.models import (
    COVER_SETTLED,
    ApprovalDecision,
    Assurance,
    PlacementApproval,
    PlacementDay,
    PlacementState,
)
from mentoring.programmes.models import Cohort, CohortState, EnrolmentRole, EnrolmentState, HeadSupport
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.programmes.wish_models import Preference
from mentoring.proposals.models import PROPOSAL_LIVE, Answer, Proposal, ProposalSource, ProposalState
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship, RelationshipState, Turn
from mentoring.trust import links
from mentoring.trust.access import cohorts_for, enrolments_for, proposals_for, relationships_for
from mentoring.trust.link_models import LinkPurpose
from mentoring.trust.policies import held_grants
from mentoring.trust.reach import EVERYTHING, Reach, is_admin
from mentoring.trust.visit_access import placements_for

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser


class Whose(models.TextChoices):
    """Whose turn an item is, as a coordinator reads it."""

    COORDINATOR = "coordinator", "Coordinator"
    ELSEWHERE = "elsewhere", "Another coordinator"
    MENTEE = "mentee", "Mentee"
    MENTOR = "mentor", "Mentor"
    BOTH = "both", "Both"
    HEAD = "head", "Head"
    NOBODY = "nobody", "Nobody"


@dataclass(frozen=True, slots=True)
class Item:
    """One open thing. `queue` is the key of the queue on “Today” that it waits in, "" if it waits in none."""

    queue: str
    what: str
    who: str
    cohort: Cohort
    turn: Whose
    since: dt.datetime | None
    until: dt.date | None
    url: str

    @property
    def is_late(self) -> bool:
        return self.until is not None and self.until < timezone.localdate()

    @property
    def order(self) -> tuple[Any, ...]:
        """The coordinator's turn first, what ends soonest, what has waited longest."""
        return (
            self.turn != Whose.COORDINATOR,
            self.until or dt.date.max,
            self.since.timestamp() if self.since else 0.0,
            self.who,
        )


def items_for(user: AnyUser, cohorts: dict[int, Cohort]) -> list[Item]:
    """Open items of these cohorts, as far as their grants reach, in the order of the table. Five queries."""
    reach = _Reaches(user)
    found = [
        *_applications(enrolments_for(user).filter(cohort__in=cohorts), cohorts),
        *_proposals(proposals_for(user).filter(cohort__in=cohorts), cohorts, reach),
        *_pairs(relationships_for(user).filter(cohort__in=cohorts), cohorts, reach),
        *_visits(placements_for(user).filter(enrolment__cohort__in=cohorts), cohorts, reach),
        *_cut(enrolments_for(user).filter(cohort__in=cohorts), cohorts),
    ]
    return sorted(found, key=lambda item: item.order)


def open_cohorts(user: AnyUser) -> dict[int, Cohort]:
    """Cohorts of this coordinator that are not over. One query."""
    rows = cohorts_for(user).exclude(state__in=[CohortState.CLOSED, CohortState.CANCELLED])
    return {row.pk: row for row in rows.order_by("start", "name")}


class _Reaches:
    """Whether a pair is the user's to act on, or that of the coordinator on the mentee's side."""

    def __init__(self, user: AnyUser) -> None:
        self.everything = is_admin(user)
        self.by_programme: dict[int, list[Reach]] = {
            programme: [held.reach for held in grants] for programme, grants in held_grants(user).items()
        }

    def mine(self, cohort: Cohort, organisation: int) -> Whose:
        reaches = [EVERYTHING] if self.everything else self.by_programme.get(cohort.programme_id, [])
        return Whose.COORDINATOR if any(reach.covers(organisation) for reach in reaches) else Whose.ELSEWHERE


# --- Applications --------------------------------------------------------------------------------------------------

E = EnrolmentState
#: Somebody has still to do something about an application.
OPEN_APPLICATIONS = (E.SUBMITTED, E.RETURNED, E.ELIGIBLE, E.WAITLISTED)


def _applications(rows: QuerySet[Any], cohorts: dict[int, Cohort]) -> Iterator[Item]:
    wishes = Preference.objects.filter(enrolment=OuterRef("pk"))
    asked = Proposal.objects.filter(
        source=ProposalSource.CHOICE, mentee=OuterRef("enrolment"), mentor=OuterRef("mentor")
    )
    paired = Exists(Relationship.objects.filter(mentee=OuterRef("pk"), state__in=RELATIONSHIP_LIVE))
    proposed = Exists(Proposal.objects.filter(mentee=OuterRef("pk"), state__in=PROPOSAL_LIVE))
    asked_head = links.open_for(LinkPurpose.HEAD_SUPPORT).filter(object_id=OuterRef("pk"))
    waiting = (
        rows.filter(state__in=OPEN_APPLICATIONS)
        .exclude(state=E.ELIGIBLE, as_role=EnrolmentRole.MENTOR)
        .exclude(paired, state=E.ELIGIBLE)
        .exclude(proposed, state=E.ELIGIBLE)
        .annotate(
            chose=Exists(wishes),
            untried=Exists(wishes.exclude(Exists(asked))),
            head_until=Subquery(asked_head.values("expires_at")[:1]),
        )
        .select_related(None)
    )
    columns = (
        "pk", "state", "as_role", "cohort", "note", "head_support", "submitted_at", "created_at", "rematch_since",
        "profile__display_name", "chose", "untried", "head_until",
    )  # fmt: skip
    for row in waiting.values_list(*columns, named=True):
        cohort = cohorts[row.cohort]
        queue, what, turn = _turn_of_application(row, cohort)
        yield Item(
            queue,
            what,
            f"{row.profile__display_name} as {EnrolmentRole(row.as_role).label.lower()}",
            cohort,
            turn,
            row.rematch_since or row.submitted_at or row.created_at,
            _until(row, cohort, turn),
            reverse("mentoring_enrolment:decide", args=[row.pk]),
        )


def _until(row: Any, cohort: Cohort, turn: Whose) -> dt.date | None:
    """The last day of somebody who is asked, or the day on which something happens by itself; None for the desk."""
    if turn == Whose.HEAD:
        return timezone.localdate(row.head_until) if row.head_until else None
    if row.state == E.RETURNED:
        return cohort.apply_to if cohort.takes_applications else cohort.start
    if turn == Whose.NOBODY and cohort.takes_applications and not row.untried:
        return cohort.apply_to
    return None


def _turn_of_application(row: Any, cohort: Cohort) -> tuple[str, str, Whose]:
    """(queue, what is to do, whose turn)."""
    if row.state == E.RETURNED:
        return "", "Has a question of yours to answer", Whose(row.as_role)
    if row.state == E.WAITLISTED:
        return "waiting", "On the waiting list", Whose.NOBODY
    if row.state == E.SUBMITTED:
        if row.head_support == HeadSupport.ASKED:
            if row.head_until is not None and row.head_until <= timezone.now():
                return "heads", "The head did not answer in time", Whose.COORDINATOR
            return "heads", "The head has not answered", Whose.HEAD
        if row.note:
            return "answered", "Your question is answered", Whose.COORDINATOR
        return "to_read", "Application to read", Whose.COORDINATOR
    if row.rematch_since:
        return "rematch", "First in line for a new mentor", Whose.COORDINATOR
    if cohort.programme.mentees_choose and row.chose and cohort.state in COHORT_MATCHES:
        if row.untried:
            return "", "The next choice is asked", Whose.NOBODY
        return "exhausted", "All choices were asked; none said yes", Whose.COORDINATOR
    if cohort.state not in COHORT_MATCHES or cohort.takes_applications:
        return "", "Accepted; matched once applications have closed", Whose.NOBODY
    return "unmatched", "Has no mentor yet", Whose.COORDINATOR


# --- Proposals ------------------------------------------------------------------------------------------------------

P = ProposalState
#: Offers that end within this are worth a telephone call.
LAPSES_SOON = dt.timedelta(days=3)


def _proposals(rows: QuerySet[Any], cohorts: dict[int, Cohort], reach: _Reaches) -> Iterator[Item]:
    columns = (
        "pk", "state", "cohort", "mentee_answer", "mentor_answer", "run__finished_at", "decided_at", "offered_at",
        "answer_by", "mentee__profile__display_name", "mentor__profile__display_name",
        "mentee__profile__organisation",
    )  # fmt: skip
    live = rows.filter(state__in=PROPOSAL_LIVE).select_related(None).order_by()
    soon = timezone.localdate() + LAPSES_SOON
    for row in live.values_list(*columns, named=True):
        cohort = cohorts[row.cohort]
        turn = reach.mine(cohort, row.mentee__profile__organisation)
        until = None
        if row.state == P.DRAFT:
            queue, what, since = "decide", "Pair to decide", row.run__finished_at
        elif row.state == P.APPROVED:
            queue, what, since = "send", "Approved; the offer is not sent", row.decided_at
        else:
            turn, until = _who_answers(row.mentee_answer, row.mentor_answer), row.answer_by
            queue, what, since = "lapsing" if until <= soon else "", "Offer to answer", row.offered_at
        yield Item(
            queue if turn != Whose.ELSEWHERE else "",
            what,
            f"{row.mentee__profile__display_name} with {row.mentor__profile__display_name}",
            cohort,
            turn,
            since,
            until,
            reverse("mentoring_proposal:pair", args=[row.pk]),
        )


def _who_answers(mentee: str, mentor: str) -> Whose:
    if mentee == Answer.NONE and mentor == Answer.NONE:
        return Whose.BOTH
    return Whose.MENTEE if mentee == Answer.NONE else Whose.MENTOR


# --- Pairs ----------------------------------------------------------------------------------------------------------

R = RelationshipState
_WHAT = {
    R.AGREEING: "Agreement to write",
    R.ACTIVE: "Under way",
    R.PAUSED: "Paused",
    R.CLOSING: "Closing",
    R.ENDED: "Ended; what comes next is to choose",
    R.LAPSED: "Never began; what comes next is to choose",
}


def _pairs(rows: QuerySet[Any], cohorts: dict[int, Cohort], reach: _Reaches) -> Iterator[Item]:
    columns = (
        "pk", "state", "cohort", "turn", "turn_since", "turn_due", "attention", "mentee__profile__display_name",
        "mentor__profile__display_name", "mentee__profile__organisation",
    )  # fmt: skip
    waiting = rows.exclude(turn=Turn.NOBODY).exclude(state=R.COMPLETED).select_related(None).order_by()
    for row in waiting.values_list(*columns, named=True):
        cohort = cohorts[row.cohort]
        turn = Whose(row.turn)
        if turn == Whose.COORDINATOR:
            turn = reach.mine(cohort, row.mentee__profile__organisation)
        yield Item(
            "pairs" if turn == Whose.COORDINATOR else "",
            row.attention or _WHAT.get(R(row.state), ""),
            f"{row.mentee__profile__display_name} with {row.mentor__profile__display_name}",
            cohort,
            turn,
            row.turn_since,
            row.turn_due,
            reverse("mentoring_relationship:pair", args=[row.pk]),
        )


# --- Visits ---------------------------------------------------------------------------------------------------------

V = PlacementState
#: In these somebody has still to do something about a visit, or might.
OPEN_VISITS = (V.SUGGESTED, V.REQUESTED, V.CONFIRMED, V.ON_HOLD, V.DEBRIEF_DUE)


def _visits(rows: QuerySet[Any], cohorts: dict[int, Cohort], reach: _Reaches) -> Iterator[Item]:
    days = PlacementDay.objects.filter(placement=OuterRef("pk"))
    heads = PlacementApproval.objects.filter(placement=OuterRef("pk"))
    statement = Assurance.objects.filter(
        person=OuterRef("enrolment__profile"), organisation=OuterRef("enrolment__profile__organisation"),
        confirmed_on__lte=OuterRef("last"), valid_until__gte=OuterRef("last"),
    )  # fmt: skip
    waiting = (
        rows.filter(state__in=OPEN_VISITS)
        .annotate(
            first=Subquery(days.order_by("date").values("date")[:1]),
            last=Subquery(days.order_by("-date").values("date")[:1]),
            uncovered=Exists(days.exclude(cover__in=COVER_SETTLED)),
            asks=Exists(heads.filter(decision=ApprovalDecision.QUESTION)),
            silent_since=Subquery(
                heads.filter(decision=ApprovalDecision.PENDING).order_by("asked_at").values("asked_at")[:1]
            ),
            decided_at=Subquery(heads.order_by(F("decided_at").desc(nulls_last=True)).values("decided_at")[:1]),
        )
        .annotate(vouched=Exists(statement))
        .select_related(None)
        .order_by()
    )
    columns = (
        "pk", "state", "enrolment__cohort", "answer_by", "hold_reason", "created_at", "first", "last", "uncovered",
        "asks", "silent_since", "decided_at", "vouched", "enrolment__profile__display_name",
        "offer__organisation__name", "enrolment__profile__organisation", "enrolment__profile__organisation__kind",
    )  # fmt: skip
    for row in waiting.values_list(*columns, named=True):
        cohort = cohorts[row.enrolment__cohort]
        mine = reach.mine(cohort, row.enrolment__profile__organisation)
        found = _turn_of_visit(row, mine)
        if found is None:
            continue
        queue, what, turn, since, until = found
        yield Item(
            queue if mine != Whose.ELSEWHERE else "",
            what,
            f"{row.enrolment__profile__display_name} at {row.offer__organisation__name}",
            cohort,
            turn,
            since,
            until,
            reverse("mentoring_placement:detail", args=[row.pk]),
        )


def _turn_of_visit(row: Any, mine: Whose) -> tuple[str, str, Whose, dt.datetime | None, dt.date | None] | None:
    """(queue, what is to do, whose turn, since, until); None while nobody has to do anything."""
    agreed = row.decided_at or row.created_at
    if row.state == V.SUGGESTED:
        return "", "Has a visit suggested to answer", Whose.MENTEE, row.created_at, row.answer_by
    if row.state == V.DEBRIEF_DUE:
        since = timezone.make_aware(dt.datetime.combine(row.last, dt.time(16)))
        return "debriefs", "Debrief of a visit to write", Whose.MENTEE, since, row.last + dt.timedelta(ASK_AGAIN_AFTER)
    if row.state == V.ON_HOLD:
        return "held", row.hold_reason or "On hold", mine, agreed, row.first
    if row.state == V.REQUESTED and row.asks:
        return "visit_heads", "A head asks a question about the visit", mine, row.created_at, row.answer_by
    if row.state == V.REQUESTED and row.silent_since:
        return "visit_heads", "A head has not answered about the visit", Whose.HEAD, row.silent_since, row.answer_by
    if row.uncovered and row.enrolment__profile__organisation__kind not in ALONE:
        return "cover", "Cover is not arranged yet", mine, agreed, row.first
    if not row.vouched:
        return "statements", "No statement about checks lasts until the visit", mine, agreed, row.first
    return ("confirm", "Visit to confirm", mine, agreed, row.first) if row.state == V.REQUESTED else None


# --- Mentors who offer fewer places than they have given ------------------------------------------------------------


def _cut(rows: QuerySet[Any], cohorts: dict[int, Cohort]) -> Iterator[Item]:
    """Allowed: those they have stay, nobody new is matched to them. The coordinator is to know."""
    live = Relationship.objects.filter(mentor=OuterRef("pk"), state__in=RELATIONSHIP_LIVE).order_by()
    held = Coalesce(Subquery(live.values("mentor").annotate(n=Count("pk")).values("n")), 0)
    short = rows.filter(as_role=EnrolmentRole.MENTOR).annotate(held=held).filter(held__gt=F("capacity"))
    columns = ("pk", "cohort", "capacity", "held", "profile__display_name")
    for row in short.select_related(None).order_by().values_list(*columns, named=True):
        yield Item(
            "cut",
            f"Offers {row.capacity or 'no'} place{'' if row.capacity == 1 else 's'} now; "
            f"{row.held} pair{' goes' if row.held == 1 else 's go'} on",
            f"{row.profile__display_name} as mentor",
            cohorts[row.cohort],
            Whose.NOBODY,
            None,
            None,
            reverse("mentoring_enrolment:decide", args=[row.pk]),
        )
