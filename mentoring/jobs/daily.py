"""Once a day, from a given hour of the site's clock, by whichever process comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import DailyWork


def once_a_day(name: str, work: Callable[[], int], *, hour: int = 6) -> Callable[[], int]:
    """`work`, as `mentoring.jobs.due.register` takes it: done at most once on each day, not before `hour`.

    The mark and what `work` writes are one transaction: if it fails, it is due again.
    """

    def when_due() -> int:
        now = timezone.localtime()
        if now.hour < hour or DailyWork.objects.filter(name=name, done_on__gte=now.date()).exists():
            return 0
        with transaction.atomic():
            return work() if _take(name, now.date()) else 0

    return when_due


def _take(name: str, today: dt.date) -> bool:
    """True for the one process that moves the mark to today; others wait for its transaction, and get False."""
    if DailyWork.objects.filter(name=name, done_on__lt=today).update(done_on=today):
        return True
    if DailyWork.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            DailyWork.objects.create(name=name, done_on=today)
    except IntegrityError:
        return False
    return True
