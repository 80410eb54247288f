"""A member's private calendar address: unguessable, kept as a hash, one at a time, taken back by a button."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from mentoring.people.models import Profile
from mentoring.trust import audit

from .meeting_models import CalendarFeed

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(profile: Profile | None) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(profile=profile).first() if profile else None


def make(*, profile: Profile, actor: AbstractBaseUser) -> str:
    """A new address; gives its path, the only time it can be known. An older one stops working."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        row, _ = CalendarFeed.objects.update_or_create(profile=profile, defaults={"token_hash": hash_of(token)})
        audit.record(action="mentoring.feed.made", obj=row, actor=actor)
    return reverse("mentoring:feed", args=[token])


def revoke(*, profile: Profile, actor: AbstractBaseUser) -> None:
    """The address stops working. Repeating it changes nothing."""
    with transaction.atomic():
        row = CalendarFeed.objects.select_for_update().filter(profile=profile).first()
        if row is not None:
            audit.record(action="mentoring.feed.revoked", obj=row, actor=actor)
            row.delete()


def find(token: str) -> Profile | None:
    """Whose address it is; None if nobody's, or of somebody who has left."""
    row = CalendarFeed.objects.filter(token_hash=hash_of(token)).select_related("profile__user").first()
    if row is None or row.profile.user is None or not row.profile.user.is_active:
        return None
    return row.profile
