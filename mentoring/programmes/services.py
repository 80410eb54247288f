"""Taking part: applying, being accepted or not, changing one's mind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.people.models import Profile
from mentoring.trust import audit, links
from mentoring.trust.link_models import LinkPurpose

from . import permissions
from .consent import CONSENT_VERSION
from .guards import can_become
from .models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState, HeadSupport
from .room import has_place, tell_next
from .states import COHORT_MACHINE, COHORT_MATCHES, COHORT_TAKES_PEOPLE, ENROLMENT_MACHINE
from .telling import email_of, lock_cohort, lock_enrolments, save_move, tell, would_tell

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = [
    "accept",
    "back_to_pool",
    "complete",
    "decline",
    "email_of",
    "enrol",
    "lock_cohort",
    "lock_enrolments",
    "move_cohort",
    "put_on_waiting_list",
    "send_back",
    "tell",
    "withdraw",
    "would_tell",
]


def back_to_pool(enrolment: Enrolment, *, first: bool, actor: AbstractBaseUser | None = None) -> Enrolment:
    """Somebody whose offer or pair is over waits to be matched again. Repeating it changes nothing.

    `first`: it was no doing of theirs, so they come before others who wait. Whoever has left, or was declined, or whose
    cohort is over, stays as they are. The caller may hold the row's lock; it is taken here, too.
    """
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        if row.state not in (EnrolmentState.ELIGIBLE, EnrolmentState.COMPLETED):
            return row
        if row.cohort.state not in COHORT_TAKES_PEOPLE:
            return row
        before = {"state": str(row.state), "first": row.rematch_since is not None}
        if row.state == EnrolmentState.COMPLETED:
            ENROLMENT_MACHINE.move(row, EnrolmentState.ELIGIBLE, as_=Actor.SYSTEM)
        if first and row.rematch_since is None:
            row.rematch_since = timezone.now()
        after = {"state": str(row.state), "first": row.rematch_since is not None}
        if after != before:
            save_move(row, "rematch_since", action="back_in_pool", actor=actor, before=before, after=after)
    return row


def complete(enrolment: Enrolment, *, actor: AbstractBaseUser | None = None) -> Enrolment:
    """Somebody's part in the cohort is done: their pair came to its end. Only whoever was ready to be matched moves."""
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        if row.state != EnrolmentState.ELIGIBLE:
            return row
        before = {"state": ENROLMENT_MACHINE.move(row, EnrolmentState.COMPLETED, as_=Actor.SYSTEM)}
        row.rematch_since = None
        save_move(row, "rematch_since", action="completed", actor=actor, before=before, after={"state": row.state})
    return row


def _checked(*, as_role: str, goals: str, capacity: int) -> tuple[str, int]:
    """Goals and places as they may be stored, or a sentence why not."""
    goals = goals.strip()
    if len(goals) > 2000:
        raise MentoringError("Please keep your goals below 2,000 characters.")
    if as_role == EnrolmentRole.MENTEE:
        return goals, 1
    if not 0 <= capacity <= 6:
        raise MentoringError("A mentor can offer between 0 and 6 places.")
    return goals, capacity


def enrol(
    *,
    cohort: Cohort,
    profile: Profile,
    as_role: EnrolmentRole | str,
    actor: AbstractBaseUser,
    goals: str = "",
    capacity: int = 1,
    consent_version: str = CONSENT_VERSION,
) -> Enrolment:
    """A coordinator brings somebody in who has agreed to it: they are ready at once. The same again changes nothing.

    Members apply by themselves, through `applying`: it asks what only they can say, that they are adults among it.

    Raises:
        MentoringError: oneself, the cohort takes nobody now, somebody who withdrew, or a value cannot be stored.
    """
    as_role = EnrolmentRole(as_role)
    if profile.user_id == actor.pk:
        raise MentoringError("Please apply for yourself on the page of the programme.")
    goals, capacity = _checked(as_role=as_role, goals=goals, capacity=capacity)
    if not consent_version:
        raise MentoringError("Taking part needs the person’s agreement.")
    with transaction.atomic():
        cohort = lock_cohort(cohort.pk)
        decision = permissions.can_coordinate_at(actor, cohort.programme_id, profile.organisation_id)
        if not decision:
            raise MentoringError(decision.reason)
        if cohort.state not in COHORT_TAKES_PEOPLE:
            raise MentoringError("This cohort takes nobody any more.")
        row = (
            Enrolment.objects.select_for_update(no_key=True)
            .filter(cohort=cohort, profile=profile, as_role=as_role)
            .first()
        )
        before: dict[str, Any] = {}
        if row is None:
            row = Enrolment(cohort=cohort, profile=profile, as_role=as_role, state=EnrolmentState.ELIGIBLE)
        elif row.state in (EnrolmentState.SUBMITTED, EnrolmentState.ELIGIBLE):
            return row
        elif row.state == EnrolmentState.WITHDRAWN:
            raise MentoringError(f"{profile} withdrew. Only they can apply again.")
        else:
            before = {"state": ENROLMENT_MACHINE.move(row, EnrolmentState.ELIGIBLE, as_=Actor.COORDINATOR)}
        row.goals, row.capacity = goals, capacity
        row.consent_version, row.consented_at = consent_version, timezone.now()
        if row.pk:
            row.version += 1
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise MentoringError("This application was just made in another window.") from error
        audit.record(
            action="mentoring.enrolment.added",
            obj=row,
            actor=actor,
            programme=cohort.programme,
            before=before,
            after={"state": row.state, "as_role": row.as_role, "capacity": row.capacity, "consent": consent_version},
        )
        tell(row, "application_accepted", key=f"enrolment:{row.pk}:{row.version}:application_accepted")
    return row


