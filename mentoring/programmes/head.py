"""A head’s support for an application: asked by a signed link, answered without an account, reminded, lapsed.

The link is the open question; `Enrolment.head_support` is what is known. A question that the head asks back leaves both
as they are: the same link still takes the answer.
"""

from __future__ import annotations

import datetime as dt
import enum
import logging
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.messages.services import queue
from mentoring.people.working_days import add_working_days
from mentoring.trust import audit, links
from mentoring.trust.link_models import LinkPurpose, SignedLink

from . import permissions
from .models import Enrolment, EnrolmentRole, EnrolmentState, HeadSupport
from .telling import email_of, lock_enrolments, tell, tell_coordinator

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger(__name__)

PURPOSE = LinkPurpose.HEAD_SUPPORT
#: Working days of the school after which the head is reminded.
REMIND_AFTER = 5
MOST_TEXT = 1000
#: While an application is in one of these, its head may answer.
WAITS_FOR_HEAD = frozenset({EnrolmentState.SUBMITTED, EnrolmentState.RETURNED, EnrolmentState.WAITLISTED})


class HeadAnswer(enum.StrEnum):
    YES = "yes"
    NO = "no"
    QUESTION = "question"


def clean_head_email(email: str, *, own: str) -> str:
    """The address as it may be asked.

    Raises:
        MentoringError: no address, or the applicant's own.
    """
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise MentoringError("Please give your head’s work e-mail address.") from error
    if email.casefold() == own.strip().casefold():
        raise MentoringError("This is your own address. Please give that of your head, who is asked to agree.")
    return email


def ask(row: Enrolment, *, actor: AbstractBaseUser | None) -> None:
    """Sends the question to `row.head_email`. The caller holds the row's lock and saves `head_support` itself."""
    row.head_support = HeadSupport.ASKED
    path = links.issue(PURPOSE, row.pk, row.head_email)
    _write_to_head(row, "head_asked", key=f"enrolment:{row.pk}:head:{_number(row)}:asked", path=path)
    audit.record(action="mentoring.head.asked", obj=row, actor=actor, programme=row.cohort.programme)


def ask_again(*, enrolment: Enrolment, actor: AbstractBaseUser, email: str, version: int) -> Enrolment:
    """The question once more, to the same head or to another: the link sent before stops working.

    The applicant may do so while the head has not said no; a coordinator always.

    Raises:
        MentoringError: not theirs, not now, no address. Stale: the application changed meanwhile.
    """
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        own = row.profile.user_id == actor.pk
        if not own:
            decision = permissions.can_decide_enrolment(actor, row)
            if not decision:
                raise MentoringError(decision.reason)
        if row.as_role != EnrolmentRole.MENTEE or row.state not in WAITS_FOR_HEAD:
            raise MentoringError("No head is asked about this application now.")
        if row.head_support == HeadSupport.YES:
            raise MentoringError("The head has agreed already.")
        if own and row.head_support == HeadSupport.NO:
            raise MentoringError(
                "Your head did not agree. Please talk to the coordinator before anybody is asked again."
            )
        if row.version != version:
            raise Stale("This application changed after you opened it.")
        row.head_email = clean_head_email(email, own=email_of(row.profile))
        row.version += 1
        ask(row, actor=actor)
        row.save(update_fields=["head_email", "head_support", "version"])
    return row


def answer(*, link: SignedLink, answer: HeadAnswer | str, text: str = "") -> SignedLink:
    """What the head decided or asks. They get a copy; the applicant is told, and the coordinator where it is not a yes.

    The same answer again changes nothing.

    Raises:
        MentoringError: no such answer, a question without words, a link that is not open, an application that is over.
    """
    try:
        said = HeadAnswer(answer)
    except ValueError as error:
        raise MentoringError("Please choose one of the three answers.") from error
    text = text.strip()
    if len(text) > MOST_TEXT:
        raise MentoringError(f"Please keep your words below {MOST_TEXT:,} characters.")
    if said is HeadAnswer.QUESTION and not text:
        raise MentoringError("Please write your question.")
    with transaction.atomic():
        row = lock_enrolments([link.object_id]).get(link.object_id)
        if row is None or row.state not in WAITS_FOR_HEAD:
            raise MentoringError("This application is closed. Nobody needs anything from you any more.")
        link = SignedLink.objects.get(pk=link.pk)
        given = {"decision": said.value, "text": text}
        if said is HeadAnswer.QUESTION:
            if link.answer.get("question") == text:
                return link
            link = links.note(link, question=text, asked_at=timezone.now().isoformat())
        else:
            repeat = links.standing(link) is links.Standing.USED
            link = links.use(link, given)
            if repeat:
                return link
            row.head_support = HeadSupport(said.value)
            row.version += 1
            row.save(update_fields=["head_support", "version"])
        audit.record(action=f"mentoring.head.{said.value}", obj=row, actor=None, programme=row.cohort.programme)
        _spread(row, link, said, text)
    return link


