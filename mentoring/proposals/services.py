"""Deciding about pairs: approve, decline, many at once, and what a withdrawal ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.programmes.models import Enrolment
from mentoring.programmes.services import email_of, lock_enrolments, tell
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.trust import audit
from mentoring.trust.decision import YES, Decision, no

from . import permissions
from .bars import may_meet
from .models import PROPOSAL_LIVE, Proposal, ProposalState
from .states import PROPOSAL_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What became, or would become, of one proposal in a bulk action."""

    proposal: Proposal
    done: bool
    sentence: str


def approved_with(enrolment: Enrolment) -> QuerySet[Proposal]:
    """Approved pairs of one person in their cohort."""
    return Proposal.objects.filter(Q(mentee=enrolment) | Q(mentor=enrolment), state=ProposalState.APPROVED)


def live_pairs_of(enrolment: Enrolment) -> QuerySet[Proposal]:
    return Proposal.objects.filter(Q(mentee=enrolment) | Q(mentor=enrolment), state__in=PROPOSAL_LIVE)


def partners_of(enrolment: Enrolment) -> list[int]:
    """Ids of the enrolments on the other side of every live pair."""
    pairs = live_pairs_of(enrolment).values_list("mentee_id", "mentor_id")
    return [mentor if mentee == enrolment.pk else mentee for mentee, mentor in pairs]


def places_left(mentor: Enrolment) -> int:
    """Places without an approved mentee; never negative, also when places were cut below the pairs."""
    taken = Proposal.objects.filter(mentor=mentor, state=ProposalState.APPROVED).count()
    return max(0, mentor.capacity - taken)


def _locked(proposal: Proposal) -> Proposal:
    """The proposal with everything its decision reads, under lock: mentor, mentee, then the pair itself."""
    people = lock_enrolments([proposal.mentor_id, proposal.mentee_id])
    row = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "decided_by")
        .get(pk=proposal.pk)
    )
    row.mentor, row.mentee = people[row.mentor_id], people[row.mentee_id]
    return row


def _before_write(row: Proposal) -> None:
    """Between the checks and the write: race tests hold the door open here."""


def _check_note(note: str) -> str:
    note = note.strip()
    if len(note) > 1000:
        raise MentoringError("Please keep the note below 1,000 characters.")
    return note


def _is_repeat(row: Proposal, *, to: ProposalState, actor: AbstractBaseUser, version: int) -> bool:
    """The same form sent twice: the first one did it."""
    return row.state == to and row.decided_by_id == actor.pk and row.version == version + 1


def _what_changed(row: Proposal) -> str:
    """The sentence for a form that is older than the row."""
    who = f"{row.decided_by} decided on it" if row.decided_by else "It was changed"
    when = f" at {timezone.localtime(row.decided_at):%H:%M on %-d %B}" if row.decided_at else ""
    return f"This pair changed after you opened it. {who}{when}: it is now “{row.get_state_display().lower()}”."


def _write(row: Proposal, to: ProposalState, *, actor: AbstractBaseUser, note: str) -> None:
    before = PROPOSAL_MACHINE.move(row, to, as_=Actor.COORDINATOR)
    row.note, row.decided_by_id, row.decided_at = note, actor.pk, timezone.now()
    row.version += 1
    row.save(update_fields=["state", "note", "decided_by", "decided_at", "version"])
    audit.record(
        action=f"mentoring.proposal.{to.value}",
        obj=row,
        actor=actor,
        programme=row.cohort.programme,
        before={"state": before, "version": row.version - 1},
        after={"state": row.state, "version": row.version},
        reason=note,
    )


def _cohort_is_over(row: Proposal) -> Decision:
    return no(f"No pair can be approved while the cohort is “{row.cohort.get_state_display().lower()}”.")


def can_approve_now(row: Proposal) -> Decision:
    """State, capacity and bars, on rows as they are (under lock, if the caller holds one)."""
    if not PROPOSAL_MACHINE.may(row, ProposalState.APPROVED, as_=Actor.COORDINATOR):
        return no(f"This pair is {row.get_state_display().lower()} and cannot be approved now.")
    return _fits(
        row, mentee_taken=lambda: approved_with(row.mentee).exists(), mentor_full=lambda: places_left(row.mentor) < 1
    )


def _fits(row: Proposal, *, mentee_taken: Callable[[], bool], mentor_full: Callable[[], bool]) -> Decision:
    """Bars, cohort and places: the rules that one approval and the dry run of many share. Asks the database last."""
    meet = may_meet(row.mentee, row.mentor)
    if not meet:
        return meet
    if row.cohort.state not in COHORT_MATCHES:
        return _cohort_is_over(row)
    if mentee_taken():
        return no(f"{row.mentee.profile} already has an approved mentor in this cohort.")
    if mentor_full():
        return no(f"{row.mentor.profile} has no place left.")
    return YES


def approve(*, proposal: Proposal, actor: AbstractBaseUser, version: int, note: str = "") -> Proposal:
    """A coordinator agrees to a pair: both are told why they fit and how to reach each other.

    Raises:
        MentoringError: not theirs to decide, barred, mentor full, mentee taken. Stale: changed since it was shown.
    """
    note = _check_note(note)
    with transaction.atomic():
        row = _locked(proposal)
        decision = permissions.can_decide(actor, row)
        if not decision:
            raise MentoringError(decision.reason)
        if _is_repeat(row, to=ProposalState.APPROVED, actor=actor, version=version):
            return row
        if row.version != version:
            raise Stale(_what_changed(row))
        possible = can_approve_now(row)
        if not possible:
            raise MentoringError(possible.reason)
        _before_write(row)
        _write(row, ProposalState.APPROVED, actor=actor, note=note)
        _tell_both(row)
    return row


