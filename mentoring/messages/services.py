"""Puts mail into the outbox, in the transaction of the decision that causes it."""

from __future__ import annotations

import uuid
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from mentoring import conf
from mentoring.errors import MentoringError
from mentoring.jobs.knock import knock
from mentoring.machine import Actor, Machine
from mentoring.one_line import is_one_line
from mentoring.trust import audit

from .models import Outbox, OutboxState

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.programmes.models import Programme

_SYSTEM = frozenset({Actor.SYSTEM})
_COORDINATOR = frozenset({Actor.COORDINATOR})

TRANSITIONS = {
    (OutboxState.QUEUED, OutboxState.SENDING): _SYSTEM,
    (OutboxState.RETRY, OutboxState.SENDING): _SYSTEM,
    (OutboxState.SENDING, OutboxState.SENT): _SYSTEM,
    (OutboxState.SENDING, OutboxState.RETRY): _SYSTEM,
    (OutboxState.SENDING, OutboxState.FAILED): _SYSTEM,
    (OutboxState.FAILED, OutboxState.QUEUED): _COORDINATOR,
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
) -> Outbox:
    """Writes one message, rendered now; it goes out after the commit. The same `key` again changes nothing.

    `template` names `mentoring/email/<template>.txt` (the first line is the subject, a blank line follows) and
    `mentoring/email/<template>.html`.

    Raises:
        MentoringError: an address is none, or a header holds a line break. Nothing is queued.
    """
    existing = Outbox.objects.filter(key=key).first()
    if existing:
        return existing
    context = {**context, "base_url": conf.base_url(), "reply_to": reply_to}
    subject, _, text = render_to_string(f"mentoring/email/{template}.txt", context).lstrip().partition("\n\n")
    subject = one_line(subject.strip(), what="subject")
    row = Outbox(
        key=key,
        message_id=new_message_id(),
        template=template,
        recipient=_address(to, what="recipient"),
        reply_to=_address(reply_to, what="reply address") if reply_to else "",
        subject=subject if len(subject) <= 200 else subject[:199] + "…",
        text=text.strip() + "\n",
        html=render_to_string(f"mentoring/email/{template}.html", {**context, "subject": subject}),
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