def _spread(row: Enrolment, link: SignedLink, said: HeadAnswer, text: str) -> None:
    key = f"link:{link.pk}:{said.value}:{_asked(link)}"
    _write_to_head(row, "head_copy", key=f"{key}:copy", said=said.value, text=text)
    tell(
        row,
        f"head_{said.value}",
        key=f"{key}:applicant",
        text=text,
        head_email=row.head_email,
        path=reverse("mentoring:application", args=[row.pk]),
    )
    if said is not HeadAnswer.YES:
        _tell_coordinator(row, said.value, key=f"{key}:coordinator", text=text)


def _tell_coordinator(row: Enrolment, what: str, *, key: str, text: str = "") -> None:
    tell_coordinator(row, "head_coordinator", key=key, what=what, text=text, head_email=row.head_email)


def _asked(link: SignedLink) -> str:
    return str(link.answer.get("asked_at", "")) if link.used_at is None else ""


def _number(row: Enrolment) -> int:
    """How many links this question has had: each mail goes once."""
    return SignedLink.objects.filter(purpose=PURPOSE, object_id=row.pk).count()


def _write_to_head(row: Enrolment, template: str, *, key: str, **context: Any) -> None:
    programme, place = row.cohort.programme, row.profile.organisation
    known = row.head_email.casefold() == place.head_email.casefold()
    queue(
        key=key,
        template=template,
        to=row.head_email,
        reply_to=programme.contact_email,
        programme=programme,
        context={
            "name": place.head_name if known and place.head_name else "colleague",
            "person": row.profile,
            "cohort": row.cohort,
            "programme": programme,
            "last_day": timezone.localdate() + dt.timedelta(days=links.DAYS),
            **context,
        },
    )


# --- By the clock ------------------------------------------------------------------------


def first_asked(link: SignedLink) -> dt.datetime:
    """When this address was first asked: the link of a reminder keeps the last day of the one it repeats."""
    return link.expires_at - dt.timedelta(days=links.DAYS)


def is_reminder(link: SignedLink) -> bool:
    return link.created_at - first_asked(link) > dt.timedelta(hours=1)


def keep_asking() -> int:
    """Due work: reminds heads after five working days, and says when a question has run out. Says how many."""
    waiting = links.open_for(PURPOSE).exclude(answer__has_key="lapsed")
    done = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        try:
            done += _step(pk)
        except MentoringError:  # an address that takes no mail, say: the others still get theirs
            logger.exception("The question of link %s could not be repeated.", pk)
    return done


def _step(pk: int) -> int:
    with transaction.atomic():
        known = SignedLink.objects.filter(pk=pk).first()
        row = lock_enrolments([known.object_id]).get(known.object_id) if known else None
        link = SignedLink.objects.select_for_update().get(pk=pk)
        if link.used_at or link.revoked_at or "lapsed" in link.answer:
            return 0  # answered, or done by another worker, meanwhile
        if row is None or row.state not in WAITS_FOR_HEAD:
            links.revoke(PURPOSE, link.object_id)
            return 0
        if links.standing(link) is links.Standing.EXPIRED:
            link.answer["lapsed"] = True  # left open: its page then says that it has run out, not that it was replaced
            link.save(update_fields=["answer"])
            audit.record(action="mentoring.head.lapsed", obj=row, actor=None, programme=row.cohort.programme)
            path = reverse("mentoring:application", args=[row.pk])
            tell(row, "head_lapsed", key=f"link:{pk}:lapsed", head_email=row.head_email, path=path)
            _tell_coordinator(row, "lapsed", key=f"link:{pk}:lapsed:coordinator")
            return 1
        asked_on = timezone.localdate(first_asked(link))
        if is_reminder(link) or timezone.localdate() < add_working_days(
            asked_on, REMIND_AFTER, row.profile.organisation
        ):
            return 0
        path = links.issue(PURPOSE, row.pk, link.email, expires_at=link.expires_at)
        _write_to_head(
            row, "head_reminder", key=f"link:{pk}:reminder", path=path, last_day=timezone.localdate(link.expires_at)
        )
        audit.record(action="mentoring.head.reminded", obj=row, actor=None, programme=row.cohort.programme)
        return 1
