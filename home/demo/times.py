"""Acts of the demo's past, each at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest import mock

from django.utils import timezone


@contextmanager
def at(days: int, hour: int = 10) -> Iterator[None]:
    """As if it were so many days from today: what happens inside carries that time."""
    day = timezone.localdate() + timedelta(days=days)
    moment = datetime.combine(day, time(hour), timezone.get_default_timezone())
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield
