"""A member's own application: begun, written in parts over several evenings, sent, answered, changed.

A draft carries no consent: nobody but its author sees it until it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.matching import windows
from mentoring.people.models import OrganisationKind, Profile
from mentoring.trust import audit

from . import head, permissions
from .consent import is_current
from .models import Cohort, Enrolment, EnrolmentRole, EnrolmentState, Formats, HeadSupport
from .states import ENROLMENT_MACHINE
from .telling import email_of, lock_cohort, lock_enrolments, save_move, tell, tell_coordinator
from .wish_models import Goal

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: In these the member may still change what they wrote.
MAY_CHANGE = frozenset(
    {
        EnrolmentState.DRAFT,
        EnrolmentState.SUBMITTED,
        EnrolmentState.RETURNED,
        EnrolmentState.ELIGIBLE,
        EnrolmentState.WAITLISTED,
    }
)
#: In these it waits to be sent.
TO_SEND = frozenset({EnrolmentState.DRAFT, EnrolmentState.RETURNED})
MOST_GOALS = 3
MOST_WORDS = 300
#: Places of work where nobody may stand above: the head's address is asked for, not insisted on.
MAY_HAVE_NO_HEAD = frozenset({OrganisationKind.CHILDMINDER, OrganisationKind.ARTS_ORG, OrganisationKind.OTHER})
ADULTS_ONLY = (
    "Mentoring here is between adults, so we cannot take an application from somebody under 18. "
    "Please write to {contact}: they can tell you what there is for you instead."
)


def begin(*, cohort: Cohort, profile: Profile, as_role: EnrolmentRole | str, actor: AbstractBaseUser) -> Enrolment:
    """Opens a draft, or gives the application that is there. After a withdrawal it is the same row, begun anew.

    Raises:
        MentoringError: not their own, the cohort takes nobody now, or they were not accepted before.
    """
    as_role = EnrolmentRole(as_role)
    if profile.user_id != actor.pk:
        raise MentoringError("Only the person themselves can apply.")
    with transaction.atomic():
        cohort = lock_cohort(cohort.pk)
        row = (
            Enrolment.objects.select_for_update(no_key=True)
            .filter(cohort=cohort, profile=profile, as_role=as_role)
            .first()
        )
        if row is not None and row.state in MAY_CHANGE:
            return row
        decision = permissions.can_apply(profile, cohort)
        if not decision:
            raise MentoringError(decision.reason)
        if row is not None:
            if row.state != EnrolmentState.WITHDRAWN:
                raise MentoringError("You have applied before. Please write to the coordinator if things have changed.")
            before = {"state": ENROLMENT_MACHINE.move(row, EnrolmentState.DRAFT, as_=Actor.PARTY)}
            row.head_support = HeadSupport.NOT_ASKED
            save_move(row, "head_support", action="begun", actor=actor, before=before, after={"state": row.state})
            return row
        row = Enrolment(cohort=cohort, profile=profile, as_role=as_role, state=EnrolmentState.DRAFT)
        row.head_email = profile.organisation.head_email if as_role == EnrolmentRole.MENTEE else ""
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise MentoringError("This application was just begun in another window.") from error
        audit.record(action="mentoring.enrolment.begun", obj=row, actor=actor, programme=cohort.programme)
    return row


def save_part(
    *,
    enrolment: Enrolment,
    actor: AbstractBaseUser,
    version: int,
    goal_rows: Sequence[tuple[str, str]] | None = None,
    **fields: Any,
) -> Enrolment:
    """Writes one part of an application: the fields of one step, the others stay. The same again changes nothing.

    `goal_rows`: (goal, benefit) of up to three. `fields`: goals, capacity, formats, max_travel_minutes, availability,
    head_email, training_completed_on, shown.

    Raises:
        MentoringError: somebody else's, closed, or a value that cannot be stored. Stale: changed in another window.
    """
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        if row.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can change this.")
        if row.state not in MAY_CHANGE:
            raise MentoringError("This application is closed and cannot be changed.")
        values = _checked(row, fields)
        goals = None if goal_rows is None else _checked_goals(row, goal_rows)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if goals is not None and goals != list(row.goal_set.values_list("text", "benefit")):
            changed.append("goal_rows")
        if not changed:
            return row
        if row.version != version:
            raise Stale("This application was changed in another window after you opened it.")
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*values, "version"])
        if "goal_rows" in changed and goals is not None:
            _write_goals(row, goals)
        if row.state != EnrolmentState.DRAFT:
            audit.record(
                action="mentoring.enrolment.amended",
                obj=row,
                actor=actor,
                programme=row.cohort.programme,
                after={"fields": sorted(changed)},  # names only: the trail outlives what people wrote
            )
    return row


def _write_goals(row: Enrolment, goals: list[tuple[str, str]]) -> None:
    """Keeps the progress of a goal whose words did not change."""
    kept = {goal.text: goal.progress for goal in row.goal_set.all()}
    row.goal_set.all().delete()
    Goal.objects.bulk_create(
        Goal(
            enrolment=row, position=at, text=text, benefit=benefit, **({"progress": kept[text]} if text in kept else {})
        )
        for at, (text, benefit) in enumerate(goals, start=1)
    )


def _checked_goals(row: Enrolment, given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    if row.as_role != EnrolmentRole.MENTEE:
        raise MentoringError("Goals belong to an application for a mentor.")
    goals = [(text.strip(), benefit.strip()) for text, benefit in given]
    if any(benefit and not text for text, benefit in goals):
        raise MentoringError("Please write the goal that belongs to each benefit.")
    goals = [goal for goal in goals if goal[0]]
    if len(goals) > MOST_GOALS:
        raise MentoringError("Please keep to three goals: the fewer, the better the match.")
    if any(len(words) > MOST_WORDS for goal in goals for words in goal):
        raise MentoringError(f"Please keep each goal and each benefit below {MOST_WORDS} characters.")
    return goals


def _checked(row: Enrolment, given: dict[str, Any]) -> dict[str, Any]:
    """The values as they may be stored, or a sentence why not."""
    values = dict(given)
    mentor = row.as_role == EnrolmentRole.MENTOR
    for name in ("capacity", "training_completed_on", "shown"):
        if name in values and not mentor:
            raise MentoringError("Only mentors give places, training and whether they may be shown.")
    if "goals" in values:
        values["goals"] = values["goals"].strip()
        if len(values["goals"]) > 2000:
            raise MentoringError("Please keep this below 2,000 characters.")
    if not 0 <= values.get("capacity", 1) <= 6:
        raise MentoringError("A mentor can offer between 0 and 6 places.")
    if values.get("formats", "") not in ("", *Formats.values):
        raise MentoringError("Please choose how you would like to meet.")
    minutes = values.get("max_travel_minutes")
    if minutes is not None and not 0 <= minutes <= 240:
        raise MentoringError("The longest journey is between 0 and 240 minutes.")
    done = values.get("training_completed_on")
    if done is not None and done > timezone.localdate():
        raise MentoringError("The training date is in the future. Leave it empty until you have done it.")
    if "availability" in values:
        try:
            windows(values["availability"])
        except ValueError as error:
            raise MentoringError(f"Your hours cannot be read: {error}.") from error
    if "head_email" in values:
        if mentor or row.state not in TO_SEND:
            raise MentoringError("Your head is asked once. Use “ask again” on your application to ask another.")
        if values["head_email"].strip():
            values["head_email"] = head.clean_head_email(values["head_email"], own=email_of(row.profile))
    return values


def missing(row: Enrolment) -> list[str]:
    """What has to be there before an application can be sent, as sentences; empty: nothing is missing."""
    lacks = []
    if row.as_role == EnrolmentRole.MENTEE:
        if not row.goal_set.exists():
            lacks.append("Write at least one goal: it helps to find the right person.")
        if needs_head(row) and not row.head_email:
            lacks.append("Give your head’s address: this programme asks them to agree.")
    return lacks


def needs_head(row: Enrolment) -> bool:
    """Whether a head must be named. Childminders, artists and the like may have nobody above them."""
    return row.cohort.programme.head_support_needed and row.profile.organisation.kind not in MAY_HAVE_NO_HEAD


def send(
    *,
    enrolment: Enrolment,
    actor: AbstractBaseUser,
    version: int,
    consent_version: str,
    adult: bool,
    reply: str = "",
) -> Enrolment:
    """The member agrees and sends: it waits for a coordinator, and the head is asked where the programme wants it.

    An application that came back with a question is sent again with `reply`. Sent twice, it is sent once.

    Raises:
        MentoringError: somebody else's, something missing, no consent, not an adult, or the cohort takes nobody now.
        Stale: changed in another window.
    """
    reply = reply.strip()
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        programme = row.cohort.programme
        if row.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can send this.")
        if row.state == EnrolmentState.SUBMITTED and row.version == version + 1:
            return row  # the same form once more
        if row.state not in TO_SEND:
            raise MentoringError("This application has been sent already.")
        if row.version != version:
            raise Stale("This application was changed in another window after you opened it.")
        if not adult:
            raise MentoringError(ADULTS_ONLY.format(contact=programme.contact_email))
        if not is_current(consent_version):
            raise MentoringError("The wording changed while you were writing. Please read it again.")
        if len(reply) > 1000:
            raise MentoringError("Please keep your answer below 1,000 characters.")
        lacks = missing(row)
        if lacks:
            raise MentoringError(lacks[0])
        again = row.state == EnrolmentState.RETURNED
        if not again:
            decision = permissions.can_apply(row.profile, row.cohort)
            if not decision:
                raise MentoringError(decision.reason)
        before = {"state": ENROLMENT_MACHINE.move(row, EnrolmentState.SUBMITTED, as_=Actor.PARTY)}
        now = timezone.now()
        row.consent_version, row.consented_at = consent_version, now
        row.reply = reply if again else ""
        if not again:
            row.submitted_at, row.note = now, ""
        asks = _asks_head(row)
        save_move(
            row,
            "consent_version",
            "consented_at",
            "submitted_at",
            "note",
            "reply",
            action="sent_again" if again else "submitted",
            actor=actor,
            before=before,
            after={"state": row.state, "as_role": row.as_role, "capacity": row.capacity, "consent": consent_version},
        )
        if asks:
            head.ask(row, actor=actor)
            row.save(update_fields=["head_support"])
        if again:
            key = f"enrolment:{row.pk}:{row.version}:sent_again"
            tell_coordinator(row, "application_sent_again", key=key, reply=row.reply)
        else:
            tell(row, "application_received", key=f"enrolment:{row.pk}:{row.version}:application_received")
    return row


def _asks_head(row: Enrolment) -> bool:
    return (
        row.as_role == EnrolmentRole.MENTEE
        and row.cohort.programme.head_support_needed
        and bool(row.head_email)
        and row.head_support == HeadSupport.NOT_ASKED
    )


def agree_again(*, enrolment: Enrolment, actor: AbstractBaseUser, consent_version: str, adult: bool) -> Enrolment:
    """After a change of the wording: the member agrees to the present one. Until then nobody is matched with them.

    Raises:
        MentoringError: somebody else's, not live, not an adult, or not the present wording.
    """
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        if row.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can agree.")
        if row.state not in MAY_CHANGE - {EnrolmentState.DRAFT}:
            raise MentoringError("This application is closed.")
        if not adult:
            raise MentoringError(ADULTS_ONLY.format(contact=row.cohort.programme.contact_email))
        if not is_current(consent_version):
            raise MentoringError("The wording changed while you were reading. Please read it again.")
        if is_current(row.consent_version):
            return row
        before = {"consent": row.consent_version}
        row.consent_version, row.consented_at = consent_version, timezone.now()
        save_move(
            row,
            "consent_version",
            "consented_at",
            action="agreed_again",
            actor=actor,
            before=before,
            after={"consent": consent_version},
        )
    return row
