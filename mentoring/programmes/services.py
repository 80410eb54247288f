"""Taking part: applying, being accepted or not, changing one's mind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.messages.services import queue
from mentoring.people.models import Profile
from mentoring.trust import audit

from . import permissions
from .consent import CONSENT_VERSION
from .models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState
from .states import COHORT_MACHINE, COHORT_TAKES_PEOPLE, ENROLMENT_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def email_of(profile: Profile) -> str:
    """The address of a member, whatever the site's user model calls it; "" if there is none."""
    user: Any = profile.user
    return str(getattr(user, user.get_email_field_name(), "") or "")


def lock_enrolments(ids: Iterable[int]) -> dict[int, Enrolment]:
    """Locks rows in the one order that everybody keeps: mentors first (they are scarce), then mentees, each by id."""
    rows = (
        Enrolment.objects.filter(pk__in=list(ids))
        .order_by("-as_role", "pk")
        .select_for_update(of=("self",))
        .select_related("cohort__programme", "profile__organisation")
    )
    return {row.pk: row for row in rows}


def tell(enrolment: Enrolment, template: str, *, key: str, **context: Any) -> None:
    """Queues mail to the person of an enrolment, answers going to the programme. Without an address nothing is sent."""
    to = email_of(enrolment.profile)
    if not to:
        return
    programme = enrolment.cohort.programme
    queue(
        key=key,
        template=template,
        to=to,
        reply_to=programme.contact_email,
        programme=programme,
        context={
            "name": enrolment.profile.display_name,
            "role": enrolment.get_as_role_display().lower(),
            "cohort": enrolment.cohort,
            "programme": programme,
            "path": reverse("mentoring:home"),
            **context,
        },
    )


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
    """A member applies, or a coordinator brings somebody in who has agreed to it.

    A member's own application waits for a coordinator; a coordinator's is ready at once. The same again changes nothing
    and gives the same row; after a withdrawal it is the same row, applied for anew.

    Raises:
        MentoringError: the cohort takes nobody now, the person was not accepted before, or a value cannot be stored.
    """
    as_role = EnrolmentRole(as_role)
    own = profile.user_id == actor.pk
    goals, capacity = _checked(as_role=as_role, goals=goals, capacity=capacity)
    if not consent_version:
        raise MentoringError("Taking part needs the person’s agreement.")
    with transaction.atomic():
        cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
        if own:
            decision = permissions.can_apply(profile, cohort)
        else:
            decision = permissions.can_coordinate(actor, cohort.programme_id)
        if not decision:
            raise MentoringError(decision.reason)
        if cohort.state not in COHORT_TAKES_PEOPLE:
            raise MentoringError("This cohort takes nobody any more.")
        row = Enrolment.objects.select_for_update().filter(cohort=cohort, profile=profile, as_role=as_role).first()
        before: dict[str, Any] = {}
        if row is None:
            row = Enrolment(cohort=cohort, profile=profile, as_role=as_role)
            row.state = EnrolmentState.SUBMITTED if own else EnrolmentState.ELIGIBLE
        elif row.state in (EnrolmentState.SUBMITTED, EnrolmentState.ELIGIBLE):
            return row
        elif own and row.state == EnrolmentState.DECLINED:
            raise MentoringError("You have applied before. Please write to the coordinator if things have changed.")
        elif own:
            before = {"state": ENROLMENT_MACHINE.move(row, EnrolmentState.SUBMITTED, as_=Actor.PARTY)}
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
            raise MentoringError("This application was just sent from another window.") from error
        audit.record(
            action="mentoring.enrolment.submitted" if own else "mentoring.enrolment.added",
            obj=row,
            actor=actor,
            programme=cohort.programme,
            before=before,
            after={"state": row.state, "as_role": row.as_role, "capacity": row.capacity, "consent": consent_version},
        )
        template = "application_received" if own else "application_accepted"
        tell(row, template, key=f"enrolment:{row.pk}:{row.version}:{template}")
    return row


def _decide(
    *, enrolment: Enrolment, actor: AbstractBaseUser, version: int, to: EnrolmentState, note: str, template: str
) -> Enrolment:
    if len(note) > 1000:
        raise MentoringError("Please keep the note below 1,000 characters.")
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        decision = permissions.can_decide_enrolment(actor, row)
        if not decision:
            raise MentoringError(decision.reason)
        if row.state == to and row.version == version + 1:
            return row  # the same form once more
        if row.version != version:
            raise Stale("Somebody changed this application after you opened it.")
        if to == EnrolmentState.DECLINED:
            _refuse_if_paired(row)
        before = ENROLMENT_MACHINE.move(row, to, as_=Actor.COORDINATOR)
        row.note = note.strip()
        row.version += 1
        row.save(update_fields=["state", "note", "version"])
        audit.record(
            action=f"mentoring.enrolment.{to.value}",
            obj=row,
            actor=actor,
            programme=row.cohort.programme,
            before={"state": before},
            after={"state": row.state},
            reason=row.note,
        )
        tell(row, template, key=f"enrolment:{row.pk}:{row.version}:{template}", note=row.note)
    return row


