"""Addresses that a mail server refuses for good, until a message arrives again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from mentoring.people.accounts import fold_email

from .address_models import FailingAddress
from .models import OutboxState

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser


def note_failure(email: str, error: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        row, new = FailingAddress.objects.get_or_create(
            email=fold_email(email), defaults={"first_at": now, "last_at": now, "error": error[:1000]}
        )
        if not new:
            FailingAddress.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=now, error=error[:1000])


def note_arrival(email: str) -> None:
    FailingAddress.objects.filter(email=fold_email(email)).delete()


def failing_for(user: AnyUser) -> QuerySet[FailingAddress]:
    """Failing addresses of people whom this coordinator's programmes wrote to."""
    from mentoring.trust.access import messages_for

    failed = messages_for(user).filter(state=OutboxState.FAILED).order_by()
    return FailingAddress.objects.filter(email__in=failed.annotate(folded=Lower("recipient")).values("folded"))
