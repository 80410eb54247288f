"""Meetings: one proposes up to three times, the other picks; both calendars follow; afterwards one says how it was."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale, WrongMove
from mentoring.machine import Actor

from . import ics
from .meeting_models import Meeting, MeetingState
from .models import Relationship, RelationshipState
from .services import before_write, locked, note_down, side_of, tell_both, tell_one, text_of
from .states import MEETING_MACHINE
from .turns import other, settle

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MOST = 3
#: As far ahead as a diary can be trusted.
AHEAD = dt.timedelta(days=366)
M = MeetingState


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    """A local date and time as a moment in UTC. The hour that comes twice in October is taken as the first of the two.

    Raises:
        MentoringError: there is no such time: the clocks go forward over it.
    """
    zone = timezone.get_default_timezone()
    local = dt.datetime.combine(day, time, tzinfo=zone)
    at = local.astimezone(dt.UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise MentoringError(f"There is no {time:%H:%M} on {day:%-d %B %Y}: the clocks go forward that night.")
    return at


def _options(times: Sequence[dt.datetime]) -> list[str]:
    now = timezone.now()
    unique = sorted({time.astimezone(dt.UTC).replace(second=0, microsecond=0) for time in times})
    if not unique:
        raise MentoringError("Please propose at least one time.")
    if len(unique) > MOST:
        raise MentoringError("Please propose up to three times.")
    if unique[0] <= now:
        raise MentoringError("Please propose times that are still to come.")
    if unique[-1] > now + AHEAD:
        raise MentoringError("Please propose times within a year.")
    return [time.isoformat() for time in unique]


def _checked(minutes: int, place: str, topics: str) -> dict[str, Any]:
    if not 15 <= minutes <= 480:
        raise MentoringError("A meeting takes between 15 minutes and 8 hours.")
    return {
        "minutes": minutes,
        "place": text_of(place, most=300, what="the place"),
        "topics": text_of(topics, most=1000, what="the topics"),
    }


def _under_way(row: Relationship) -> None:
    if row.state not in (RelationshipState.ACTIVE, RelationshipState.AGREEING, RelationshipState.PAUSED):
        raise MentoringError("Meetings are booked while a pair is under way.")


def _locked(meeting: Meeting) -> tuple[Relationship, Meeting]:
    """The pair, then the meeting, under lock."""
    row = locked(meeting.relationship_id)
    held = Meeting.objects.select_for_update().get(pk=meeting.pk)
    held.relationship = row
    return row, held


def _fresh(held: Meeting, version: int) -> None:
    if held.version != version:
        raise Stale(f"This meeting changed after you opened the page: it is now “{held.get_state_display().lower()}”.")


def _save(held: Meeting, *fields: str) -> None:
    held.version += 1
    held.changed_at = timezone.now()
    held.save(update_fields=["state", "version", "changed_at", *fields])


def _ask_to_pick(row: Relationship, held: Meeting, side: str) -> None:
    tell_one(
        row, other(side), "meeting_times", key=f"meeting:{held.pk}:times:{held.version}",
        path=_path(held), times=held.times, minutes=held.minutes, place=held.place, start=held.start,
    )  # fmt: skip


def _path(held: Meeting) -> str:
    from django.urls import reverse

    return reverse("mentoring:pair_meeting", args=[held.relationship_id, held.pk])


def propose(
    *,
    pair: Relationship,
    actor: AbstractBaseUser,
    uid: uuid.UUID,
    times: Sequence[dt.datetime],
    minutes: int = 60,
    place: str = "",
    topics: str = "",
) -> Meeting:
    """One of the two proposes up to three times for a meeting; the other one is asked to pick.

    `uid` comes from the form: sent twice it is one meeting. It is the calendar entry's for ever.

    Raises:
        MentoringError: not one of the two, not under way, times that cannot be, or another proposal waits already.
    """
    values = _checked(minutes, place, topics)
    with transaction.atomic():
        row = locked(pair)
        side = side_of(actor, row)
        before = Meeting.objects.filter(ics_uid=uid).first()
        if before is not None and before.relationship_id == row.pk:
            return before
        _under_way(row)
        options = _options(times)
        if row.meetings.filter(state=M.PROPOSED).exists():
            raise MentoringError("There are times waiting for an answer already. Please answer or change those.")
        before_write(row)
        held = Meeting(relationship=row, ics_uid=uid, proposed_by=side, options=options, changed_at=timezone.now())
        for name, value in values.items():
            setattr(held, name, value)
        try:
            with transaction.atomic():
                held.save()
        except IntegrityError as error:
            raise MentoringError("Please open the page again and send it once more.") from error
        note_down(row, "meeting_proposed", actor=actor, by=side, meeting=held.pk)
        settle(row)
        _ask_to_pick(row, held, side)
    return held


def offer_others(
    *, meeting: Meeting, actor: AbstractBaseUser, version: int, times: Sequence[dt.datetime], place: str | None = None
) -> Meeting:
    """Other times: in answer to those proposed, instead of one's own, or to move a booked meeting.

    A booked meeting stands until the other one picks.

    Raises:
        MentoringError: not one of the two, over, or times that cannot be. Stale: changed since the form was opened.
    """
    with transaction.atomic():
        row, held = _locked(meeting)
        side = side_of(actor, row)
        _under_way(row)
        options = _options(times)
        if held.version == version + 1 and held.options == options and held.proposed_by == side:
            return held
        _fresh(held, version)
        if held.state not in (M.PROPOSED, M.BOOKED):
            raise WrongMove(f"This meeting is “{held.get_state_display().lower()}” and cannot be moved.")
        before_write(row)
        held.options, held.proposed_by = options, side
        if place is not None:
            held.place = text_of(place, most=300, what="the place")
        _save(held, "options", "proposed_by", "place")
        note_down(row, "meeting_times_changed", actor=actor, by=side, meeting=held.pk)
        settle(row)
        _ask_to_pick(row, held, side)
    return held


def pick(*, meeting: Meeting, actor: AbstractBaseUser, version: int, time: dt.datetime) -> Meeting:
    """The one who was asked picks a time; both get the calendar entry. A moved meeting keeps its entry.

    Raises:
        MentoringError: not theirs to pick, or not one of the times. Stale: changed since the page was opened.
    """
    with transaction.atomic():
        row, held = _locked(meeting)
        side = side_of(actor, row)
        if held.version == version + 1 and held.state == M.BOOKED and held.start == time and not held.options:
            return held  # the same form once more
        _fresh(held, version)
        _under_way(row)
        if not held.options or held.proposed_by == side:
            raise MentoringError("It is not your turn to pick a time for this meeting.")
        if time.astimezone(dt.UTC).isoformat() not in held.options:
            raise MentoringError("Please pick one of the times that were proposed.")
        if time <= timezone.now():
            raise MentoringError("That time is over. Please pick another, or propose other times.")
        before_write(row)
        moved = held.state == M.BOOKED
        if moved:
            held.sequence += 1
        else:
            MEETING_MACHINE.move(held, M.BOOKED, as_=Actor.PARTY)
        held.start, held.options, held.reminded_at = time, [], None
        _save(held, "start", "options", "sequence", "reminded_at")
        note_down(row, "meeting_moved" if moved else "meeting_booked", actor=actor, by=side, meeting=held.pk)
        settle(row)
        _tell_of(row, held, "meeting_booked", moved=moved)
    return held


def _tell_of(row: Relationship, held: Meeting, template: str, **context: Any) -> None:
    tell_both(
        row, template, key=f"meeting:{held.pk}:{template}:{held.version}", calendar=ics.entry(held), path=_path(held),
        start=held.start, end=held.end, place=held.place, **context,
    )  # fmt: skip


def cancel(*, meeting: Meeting, actor: AbstractBaseUser, version: int) -> Meeting:
    """One of the two calls it off; calendars that had the entry lose it.

    Raises:
        MentoringError: not one of the two, or over. Stale: changed since the page was opened.
    """
    with transaction.atomic():
        row, held = _locked(meeting)
        side = side_of(actor, row)
        if held.state == M.CANCELLED:
            return held
        _fresh(held, version)
        if held.state == M.BOOKED and held.end and held.end <= timezone.now():
            raise MentoringError("This meeting’s time is over. Please say whether it was held.")
        before_write(row)
        _cancel(row, held, as_=Actor.PARTY, actor=actor, by=side)
        settle(row)
    return held


def _cancel(row: Relationship, held: Meeting, *, as_: Actor, actor: AbstractBaseUser | None, by: str) -> None:
    booked = held.state == M.BOOKED
    MEETING_MACHINE.move(held, M.CANCELLED, as_=as_)
    held.options = []
    held.sequence += 1
    _save(held, "options", "sequence")
    note_down(row, "meeting_cancelled", actor=actor, by=by, meeting=held.pk)
    if booked:
        _tell_of(row, held, "meeting_cancelled")


def cancel_open(row: Relationship, *, actor: AbstractBaseUser | None) -> int:
    """When a pair ends, what is proposed or to come is called off; what lies behind stays. The caller has locked."""
    now = timezone.now()
    count = 0
    for held in row.meetings.select_for_update().filter(state__in=[M.PROPOSED, M.BOOKED]).order_by("pk"):
        if held.state == M.BOOKED and held.start and held.start <= now:
            continue
        held.relationship = row
        _cancel(row, held, as_=Actor.SYSTEM, actor=actor, by="end")
        count += 1
    return count


def drop_stale_options(row: Relationship) -> int:
    """The clock: times that have all gone by without an answer. A booked meeting stays where it is."""
    now = timezone.now()
    count = 0
    for held in row.meetings.select_for_update().filter(state__in=[M.PROPOSED, M.BOOKED]).exclude(options=[]):
        if max(held.times) > now:
            continue
        held.relationship = row
        if held.state == M.PROPOSED:
            _cancel(row, held, as_=Actor.SYSTEM, actor=None, by="clock")
        else:
            held.options = []
            _save(held, "options")
        count += 1
    if count:
        settle(row)
    return count


def mark(*, meeting: Meeting, actor: AbstractBaseUser, version: int, held_it: bool, topics: str = "") -> Meeting:
    """One of the two says that it was held, with its topics, or that it did not happen. Can be put right later.

    Raises:
        MentoringError: not one of the two, not booked, or still to come. Stale: changed since the page was opened.
    """
    topics = text_of(topics, most=1000, what="the topics")
    with transaction.atomic():
        row, held = _locked(meeting)
        side = side_of(actor, row)
        to = M.HELD if held_it else M.MISSED
        if held.version == version + 1 and held.state == to and held.topics == topics:
            return held
        _fresh(held, version)
        if held.start is not None and held.start > timezone.now():
            raise MentoringError("This meeting is still to come. Please say afterwards whether it was held.")
        before_write(row)
        if held.state != to:
            MEETING_MACHINE.move(held, to, as_=Actor.PARTY)
        held.topics, held.options = topics, []
        _save(held, "topics", "options")
        note_down(row, f"meeting_{to.value}", actor=actor, by=side, meeting=held.pk)
        settle(row)
    return held
