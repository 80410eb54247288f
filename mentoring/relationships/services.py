"""The pair itself: it begins, pauses, closes, ends, is opened again; and what all acts on a pair share.

Order of locks: enrolments (mentors first), then the pair, then its meetings. Every act ends by `settle`, which writes
whose turn it is now.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale, WrongMove
from mentoring.machine import Actor
from mentoring.messages.services import queue
from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.services import email_of, lock_enrolments, tell
from mentoring.proposals.bars import may_meet
from mentoring.trust import audit

from . import permissions
from .models import RELATIONSHIP_LIVE, Relationship, RelationshipState, Turn
from .states import RELATIONSHIP_MACHINE
from .turns import other, settle

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.proposals.models import Proposal

#: A pair made late in its cohort still gets this long.
SHORTEST = dt.timedelta(weeks=12)
LONGEST_PAUSE = dt.timedelta(days=366)
R = RelationshipState


# --- What acts on a pair share --------------------------------------------------------------------------------


def locked(pair: Relationship | int, *, people: bool = False) -> Relationship:
    """The pair as it stands, under lock. `people`: with its two enrolments, for whoever moves them or counts places."""
    pk = pair if isinstance(pair, int) else pair.pk
    rows = Relationship.objects.filter(pk=pk)
    if people:
        lock_enrolments(rows.values_list("mentee_id", "mentor_id").get())
    return rows.select_for_update(of=("self",), no_key=True).select_related(*WITH_PEOPLE).get()


WITH_PEOPLE = (
    "cohort__programme",
    "mentee__profile__organisation",
    "mentee__profile__user",
    "mentee__cohort__programme",
    "mentor__profile__organisation",
    "mentor__profile__user",
    "mentor__cohort__programme",
)


def before_write(row: Any) -> None:
    """Between the checks and the write: race tests hold the door open here."""


def side_of(actor: AbstractBaseUser, row: Relationship) -> EnrolmentRole:
    """Which of the two acts.

    Raises:
        MentoringError: neither.
    """
    side = permissions.side_of(actor, row)
    if side is None:
        raise MentoringError("Only the two of this pair can do this.")
    return side


def as_coordinator(actor: AbstractBaseUser, row: Relationship) -> None:
    """Raises: MentoringError: no coordinator of it, or one who is too near."""
    decision = permissions.can_coordinate(actor, row)
    if not decision:
        raise MentoringError(decision.reason)


def acting(actor: AbstractBaseUser, row: Relationship) -> tuple[Actor, EnrolmentRole | None]:
    """In which capacity somebody acts on a pair: as one of the two, or as a coordinator."""
    side = permissions.side_of(actor, row)
    if side is not None:
        return Actor.PARTY, side
    as_coordinator(actor, row)
    return Actor.COORDINATOR, None


def fresh(row: Relationship, version: int) -> None:
    """Raises: Stale: the form is older than the pair."""
    if row.version != version:
        raise Stale(
            f"Something changed after you opened this page: the pair is now “{row.get_state_display().lower()}”."
        )


def at_work(row: Relationship) -> None:
    """Raises: MentoringError: the pair is over, so nothing in its space changes any more."""
    if row.state not in RELATIONSHIP_LIVE:
        raise MentoringError("This pair has come to its end. What you wrote can be read, but not changed.")


def text_of(text: str, *, most: int, what: str) -> str:
    text = text.strip()
    if len(text) > most:
        raise MentoringError(f"Please keep {what} below {most:,} characters; it has {len(text):,}.")
    return text


def note_down(
    row: Relationship,
    action: str,
    *,
    actor: AbstractBaseUser | None,
    before: dict[str, Any] | None = None,
    reason: str = "",
    **after: Any,
) -> None:
    """The line in the audit trail; never what people wrote to each other. `reason` is a coordinator's own note."""
    audit.record(
        action=f"mentoring.relationship.{action}",
        obj=row,
        actor=actor,
        programme=row.cohort.programme,
        before=before,
        after=after,
        reason=reason,
    )