def _decide(
    *,
    enrolment: Enrolment,
    actor: AbstractBaseUser,
    version: int,
    to: EnrolmentState,
    note: str,
    template: str,
    check: Callable[[Enrolment], EnrolmentState | None] = lambda row: None,
) -> Enrolment:
    """One decision of a coordinator. `check`, under lock, refuses or names another state to go to."""
    note = note.strip()
    if len(note) > 1000:
        raise MentoringError("Please keep the note below 1,000 characters.")
    with transaction.atomic():
        # Its places are counted below.
        lock_cohort(enrolment.cohort_id)
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        decision = permissions.can_decide_enrolment(actor, row)
        if not decision:
            raise MentoringError(decision.reason)
        if row.version == version + 1 and row.state in (to, EnrolmentState.WAITLISTED) and row.note == note:
            return row  # the same form once more
        if row.version != version:
            raise Stale("Somebody changed this application after you opened it.")
        instead = check(row)
        if instead is not None:
            to, template = instead, "application_waitlisted"
        before = ENROLMENT_MACHINE.move(row, to, as_=Actor.COORDINATOR)
        row.note = note
        save_move(
            row,
            "note",
            action=to.value,
            actor=actor,
            before={"state": before},
            after={"state": row.state},
            reason=row.note,
        )
        path = reverse("mentoring:application", args=[row.pk])
        tell(row, template, key=f"enrolment:{row.pk}:{row.version}:{template}", note=row.note, path=path)
        if before == EnrolmentState.ELIGIBLE:
            tell_next(row)
    return row


def _refuse_if_paired(row: Enrolment) -> None:
    from mentoring.proposals.endings import is_spoken_for  # proposals build on enrolments

    if is_spoken_for(row):
        raise MentoringError(f"{row.profile} has a match, or an offer on the way. Undo that first.")


def accept(
    *, enrolment: Enrolment, actor: AbstractBaseUser, version: int, note: str = "", without_head: bool = False
) -> Enrolment:
    """A coordinator lets somebody in; they are told. Beyond the cohort's places a mentee joins the waiting list.

    Where the programme asks heads, theirs must have agreed, unless the coordinator goes on `without_head` with a note.

    Raises:
        MentoringError: not theirs to decide, not waiting, no place, or the head has not agreed.
        Stale: changed since the form was opened.
    """

    def check(row: Enrolment) -> EnrolmentState | None:
        _check_head(row, without_head and bool(note.strip()))
        if row.head_support in (HeadSupport.ASKED, HeadSupport.NO):  # going on without: nobody's answer bars the pair
            links.revoke(LinkPurpose.HEAD_SUPPORT, row.pk)
            Enrolment.objects.filter(pk=row.pk).update(head_support=HeadSupport.NOT_ASKED)
        if has_place(row):
            return None
        if row.state == EnrolmentState.WAITLISTED:
            raise MentoringError(
                f"All {row.cohort.max_mentees} places are taken. Wait for a free one, or give the cohort more places."
            )
        return EnrolmentState.WAITLISTED

    return _decide(
        enrolment=enrolment,
        actor=actor,
        version=version,
        to=EnrolmentState.ELIGIBLE,
        note=note,
        template="application_accepted",
        check=check,
    )


def _check_head(row: Enrolment, go_on: bool) -> None:
    if row.as_role != EnrolmentRole.MENTEE or not row.cohort.programme.head_support_needed or go_on:
        return
    if row.head_support == HeadSupport.ASKED:
        raise MentoringError(
            "Their head has not answered yet. Ask again, or say in the note why they can go on without, and use "
            "“Accept without the head”."
        )
    if row.head_support == HeadSupport.NO:
        raise MentoringError(
            "Their head did not agree. Decline kindly, ask another head, or say in the note why they can go on, and "
            "use “Accept without the head”."
        )


