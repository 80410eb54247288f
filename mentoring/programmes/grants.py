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
from mentoring.trust.reach import grants_of

from . import permissions
from .models import RUNNING, CoordinatorGrant, GrantRole, Programme

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.people.models import Organisation

#: Whoever holds a grant is in this group; it may enter the Wagtail admin and nothing more.
GROUP = "Mentoring coordinators"


def coordinators_group() -> Group:
    """The group, made or mended: it holds the one permission to enter the admin. Safe to repeat."""
    group, _ = Group.objects.get_or_create(name=GROUP)
    enter = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    group.permissions.add(*enter)
    return group


def _same_kind(role: GrantRole) -> frozenset[GrantRole]:
    """Roles that one grant stands for: somebody is coordinator or owner, never both."""
    return RUNNING if role in RUNNING else frozenset({role})


def _facts(row: CoordinatorGrant) -> dict[str, Any]:
    return {
        "role": row.role,
        "organisation": row.organisation_id,
        "expires_on": str(row.expires_on or ""),
        "user": row.user_id,
    }


def _lock(programme_id: int) -> None:
    """Grants of a programme are given and ended one after the other."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme_id)


def grant(
    *,
    programme: Programme,
    user: Any,
    role: GrantRole | str,
    actor: AbstractBaseUser,
    expires_on: dt.date | None = None,
    organisation: Organisation | None = None,
) -> CoordinatorGrant:
    """Gives somebody a role in a programme, or changes how far their grant reaches and its last day; they are told.

    Args:
        organisation: only people of this organisation and those below it. None: everybody in the programme.

    Raises:
        MentoringError: the actor does not own the programme, the person cannot sign in, or the last day is past.
    """
    role = GrantRole(role)
    decision = permissions.can_grant(actor, programme)
    if not decision:
        raise MentoringError(decision.reason)
    if not user.is_active:
        raise MentoringError("This account is switched off, so it cannot take a role.")
    if expires_on and expires_on < timezone.localdate():
        raise MentoringError("The last day lies in the past.")
    if role == GrantRole.OWNER and organisation:
        raise MentoringError("An owner owns the whole programme. Leave the organisation empty.")
    with transaction.atomic():
        _lock(programme.pk)
        row = CoordinatorGrant.objects.filter(programme=programme, user=user, role__in=_same_kind(role)).first()
        before = _facts(row) if row else {}
        own = user.pk == actor.pk and not getattr(actor, "is_superuser", False)
        if own and row and row.role == GrantRole.OWNER and role != GrantRole.OWNER:
            raise MentoringError("Ask another owner to change your own role, so that the programme is not left alone.")
        if own and role == GrantRole.CONCERNS:
            raise MentoringError("Ask another owner to name you: nobody opens concerns for themselves.")
        row = row or CoordinatorGrant(programme=programme, user=user)
        row.role, row.expires_on, row.organisation = role, expires_on, organisation
        user.groups.add(coordinators_group())
        if before == _facts(row):
            return row
        row.save()
        event = audit.record(
            action="mentoring.grant.given",
            obj=row,
            actor=actor,
            programme=programme,
            before=before,
            after=_facts(row),
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
                    "organisation": organisation,
                    "expires_on": expires_on,
                    "path": reverse("wagtailadmin_home"),
                },
            )
    return row


def revoke(*, grant: CoordinatorGrant, actor: AbstractBaseUser) -> None:
    """Ends a grant now. The person leaves the group when no other grant is left. Ended already: nothing happens.

    Raises:
        MentoringError: the actor does not own the programme, or it is their own grant.
    """
    with transaction.atomic():
        _lock(grant.programme_id)
        decision = permissions.can_grant(actor, grant.programme)
        if not decision:
            raise MentoringError(decision.reason)
        row = CoordinatorGrant.objects.select_related("user", "programme").filter(pk=grant.pk).first()
        if row is None:
            return
        if row.user_id == actor.pk and not getattr(actor, "is_superuser", False):
            raise MentoringError("Ask another owner to end your own grant, so that the programme is not left alone.")
        audit.record(action="mentoring.grant.ended", obj=row, actor=actor, programme=row.programme, before=_facts(row))
        user = row.user
        row.delete()
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