def _refuse_if_paired(row: Enrolment) -> None:
    from mentoring.proposals.services import approved_with  # proposals build on enrolments

    if approved_with(row).exists():
        raise MentoringError(f"{row.profile} has an approved match. Undo the match first.")


def accept(*, enrolment: Enrolment, actor: AbstractBaseUser, version: int, note: str = "") -> Enrolment:
    """A coordinator lets somebody in; they are told.

    Raises:
        MentoringError: not theirs to decide, or not waiting. Stale: changed since the form was opened.
    """
    return _decide(
        enrolment=enrolment,
        actor=actor,
        version=version,
        to=EnrolmentState.ELIGIBLE,
        note=note,
        template="application_accepted",
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
    )


def withdraw(*, enrolment: Enrolment, actor: AbstractBaseUser, reason: str = "") -> Enrolment:
    """Somebody leaves a cohort, by themselves or by a coordinator's hand; their pairs end and partners are told.

    Repeating it changes nothing.

    Raises:
        MentoringError: somebody else's application, or one that cannot be withdrawn.
    """
    from mentoring.proposals.services import end_pairs_of, partners_of  # proposals build on enrolments

    with transaction.atomic():
        row = lock_enrolments([enrolment.pk, *partners_of(enrolment)])[enrolment.pk]
        own = row.profile.user_id == actor.pk
        if not own:
            decision = permissions.can_decide_enrolment(actor, row)
            if not decision:
                raise MentoringError(decision.reason)
        if row.state == EnrolmentState.WITHDRAWN:
            return row
        as_ = Actor.PARTY if own else Actor.COORDINATOR
        before = ENROLMENT_MACHINE.move(row, EnrolmentState.WITHDRAWN, as_=as_)
        row.version += 1
        row.save(update_fields=["state", "version"])
        audit.record(
            action="mentoring.enrolment.withdrawn",
            obj=row,
            actor=actor,
            programme=row.cohort.programme,
            before={"state": before},
            after={"state": row.state},
            reason=reason.strip(),
        )
        end_pairs_of(row, actor=actor)
    return row


def amend(*, enrolment: Enrolment, actor: AbstractBaseUser, version: int, goals: str, capacity: int = 1) -> Enrolment:
    """A member changes their own goals or places. Fewer places than mentees is allowed: pairs stay, no new ones come.

    Raises:
        MentoringError: somebody else's, no longer live, or a value cannot be stored. Stale: changed meanwhile.
    """
    goals, capacity = _checked(as_role=enrolment.as_role, goals=goals, capacity=capacity)
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        if row.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can change this.")
        if row.state not in (EnrolmentState.SUBMITTED, EnrolmentState.ELIGIBLE):
            raise MentoringError("This application is closed and cannot be changed.")
        same = (row.goals, row.capacity) == (goals, capacity)
        if same:
            return row
        if row.version != version:
            raise Stale("This application was changed in another window after you opened it.")
        before = {"capacity": row.capacity}
        row.goals, row.capacity = goals, capacity
        row.version += 1
        row.save(update_fields=["goals", "capacity", "version"])
        audit.record(
            action="mentoring.enrolment.amended",
            obj=row,
            actor=actor,
            programme=row.cohort.programme,
            before=before,
            after={"capacity": row.capacity},
        )
    return row


def move_cohort(*, cohort: Cohort, to: CohortState, actor: AbstractBaseUser, version: int) -> Cohort:
    """A coordinator takes a cohort to its next state.

    Raises:
        MentoringError: not theirs, not a possible move, or something is missing for it. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
        decision = permissions.can_coordinate(actor, row.programme_id)
        if not decision:
            raise MentoringError(decision.reason)
        if row.state == to:
            return row
        if row.version != version:
            raise Stale("Somebody changed this cohort after you opened it.")
        if to == CohortState.OPEN and not row.programme.active:
            raise MentoringError("The programme is switched off. Switch it on before opening a cohort.")
        before = COHORT_MACHINE.move(row, to, as_=Actor.COORDINATOR)
        row.version += 1
        row.save(update_fields=["state", "version"])
        audit.record(
            action=f"mentoring.cohort.{to.value}",
            obj=row,
            actor=actor,
            programme=row.programme,
            before={"state": before},
            after={"state": row.state},
        )
    return row