def put_on_waiting_list(*, enrolment: Enrolment, actor: AbstractBaseUser, version: int, note: str = "") -> Enrolment:
    """A coordinator keeps somebody in mind for a place that may become free; they are told.

    Raises:
        MentoringError: not theirs, not possible now, or an approved match stands. Stale: changed meanwhile.
    """
    return _decide(
        enrolment=enrolment,
        actor=actor,
        version=version,
        to=EnrolmentState.WAITLISTED,
        note=note,
        template="application_waitlisted",
        check=_refuse_if_paired,
    )


def send_back(*, enrolment: Enrolment, actor: AbstractBaseUser, version: int, note: str) -> Enrolment:
    """A coordinator asks before deciding: the application goes back to its author with the question.

    Raises:
        MentoringError: not theirs, nothing to send back, or no question. Stale: changed meanwhile.
    """
    if not note.strip():
        raise MentoringError("Please write your question in the note: it goes out with the e-mail.")
    return _decide(
        enrolment=enrolment,
        actor=actor,
        version=version,
        to=EnrolmentState.RETURNED,
        note=note,
        template="application_returned",
    )


def decline(*, enrolment: Enrolment, actor: AbstractBaseUser, version: int, note: str = "") -> Enrolment:
    """A coordinator does not let somebody in; they are told, kindly, with the note.

    Raises:
        MentoringError: not theirs to decide, not possible now, or an approved match stands. Stale: changed meanwhile.
    """
    return _decide(
        enrolment=enrolment,
        actor=actor,
        version=version,
        to=EnrolmentState.DECLINED,
        note=note,
        template="application_declined",
        check=_refuse_if_paired,
    )


def withdraw(
    *, enrolment: Enrolment, actor: AbstractBaseUser, version: int | None = None, reason: str = ""
) -> Enrolment:
    """Somebody leaves a cohort, by themselves or by a coordinator's hand; their pairs end and partners are told.

    Repeating it changes nothing. A draft that was never sent is thrown away: nobody agreed to its being kept.
    A coordinator says at which `version` they looked; whoever leaves by themselves may.

    Raises:
        MentoringError: somebody else's application, or one that cannot be withdrawn.
        Stale: it changed after the coordinator's form was opened.
    """
    from mentoring.proposals.endings import end_pairs_of, lock_with_partners  # both build on enrolments
    from mentoring.relationships.ending import end_all_of

    with transaction.atomic():
        lock_cohort(enrolment.cohort_id)  # a place may become free, and whoever waits for one hears of it
        row = lock_with_partners(enrolment)[enrolment.pk]
        own = row.profile.user_id == actor.pk
        if not own:
            decision = permissions.can_decide_enrolment(actor, row)
            if not decision:
                raise MentoringError(decision.reason)
        if row.state == EnrolmentState.WITHDRAWN:
            return row
        if own and row.state == EnrolmentState.DRAFT and row.consented_at is None:
            audit.record(action="mentoring.enrolment.discarded", obj=row, actor=actor, programme=row.cohort.programme)
            row.delete()
            return row
        if not own and row.version != version:
            raise Stale("Somebody changed this application after you opened it.")
        as_ = Actor.PARTY if own else Actor.COORDINATOR
        before = ENROLMENT_MACHINE.move(row, EnrolmentState.WITHDRAWN, as_=as_)
        save_move(
            row,
            action="withdrawn",
            actor=actor,
            before={"state": before},
            after={"state": row.state},
            reason=reason.strip(),
        )
        end_pairs_of(row, actor=actor)
        end_all_of(row, actor=actor)
        links.revoke(LinkPurpose.HEAD_SUPPORT, row.pk)
        if before == EnrolmentState.ELIGIBLE:
            tell_next(row)
    return row


def move_cohort(*, cohort: Cohort, to: CohortState, actor: AbstractBaseUser, version: int, reason: str = "") -> Cohort:
    """A coordinator takes a cohort to its next state. Cancelling it needs a reason, which the trail keeps.

    Raises:
        MentoringError: not theirs, not a possible move, or something is missing for it. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = lock_cohort(cohort.pk)
        decision = permissions.can_coordinate(actor, row.programme_id)
        if not decision:
            raise MentoringError(decision.reason)
        if row.state == to:
            return row
        if row.version != version:
            raise Stale("Somebody changed this cohort after you opened it.")
        before = COHORT_MACHINE.move(row, to, as_=Actor.COORDINATOR)
        if to not in COHORT_MATCHES:  # whoever is just saying the last yes is waited for, and counted
            lock_enrolments(row.enrolments.values_list("pk", flat=True))
        possible = can_become(row, to, reason=reason.strip())
        if not possible:
            raise MentoringError(possible.reason)
        row.version += 1
        row.save(update_fields=["state", "version"])
        audit.record(
            action=f"mentoring.cohort.{to.value}",
            obj=row,
            actor=actor,
            programme=row.programme,
            before={"state": before},
            after={"state": row.state},
            reason=reason.strip(),
        )
    return row
