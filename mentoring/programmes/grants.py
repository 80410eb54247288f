"""Naming coordinators. A grant opens the Wagtail admin; nothing else in it does."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.messages.services import queue
from mentoring.trust import audit
from mentoring.trust.access import grants_of

from . import permissions
from .models import CoordinatorGrant, GrantRole, Programme

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: Whoever holds a grant is in this group; it may enter the Wagtail admin and nothing more.
GROUP = "Mentoring coordinators"


def coordinators_group() -> Group:
    """The group, made or mended: it holds the one permission to enter the admin. Safe to repeat."""
    group, _ = Group.objects.get_or_create(name=GROUP)
    enter = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    group.permissions.add(*enter)
    return group


def grant(
    *,
    programme: Programme,
    user: Any,
    role: GrantRole | str,
    actor: AbstractBaseUser,
    expires_on: dt.date | None = None,
) -> CoordinatorGrant:
    """Makes somebody coordinator or owner of a programme, or changes role and last day of their grant; they are told.

    Raises:
        MentoringError: the actor does not own the programme, the person cannot sign in, or the last day is past.
    """
    role = GrantRole(role)
    decision = permissions.can_grant(actor, programme)
    if not decision:
        raise MentoringError(decision.reason)
    if not user.is_active:
        raise MentoringError("This account is switched off, so it cannot coordinate.")
    if expires_on and expires_on < timezone.localdate():
        raise MentoringError("The last day lies in the past.")
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme.pk)
        row = CoordinatorGrant.objects.filter(programme=programme, user=user).first()
        before = {"role": row.role, "expires_on": str(row.expires_on or "")} if row else {}
        after = {"role": role.value, "expires_on": str(expires_on or "")}
        if row and before == after:
            user.groups.add(coordinators_group())
            return row
        if row and user.pk == actor.pk and row.role == GrantRole.OWNER and role != GrantRole.OWNER:
            raise MentoringError("Ask another owner to change your own role, so that the programme is not left alone.")
        row = row or CoordinatorGrant(programme=programme, user=user)
        row.role, row.expires_on = role, expires_on
        row.save()
        user.groups.add(coordinators_group())
        event = audit.record(
            action="mentoring.grant.given",
            obj=row,
            actor=actor,
            programme=programme,
            before=before,
            after={**after, "user": user.pk},
        )
        to = str(getattr(user, user.get_email_field_name(), "") or "")
        if to:
            queue(
                key=f"grant:{row.pk}:{event.pk}",
                template="grant_given",
                to=to,
                reply_to=programme.contact_email,
                programme=programme,
                context={
                    "name": user.get_full_name() or str(user),
                    "role": row.get_role_display().lower(),
                    "programme": programme,
                    "expires_on": expires_on,
                    "path": reverse("wagtailadmin_home"),
                },
            )
    return row


def revoke(*, grant: CoordinatorGrant, actor: AbstractBaseUser) -> None:
    """Ends a grant now. The person leaves the group when no other grant is left.

    Raises:
        MentoringError: the actor does not own the programme, or it is their own grant.
    """
    decision = permissions.can_grant(actor, grant.programme)
    if not decision:
        raise MentoringError(decision.reason)
    if grant.user_id == actor.pk and not getattr(actor, "is_superuser", False):
        raise MentoringError("Ask another owner to end your own grant, so that the programme is not left alone.")
    with transaction.atomic():
        audit.record(
            action="mentoring.grant.ended",
            obj=grant,
            actor=actor,
            programme=grant.programme,
            before={"role": grant.role, "user": grant.user_id},
        )
        user = grant.user
        grant.delete()
        _leave_group_if_over(user)


def _leave_group_if_over(user: Any) -> bool:
    if grants_of(user).exists():
        return False
    user.groups.remove(*Group.objects.filter(name=GROUP))
    return True


def close_expired() -> int:
    """Due work: people whose last grant has run out leave the group, and with it the admin."""
    closed = 0
    for user in get_user_model()._default_manager.filter(groups__name=GROUP):
        closed += _leave_group_if_over(user)
    return closed
