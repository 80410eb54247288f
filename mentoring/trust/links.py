"""Signed links: somebody without an account decides one thing, by an address that only their mail holds.

A purpose has a page of its own, named `link_<purpose>` in `mentoring/urls.py`, that takes the token. The page shows
what is asked on GET and decides on POST only: a mail scanner that follows the link decides nothing.

    path = links.issue(LinkPurpose.HEAD_SUPPORT, enrolment.pk, "head@example.org")     # "/mentoring/head/kX3…/"
    link = links.fetch(request, LinkPurpose.HEAD_SUPPORT, token)                         # or 404, alike for all
    links.use(link, {"decision": "yes"})
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, WrongMove

from . import tries
from .link_models import LinkPurpose, SignedLink

#: How long a link waits for an answer.
DAYS = 14


class Standing(enum.Enum):
    """What a link still is."""

    OPEN = "waits for an answer"
    USED = "has been answered"
    REPLACED = "was taken back, or a newer one sent"
    EXPIRED = "has run out"


def standing(link: SignedLink) -> Standing:
    if link.used_at is not None:
        return Standing.USED
    if link.revoked_at is not None:
        return Standing.REPLACED
    return Standing.OPEN if timezone.now() < link.expires_at else Standing.EXPIRED


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    purpose: LinkPurpose | str, object_id: int, email: str, *, days: int = DAYS, expires_at: dt.datetime | None = None
) -> str:
    """A new link for one decision and one address; gives its path, the only time it can be known.

    An open link for the same decision is revoked: there is never more than one. `expires_at` instead of `days` keeps
    the last day of a link that this one repeats.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        revoke(purpose, object_id)
        SignedLink.objects.create(
            purpose=purpose,
            object_id=object_id,
            email=email.strip(),
            token_hash=_hash(token),
            expires_at=expires_at or timezone.now() + dt.timedelta(days=days),
        )
    return reverse(f"mentoring:link_{LinkPurpose(purpose).value}", args=[token])


def revoke(purpose: LinkPurpose | str, object_id: int) -> int:
    """Closes the open link of a decision, if there is one; says how many were closed."""
    return open_for(purpose).filter(object_id=object_id).update(revoked_at=timezone.now())


def open_for(purpose: LinkPurpose | str) -> QuerySet[SignedLink]:
    """Links of a purpose that were neither answered nor taken back; some may have run out."""
    return SignedLink.objects.filter(purpose=purpose, used_at__isnull=True, revoked_at__isnull=True)


def find(token: str) -> SignedLink | None:
    """The link of a token whatever became of it (see `standing`), or None."""
    return SignedLink.objects.filter(token_hash=_hash(token)).first()


def latest(purpose: LinkPurpose | str, object_id: int) -> SignedLink | None:
    """The newest link of a decision: the one that was sent last."""
    return SignedLink.objects.filter(purpose=purpose, object_id=object_id).order_by("-created_at", "-pk").first()


def fetch(request: HttpRequest, purpose: LinkPurpose, token: str) -> SignedLink:
    """For views: the link of a token.

    Raises:
        Http404: there is none, or this address has tried too many wrong ones. Nothing tells the two apart.
    """
    link = None if tries.too_many(request, "links") else find(token)
    if link is None or link.purpose != purpose:
        tries.count_wrong(request, "links")
        raise Http404("There is nothing here, or it is not yours to see.")
    return link


def use(link: SignedLink, answer: dict[str, Any]) -> SignedLink:
    """Writes the decision, once. The same answer again changes nothing. Call inside the decision's transaction.

    Raises:
        WrongMove: another decision was made before. MentoringError: replaced or run out.
    """
    with transaction.atomic():
        row = SignedLink.objects.select_for_update().get(pk=link.pk)
        now = standing(row)
        if now is Standing.USED:
            if all(row.answer.get(name) == value for name, value in answer.items()):
                return row
            raise WrongMove("This has been decided already. The decision that stands is shown below.")
        if now is Standing.REPLACED:
            raise MentoringError("This link was replaced by a newer one. Please look for our latest e-mail.")
        if now is Standing.EXPIRED:
            raise MentoringError("This link has run out. The person who asked can have a new one sent to you.")
        row.used_at, row.answer = timezone.now(), {**row.answer, **answer}
        row.save(update_fields=["used_at", "answer"])
    return row


def note(link: SignedLink, **said: Any) -> SignedLink:
    """Keeps something with an open link without deciding: a question that was asked, say.

    Raises:
        MentoringError: the link is not open any more.
    """
    with transaction.atomic():
        row = SignedLink.objects.select_for_update().get(pk=link.pk)
        if standing(row) is not Standing.OPEN:
            raise MentoringError("This link no longer waits for an answer.")
        row.answer = {**row.answer, **said}
        row.save(update_fields=["answer"])
    return row
