"""How far a grant reaches: over a whole programme, or over the people of one organisation and those below it.

A person may hold several grants: one to run a programme (coordinator or owner), one to handle its concerns, one to read
its reports. Each counts by itself. Rows are narrowed inside the database (`within`): no list costs a query more for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mentoring.people.imports.people_scope import organisations_below
from mentoring.programmes.models import RUNNING, CoordinatorGrant, GrantRole

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser

Roles = Collection[GrantRole]
CONCERNS = frozenset({GrantRole.CONCERNS})
#: Who reads sums. Whoever runs a programme reads them too.
REPORTING = RUNNING | {GrantRole.REPORTER}
#: A nursery of a school of a trust of an authority is four levels; one to spare. Deeper ones no list shows.
LEVELS = 5


def is_admin(user: Any) -> bool:
    return bool(user.is_active and getattr(user, "is_superuser", False))


def grants_of(user: AnyUser, roles: Roles = frozenset(GrantRole)) -> QuerySet[CoordinatorGrant]:
    """Grants that count today: not expired, of an active person."""
    if not user.is_active or user.pk is None:
        return CoordinatorGrant.objects.none()
    today = timezone.localdate()
    return CoordinatorGrant.objects.filter(user_id=user.pk, role__in=roles).filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    )


def within(user: AnyUser, *, programme: str, people: Sequence[str] = (), roles: Roles = RUNNING) -> Q:
    """Rows that a grant of this user covers.

    Args:
        programme: the path from a row to its programme ("cohort__programme").
        people: paths to the organisations of its people; one of them inside the grant's is enough. Without any, every
            grant of the programme counts, however narrow.
    """
    grants = grants_of(user, roles).filter(programme=OuterRef(programme))
    if people:
        inside = Q(organisation__isnull=True)
        for path in people:
            for level in range(LEVELS):
                inside |= Q(organisation=OuterRef(path + "__parent" * level))
        grants = grants.filter(inside)
    return Q(Exists(grants))


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody's grants for one programme cover. False: nothing."""

    whole: bool = False
    organisations: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.whole or bool(self.organisations)

    def covers(self, *organisations: int | None) -> bool:
        """Whether somebody of one of these organisations is inside."""
        return self.whole or any(pk in self.organisations for pk in organisations)


EVERYTHING = Reach(whole=True)
NOTHING = Reach()


def reach_from(organisations: Iterable[int | None]) -> Reach:
    """What grants with these organisations cover together; None is the whole programme. No query for those."""
    given = list(organisations)
    if None in given:
        return EVERYTHING
    return Reach(organisations=frozenset(organisations_below(pk for pk in given if pk is not None)))


def reach_of(user: AnyUser, programme_id: int | None, *, roles: Roles = RUNNING) -> Reach:
    """Asks the database each time: services ask again under their lock. A site administrator runs everything."""
    if programme_id is None:
        return NOTHING
    if is_admin(user) and roles is RUNNING:
        return EVERYTHING
    grants = grants_of(user, roles).filter(programme=programme_id)
    return reach_from(grants.values_list("organisation", flat=True))


def kept_organisations(user: AnyUser) -> frozenset[int]:
    """Organisations whose closed days a coordinator keeps: where their grant reaches, or what owns the programme."""
    found: frozenset[int] | None = getattr(user, "_mentoring_kept", None)
    if found is None:
        grants = grants_of(user, RUNNING).values_list("organisation", "programme__owner_org")
        found = frozenset(organisations_below(part or owner for part, owner in grants))
        user._mentoring_kept = found  # type: ignore[union-attr]  # once per request: a list asks for each row
    return found
