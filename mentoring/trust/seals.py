"""The chain of digests over the audit trail: changing, removing or slipping in one row breaks it, and says where.

Triggers refuse such changes already. The chain is for whoever gets past them: a database administrator, a restored
file. Somebody who can write to every table can also seal again from the start; so note the last digest (`verify_audit`
prints it) outside the database from time to time, and ask for it with `--expect`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from .models import AuditEvent
from .seal_models import AuditSeal

#: Events sealed in one transaction.
BATCH = 500
#: An event may commit after later ones were sealed, but no further behind than this many rows. One that turns up
#: further back was slipped in, and stays without a seal for `verify` to name.
LATE = 20_000
#: Unsealed for longer than this, an event is named by `verify`.
GRACE = dt.timedelta(hours=1)
_LOCK = 7_240_531

FIELDS = (
    "id", "at", "actor_id", "action", "object_type", "object_id", "object_label", "programme_id", "before", "after",
    "reason", "request_id",
)  # fmt: skip


def canonical(event: dict[str, Any]) -> bytes:
    """One spelling of an event's values (`FIELDS`), the same on every database."""
    at = event["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    return json.dumps({**event, "at": at}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(previous: str, event: dict[str, Any]) -> str:
    return hashlib.sha256(previous.encode() + canonical(event)).hexdigest()


def seal_due() -> int:
    """Seals what is not sealed, oldest first; says how many. One process at a time; the constraint is behind it."""
    unsealed = AuditEvent.objects.filter(~Exists(AuditSeal.objects.filter(event_id=OuterRef("pk"))))
    highest = AuditSeal.objects.aggregate(highest=Max("event_id"))["highest"]
    if highest is not None:
        unsealed = unsealed.filter(pk__gt=highest - LATE)
    if not unsealed.order_by().exists():
        return 0
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
                    if not cursor.fetchone()[0]:
                        return 0
            last = AuditSeal.objects.order_by("-pk").first()
            previous = last.digest if last else ""
            seals = []
            for event in unsealed.order_by("pk").values(*FIELDS)[:BATCH]:
                digest = digest_of(previous, event)
                seals.append(AuditSeal(event_id=event["id"], previous=previous, digest=digest))
                previous = digest
            AuditSeal.objects.bulk_create(seals)
    except IntegrityError:  # another process sealed meanwhile; what is left comes next time
        return 0
    return len(seals)


@dataclass(frozen=True)
class Finding:
    """The first thing wrong with the trail."""

    event_id: int | None
    sentence: str


@dataclass(frozen=True)
class Verdict:
    sealed: int
    waiting: int
    last_digest: str
    finding: Finding | None


def _pages() -> Iterator[list[AuditSeal]]:
    after = 0
    while page := list(AuditSeal.objects.filter(pk__gt=after).order_by("pk")[:2000]):
        yield page
        after = page[-1].pk


def verify(*, expect: str = "") -> Verdict:
    """Walks the whole chain. `expect`: a digest noted earlier, which must still be part of it."""
    previous, sealed, seen = "", 0, not expect
    for page in _pages():
        events = {
            row["id"]: row for row in AuditEvent.objects.filter(pk__in=[s.event_id for s in page]).values(*FIELDS)
        }
        for seal in page:
            wrong = _wrong_with(seal, previous, events.get(seal.event_id))
            if wrong:
                return Verdict(sealed, 0, previous, Finding(seal.event_id, wrong))
            previous, sealed = seal.digest, sealed + 1
            seen = seen or seal.digest == expect
    if not seen:
        return Verdict(sealed, 0, previous, Finding(None, "The digest that was noted is not part of the chain."))
    unsealed = AuditEvent.objects.filter(~Exists(AuditSeal.objects.filter(event_id=OuterRef("pk")))).order_by("pk")
    late = unsealed.filter(at__lt=timezone.now() - GRACE).first()
    finding = None
    if late:
        finding = Finding(
            late.pk, f"Event {late.pk} is older than an hour and has no seal: it may have been slipped in."
        )
    return Verdict(sealed, unsealed.count(), previous, finding)


def _wrong_with(seal: AuditSeal, previous: str, event: dict[str, Any] | None) -> str:
    if seal.previous != previous:
        return f"A seal is missing before that of event {seal.event_id}, or this one was changed."
    if event is None:
        return f"Event {seal.event_id} is missing: it was sealed and somebody removed it."
    if digest_of(previous, event) != seal.digest:
        return f"Event {seal.event_id} is not what was sealed: somebody changed it."
    return ""
