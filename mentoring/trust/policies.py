"""Permission policies for the Wagtail admin: grants decide, row by row, not Django's model permissions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from wagtail.permission_policies import BasePermissionPolicy

from mentoring.programmes.models import GrantRole

from .access import grants_of

_CACHE = "_mentoring_grants"
NOBODY: frozenset[str] = frozenset()


def cached_grants(user: Any) -> dict[int, str]:
    """Programme id → role, read once per request: Wagtail asks a policy many times for one page."""
    found: dict[int, str] | None = getattr(user, _CACHE, None)
    if found is None:
        found = {} if not user.is_authenticated else dict(grants_of(user).values_list("programme_id", "role"))
        setattr(user, _CACHE, found)
    return found


class GrantPolicy(BasePermissionPolicy):
    """Rows of a programme, for those who hold a grant for it.

    Args:
        rows: the access function that gives the rows a person may see at all.
        programme_id: how to read the programme of a row without a query.
        coordinator, owner, admin: the actions each may take; an owner may also do what a coordinator may.
    """

    def __init__(
        self,
        model: type[Model],
        *,
        rows: Callable[[Any], QuerySet[Any]],
        programme_id: Callable[[Any], int | None],
        coordinator: Iterable[str] = (),
        owner: Iterable[str] = (),
        admin: Iterable[str] = (),
        is_own: Callable[[Any, Any], bool] = lambda user, row: False,
    ) -> None:
        super().__init__(model)
        self.rows = rows
        self.programme_id = programme_id
        self.is_own = is_own
        self.by_role = {
            GrantRole.COORDINATOR.value: frozenset(coordinator),
            GrantRole.OWNER.value: frozenset(coordinator) | frozenset(owner),
        }
        self.by_admin = frozenset(coordinator) | frozenset(owner) | frozenset(admin)

    def _actions(self, user: Any, programme_id: int | None) -> frozenset[str]:
        if not user.is_active:
            return NOBODY
        if user.is_superuser:
            return self.by_admin
        role = cached_grants(user).get(programme_id) if programme_id is not None else None
        return self.by_role.get(role, NOBODY) if role else NOBODY

    def user_has_permission(self, user: Any, action: str) -> bool:
        if not user.is_active:
            return False
        if user.is_superuser:
            return action in self.by_admin
        return any(action in self.by_role[role] for role in cached_grants(user).values())

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return action in self._actions(user, self.programme_id(instance)) and not self.is_own(user, instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Collection[str]) -> QuerySet[Any]:
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        return self.rows(user)

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Any]:
        roles = [role for role, may in self.by_role.items() if may & set(actions)]
        today = timezone.localdate()
        live = Q(mentoring_grants__expires_on__isnull=True) | Q(mentoring_grants__expires_on__gte=today)
        who = Q(mentoring_grants__role__in=roles) & live
        if self.by_admin & set(actions):
            who |= Q(is_superuser=True)
        return get_user_model()._default_manager.filter(who, is_active=True).distinct()

    def users_with_any_permission_for_instance(self, actions: Collection[str], instance: Any) -> QuerySet[Any]:
        allowed = [
            user.pk
            for user in self.users_with_any_permission(actions)
            if self.user_has_any_permission_for_instance(user, actions, instance)
        ]
        return get_user_model()._default_manager.filter(pk__in=allowed)
