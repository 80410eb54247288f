"""Exchanges: two visits that point at each other. If one is called off, the other side is asked: one-way, or not?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.machine import Actor

from . import mail
from .guards import must_be_fresh
from .models import ApprovalDecision, OneWay, Placement, PlacementState
from .requests import answer_day, ask_afresh, before_write, locked, other_half, record
from .states import PLACEMENT_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

P = PlacementState
_STANDS = frozenset({P.REQUESTED, P.CONFIRMED, P.ON_HOLD})
HELD = "The visit in return was called off: everybody is asked whether this one goes ahead one-way."


def dropped(row: Placement) -> None:
    """One half has ended before its visit. Visitor and heads of the other are asked, with a last day; silence ends it.

    Call in the transaction that ended it. A visit that begins today, or lapses today, is left alone.
    """
    known = other_half(row)
    if known is None or known.state not in _STANDS or known.one_way:
        return
    other = locked(known)
    days = [day.date for day in other.days.all()]
    today = timezone.localdate()
    if min(days) <= today or (other.state == P.REQUESTED and other.answer_by is not None and other.answer_by < today):
        return  # it begins, or runs out by itself
    before = str(other.state)
    if other.state == P.CONFIRMED:
        PLACEMENT_MACHINE.move(other, P.ON_HOLD, as_=Actor.SYSTEM)
    if other.state == P.ON_HOLD:
        other.hold_reason = HELD
    other.one_way, other.answer_by = OneWay.ASKED, answer_day(days)
    other.version += 1
    other.save(update_fields=["state", "hold_reason", "one_way", "answer_by", "version"])
    record(other, "one_way_asked", None, before=before)
    key = f"one_way:{other.version}"
    for approval in other.approvals.all():
        ask_afresh(other, approval)
    mail.tell_visitor(other, "placement_one_way", key=key, answer_by=other.answer_by)
    mail.tell_coordinator(other, key=key, sentence=HELD)


def keep_one_way(*, placement: Placement, actor: AbstractBaseUser, version: int) -> Placement:
    """The visitor wants to go although nobody visits them in return. Twice is once.

    Raises:
        MentoringError: not theirs, or nobody asked. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = locked(placement)
        if row.enrolment.profile.user_id != actor.pk:
            raise MentoringError("Only the visitor can say so.")
        if row.one_way == OneWay.KEPT:
            return row
        must_be_fresh(row, version)
        if row.one_way != OneWay.ASKED or row.state not in _STANDS:
            raise MentoringError("Nobody asks this now.")
        before_write(row)
        row.one_way = OneWay.KEPT
        row.version += 1
        row.save(update_fields=["one_way", "version"])
        record(row, "one_way_kept", actor)
        if not row.approvals.exclude(decision=ApprovalDecision.YES).exists():
            mail.tell_coordinator(
                row, key=f"one_way_kept:{row.version}", sentence="All agree to go ahead one-way. It waits for you."
            )
    return row


def is_overdue(row: Placement) -> bool:
    """Whether somebody who was asked about going one-way let the last day pass."""
    late = row.answer_by is not None and row.answer_by < timezone.localdate()
    silent = row.one_way == OneWay.ASKED or row.approvals.exclude(decision=ApprovalDecision.YES).exists()
    return bool(row.one_way) and late and silent
