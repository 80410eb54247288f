"""Addresses that a mail server refuses for good, until a message arrives again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from mentoring.people.accounts import fold_email

from .address_models import FailingAddress
from .models import OutboxState

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser


#: For so long a message that was taken may still come back: mail servers try for five days.
STILL_OUT = dt.timedelta(days=7)


def note_failure(email: str, error: str, *, came_back: bool = False) -> None:
    now = timezone.now()
    said = {"last_at": now, "error": error[:1000], "came_back": came_back}
    with transaction.atomic():
        row, new = FailingAddress.objects.get_or_create(email=fold_email(email), defaults={"first_at": now, **said})
        if not new:
            FailingAddress.objects.filter(pk=row.pk).update(times=F("times") + 1, **said)


def note_arrival(email: str) -> None:
    """A mail server took a message. Where mail came back lately, that alone proves nothing."""
    lately = Q(came_back=True, last_at__gt=timezone.now() - STILL_OUT)
    FailingAddress.objects.filter(email=fold_email(email)).exclude(lately).delete()


def failing_for(user: AnyUser) -> QuerySet[FailingAddress]:
    """Failing addresses of people whom this coordinator's programmes wrote to."""
    from mentoring.trust.access import messages_for

    failed = messages_for(user).filter(state=OutboxState.FAILED).order_by()
    return FailingAddress.objects.filter(email__in=failed.annotate(folded=Lower("recipient")).values("folded"))
