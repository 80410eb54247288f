"""Taking one row for oneself, for a while: many workers at once, each row with one of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

M = TypeVar("M", bound=Model)


def claim(due: QuerySet[M], *, seconds: float, take: Callable[[M], None]) -> M | None:
    """Takes the first row of `due`, under a lease, or answers None.

    The row has `lease_until` and `lease_token`. `take` changes what else the taking changes (state, attempts), on the
    locked row, before it is saved. On PostgreSQL the row is locked with SKIP LOCKED, so workers do not queue up behind
    each other; elsewhere the conditional update below lets only one of them through.
    """
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        row: Any = due.first()
        if row is None:
            return None
        held = row.lease_token
        state = row.state
        row.lease_until = timezone.now() + dt.timedelta(seconds=seconds)
        row.lease_token = uuid.uuid4().hex
        take(row)
        fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        taken = type(row)._default_manager.filter(pk=row.pk, lease_token=held, state=state).update(**fields)
        if not taken:
            transaction.set_rollback(True)  # another worker was faster: nothing that `take` wrote may stay
            return None
        return row


def keep(row: Any, *, seconds: float, **changes: Any) -> bool:
    """Prolongs the lease and writes `changes` (progress). False: another worker has it now, stop without writing."""
    now = timezone.now()
    return bool(
        type(row)
        ._default_manager.filter(pk=row.pk, lease_token=row.lease_token, state=row.state)
        .update(lease_until=now + dt.timedelta(seconds=seconds), **changes)
    )
