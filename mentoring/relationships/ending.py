"""How pairs end: by themselves at the closing, early by one of three, or never begun; and the way back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.programmes.models import CohortState, Enrolment, EnrolmentRole
from mentoring.programmes.services import back_to_pool, complete, lock_enrolments
from mentoring.proposals.bars import may_meet
from mentoring.proposals.places import is_held, places_left, taken_places
from mentoring.trust import audit

from .check_models import ClosingAnswer, GoalsReached
from .models import RELATIONSHIP_LIVE, After, EndedBy, Relationship, RelationshipState
from .services import (
    acting,
    as_coordinator,
    before_write,
    fresh,
    locked,
    move,
    note_down,
    person,
    side_of,
    tell_both,
    tell_one,
    text_of,
)
from .turns import after_of, settle

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

R = RelationshipState
#: How long a coordinator can take an end back.
REOPEN = dt.timedelta(days=30)

#: What the two can tick when they end early. A coordinator reads it; the other one never does.
REASONS = {
    "time": "There is not enough time for it",
    "moved": "A new job, a move, a leave",
    "fit": "We do not fit each other well",
    "contact": "We could not get hold of each other",
    "done": "We have reached what we wanted",
    "change": "I would like another mentor or mentee",
    "other": "Something else",
}


def end(
    *,
    pair: Relationship,
    actor: AbstractBaseUser,
    version: int,
    reason: str,
    note: str = "",
    again: bool | None = None,
) -> Relationship:
    """The pair ends early. What follows depends on who ends it.

    By the mentee: the mentor's place is free; the mentee is asked whether to wait for another mentor. By the mentor:
    the mentee comes to the front of those who wait. By a coordinator: both are asked. `again` is the answer of the one
    who ends it, where they gave it at once.

    Raises:
        MentoringError: not theirs, over already, or no reason. Stale: changed since the form was opened.
    """
    note = text_of(note, most=1000, what="your note")
    if reason not in REASONS:
        raise MentoringError("Please tick what comes nearest to the reason. Only the coordinator reads it.")
    with transaction.atomic():
        row = locked(pair, people=True)
        as_, side = acting(actor, row)
        by = EndedBy(side) if side else EndedBy.COORDINATOR
        if row.state == R.ENDED and row.ended_by == by and row.version == version + 1:
            return row  # the same form once more
        fresh(row, version)
        _end(row, by=by, as_=as_, actor=actor, reason=reason, note=note, again=again)
    return row


def end_all_of(enrolment: Enrolment, *, actor: AbstractBaseUser | None) -> int:
    """Ends every live pair of somebody who leaves the cohort; says how many. The caller holds the enrolments' locks.

    The one who stays loses nothing by it: a mentee comes to the front of those who wait.
    """
    rows = Relationship.objects.filter(Q(mentee=enrolment) | Q(mentor=enrolment), state__in=RELATIONSHIP_LIVE)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        row = locked(pk)
        by = EndedBy.MENTEE if row.mentee_id == enrolment.pk else EndedBy.MENTOR
        again = False if by == EndedBy.MENTEE else None  # a mentor who leaves gives back all places anyway
        _end(row, by=by, as_=Actor.PARTY, actor=actor, reason="moved", note="", again=again)
    return len(ids)


def _end(
    row: Relationship,
    *,
    by: EndedBy,
    as_: Actor,
    actor: AbstractBaseUser | None,
    reason: str,
    note: str,
    again: bool | None,
) -> None:
    row.ended_at, row.ended_by, row.end_reason, row.end_note = timezone.now(), by, reason, note
    row.attention = ""
    answered = {None: After.ASKED, True: After.AGAIN, False: After.STOP}[again]
    if by == EndedBy.MENTEE:
        row.mentee_after, row.mentor_after = answered, After.NONE
    elif by == EndedBy.MENTOR:
        row.mentee_after, row.mentor_after = After.AGAIN, After.NONE if again is None else answered
    else:
        row.mentee_after = row.mentor_after = After.ASKED
    fields = ("ended_at", "ended_by", "end_reason", "end_note", "attention", "mentee_after", "mentor_after")
    move(row, R.ENDED, *fields, as_=as_, actor=actor, by=by, reason=reason)
    _clear_diary(row, actor)
    first = by == EndedBy.MENTOR
    for side in EnrolmentRole.values:
        _take_word(row, side, first=first, actor=actor)
    tell_both(row, "pair_ended", key=f"ended:{row.version}", by=by.value, first=first)


def _clear_diary(row: Relationship, actor: AbstractBaseUser | None) -> None:
    from .meetings import cancel_open  # meetings build on pairs

    cancel_open(row, actor=actor)


def _take_word(row: Relationship, side: str, *, first: bool = False, actor: AbstractBaseUser | None) -> None:
    """Does to an enrolment what its person wants next. The caller holds its lock."""
    word, enrolment = after_of(row, side), person(row, side)
    if side == EnrolmentRole.MENTEE:
        if word == After.AGAIN:
            back_to_pool(enrolment, first=first, actor=actor)
        elif word in (After.ASKED, After.STOP):
            complete(enrolment, actor=actor)  # out of the matching until they say that they would like another
    elif word == After.STOP:
        _one_place_less(enrolment, actor)


def _one_place_less(enrolment: Enrolment, actor: AbstractBaseUser | None) -> None:
    row = lock_enrolments([enrolment.pk])[enrolment.pk]
    if row.capacity == 0:
        return
    row.capacity -= 1
    row.version += 1
    row.save(update_fields=["capacity", "version"])
    audit.record(
        action="mentoring.enrolment.amended",
        obj=row,
        actor=actor,
        programme=row.cohort.programme,
        before={"capacity": row.capacity + 1},
        after={"capacity": row.capacity},
    )


def choose_next(*, pair: Relationship, actor: AbstractBaseUser, again: bool) -> Relationship:
    """One of the two says whether they would like another match. The same word again changes nothing.

    Raises:
        MentoringError: not one of the two, not asked, or it was answered otherwise before.
    """
    with transaction.atomic():
        row = locked(pair, people=True)
        _say_next(row, side_of(actor, row), again=again, actor=actor)
    return row


def _say_next(row: Relationship, side: str, *, again: bool, actor: AbstractBaseUser | None) -> None:
    word = After.AGAIN if again else After.STOP
    before = after_of(row, side)
    if before == word:
        return
    if row.state != R.ENDED or before != After.ASKED:
        raise MentoringError("This has been answered. Please write to the coordinator if things have changed.")
    field = f"{side}_after"
    setattr(row, field, word)
    row.save(update_fields=[field])
    note_down(row, "next_chosen", actor=actor, by=side, again=again)
    _take_word(row, side, actor=actor)
    settle(row)


def no_word(row: Relationship) -> None:
    """The clock: whoever was asked and said nothing stops here. The caller holds all locks."""
    for side in EnrolmentRole.values:
        if after_of(row, side) == After.ASKED:
            _say_next(row, side, again=False, actor=None)


def lapse(row: Relationship) -> None:
    """The clock: the agreement was never signed by both. The caller holds all locks."""
    unsigned = row.agreements.first()
    row.ended_at, row.ended_by = timezone.now(), EndedBy.CLOCK
    move(row, R.LAPSED, "ended_at", "ended_by", as_=Actor.SYSTEM, actor=None)
    _clear_diary(row, None)
    # A mentee who did sign has waited long enough.
    first = unsigned is not None and unsigned.mentee_signed_at is not None
    back_to_pool(row.mentee, first=first)
    tell_both(row, "pair_lapsed", key=f"lapsed:{row.version}")


def start_closing(row: Relationship, *, as_: Actor, actor: AbstractBaseUser | None) -> None:
    """The work is done: both are asked how it was. The caller holds the row's lock."""
    before, row.expected_end = row.expected_end, timezone.localdate()
    row.checks.filter(closed_at__isnull=True).update(closed_at=timezone.now())
    move(row, R.CLOSING, "expected_end", as_=as_, actor=actor, planned=before.isoformat())
    for side in EnrolmentRole.values:
        tell_one(row, side, "pair_closing", key=f"closing:{row.version}", page="pair_closing", due=row.turn_due)


