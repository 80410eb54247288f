"""Who sees which rows of people and imports in the Wagtail admin. Words (topics, levels, organisations) go by group."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from mentoring.messages.address_models import FailingAddress
from mentoring.messages.addresses import failing_for
from mentoring.trust import access
from mentoring.trust.policies import runs_something
from mentoring.trust.reach import kept_organisations

from .calendar_models import CalendarException
from .import_models import ImportJob
from .imports.permissions import can_import_something
from .models import Profile


class ViewRowsPolicy(BasePermissionPolicy):
    """Rows to look at and nothing else: those of an access function, for whom a predicate lets in at all."""

    def __init__(
        self, model: type[Model], *, rows: Callable[[Any], QuerySet[Any]], enters: Callable[[Any], object]
    ) -> None:
        super().__init__(model)
        self.rows = rows
        self.enters = enters

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and user.is_active and bool(self.enters(user))

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action) and self.rows(user).filter(pk=instance.pk).exists()

    def user_has_any_permission_for_instance(self, user: Any, actions: Collection[str], instance: Any) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Collection[str]) -> QuerySet[Any]:
        allowed = self.user_has_any_permission(user, actions)
        return self.rows(user) if allowed else self.model._default_manager.none()

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Any]:
        users = get_user_model()._default_manager.filter(is_active=True)
        allowed = [user.pk for user in users if self.user_has_any_permission(user, actions)]
        return users.filter(pk__in=allowed)

    def users_with_any_permission_for_instance(self, actions: Collection[str], instance: Any) -> QuerySet[Any]:
        users = self.users_with_any_permission(actions)
        allowed = [user.pk for user in users if self.rows(user).filter(pk=instance.pk).exists()]
        return users.filter(pk__in=allowed)


class DaysPolicy(ViewRowsPolicy):
    """Closed days: kept by coordinators of the organisation, or of one above it; see `reach.kept_organisations`."""

    actions = frozenset({"view", "add", "delete"})

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in self.actions and user.is_active and bool(self.enters(user))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        inside = user.is_superuser or instance.organisation_id in kept_organisations(user)
        return inside and self.user_has_permission(user, action)


def _sees_people(user: Any) -> bool:
    return bool(user.is_superuser or runs_something(user))


POLICIES = [
    ViewRowsPolicy(ImportJob, rows=access.imports_for, enters=can_import_something),
    DaysPolicy(CalendarException, rows=access.closed_days_for, enters=_sees_people),
    ViewRowsPolicy(Profile, rows=access.profiles_for, enters=_sees_people),
    ViewRowsPolicy(FailingAddress, rows=failing_for, enters=_sees_people),
]