def _tell_both(row: Proposal) -> None:
    for me, other in ((row.mentee, row.mentor), (row.mentor, row.mentee)):
        tell(
            me,
            "match_agreed",
            key=f"proposal:{row.pk}:{row.version}:agreed:{me.as_role}",
            other=other.profile,
            other_role=other.get_as_role_display().lower(),
            other_email=email_of(other.profile),
            reasons=row.explanation.get("reasons", []),
        )


def decline(*, proposal: Proposal, actor: AbstractBaseUser, version: int, note: str) -> Proposal:
    """A coordinator says no to a pair, or undoes an approval; it is not proposed again in this cohort.

    Whoever had been told of the pair is told that it no longer stands; never why, never by whom.

    Raises:
        MentoringError: not theirs to decide, no note, already over. Stale: changed since it was shown.
    """
    note = _check_note(note)
    with transaction.atomic():
        row = _locked(proposal)
        decision = permissions.can_decide(actor, row)
        if not decision:
            raise MentoringError(decision.reason)
        if _is_repeat(row, to=ProposalState.REJECTED, actor=actor, version=version):
            return row
        if row.version != version:
            raise Stale(_what_changed(row))
        if not note:
            raise MentoringError("Please note why this pair should not be made: the next coordinator will ask.")
        was_approved = row.state == ProposalState.APPROVED
        _before_write(row)
        _write(row, ProposalState.REJECTED, actor=actor, note=note)
        if was_approved:
            for person in (row.mentee, row.mentor):
                tell(person, "match_ended", key=f"proposal:{row.pk}:{row.version}:ended:{person.as_role}")
    return row


def end_pairs_of(enrolment: Enrolment, *, actor: AbstractBaseUser) -> int:
    """Ends every live pair of somebody who leaves; partners who knew of one are told. Says how many ended.

    The caller holds the locks of all enrolments concerned.
    """
    ended = 0
    pairs = live_pairs_of(enrolment).select_for_update(of=("self",)).select_related("cohort__programme")
    for row in pairs.order_by("pk"):
        known = row.state == ProposalState.APPROVED
        before = PROPOSAL_MACHINE.move(row, ProposalState.SUPERSEDED, as_=Actor.SYSTEM)
        row.version += 1
        row.save(update_fields=["state", "version"])
        audit.record(
            action="mentoring.proposal.superseded",
            obj=row,
            actor=actor,
            programme=row.cohort.programme,
            before={"state": before, "version": row.version - 1},
            after={"state": row.state, "version": row.version},
            reason="One of the two withdrew.",
        )
        if known:
            other_id = row.mentor_id if row.mentee_id == enrolment.pk else row.mentee_id
            other = Enrolment.objects.select_related("profile__user", "cohort__programme").get(pk=other_id)
            tell(other, "match_ended", key=f"proposal:{row.pk}:{row.version}:ended:{other.as_role}")
        ended += 1
    return ended


def plan_bulk_approval(proposals: Sequence[Proposal], *, actor: AbstractBaseUser) -> list[BulkRow]:
    """The dry run: what approving these, in this order, would do. Writes nothing.

    A mentor's places and a mentee's one mentor are counted down from row to row, as the real thing would.
    """
    mine = permissions.profile_of(actor)
    mentors = {p.mentor_id for p in proposals}
    mentees = {p.mentee_id for p in proposals}
    approved = Proposal.objects.filter(state=ProposalState.APPROVED)
    taken = dict(
        approved.filter(mentor__in=mentors).values("mentor").annotate(n=Count("pk")).values_list("mentor", "n")
    )
    paired = set(approved.filter(mentee__in=mentees).values_list("mentee", flat=True))
    in_charge: dict[int, bool] = {}
    rows = []
    for proposal in proposals:
        programme = proposal.cohort.programme_id
        if programme not in in_charge:
            in_charge[programme] = permissions.runs_programme(actor, programme)
        sentence = _why_not(proposal, actor, mine, in_charge[programme], taken, paired)
        if not sentence:
            taken[proposal.mentor_id] = taken.get(proposal.mentor_id, 0) + 1
            paired.add(proposal.mentee_id)
        rows.append(BulkRow(proposal, not sentence, sentence or "Will be approved; both are told."))
    return rows


def _why_not(
    proposal: Proposal,
    actor: AbstractBaseUser,
    mine: permissions.Profile | None,
    in_charge: bool,
    taken: dict[int, int],
    paired: set[int],
) -> str:
    if not in_charge:
        return "You do not coordinate this programme."
    for person in (proposal.mentee.profile, proposal.mentor.profile):
        if permissions.stands_near(actor, mine, person):
            return f"You and {person} stand in one line of management. Another coordinator must decide."
    if not PROPOSAL_MACHINE.may(proposal, ProposalState.APPROVED, as_=Actor.COORDINATOR):
        return f"Already {proposal.get_state_display().lower()}."
    fits = _fits(
        proposal,
        mentee_taken=lambda: proposal.mentee_id in paired,
        mentor_full=lambda: proposal.mentor.capacity <= taken.get(proposal.mentor_id, 0),
    )
    return "" if fits else fits.reason


def bulk_approve(items: Sequence[tuple[Proposal, int]], *, actor: AbstractBaseUser, note: str = "") -> list[BulkRow]:
    """Approves each (proposal, version as shown) by itself; says what became of each. One refusal stops no other."""
    rows = []
    for proposal, version in items:
        try:
            done = approve(proposal=proposal, actor=actor, version=version, note=note)
        except MentoringError as error:
            rows.append(BulkRow(proposal, False, str(error)))
        else:
            rows.append(BulkRow(done, True, "Approved. Both are told."))
    return rows
