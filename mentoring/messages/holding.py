"""What can wait does: while somebody is paused, and for those who want one message a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from mentoring.people import accounts

from .address_models import MailChoice
from .models import Hold, Outbox, OutboxState
from .waiting import can_wait, useful_later

#: Held messages looked at in one round.
BATCH = 500


def hold_for(template: str, to: str) -> Hold:
    """Whether a message of this kind to this address waits, and what for."""
    if not can_wait(template):
        return Hold.NONE
    folded = accounts.fold_email(to)
    profile = accounts.profiles_by_email([to]).get(folded)
    if profile is not None and profile.paused_until and profile.paused_until > timezone.localdate():
        return Hold.PAUSE
    user = accounts.by_email([to]).get(folded)
    if user is not None and MailChoice.objects.filter(user_id=user.pk, once_a_day=True).exists():
        return Hold.DAILY
    return Hold.NONE


def release_after_pauses() -> int:
    """Messages of people whose pause is over: sent if they are still of use, dropped if not. Says how many."""
    from .services import MACHINE, Actor, knock

    held = list(Outbox.objects.filter(state=OutboxState.WITHHELD, hold=Hold.PAUSE).order_by("pk")[:BATCH])
    if not held:
        return 0
    profiles = accounts.profiles_by_email({row.recipient for row in held})
    today, done = timezone.localdate(), 0
    for row in held:
        profile = profiles.get(accounts.fold_email(row.recipient))
        if profile is not None and profile.paused_until and profile.paused_until > today:
            continue
        to = OutboxState.QUEUED if useful_later(row.template) else OutboxState.DROPPED
        with transaction.atomic():
            MACHINE.move(row, to, as_=Actor.SYSTEM)
            done += Outbox.objects.filter(pk=row.pk, state=OutboxState.WITHHELD).update(
                state=to, hold=Hold.NONE, due_at=timezone.now()
            )
            knock()
    return done


def send_daily() -> int:
    """One message for each person who wants one a day, with all that was held back for it. Says how many people.

    Call it in a transaction, once a day.
    """
    held = Outbox.objects.select_for_update().filter(state=OutboxState.WITHHELD, hold=Hold.DAILY).order_by("pk")
    by_person: dict[str, list[Outbox]] = defaultdict(list)
    for row in held:
        by_person[accounts.fold_email(row.recipient)].append(row)
    people = accounts.by_email(by_person)
    for email, rows in by_person.items():
        _gather(rows, name=_name(people.get(email)), on=timezone.localdate())
    return len(by_person)


def _name(user: Any) -> str:
    return str(user.get_full_name() or user) if user is not None else "colleague"


def _gather(rows: Iterable[Outbox], *, name: str, on: dt.date) -> None:
    from .services import MACHINE, Actor, queue

    rows = list(rows)
    programmes = {row.programme_id: row.programme for row in rows}
    programme = next(iter(programmes.values())) if len(programmes) == 1 else None
    items = [{"subject": row.subject, "text": row.text.partition("\n-- \n")[0].strip()} for row in rows]
    queue(
        key=f"daily:{on}:{rows[0].pk}",
        template="daily_message",
        to=rows[0].recipient,
        reply_to=rows[0].reply_to if programme else "",
        programme=programme,
        context={"name": name, "items": items, "programme": programme},
    )
    for row in rows:
        MACHINE.move(row, OutboxState.GATHERED, as_=Actor.SYSTEM)
        row.hold = Hold.NONE
        row.save(update_fields=["state", "hold"])
