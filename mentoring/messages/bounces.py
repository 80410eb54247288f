"""Mail that came back: reads the report of a mail server (RFC 3464) and marks the message and its address.

A report counts only if it brings the Message-ID of a message of ours and names that message's recipient: whoever does
not hold the message cannot have an address listed as failing.
"""

from __future__ import annotations

import email
from dataclasses import dataclass
from email.message import Message

from django.db import transaction

from mentoring.machine import Actor
from mentoring.people.accounts import fold_email

from . import addresses
from .models import Outbox, OutboxState
from .services import MACHINE

#: A report is a few kilobytes, with the message that came back. Whatever is longer is none.
LONGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of one message: for good (5.x.x) or not yet (4.x.x), to whom, why."""

    message_id: str
    recipients: frozenset[str]
    for_good: bool
    words: str


def read(raw: bytes) -> Report | None:
    """The report in a mail, or None: it is something else, or says nothing of a message that came back."""
    if len(raw) > LONGEST:
        return None
    # Headers as they are: those of returned mail are often broken, and the stricter policies stumble over them.
    mail = email.message_from_bytes(raw)
    if mail.get_content_type() != "multipart/report":
        return None
    message_id, recipients, statuses, words = "", set(), [], ""
    for part in mail.walk():
        kind, inner = part.get_content_type(), _inner(part)
        if kind == "message/delivery-status":
            for block in inner:  # one block of headers for the message, then one for each recipient
                if _header(block, "Action").lower() not in ("failed", "delayed"):
                    continue
                recipients |= {fold_email(_value(block, name)) for name in ("Final-Recipient", "Original-Recipient")}
                statuses.append(_header(block, "Status"))
                words = words or _value(block, "Diagnostic-Code")
        elif kind == "message/rfc822" and inner:
            message_id = _header(inner[0], "Message-ID")
        elif kind == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            message_id = _header(email.message_from_bytes(headers if isinstance(headers, bytes) else b""), "Message-ID")
    if not message_id or not statuses:
        return None
    for_good = all(status.startswith("5") for status in statuses)
    return Report(message_id, frozenset(recipients - {""}), for_good, " ".join([*statuses[:1], words]).strip())


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _value(message: Message, name: str) -> str:
    """What stands behind the kind: "rfc822; ann@example.org"."""
    return _header(message, name).rpartition(";")[2].strip()


def note(raw: bytes) -> str:
    """Marks what a mail server says came back, and says in a sentence what was done. The same report twice is one."""
    report = read(raw)
    if report is None:
        return "This is no report of a mail that came back."
    with transaction.atomic():
        row = Outbox.objects.select_for_update().filter(message_id=report.message_id).first()
        if row is None or fold_email(row.recipient) not in report.recipients:
            return "It is about no message of ours."
        if not report.for_good:
            return f"Message {row.pk} is late; its mail server still tries."
        if row.state != OutboxState.SENT:
            return f"Message {row.pk} was marked before, or is being sent again."
        MACHINE.move(row, OutboxState.FAILED, as_=Actor.SYSTEM)
        row.error = f"It came back: {report.words}"[:1000]
        row.save(update_fields=["state", "error"])
        addresses.note_failure(row.recipient, row.error, came_back=True)
    return f"Message {row.pk} came back and is marked as failed."
