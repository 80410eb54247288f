"""Deciding about pairs: approve, decline, many at once. What happens with an approved pair is in `offers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.trust.decision import YES, Decision, no
from mentoring.trust.reach import Reach, reach_of

from . import changes, endings, permissions
from .bars import OnRecord, may_meet, set_aside
from .locks import locked
from .models import Proposal, ProposalState
from .places import held_among, held_and_left, taken_places
from .states import PROPOSAL_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def check_note(note: str) -> str:
    note = note.strip()
    if len(note) > 1000:
        raise MentoringError("Please keep the note below 1,000 characters.")
    return note


def what_changed(row: Proposal) -> str:
    """The sentence for a form that is older than the row."""
    who = f"{row.decided_by} decided on it" if row.decided_by else "It was changed"
    when = f" at {timezone.localtime(row.decided_at):%H:%M on %-d %B}" if row.decided_at else ""
    answered = " One of the two has answered." if row.mentee_answered_at or row.mentor_answered_at else ""
    return (
        f"This pair changed after you opened it. {who}{when}: it is now “{row.get_state_display().lower()}”.{answered}"
    )


def is_repeat(row: Proposal, *, to: ProposalState, actor: AbstractBaseUser, version: int, steps: int = 1) -> bool:
    """The same form sent twice: the first one did it."""
    return row.state == to and row.decided_by_id == actor.pk and row.version == version + steps


def may_decide(row: Proposal, actor: AbstractBaseUser) -> None:
    decision = permissions.can_decide(actor, row)
    if not decision:
        raise MentoringError(decision.reason)


def can_approve_now(row: Proposal) -> Decision:
    """State, capacity and bars, on rows as they are (under lock, if the caller holds one)."""
    if not PROPOSAL_MACHINE.may(row, ProposalState.APPROVED, as_=Actor.COORDINATOR):
        return no(f"This pair is {row.get_state_display().lower()} and cannot be approved now.")
    now = cache(partial(held_and_left, row.mentee, row.mentor))
    return fits(row, mentee_taken=lambda: now()[0], mentor_full=lambda: now()[1] < 1)


def fits(
    row: Proposal,
    *,
    mentee_taken: Callable[[], bool],
    mentor_full: Callable[[], bool],
    on_record: OnRecord | None = None,
) -> Decision:
    """Bars, cohort and places: the rules that one approval and the dry run of many share. Asks the database last."""
    meet = may_meet(row.mentee, row.mentor, waived=set_aside(row), on_record=on_record)
    if not meet:
        return meet
    if row.cohort.state not in COHORT_MATCHES:
        return no(f"No pair can be approved while the cohort is “{row.cohort.get_state_display().lower()}”.")
    if mentee_taken():
        return no(f"{row.mentee.profile} already has a mentor in this cohort, or an offer on the way.")
    if mentor_full():
        return no(f"{row.mentor.profile} has no place left.")
    return YES


def approve(*, proposal: Proposal, actor: AbstractBaseUser, version: int, note: str = "") -> Proposal:
    """A coordinator decides for a pair. It holds both; nobody is told anything before the offer is sent.

    Raises:
        MentoringError: not theirs to decide, barred, mentor full, mentee taken. Stale: changed since it was shown.
    """
    note = check_note(note)
    with transaction.atomic():
        row = locked(proposal)
        may_decide(row, actor)
        if is_repeat(row, to=ProposalState.APPROVED, actor=actor, version=version):
            return row
        if row.version != version:
            raise Stale(what_changed(row))
        possible = can_approve_now(row)
        if not possible:
            raise MentoringError(possible.reason)
        _decide(row, ProposalState.APPROVED, actor=actor, note=note)
    return row


def decline(*, proposal: Proposal, actor: AbstractBaseUser, version: int, note: str) -> Proposal:
    """A coordinator says no to a pair, undoes an approval or withdraws an offer; it is not proposed again.

    Whoever had been asked is told that the offer no longer stands; never why, never by whom.

    Raises:
        MentoringError: not theirs to decide, no note, already over. Stale: changed since it was shown.
    """
    note = check_note(note)
    with transaction.atomic():
        row = locked(proposal)
        may_decide(row, actor)
        if is_repeat(row, to=ProposalState.REJECTED, actor=actor, version=version):
            return row
        if row.version != version:
            raise Stale(what_changed(row))
        if not note:
            raise MentoringError("Please note why this pair should not be made: the next coordinator will ask.")
        was_offered = row.state == ProposalState.OFFERED
        _decide(row, ProposalState.REJECTED, actor=actor, note=note)
        if was_offered:
            endings.let_go(row, actor=actor)
    return row


def _decide(row: Proposal, to: ProposalState, *, actor: AbstractBaseUser, note: str) -> None:
    changes.move(
        row,
        to,
        as_=Actor.COORDINATOR,
        actor=actor,
        reason=note,
        note=note,
        decided_by_id=actor.pk,
        decided_at=timezone.now(),
    )


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What became, or would become, of one proposal in a bulk action."""

    proposal: Proposal
    done: bool
    sentence: str