def move(
    row: Relationship,
    to: RelationshipState,
    *fields: str,
    as_: Actor,
    actor: AbstractBaseUser | None,
    action: str = "",
    **after: Any,
) -> None:
    """Takes the pair to another state, with its version, its line in the trail and its turn."""
    before = RELATIONSHIP_MACHINE.move(row, to, as_=as_)
    before_write(row)
    row.version += 1
    row.save(update_fields=["state", "version", *fields])
    note_down(row, action or to.value, actor=actor, before={"state": before}, state=row.state, **after)
    settle(row)


def path_of(row: Relationship, page: str = "pair") -> str:
    return reverse(f"mentoring:{page}", args=[row.pk])


def person(row: Relationship, side: str) -> Any:
    """The enrolment of one side."""
    return row.mentee if side == EnrolmentRole.MENTEE else row.mentor


def tell_one(row: Relationship, side: str, template: str, *, key: str, page: str = "pair", **context: Any) -> None:
    """Mail to one of the two. Wordings have `other`, the profile of the other one."""
    context = {"path": context.get("path") or path_of(row, page), **context}
    tell(
        person(row, side),
        template,
        key=f"pair:{row.pk}:{key}:{side}",
        other=person(row, other(side)).profile,
        other_role=other(side).label.lower(),
        pair=row,
        **context,
    )


def tell_both(row: Relationship, template: str, *, key: str, **context: Any) -> None:
    for side in EnrolmentRole.values:
        tell_one(row, side, template, key=key, **context)


def call_coordinator(row: Relationship, reason: str, *, key: str) -> None:
    """Makes it the coordinator's turn and writes to the programme's address. The caller settles."""
    row.attention = reason if len(reason) <= 300 else reason[:299] + "…"
    row.save(update_fields=["attention"])
    programme = row.cohort.programme
    queue(
        key=f"pair:{row.pk}:{key}:coordinator",
        template="pair_needs_you",
        to=programme.contact_email,
        programme=programme,
        context={
            "name": "coordinator",
            "programme": programme,
            "cohort": row.cohort,
            "mentee": row.mentee.profile,
            "mentor": row.mentor.profile,
            "reason": row.attention,
            "path": desk_path(row),
        },
    )


def desk_path(row: Relationship) -> str:
    """Where coordinators see the pair; "" on a site without the screen."""
    try:
        return reverse("mentoring_relationship:pair", args=[row.pk])
    except NoReverseMatch:
        return ""


# --- Acts -----------------------------------------------------------------------------------------------------


def begin(proposal: Proposal, *, actor: AbstractBaseUser | None) -> Relationship:
    """Both said yes: the pair exists, and has a fortnight or so to write its agreement.

    The caller holds the locks of both enrolments and of the proposal, and has checked bars and places.
    """
    with transaction.atomic():
        today = timezone.localdate()
        row = Relationship.objects.create(
            proposal=proposal,
            cohort=proposal.cohort,
            mentee=proposal.mentee,
            mentor=proposal.mentor,
            expected_end=max(proposal.cohort.end, today + SHORTEST),
            turn=Turn.BOTH,
            turn_since=timezone.now(),
            bar=may_meet(proposal.mentee, proposal.mentor, new=False).reason,  # what was waived is known already
        )
        row = Relationship.objects.select_related(*WITH_PEOPLE).get(pk=row.pk)
        note_down(row, "began", actor=actor, state=row.state)
        settle(row)
        for side in EnrolmentRole.values:
            tell_one(row, side, "pair_begun", key="begun", other_email=email_of(person(row, other(side)).profile))
    return row


def pause(*, pair: Relationship, actor: AbstractBaseUser, version: int, until: dt.date) -> Relationship:
    """Nothing is asked of the two until a day; their place and their meetings stay.

    Raises:
        MentoringError: not theirs, not under way, or a day that cannot be. Stale: changed since the form was opened.
    """
    with transaction.atomic():
        row = locked(pair)
        as_, side = acting(actor, row)
        if row.state == R.PAUSED and row.paused_until == until and row.version == version + 1:
            return row  # the same form once more
        fresh(row, version)
        today = timezone.localdate()
        if not today < until <= today + LONGEST_PAUSE:
            raise MentoringError("Please choose a day after today, and within a year.")
        if until >= row.expected_end:
            raise MentoringError(f"The pair ends on {row.expected_end:%-d %B %Y}. Please choose a day before that.")
        row.paused_until = until
        move(
            row,
            R.PAUSED,
            "paused_until",
            as_=as_,
            actor=actor,
            action="paused",
            until=until.isoformat(),
            by=side or as_,
        )
        tell_both(row, "pair_paused", key=f"paused:{row.version}", until=until)
    return row


