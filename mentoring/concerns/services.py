"""Raising a concern, and what its handlers do with it. Its words go nowhere else: not into mail or the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.messages.services import address_of, queue
from mentoring.people.models import Profile
from mentoring.relationships.models import Relationship, RelationshipState
from mentoring.relationships.services import locked, move, tell_both
from mentoring.trust import audit

from .models import Concern, ConcernCategory, ConcernState
from .queries import About, concerns_for, handlers_of
from .states import CONCERN_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

NOBODY_READS = (
    "Nobody has been named yet to read concerns of your organisation, so this form cannot take one. Please speak to "
    "your designated safeguarding lead, or to your head."
)


def raise_concern(
    *, actor: Any, profile: Profile, about: About, category: ConcernCategory | str, text: str, nonce: str
) -> Concern:
    """A member tells what worries them; the handlers get a message without any of it. The same form twice is one.

    Raises:
        MentoringError: nothing was written, or nobody is named to read it. What was typed stays in the form.
    """
    text = text.strip()
    if not text:
        raise MentoringError("Please write what happened, in your own words.")
    if len(text) > 5000:
        raise MentoringError(f"Please keep it below 5,000 characters; it has {len(text):,}.")
    with transaction.atomic():
        Profile.objects.select_for_update(of=("self",), no_key=True).get(pk=profile.pk)
        there = Concern.objects.filter(nonce=nonce).first()
        if there is not None:
            return there
        readers = handlers_of(about.programme, profile.organisation, pair=about.pair, but=actor)
        if not readers:
            raise MentoringError(NOBODY_READS)
        row = Concern.objects.create(
            raised_by=actor,
            organisation=profile.organisation,
            programme=about.programme,
            relationship=about.pair,
            category=ConcernCategory(category),
            text=text,
            nonce=nonce,
        )
        _note(row, "raised", actor, state=row.state)
        for reader in readers:
            _tell(reader, "concern_raised", key=f"concern:{row.pk}:raised:{reader.pk}", path=_desk(row))
    return row


def _desk(row: Concern) -> str:
    return reverse("mentoring_concern:detail", args=[row.pk])


def _tell(user: Any, template: str, *, key: str, path: str) -> None:
    """Mail of no programme: a coordinator who looks through the outgoing mail must not see that there is a concern."""
    to = address_of(user)
    if to:
        queue(key=key, template=template, to=to, context={"name": user.get_full_name() or str(user), "path": path})


def _note(row: Concern, action: str, actor: AbstractBaseUser, *, before: str = "", **after: Any) -> None:
    """Of no programme, for the same reason: its owner reads the trail."""
    audit.record(
        action=f"mentoring.concern.{action}",
        obj=row,
        actor=actor,
        before={"state": before} if before else None,
        after=after,
    )


def _locked(concern: Concern, actor: AbstractBaseUser, version: int) -> Concern:
    row = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    if not concerns_for(actor).filter(pk=row.pk).exists():
        raise MentoringError("You are not named to handle this concern.")
    if row.version != version:
        raise Stale("Somebody changed this concern after you opened it. What you wrote is kept below.")
    return row


def move_on(
    *, concern: Concern, to: ConcernState | str, actor: AbstractBaseUser, version: int, record: str = ""
) -> Concern:
    """A handler takes a concern further, with a line for the record; the first reading is confirmed to who raised it.

    Raises:
        MentoringError: not theirs, or closing it without saying what was done. WrongMove. Stale.
    """
    to = ConcernState(to)
    with transaction.atomic():
        row = _locked(concern, actor, version)
        before = CONCERN_MACHINE.move(row, to, as_=Actor.HANDLER)
        now = timezone.now()
        if record.strip():
            row.record = f"{row.record}\n\n{_line(actor)}\n{record.strip()}".strip()[-10_000:]
        if to == ConcernState.ACKNOWLEDGED:
            row.acknowledged_at, row.handler_id = now, actor.pk
        if to == ConcernState.CLOSED:
            if not row.record:
                raise MentoringError("Please write what was done before you close it.")
            row.closed_at = now
        row.version += 1
        row.save()
        _note(row, to.value, actor, before=before, state=row.state)
        if to == ConcernState.ACKNOWLEDGED and row.raised_by is not None:
            key = f"concern:{row.pk}:acknowledged"
            _tell(row.raised_by, "concern_acknowledged", key=key, path=reverse("mentoring:concern"))
    return row


def write_down(*, concern: Concern, actor: AbstractBaseUser, version: int, record: str) -> Concern:
    """A line for the record, which only handlers read."""
    if not record.strip():
        raise MentoringError("Please write what was done.")
    with transaction.atomic():
        row = _locked(concern, actor, version)
        row.record = f"{row.record}\n\n{_line(actor)}\n{record.strip()}".strip()[-10_000:]
        row.version += 1
        row.save(update_fields=["record", "version"])
        _note(row, "noted", actor)
    return row


def _line(actor: Any) -> str:
    return f"{timezone.localtime():%-d %B %Y, %H:%M}, {actor.get_full_name() or actor}:"


def suspend(*, concern: Concern, actor: AbstractBaseUser, version: int, words: str) -> Relationship:
    """Pauses the pair without a last day; both get the handler's words and nothing else. Only a handler ends it.

    Raises:
        MentoringError: not theirs, about no pair, a pair that is not under way, or no words chosen. Stale.
    """
    words = words.strip()
    if not words or len(words) > 500:
        raise MentoringError("Please write what the two of them are told, in up to 500 characters.")
    with transaction.atomic():
        row = _locked(concern, actor, version)
        pair = _pair_of(row)
        if pair.state not in (RelationshipState.ACTIVE, RelationshipState.PAUSED):
            raise MentoringError("Only a pair that is under way can be paused.")
        pair.paused_until = None
        if pair.state == RelationshipState.ACTIVE:
            move(pair, RelationshipState.PAUSED, "paused_until", as_=Actor.HANDLER, actor=actor, action="paused")
        else:
            pair.version += 1
            pair.save(update_fields=["paused_until", "version"])
        row.version += 1
        row.save(update_fields=["version"])
        _note(row, "suspended", actor, relationship=pair.pk)
        tell_both(pair, "pair_held", key=f"held:{pair.version}", words=words)
    return pair


def let_go_on(*, concern: Concern, actor: AbstractBaseUser, version: int) -> Relationship:
    """Ends the pause that a handler began; both are told that they can go on."""
    with transaction.atomic():
        row = _locked(concern, actor, version)
        pair = _pair_of(row)
        if pair.state != RelationshipState.PAUSED or pair.paused_until is not None:
            raise MentoringError("This pair is not held back.")
        pair.paused_until = timezone.localdate()
        move(pair, RelationshipState.ACTIVE, "paused_until", as_=Actor.HANDLER, actor=actor, action="resumed")
        row.version += 1
        row.save(update_fields=["version"])
        _note(row, "let_go_on", actor, relationship=pair.pk)
        tell_both(pair, "pair_resumed", key=f"resumed:{pair.version}")
    return pair


def _pair_of(row: Concern) -> Relationship:
    if row.relationship_id is None:
        raise MentoringError("This concern is about no pair.")
    return locked(row.relationship_id)
