"""Puts mail into the outbox, in the transaction of the decision that causes it."""

from __future__ import annotations

import uuid
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from mentoring import conf
from mentoring.errors import MentoringError
from mentoring.jobs.knock import knock
from mentoring.machine import Actor, Machine
from mentoring.one_line import is_one_line
from mentoring.trust import audit

from .calendars import method_of
from .holding import hold_for
from .models import Hold, Outbox, OutboxState
from .rendering import compose, example_letter

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.programmes.models import Programme

    from .wording_models import Wording

_SYSTEM = frozenset({Actor.SYSTEM})
_COORDINATOR = frozenset({Actor.COORDINATOR})

TRANSITIONS = {
    (OutboxState.QUEUED, OutboxState.SENDING): _SYSTEM,
    (OutboxState.RETRY, OutboxState.SENDING): _SYSTEM,
    (OutboxState.SENDING, OutboxState.SENT): _SYSTEM,
    (OutboxState.SENDING, OutboxState.RETRY): _SYSTEM,
    (OutboxState.SENDING, OutboxState.FAILED): _SYSTEM,
    (OutboxState.SENT, OutboxState.FAILED): _SYSTEM,  # it came back
    (OutboxState.FAILED, OutboxState.QUEUED): _COORDINATOR,
    (OutboxState.WITHHELD, OutboxState.QUEUED): _SYSTEM,
    (OutboxState.WITHHELD, OutboxState.GATHERED): _SYSTEM,
    (OutboxState.WITHHELD, OutboxState.DROPPED): _SYSTEM,
}
MACHINE = Machine("message", OutboxState, TRANSITIONS)


def one_line(text: str, *, what: str) -> str:
    """The text, if it can stand in a mail's header.

    Raises:
        MentoringError: it holds a line break or another control character, which would let it forge headers.
    """
    if not is_one_line(text):
        raise MentoringError(f"The {what} of a message must be one line without control characters.")
    return text


def _address(text: str, *, what: str) -> str:
    one_line(text, what=what)
    try:
        validate_email(text)
    except ValidationError as error:
        raise MentoringError(f"“{text}” is not an e-mail address.") from error
    return text


def new_message_id() -> str:
    """Unique for ever; the domain is the sender's."""
    domain = parseaddr(conf.from_email())[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"


def queue(
    *,
    key: str,
    template: str,
    to: str,
    context: dict[str, Any],
    reply_to: str = "",
    programme: Programme | None = None,
    calendar: str = "",
    last_call: bool = False,
) -> Outbox:
    """Writes one message, rendered now; it goes out after the commit. The same `key` again changes nothing.

    `template` names `mentoring/email/<template>.txt` (the first line is the subject, a blank line follows) and
    `mentoring/email/<template>.html`. `calendar` is an iCalendar object with its METHOD (REQUEST, CANCEL, PUBLISH):
    mail programs offer it as an entry, and it is attached as a file too.

    Words that editors published (`Wording`) come before the files. What can wait (`waiting.WAITING`) is held back while
    the person is paused, or until the daily message of those who want one; a `last_call` never waits.

    Raises:
        MentoringError: an address is none, or a header holds a line break. Nothing is queued.
        ValueError: `calendar` is no iCalendar object with a METHOD.
    """
    if calendar:
        method_of(calendar)
    existing = Outbox.objects.filter(key=key).first()
    if existing:
        return existing
    letter = compose(template, context, reply_to=reply_to, programme=programme)
    subject = one_line(letter.subject, what="subject")
    hold = Hold.NONE if calendar or last_call else hold_for(template, to)  # a date cannot wait
    row = Outbox(
        key=key,
        message_id=new_message_id(),
        template=template,
        recipient=_address(to, what="recipient"),
        reply_to=_address(reply_to, what="reply address") if reply_to else "",
        subject=subject if len(subject) <= 200 else subject[:199] + "…",
        text=letter.text,
        html=letter.html,
        wording=letter.wording,
        state=OutboxState.WITHHELD if hold else OutboxState.QUEUED,
        hold=hold,
        calendar=calendar,
        due_at=timezone.now(),
        programme=programme,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same event in another transaction at the same moment
        return Outbox.objects.get(key=key)
    knock()
    return row


def try_again(*, message: Outbox, actor: AbstractBaseUser) -> Outbox:
    """A coordinator sends a failed message once more, under its old Message-ID.

    Raises:
        MentoringError: not mail of a programme they run.
        WrongMove: it has not failed (somebody else may have pressed the button before).
    """
    from mentoring.trust.access import messages_for  # it knows every kind of row, and some of them send mail

    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(pk=message.pk)
        if not messages_for(actor).filter(pk=row.pk).exists():
            raise MentoringError("You do not coordinate the programme that this message belongs to.")
        if row.state == OutboxState.QUEUED:
            return row
        before = MACHINE.move(row, OutboxState.QUEUED, as_=Actor.COORDINATOR)
        row.tries = 0
        row.due_at = timezone.now()
        row.save(update_fields=["state", "tries", "due_at"])
        audit.record(
            action="mentoring.message.tried_again",
            obj=row,
            actor=actor,
            programme=row.programme,
            before={"state": before},
            after={"state": row.state},
        )
        knock()
    return row


def address_of(user: Any) -> str:
    """A user's address, whatever the site's user model calls it; "" if there is none."""
    return str(getattr(user, user.get_email_field_name(), "") or "")


def send_test(*, words: Wording, actor: AbstractBaseUser) -> Outbox:
    """The words with invented people, to whoever asks and nobody else.

    Raises:
        MentoringError: they have no address, or the subject cannot stand in a header.
    """
    to = address_of(actor)
    if not to:
        raise MentoringError("Your account has no address that a test could go to.")
    letter = example_letter(words)
    with transaction.atomic():
        row = Outbox.objects.create(
            key=f"test:{uuid.uuid4().hex}",
            message_id=new_message_id(),
            template=words.name,
            recipient=_address(to, what="recipient"),
            subject=one_line(f"[Test] {letter.subject}"[:200], what="subject"),
            text=letter.text,
            html=letter.html,
            due_at=timezone.now(),
        )
        knock()
    return row
