"""Offering an approved pair to its two people: one, or many with a dry run. Their answers are in `answers`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.people.working_days import Calendar
from mentoring.programmes.models import Enrolment
from mentoring.programmes.services import tell
from mentoring.trust.decision import Decision, no

from . import changes, endings
from .locks import locked
from .models import Answer, Proposal, ProposalSource, ProposalState
from .places import taken_places
from .services import BulkRow, Planning, approve, each, fits, is_repeat, may_decide, what_changed
from .states import PROPOSAL_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: Working days after which whoever has not answered is reminded.
REMIND_AFTER = (3, 6)


def can_send_now(row: Proposal) -> Decision:
    """State, bars and places, on rows as they are. The pair holds its own place already."""
    if not PROPOSAL_MACHINE.may(row, ProposalState.OFFERED, as_=Actor.COORDINATOR):
        return no(f"This pair is {row.get_state_display().lower()} and cannot be offered now.")
    return fits(
        row,
        mentee_taken=lambda: False,  # two pairs of one mentee are never held: a constraint
        mentor_full=lambda: taken_places([row.mentor_id]).get(row.mentor_id, 0) > row.mentor.capacity,
    )


def send(*, proposal: Proposal, actor: AbstractBaseUser, version: int) -> Proposal:
    """A coordinator offers an approved pair to both, with the reasons and without addresses. Their clock starts.

    Where mentors of the programme agreed once for all, only the mentee is asked.

    Raises:
        MentoringError: not theirs, barred meanwhile, or not approved. Stale: changed since it was shown.
    """
    with transaction.atomic():
        row = locked(proposal)
        may_decide(row, actor)
        if is_repeat(row, to=ProposalState.OFFERED, actor=actor, version=version):
            return row
        if row.version != version:
            raise Stale(what_changed(row))
        possible = can_send_now(row)
        if not possible:
            raise MentoringError(possible.reason)
        if row.cohort.programme.mentors_agree_once:
            row.mentor_answer = Answer.YES
        start_clock(
            row,
            as_=Actor.COORDINATOR,
            actor=actor,
            decided_by_id=actor.pk,
            decided_at=timezone.now(),
            mentor_answer=row.mentor_answer,
        )
    return row


def start_clock(row: Proposal, *, as_: Actor, actor: AbstractBaseUser | None, **fields: Any) -> None:
    """Makes the offer to whoever has not agreed yet. Its last day is by the slower of their calendars."""
    today = timezone.localdate()
    days = row.cohort.programme.offer_days
    asked = open_sides(row)
    row.answer_by = max(calendar_of(person, since=today).add(today, days) for person in asked)
    row.offered_at = timezone.now()
    row.clock_on = next_look(row, today)
    changes.move(
        row,
        ProposalState.OFFERED,
        as_=as_,
        actor=actor,
        also={"answer_by": row.answer_by.isoformat()},
        answer_by=row.answer_by,
        offered_at=row.offered_at,
        clock_on=row.clock_on,
        **fields,
    )
    for person in asked:
        tell_of(row, person, "offer")


def open_sides(row: Proposal) -> list[Enrolment]:
    """Whose answer is still awaited."""
    return [p for p in (row.mentee, row.mentor) if endings.answer_of(row, p) == Answer.NONE]


def calendar_of(person: Enrolment, *, since: dt.date) -> Calendar:
    return Calendar.of(person.profile.organisation, since=since)


def next_look(row: Proposal, today: dt.date) -> dt.date:
    """The next day after today on which the clock has something to do: a reminder, or the end."""
    assert row.offered_at is not None
    assert row.answer_by is not None
    began = timezone.localdate(row.offered_at)
    days = row.cohort.programme.offer_days
    reminders = (
        calendar_of(person, since=began).add(began, after)
        for person in open_sides(row)
        for after in REMIND_AFTER
        if after < days
    )
    the_end = max(row.answer_by, today) + dt.timedelta(days=1)
    return min([day for day in reminders if today < day <= row.answer_by], default=the_end)


def tell_of(row: Proposal, person: Enrolment, template: str, *, number: str = "", last_call: bool = False) -> None:
    """Mail about an open offer: who, why, until when, where to answer. No address of the other."""
    other = row.mentor if person.pk == row.mentee_id else row.mentee
    tell(
        person,
        template,
        key=f"proposal:{row.pk}:{template}{number}:{person.as_role}",
        last_call=last_call,
        other=other.profile,
        other_role=other.get_as_role_display().lower(),
        reasons=row.reasons,
        answer_by=row.answer_by,
        chosen=row.source == ProposalSource.CHOICE,
        path=reverse("mentoring:offer", args=[row.pk]),
    )


def approve_and_send(*, proposal: Proposal, actor: AbstractBaseUser, version: int, note: str = "") -> Proposal:
    """Both at once: neither is done if the other cannot be."""
    with transaction.atomic():
        row = locked(proposal)
        may_decide(row, actor)
        if is_repeat(row, to=ProposalState.OFFERED, actor=actor, version=version, steps=2):
            return row
        approved = approve(proposal=proposal, actor=actor, version=version, note=note)
        return send(proposal=approved, actor=actor, version=approved.version)


def plan_bulk_send(proposals: Sequence[Proposal], *, actor: AbstractBaseUser) -> list[BulkRow]:
    """The dry run: to whom sending these would make an offer. Writes nothing."""
    plan = Planning.of(proposals, actor)
    rows = []
    for proposal in proposals:
        sentence = plan.not_theirs(proposal)
        if not sentence and not PROPOSAL_MACHINE.may(proposal, ProposalState.OFFERED, as_=Actor.COORDINATOR):
            sentence = f"It is {proposal.get_state_display().lower()}."
        if not sentence:
            sentence = fits(
                proposal,
                mentee_taken=lambda: False,
                mentor_full=partial(plan.is_overfull, proposal),
                on_record=plan.on_record,
            ).reason
        both = "Will be offered to the mentee." if proposal.cohort.programme.mentors_agree_once else ""
        rows.append(BulkRow(proposal, not sentence, sentence or both or "Will be offered to both."))
    return rows


def bulk_send(items: Iterable[tuple[Proposal, int]], *, actor: AbstractBaseUser) -> list[BulkRow]:
    return each(
        items,
        lambda proposal, version: send(proposal=proposal, actor=actor, version=version),
        sentence="The offer is on its way.",
    )


def bulk_approve_and_send(
    items: Iterable[tuple[Proposal, int]], *, actor: AbstractBaseUser, note: str = ""
) -> list[BulkRow]:
    return each(
        items,
        lambda proposal, version: approve_and_send(proposal=proposal, actor=actor, version=version, note=note),
        sentence="Approved. The offer is on its way.",
    )
