"""Writes the audit trail."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .models import AuditEvent

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.db.models import Model

    from mentoring.programmes.models import Programme

#: The request that is being answered; set by `mentoring.trust.middleware`, empty in jobs and commands.
current_request_id: ContextVar[str] = ContextVar("mentoring_request_id", default="")


def label_of(obj: Model) -> str:
    """What the trail calls an object. Never a person's name: rows cannot be changed when a person asks to be erased."""
    return str(getattr(obj, "audit_label", "") or f"{obj._meta.verbose_name} {obj.pk}")[:300]


def record(
    *,
    action: str,
    obj: Model,
    actor: AbstractBaseUser | None,
    programme: Programme | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Adds one row about `obj`, in the caller's transaction. `actor` None: the system itself, by clock or command."""
    return AuditEvent.objects.create(
        action=action,
        actor_id=actor.pk if actor else None,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        object_label=label_of(obj),
        programme=programme,
        before=before or {},
        after=after or {},
        reason=reason,
        request_id=current_request_id.get(),
    )
