"""From a plan to a request: a coordinator suggests a visit, the member says yes with their questions, or no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.programmes.models import EnrolmentState

from . import limits, mail
from .guards import must_be_fresh, must_coordinate
from .models import Placement, PlacementState
from .offer_models import OfferState
from .requests import (
    NEEDS_RETURN,
    answer_day,
    ask_heads,
    before_write,
    clean_questions,
    has_return,
    heads_of,
    locked,
    record,
)
from .states import PLACEMENT_MACHINE
from .wording import RULES_VERSION

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

P = PlacementState


def _days(row: Placement) -> list[dt.date]:
    return [day.date for day in row.days.all()]


def _still_fits(row: Placement) -> None:
    if row.enrolment.state != EnrolmentState.ELIGIBLE:
        raise MentoringError("The visitor is no longer in the programme.")
    if row.offer.state != OfferState.OPEN:
        raise MentoringError("This offer is not open any more.")
    if not has_return(row.enrolment, row.offer):
        raise MentoringError(NEEDS_RETURN)
    for decision in (
        limits.may_visit(row.enrolment, row.offer),
        limits.days_fit(row.enrolment, row.offer, _days(row), but=row.pk),
    ):
        if not decision:
            raise MentoringError(decision.reason)


def suggest_visit(*, placement: Placement, actor: AbstractBaseUser, version: int) -> Placement:
    """A coordinator sends a planned visit to its visitor. From now on the days are held; heads and host know nothing.

    Raises:
        MentoringError: not theirs, or it does not fit any more. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = locked(placement)
        must_coordinate(row, actor)
        if row.state == P.SUGGESTED:
            return row
        must_be_fresh(row, version)
        if row.state == P.DRAFT:
            _still_fits(row)
        before = PLACEMENT_MACHINE.move(row, P.SUGGESTED, as_=Actor.COORDINATOR)
        before_write(row)
        row.answer_by = answer_day(_days(row))
        row.version += 1
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise MentoringError("They have asked for this visit already.") from error
        record(row, "suggested", actor, before=before)
        mail.suggest(row, key=f"suggested:{row.version}")
    return row


def suggest_many(
    picks: Iterable[tuple[Placement, int]], *, actor: AbstractBaseUser
) -> tuple[list[Placement], list[tuple[Placement, str]]]:
    """Each by itself: (those that were sent, those that were not and why)."""
    sent, refused = [], []
    for placement, version in picks:
        try:
            sent.append(suggest_visit(placement=placement, actor=actor, version=version))
        except MentoringError as error:
            refused.append((placement, str(error)))
        except Placement.DoesNotExist:
            refused.append((placement, "A newer plan has replaced it."))
    return sent, refused


def drop(*, placement: Placement, actor: AbstractBaseUser, version: int) -> None:
    """A coordinator throws a planned visit away that nobody was told of.

    Raises:
        MentoringError: not theirs, or somebody was told already. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = locked(placement)
        must_coordinate(row, actor)
        must_be_fresh(row, version)
        if row.state != P.DRAFT:
            raise MentoringError("The visitor knows of this visit already. Please cancel it instead.")
        record(row, "dropped", actor, before=str(row.state))
        row.delete()


def accept(
    *,
    placement: Placement,
    actor: AbstractBaseUser,
    version: int,
    questions: Sequence[str],
    head_email: str,
    rules_accepted: bool,
) -> Placement:
    """The member takes a suggested visit: it becomes their request, and both heads are asked. Twice is once.

    Raises:
        MentoringError: not theirs, something missing, or it does not fit any more. Stale: changed meanwhile.
    """
    asked = clean_questions(questions)
    if not rules_accepted:
        raise MentoringError("Please accept the rules of a visit.")
    with transaction.atomic():
        row = locked(placement)
        if row.enrolment.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can answer.")
        if row.state == P.REQUESTED:
            return row
        must_be_fresh(row, version)
        if row.state == P.SUGGESTED:
            _still_fits(row)
        before = PLACEMENT_MACHINE.move(row, P.REQUESTED, as_=Actor.PARTY)
        heads = heads_of(row.enrolment, row.offer, head_email)
        before_write(row)
        row.questions, row.rules_version, row.answer_by = asked, RULES_VERSION, answer_day(_days(row))
        row.version += 1
        row.save()
        record(row, "requested", actor, before=before)
        ask_heads(row, heads)
    return row


def turn_down(*, placement: Placement, actor: AbstractBaseUser, version: int) -> Placement:
    """The member would rather not: the days are free again, and no reason is asked for.

    Raises:
        MentoringError: not theirs, or no longer open. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = locked(placement)
        if row.enrolment.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can answer.")
        if row.state == P.DECLINED:
            return row
        must_be_fresh(row, version)
        before = PLACEMENT_MACHINE.move(row, P.DECLINED, as_=Actor.PARTY)
        before_write(row)
        row.version += 1
        row.save(update_fields=["state", "version"])
        record(row, "turned_down", actor, before=before)
        mail.tell_coordinator(row, key="turned_down", sentence="The visitor would rather not make this visit.")
    return row
