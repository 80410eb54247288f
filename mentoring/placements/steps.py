"""What a coordinator, a host and the visitor decide: confirm, hold, cancel, no-show, debrief."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.programmes.models import EnrolmentState
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.trust import audit

from . import exchanges, limits, mail
from .approvals import last_day, take_out
from .entries import entry
from .guards import must_be_fresh, must_coordinate
from .models import (
    COVER_SETTLED,
    ApprovalDecision,
    Assurance,
    AssuranceRoute,
    CoverStatus,
    OneWay,
    Placement,
    PlacementState,
)
from .requests import before_write, close_links, locked, record
from .states import PLACEMENT_MACHINE
from .wording import REASONS_TO_CANCEL, STATEMENT_VERSION, VALID_DAYS

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

P = PlacementState


def missing(row: Placement) -> list[str]:
    """What still stands between a visit and its confirmation, in sentences; nothing: it can be confirmed."""
    found = [
        f"{approval.get_party_display()}: {approval.get_decision_display().lower()}."
        for approval in row.approvals.all()
        if approval.decision != ApprovalDecision.YES
    ]
    days = list(row.days.all())
    if row.state != P.CONFIRMED and min(day.date for day in days) <= timezone.localdate():
        found.append("The first day is not ahead any more.")
    if row.one_way == OneWay.ASKED:
        found.append("The visitor has not said whether to go although the visit in return was called off.")
    if limits.needs_release(row.enrolment.profile) and any(day.cover not in COVER_SETTLED for day in days):
        found.append("Cover is not arranged yet.")
    if limits.assurance_on(row.enrolment.profile, last_day(row)) is None:
        found.append(f"No statement about checks counts on {last_day(row):%-d %B %Y}.")
    sessions = {day.date: day.session for day in days}
    for place, hosting in ((row.offer.organisation, True), (row.enrolment.profile.organisation, False)):
        closed = limits.closed_days(place, sessions, hosting=hosting)
        if closed:
            found.append(f"{place} has no visits on {min(closed):%-d %B %Y}.")
    for date, session in sessions.items():
        working = limits.at_work(row.enrolment.profile, row.offer.host, date, session)
        if not working:
            found.append(f"{date:%-d %B %Y}: {working.reason}")
    decision = limits.may_visit(row.enrolment, row.offer)
    if not decision:
        found.append(decision.reason)
    if row.enrolment.state not in (EnrolmentState.ELIGIBLE, EnrolmentState.COMPLETED):
        found.append("The visitor is no longer in the programme.")
    return found


def _move(row: Placement, to: PlacementState, *, as_: Actor, actor: AbstractBaseUser | None, reason: str = "") -> None:
    before = PLACEMENT_MACHINE.move(row, to, as_=as_)
    before_write(row)
    row.version += 1
    row.save()
    record(row, to.value, actor, before=before, reason=reason)


def confirm(*, placement: Placement, actor: AbstractBaseUser, version: int) -> Placement:
    """A coordinator confirms: both heads agreed, cover and statement stand. Everybody gets the day in their calendar.

    Raises:
        MentoringError: not theirs, or something is missing. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = locked(placement)
        must_coordinate(row, actor)
        if row.state == P.CONFIRMED:
            return row
        must_be_fresh(row, version)
        lacking = missing(row)
        if lacking:
            raise MentoringError("Not yet: " + " ".join(lacking))
        row.hold_reason = ""
        if row.sequence:
            row.sequence += 1  # above what took the old days out of the calendars
        _move(row, P.CONFIRMED, as_=Actor.COORDINATOR, actor=actor)
        mail.tell_everybody(row, "placement_confirmed", key=f"confirmed:{row.version}", calendar=entry(row))
    return row


