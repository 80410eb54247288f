"""Moving a visit to other days or another offer. The scarce rows are the schools’ days, so the schools are locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.trust import links
from mentoring.trust.access import runs_programme
from mentoring.trust.link_models import LinkPurpose

from . import limits, mail, ranking
from .entries import entry
from .models import ApprovalParty, Placement, PlacementApproval, PlacementState
from .offer_models import HostOffer, OfferState, VisitKind
from .requests import answer_day, ask_afresh, before_write, locked, other_half, record, set_days
from .states import PLACEMENT_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

P = PlacementState
#: A visit can be moved until it begins.
MOVABLE = frozenset({P.DRAFT, P.SUGGESTED, P.REQUESTED, P.CONFIRMED, P.ON_HOLD})


def move_visit(
    *,
    placement: Placement,
    actor: AbstractBaseUser,
    days: Sequence[dt.date],
    version: int,
    offer: HostOffer | None = None,
) -> Placement:
    """A coordinator moves a visit to other days, or to another offer of the programme.

    Whatever the heads said was about the old days: both are asked again. Who was told before hears of it; a plan that
    nobody knows of moves without a word.

    Raises:
        MentoringError: not theirs, over, or the new days do not fit. Stale: changed meanwhile.
    """
    days = sorted(set(days))
    with transaction.atomic():
        row = locked(placement, *([offer.organisation_id] if offer else []))
        if not runs_programme(actor, row.enrolment.cohort.programme_id) or row.enrolment.profile.user_id == actor.pk:
            raise MentoringError("Only a coordinator of the programme moves a visit, and never their own.")
        if row.version != version:
            raise Stale("This visit changed after you opened it.")
        elsewhere = offer is not None and offer.pk != row.offer_id
        if [day.date for day in row.days.all()] == days and not elsewhere:
            return row
        if row.state not in MOVABLE:
            raise MentoringError(f"This visit cannot be moved now: it is “{row.get_state_display().lower()}”.")
        if elsewhere:
            assert offer is not None
            if other_half(row) is not None:
                raise MentoringError("This visit is half of an exchange. Cancel it instead, and ask for another.")
            place = _open(offer, row)
            decision = limits.may_visit(row.enrolment, place)
            if not decision:
                raise MentoringError(decision.reason)
        else:
            place = row.offer
        decision = limits.days_fit(row.enrolment, place, days, but=row.pk)
        if not decision:
            raise MentoringError(decision.reason)
        before, old, was_firm = str(row.state), row.offer, row.state in (P.CONFIRMED, P.ON_HOLD)
        if was_firm:
            PLACEMENT_MACHINE.move(row, P.REQUESTED, as_=Actor.COORDINATOR)
        before_write(row)
        row.sequence += 1
        row.version += 1
        calendar = entry(row, off=True) if was_firm else ""  # the old days leave the calendars: nothing is agreed yet
        if elsewhere:
            if row.rules_version:
                _leave(row, calendar)
            row.offer = place
            _scored(row)
        set_days(row, days)
        if row.state != P.DRAFT:
            row.answer_by = answer_day(days)
        row.hold_reason = ""
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise MentoringError("They have asked for that visit already.") from error
        reason = f"From offer {old.pk} to offer {place.pk}." if elsewhere else ""
        record(row, "moved", actor, before=before, reason=reason)
        _tell(row, elsewhere, calendar)
    return row


def _open(offer: HostOffer, row: Placement) -> HostOffer:
    place = (
        HostOffer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "host__user", "host__organisation", "host__role_level")
        .get(pk=offer.pk)
    )
    if place.programme_id != row.enrolment.cohort.programme_id or place.state != OfferState.OPEN:
        raise MentoringError("This offer is not open any more. Please choose another.")
    if place.kind == VisitKind.EXCHANGE:
        raise MentoringError("An exchange is agreed by its two people. Please choose another offer.")
    return place


def _leave(row: Placement, calendar: str) -> None:
    """The host and the head whom they leave hear of it, with the entry for their calendars where they have one."""
    key = f"left:{row.version}"
    mail.tell_host(row, "placement_cancelled" if calendar else "placement_off", key=key, calendar=calendar)
    for approval in row.approvals.filter(party=ApprovalParty.HOST_HEAD):
        mail.tell_head(row, approval, "placement_cancelled", key=key, calendar=calendar)
        links.revoke(LinkPurpose.PLACEMENT, approval.pk)
        approval.delete()


def _scored(row: Placement) -> None:
    """A plan says how well its visit suits; moved elsewhere, it says so of the new offer."""
    if row.score is None:
        return
    (found,) = ranking.compare(row.enrolment, [row.offer])
    row.score, row.reasons = Decimal(str(round(found.score, 3))), list(found.reasons)


def _tell(row: Placement, elsewhere: bool, calendar: str) -> None:
    key = f"moved:{row.version}"
    if row.state == P.SUGGESTED:
        mail.suggest(row, key=key)
    if not row.rules_version:
        return
    if elsewhere and row.offer.head_email:
        PlacementApproval.objects.create(placement=row, party=ApprovalParty.HOST_HEAD, email=row.offer.head_email)
    for approval in row.approvals.all():
        new_here = elsewhere and approval.party == ApprovalParty.HOST_HEAD
        ask_afresh(row, approval, calendar="" if new_here else calendar)
    mail.tell_visitor(row, "placement_moved", key=key, calendar=calendar)
    if elsewhere:
        mail.tell_host(row, "placement_heard", key=key)
    else:
        mail.tell_host(row, "placement_moved", key=key, calendar=calendar)