def resume(*, pair: Relationship, actor: AbstractBaseUser | None, version: int | None = None) -> Relationship:
    """The pair goes on: by one of the two, a coordinator, or the clock (`actor` None)."""
    with transaction.atomic():
        row = locked(pair)
        as_ = Actor.SYSTEM if actor is None else acting(actor, row)[0]
        if row.state == R.ACTIVE:
            return row
        if row.state != R.PAUSED:  # a coordinator may take other states to “under way”, by verbs that check more
            raise WrongMove(f"Only a pair that has paused can go on: it is “{row.get_state_display().lower()}”.")
        if version is not None:
            fresh(row, version)
        if row.paused_until is None:
            raise MentoringError("This pause has no last day. You get a message when you can go on.")
        row.paused_until = timezone.localdate()
        move(row, R.ACTIVE, "paused_until", as_=as_, actor=actor, action="resumed")
        tell_both(row, "pair_resumed", key=f"resumed:{row.version}")
    return row


def ask_help(*, pair: Relationship, actor: AbstractBaseUser, text: str) -> Relationship:
    """One of the two asks the coordinator: it is the coordinator's turn at once. The other one is not told.

    Raises:
        MentoringError: not one of the two, nothing written, or too long.
    """
    text = text_of(text, most=250, what="your question")
    if not text:
        raise MentoringError("Please write a sentence, so that the coordinator knows what you need.")
    with transaction.atomic():
        row = locked(pair)
        side = side_of(actor, row)
        at_work(row)
        reason = f"The {side.label.lower()} asks: {text}"
        if row.attention == reason:
            return row  # sent twice
        note_down(row, "help_asked", actor=actor, by=side)
        count = audit.AuditEvent.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk)).count()
        call_coordinator(row, reason, key=f"help:{count}")
        settle(row)
    return row


def hand_back(*, pair: Relationship, actor: AbstractBaseUser, attention: str, note: str = "") -> Relationship:
    """A coordinator has seen to it: the turn goes back to whose it is without them.

    `attention` is the reason that they had before them; `note`, for the next coordinator, goes into the trail.

    Raises:
        MentoringError: not theirs, or the note is too long. Stale: something else needs them by now.
    """
    note = text_of(note, most=1000, what="your note")
    with transaction.atomic():
        row = locked(pair)
        as_coordinator(actor, row)
        if not row.attention:
            return row
        if row.attention != attention:
            raise Stale(f"Something else needs you by now: {row.attention}")
        row.attention = ""
        row.save(update_fields=["attention"])
        note_down(row, "handed_back", actor=actor, reason=note)
        settle(row)
    return row


def extend(*, pair: Relationship, actor: AbstractBaseUser, version: int, until: dt.date) -> Relationship:
    """A coordinator gives a pair another last day; one that was closing goes on.

    Raises:
        MentoringError: not theirs, over, or a day that cannot be. Stale: changed since the form was opened.
    """
    with transaction.atomic():
        row = locked(pair)
        as_coordinator(actor, row)
        if row.expected_end == until and row.version == version + 1:
            return row
        fresh(row, version)
        at_work(row)
        if until <= timezone.localdate():
            raise MentoringError("Please choose a day after today.")
        before, row.expected_end = row.expected_end, until
        if row.state == R.CLOSING:
            row.closing_answers.all().delete()
            move(
                row,
                R.ACTIVE,
                "expected_end",
                as_=Actor.COORDINATOR,
                actor=actor,
                action="extended",
                until=until.isoformat(),
            )
        else:
            row.version += 1
            row.save(update_fields=["expected_end", "version"])
            note_down(row, "extended", actor=actor, before={"until": before.isoformat()}, until=until.isoformat())
            settle(row)
        tell_both(row, "pair_extended", key=f"extended:{row.version}", until=until)
    return row