def hold(*, placement: Placement, actor: AbstractBaseUser | None, reason: str, version: int | None = None) -> Placement:
    """A confirmed visit waits: something it stood on has gone. The days stay held. By a coordinator or by the clock.

    Raises:
        MentoringError: not theirs, not confirmed, no reason. Stale: changed meanwhile.
    """
    reason = reason.strip()[:300]
    if not reason:
        raise MentoringError("Please say why the visit has to wait.")
    with transaction.atomic():
        row = locked(placement)
        if actor is not None:
            must_coordinate(row, actor)
        if row.state == P.ON_HOLD:
            return row
        if version is not None:
            must_be_fresh(row, version)
        row.hold_reason = reason
        _move(row, P.ON_HOLD, as_=Actor.COORDINATOR if actor else Actor.SYSTEM, actor=actor, reason=reason)
        key = f"hold:{row.version}"
        mail.tell_everybody(row, "placement_on_hold", key=key)
        mail.tell_coordinator(row, key=key, sentence=f"On hold: {reason}")
    return row


def cancel(
    *, placement: Placement, actor: AbstractBaseUser | None, version: int | None, reason: str, note: str = ""
) -> Placement:
    """Visitor, host or coordinator calls it off; all who were to come or to cover are told, with the calendar entry.

    `actor` None: the site itself, because somebody is erased; then `version` may be None, too.

    Raises:
        MentoringError: not theirs, over, no reason. Stale: changed meanwhile.
    """
    note = note.strip()
    if reason not in REASONS_TO_CANCEL:
        raise MentoringError("Please choose a reason.")
    if len(note) > 1000:
        raise MentoringError("Please keep the note below 1,000 characters.")
    with transaction.atomic():
        row = locked(placement)
        if actor is None:
            as_ = Actor.SYSTEM
        elif actor.pk == row.enrolment.profile.user_id:
            as_ = Actor.PARTY
        elif actor.pk == row.offer.host.user_id:
            as_ = Actor.HOST
        else:
            must_coordinate(row, actor)
            as_ = Actor.COORDINATOR
        if row.state == P.CANCELLED:
            return row
        if version is not None:
            must_be_fresh(row, version)
        host_knows = row.state != P.SUGGESTED
        row.cancel_reason, row.cancel_note = reason, note
        calendar = take_out(row, row.state)
        _move(row, P.CANCELLED, as_=as_, actor=actor, reason=reason)
        close_links(row)
        if host_knows:
            mail.tell_everybody(row, "placement_cancelled", key="cancelled", calendar=calendar)
        else:
            mail.tell_visitor(row, "placement_cancelled", key="cancelled")
        exchanges.dropped(row)
        if as_ is not Actor.COORDINATOR:
            mail.tell_coordinator(row, key="cancelled", sentence=f"Cancelled: {REASONS_TO_CANCEL[reason].lower()}.")
    return row


def set_cover(*, placement: Placement, actor: AbstractBaseUser, version: int, cover: str) -> Placement:
    """A coordinator notes what the school has told them about cover.

    Raises:
        MentoringError: not theirs, over, no such answer. Stale: changed meanwhile.
    """
    if cover not in (CoverStatus.NOT_NEEDED, CoverStatus.ASKED, CoverStatus.ARRANGED, CoverStatus.REFUSED):
        raise MentoringError("Please choose how lessons are covered.")
    with transaction.atomic():
        row = locked(placement)
        must_coordinate(row, actor)
        must_be_fresh(row, version)
        if row.state not in (P.REQUESTED, P.CONFIRMED, P.ON_HOLD):
            raise MentoringError("This visit is over.")
        row.days.update(cover=cover)
        row.version += 1
        row.save(update_fields=["version"])
        record(row, f"cover_{cover}", actor)
    return row