def finish(*, pair: Relationship, actor: AbstractBaseUser, version: int) -> Relationship:
    """One of the two, or a coordinator, says that the work is done before its last day."""
    with transaction.atomic():
        row = locked(pair)
        as_, _ = acting(actor, row)
        if row.state == R.CLOSING and row.version == version + 1:
            return row
        fresh(row, version)
        start_closing(row, as_=as_, actor=actor)
    return row


def close_with(
    *,
    pair: Relationship,
    actor: AbstractBaseUser,
    rating: int,
    goals_reached: str,
    met_enough: bool,
    would_again: bool,
) -> Relationship:
    """One of the two answers the closing questions; the second answer completes the pair. Once each, never changed.

    Raises:
        MentoringError: not one of the two, not closing, or values that cannot be.
    """
    if not 1 <= rating <= 5 or goals_reached not in GoalsReached.values:
        raise MentoringError("Please answer each question.")
    with transaction.atomic():
        row = locked(pair, people=True)
        side = side_of(actor, row)
        answers = set(row.closing_answers.values_list("role", flat=True))
        if side in answers:
            return row  # sent twice
        if row.state != R.CLOSING:
            raise MentoringError("This pair is not closing, so there is nothing to answer now.")
        before_write(row)
        ClosingAnswer.objects.create(
            relationship=row,
            role=side,
            rating=rating,
            goals_reached=goals_reached,
            met_enough=met_enough,
            would_again=would_again,
            answered_at=timezone.now(),
        )
        note_down(row, "closing_answered", actor=actor, by=side)
        if answers | {side} == set(EnrolmentRole.values):
            wind_up(row, as_=Actor.PARTY, actor=actor)
        else:
            settle(row)
    return row


