"""Sends what is due: lease, send, mark.

"Exactly once" cannot be had over SMTP. A process that dies between sending and marking leaves the lease behind; when it
runs out the message goes again, under the same Message-ID, so that mail programs show it once. Nothing is ever lost.
What comes back later is told by `bounces`.
"""

from __future__ import annotations

import datetime as dt
import enum
import logging
import smtplib
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.utils import timezone

from mentoring import conf
from mentoring.jobs.leases import claim
from mentoring.machine import Actor

from . import addresses
from .calendars import method_of, with_crlf
from .models import Outbox, OutboxState
from .services import MACHINE

logger = logging.getLogger(__name__)

LEASE = 60.0
#: Below the lease, so that a hanging server cannot make two senders work on one message.
TIMEOUT = 20


class Trouble(enum.Enum):
    """What a failed attempt means for the next one."""

    QUICK = "the server cannot be reached: soon again"
    SLOW = "the server said later, or our own set-up is wrong: again after a longer pause"
    FATAL = "this message will never go: stop and show it"


def trouble_with(error: Exception) -> Trouble:
    """Reads an exception of a mail backend."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Trouble.FATAL if codes and all(500 <= code < 600 for code in codes) else Trouble.SLOW
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused)):
        return Trouble.SLOW  # our account or sender address: the message itself is in order
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Trouble.QUICK
    if isinstance(error, smtplib.SMTPConnectError):
        return Trouble.QUICK
    if isinstance(error, smtplib.SMTPResponseException):
        return Trouble.FATAL if 500 <= error.smtp_code < 600 else Trouble.SLOW
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return Trouble.QUICK
    if isinstance(error, ValueError):  # BadHeaderError, UnicodeError: no server will ever take it
        return Trouble.FATAL
    return Trouble.SLOW


def pause_after(trouble: Trouble, tries: int) -> dt.timedelta:
    """Doubles with each try: from 30 seconds to a quarter of an hour, or from 5 minutes to 6 hours."""
    first, last = (30, 15 * 60) if trouble is Trouble.QUICK else (5 * 60, 6 * 60 * 60)
    return dt.timedelta(seconds=min(last, first * 2 ** max(0, tries - 1)))


def return_expired() -> int:
    """The sweep: messages whose sender gave no sign until its lease ran out become due again."""
    return Outbox.objects.filter(state=OutboxState.SENDING, lease_until__lt=timezone.now()).update(
        state=OutboxState.RETRY, lease_until=None, lease_token="", error="The sender stopped before it was done."
    )


def _take(row: Outbox) -> None:
    MACHINE.move(row, OutboxState.SENDING, as_=Actor.SYSTEM)
    row.tries += 1


def _mail(row: Outbox, connection: Any) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=row.subject,
        body=row.text,
        from_email=conf.from_email(),
        to=[row.recipient],
        reply_to=[row.reply_to] if row.reply_to else None,
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    if row.html:
        mail.attach_alternative(row.html, "text/html")
    if row.calendar:
        # Twice, because programs differ: one shows an entry with buttons for the part, another only takes a file.
        method, content = method_of(row.calendar), with_crlf(row.calendar)
        mail.attach_alternative(content, f"text/calendar; method={method}")
        mail.attach("cancel.ics" if method == "CANCEL" else "invite.ics", content.encode(), "application/ics")
    return mail


def _mark(row: Outbox, state: OutboxState, **fields: Any) -> bool:
    """Writes the outcome if the lease is still ours."""
    held = row.lease_token
    MACHINE.move(row, state, as_=Actor.SYSTEM)
    changed = Outbox.objects.filter(pk=row.pk, state=OutboxState.SENDING, lease_token=held).update(
        state=state, lease_until=None, lease_token="", **fields
    )
    return bool(changed)


def send_due(limit: int = 200) -> int:
    """Sends up to `limit` messages; says how many were tried. Stops early when the server cannot be reached."""
    return_expired()
    tried = 0
    connection: Any = None
    try:
        while tried < limit:
            due = Outbox.objects.filter(
                Q(state__in=[OutboxState.QUEUED, OutboxState.RETRY]), due_at__lte=timezone.now()
            ).order_by("due_at", "pk")
            row = claim(due, seconds=LEASE, take=_take)
            if row is None:
                break
            tried += 1
            if connection is None:
                connection = get_connection(timeout=TIMEOUT)
            try:
                _mail(row, connection).send()
            except Exception as error:
                trouble = trouble_with(error)
                _note_failure(row, error, trouble)
                if trouble is Trouble.FATAL and isinstance(error, smtplib.SMTPRecipientsRefused):
                    addresses.note_failure(row.recipient, str(error))
                if trouble is Trouble.QUICK:
                    break
            else:
                _mark(row, OutboxState.SENT, sent_at=timezone.now(), error="")
                addresses.note_arrival(row.recipient)
    finally:
        if connection is not None:
            try:
                connection.close()
            except Exception:
                logger.info("The mail connection did not close cleanly.", exc_info=True)
    return tried


def _note_failure(row: Outbox, error: Exception, trouble: Trouble) -> None:
    said = f"{type(error).__name__}: {error}"[:1000]
    if trouble is Trouble.FATAL or row.tries >= conf.mail_attempts():
        logger.warning("Message %s failed for good: %s", row.pk, type(error).__name__)
        _mark(row, OutboxState.FAILED, error=said)
    else:
        _mark(row, OutboxState.RETRY, error=said, due_at=timezone.now() + pause_after(trouble, row.tries))
