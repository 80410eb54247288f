"""Permission policies for the Wagtail admin: grants decide, row by row, not Django's model permissions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from wagtail.permission_policies import BasePermissionPolicy

from mentoring.programmes.models import RUNNING, GrantRole

from .reach import CONCERNS, REPORTING, Reach, grants_of, is_admin, reach_from

_CACHE = "_mentoring_grants"
NOBODY: frozenset[str] = frozenset()
#: What a grant for one organisation allows with rows that concern everybody in the programme.
LOOK = frozenset({"view"})


@dataclass(frozen=True, slots=True)
class Held:
    """One grant of somebody, as policies ask about it."""

    role: str
    reach: Reach


def held_grants(user: Any) -> dict[int, list[Held]]:
    """Programme id → grants, read once per request: Wagtail asks a policy many times for one page."""
    found: dict[int, list[Held]] | None = getattr(user, _CACHE, None)
    if found is None:
        found = {}
        rows = grants_of(user).values_list("programme_id", "role", "organisation") if user.is_authenticated else []
        for programme, role, organisation in rows:
            found.setdefault(programme, []).append(Held(role, reach_from([organisation])))
        setattr(user, _CACHE, found)
    return found


def runs_something(user: Any) -> bool:
    """Whether somebody runs any programme, from the grants read once per request."""
    return any(held.role in RUNNING for grants in held_grants(user).values() for held in grants)


def reports_on_something(user: Any) -> bool:
    """Whether somebody reads the sums of any programme."""
    return is_admin(user) or any(held.role in REPORTING for grants in held_grants(user).values() for held in grants)


def handles_concerns(user: Any) -> bool:
    """Whether somebody reads the concerns of any programme. No administrator does without that grant."""
    return any(held.role in CONCERNS for grants in held_grants(user).values() for held in grants)


def runs_something_whole(user: Any) -> bool:
    """As `runs_something`, and not for one organisation's people alone."""
    grants = (held for found in held_grants(user).values() for held in found)
    return any(held.role in RUNNING and held.reach.whole for held in grants)


class GrantPolicy(BasePermissionPolicy):
    """Rows of a programme, for those who hold a grant for it.

    Args:
        rows: the access function that gives the rows a person may see at all.
        programme_id: how to read the programme of a row without a query.
        people: how to read, without a query, the organisations of a row's people: a coordinator of one organisation
            acts where one of them is inside. Without it, such a coordinator only looks.
        coordinator, owner, admin, concerns, reporter: the actions each may take; an owner may also do what a
            coordinator may, and a site administrator what an owner may.
    """

    def __init__(
        self,
        model: type[Model],
        *,
        rows: Callable[[Any], QuerySet[Any]],
        programme_id: Callable[[Any], int | None],
        people: Callable[[Any], Iterable[int | None]] | None = None,
        coordinator: Iterable[str] = (),
        owner: Iterable[str] = (),
        admin: Iterable[str] = (),
        concerns: Iterable[str] = (),
        reporter: Iterable[str] = (),
        is_own: Callable[[Any, Any], bool] = lambda user, row: False,
    ) -> None:
        super().__init__(model)
        self.rows = rows
        self.programme_id = programme_id
        self.people = people
        self.is_own = is_own
        self.by_role = {
            GrantRole.COORDINATOR.value: frozenset(coordinator),
            GrantRole.OWNER.value: frozenset(coordinator) | frozenset(owner),
            GrantRole.CONCERNS.value: frozenset(concerns),
            GrantRole.REPORTER.value: frozenset(reporter),
        }
        self.by_admin = frozenset(coordinator) | frozenset(owner) | frozenset(admin)

    def _of_grant(self, held: Held) -> frozenset[str]:
        """What a grant allows with rows it covers."""
        actions = self.by_role[held.role]
        return actions if held.reach.whole or self.people is not None else actions & LOOK

    def _actions(self, user: Any, row: Any) -> frozenset[str]:
        if not user.is_active:
            return NOBODY
        if user.is_superuser:
            return self.by_admin
        programme = self.programme_id(row)
        found = NOBODY
        for held in held_grants(user).get(programme, []) if programme is not None else []:
            if held.reach.whole or self.people is None or held.reach.covers(*self.people(row)):
                found |= self._of_grant(held)
        return found

    def user_has_permission(self, user: Any, action: str) -> bool:
        if not user.is_active:
            return False
        if user.is_superuser:
            return action in self.by_admin
        return any(action in self._of_grant(held) for grants in held_grants(user).values() for held in grants)

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return action in self._actions(user, instance) and not self.is_own(user, instance)

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