def wind_up(row: Relationship, *, as_: Actor, actor: AbstractBaseUser | None) -> None:
    """The pair is complete, and so are its people unless they have another. The caller holds all locks."""
    row.ended_at, row.attention = timezone.now(), ""
    move(row, R.COMPLETED, "ended_at", "attention", as_=as_, actor=actor)
    _clear_diary(row, actor)
    complete(row.mentee, actor=actor)
    if not taken_places([row.mentor_id]):
        complete(row.mentor, actor=actor)
    tell_both(row, "pair_completed", key="completed")


def may_reopen(row: Relationship) -> str:
    """Why a coordinator cannot take the end back now, as a sentence; "" if they can."""
    if row.state not in (R.ENDED, R.LAPSED) or row.ended_at is None:
        return "Only a pair that ended early can be opened again."
    if timezone.now() > row.ended_at + REOPEN:
        return "A pair can be opened again within 30 days. Please make a new match."
    if row.cohort.state in (CohortState.CLOSED, CohortState.CANCELLED):
        return "The cohort is over."
    return ""


def reopen(*, pair: Relationship, actor: AbstractBaseUser, version: int) -> Relationship:
    """A coordinator takes an early end back, within 30 days, if both are still free for each other.

    Raises:
        MentoringError: not theirs, too late, one of the two is taken, or something bars the pair. Stale: changed.
    """
    with transaction.atomic():
        row = locked(pair, people=True)
        as_coordinator(actor, row)
        if row.state in RELATIONSHIP_LIVE and row.version == version + 1:
            return row
        fresh(row, version)
        sentence = may_reopen(row)
        if sentence:
            raise MentoringError(sentence)
        for enrolment in (row.mentee, row.mentor):
            back_to_pool(enrolment, first=False, actor=actor)
        people = lock_enrolments([row.mentee_id, row.mentor_id])
        row.mentee, row.mentor = people[row.mentee_id], people[row.mentor_id]
        if is_held(row.mentee):
            raise MentoringError(f"{row.mentee.profile} has another mentor by now, or an offer of one.")
        if places_left(row.mentor) < 1:
            raise MentoringError(f"{row.mentor.profile} has no place left.")
        meet = may_meet(row.mentee, row.mentor)
        if not meet and meet.reason != row.bar:
            raise MentoringError(meet.reason)
        row.ended_at, row.ended_by, row.end_reason, row.end_note = None, "", "", ""
        row.mentee_after = row.mentor_after = After.NONE
        today = timezone.localdate()
        row.expected_end = max(row.expected_end, today + dt.timedelta(weeks=4))
        row.paused_until = today  # the day on which it came back: its clocks start anew
        fields = ("ended_at", "ended_by", "end_reason", "end_note", "mentee_after", "mentor_after")
        to = R.ACTIVE if row.began_on else R.AGREEING
        try:
            with transaction.atomic():
                move(
                    row,
                    to,
                    *fields,
                    "expected_end",
                    "paused_until",
                    as_=Actor.COORDINATOR,
                    actor=actor,
                    action="reopened",
                )
        except IntegrityError as error:
            raise MentoringError(f"{row.mentee.profile} has another mentor by now.") from error
        Enrolment.objects.filter(pk=row.mentee_id).update(rematch_since=None)
        tell_both(row, "pair_reopened", key=f"reopened:{row.version}")
    return row