@dataclass
class Planning:
    """What a dry run knows: the actor's grants, what is on record, and places counted down from row to row."""

    actor: AbstractBaseUser
    mine: permissions.Profile | None
    on_record: OnRecord
    taken: dict[int, int]
    held: set[int]
    reaches: dict[int, Reach] = field(default_factory=dict)

    @classmethod
    def of(cls, proposals: Sequence[Proposal], actor: AbstractBaseUser) -> Planning:
        return cls(
            actor,
            permissions.profile_of(actor),
            OnRecord.about((p.mentee, p.mentor) for p in proposals),
            taken_places({p.mentor_id for p in proposals}),
            held_among({p.mentee_id for p in proposals}),
        )

    def not_theirs(self, proposal: Proposal) -> str:
        """Why this person may not decide about the pair; "" if they may."""
        programme = proposal.cohort.programme_id
        if programme not in self.reaches:
            self.reaches[programme] = reach_of(self.actor, programme)
        theirs = permissions.can_act_on_pair(self.reaches[programme], proposal)
        if not theirs:
            return theirs.reason
        for person in (proposal.mentee.profile, proposal.mentor.profile):
            if permissions.stands_near(self.actor, self.mine, person):
                return f"You and {person} stand in one line of management. Another coordinator must decide."
        return ""

    def is_held(self, proposal: Proposal) -> bool:
        return proposal.mentee_id in self.held

    def is_full(self, proposal: Proposal) -> bool:
        return self.taken.get(proposal.mentor_id, 0) >= proposal.mentor.capacity

    def is_overfull(self, proposal: Proposal) -> bool:
        """For a pair that holds one of the places itself."""
        return self.taken.get(proposal.mentor_id, 0) > proposal.mentor.capacity

    def take(self, proposal: Proposal) -> None:
        self.taken[proposal.mentor_id] = self.taken.get(proposal.mentor_id, 0) + 1
        self.held.add(proposal.mentee_id)


def plan_bulk_approval(proposals: Sequence[Proposal], *, actor: AbstractBaseUser) -> list[BulkRow]:
    """The dry run: what approving these, in this order, would do. Writes nothing.

    A mentor's places and a mentee's one mentor are counted down from row to row, as the real thing would.
    """
    plan = Planning.of(proposals, actor)
    rows = []
    for proposal in proposals:
        sentence = plan.not_theirs(proposal) or _why_not(proposal, plan)
        if not sentence:
            plan.take(proposal)
        rows.append(BulkRow(proposal, not sentence, sentence or "Will be approved. Nobody is told yet."))
    return rows


def _why_not(proposal: Proposal, plan: Planning) -> str:
    if not PROPOSAL_MACHINE.may(proposal, ProposalState.APPROVED, as_=Actor.COORDINATOR):
        return f"Already {proposal.get_state_display().lower()}."
    return fits(
        proposal,
        mentee_taken=partial(plan.is_held, proposal),
        mentor_full=partial(plan.is_full, proposal),
        on_record=plan.on_record,
    ).reason


def each(
    items: Iterable[tuple[Proposal, int]], act: Callable[[Proposal, int], Proposal], *, sentence: str
) -> list[BulkRow]:
    """Does `act` on each (proposal, version as shown) by itself; says what became of each. One refusal stops none."""
    rows = []
    for proposal, version in items:
        try:
            done = act(proposal, version)
        except MentoringError as error:
            rows.append(BulkRow(proposal, False, str(error)))
        else:
            rows.append(BulkRow(done, True, sentence))
    return rows


def bulk_approve(items: Iterable[tuple[Proposal, int]], *, actor: AbstractBaseUser, note: str = "") -> list[BulkRow]:
    return each(
        items,
        lambda proposal, version: approve(proposal=proposal, actor=actor, version=version, note=note),
        sentence="Approved. Nobody is told until the offer is sent.",
    )