def record_assurance(
    *, placement: Placement, actor: AbstractBaseUser, route: str, by: str, until: dt.date | None = None
) -> Assurance:
    """A coordinator records who vouches for somebody without a head: the authority, or a host who supervises.

    Raises:
        MentoringError: not theirs, no such way, nobody named.
    """
    if route not in (AssuranceRoute.AUTHORITY, AssuranceRoute.SUPERVISED):
        raise MentoringError("The employer’s own statement comes from the head, by their link.")
    if not by.strip():
        raise MentoringError("Please say who confirms it.")
    today = timezone.localdate()
    until = until or today + dt.timedelta(days=VALID_DAYS)
    if not today <= until <= today + dt.timedelta(days=2 * VALID_DAYS):
        raise MentoringError("Please give a last day within the next two years.")
    with transaction.atomic():
        row = locked(placement)
        must_coordinate(row, actor)
        person = row.enrolment.profile
        if limits.needs_release(person):
            raise MentoringError("The employer’s own statement comes from the head, by their link.")
        known = limits.assurance_on(person, last_day(row))
        if known is not None:
            return known
        made = Assurance.objects.create(
            person=person, organisation=person.organisation, route=route, statement_version=STATEMENT_VERSION,
            confirmed_by=by.strip()[:300], recorded_by_id=actor.pk, confirmed_on=today, valid_until=until,
        )  # fmt: skip
        audit.record(
            action="mentoring.assurance.recorded", obj=made, actor=actor, programme=row.enrolment.cohort.programme,
            after={"route": route, "valid_until": str(until)},
        )  # fmt: skip
    return made


def no_show(*, placement: Placement, actor: AbstractBaseUser, version: int) -> Placement:
    """The host (or a coordinator) says that nobody came. The coordinator is told and talks to the visitor.

    Raises:
        MentoringError: not theirs, or the day has not come. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = locked(placement)
        as_ = Actor.HOST
        if actor.pk != row.offer.host.user_id:
            must_coordinate(row, actor)
            as_ = Actor.COORDINATOR
        if row.state == P.NO_SHOW:
            return row
        must_be_fresh(row, version)
        _move(row, P.NO_SHOW, as_=as_, actor=actor)
        mail.tell_coordinator(row, key="no_show", sentence="The host says that the visitor did not come.")
        exchanges.dropped(row)
    return row


def pair_of(row: Placement) -> Relationship | None:
    """The visitor's pair under way as mentee: with its mentor they can share the debrief."""
    return (
        Relationship.objects.filter(mentee__profile=row.enrolment.profile, state__in=RELATIONSHIP_LIVE)
        .select_related("mentor__profile")
        .order_by("-pk")
        .first()
    )


def debrief(
    *,
    placement: Placement,
    actor: AbstractBaseUser,
    version: int,
    text: str,
    presented_on: dt.date | None = None,
    share: bool = False,
) -> Placement:
    """The visitor writes what they saw and will try; that completes the visit. It can be added to afterwards.

    `share`: their mentor may read it on the page of their pair. Without a pair under way nobody can.

    Raises:
        MentoringError: not theirs, not yet, nothing written. Stale: changed meanwhile.
    """
    text = text.strip()
    if not text:
        raise MentoringError("Please write a few sentences about what you saw and what you will try.")
    if len(text) > 4000:
        raise MentoringError("Please keep the debrief below 4,000 characters.")
    if presented_on and presented_on > timezone.localdate():
        raise MentoringError("The day you presented it cannot lie ahead.")
    with transaction.atomic():
        row = locked(placement)
        if row.enrolment.profile.user_id != actor.pk:
            raise MentoringError("Only the visitor writes the debrief.")
        pair = pair_of(row) if share else None
        if (row.debrief, row.presented_on, row.shared_with_id) == (text, presented_on, pair.pk if pair else None):
            return row
        must_be_fresh(row, version)
        row.debrief, row.presented_on, row.shared_with = text, presented_on, pair
        if row.state == P.COMPLETED:
            row.version += 1
            row.save(update_fields=["debrief", "presented_on", "shared_with", "version"])
            record(row, "debrief_changed", actor)
            return row
        row.debriefed_at = timezone.now()
        _move(row, P.COMPLETED, as_=Actor.PARTY, actor=actor)
        mail.tell_visitor(row, "placement_completed", key="completed")
        mail.tell_host(row, "placement_thanks", key="completed")
    return row
