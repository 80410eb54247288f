"""Who reads which numbers: sums only, or rows as well; and who reads the equality view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mentoring.programmes.models import RUNNING, Cohort, GrantRole
from mentoring.trust.policies import Held, held_grants
from mentoring.trust.reach import is_admin


def only_sums(user: Any, programmes: Iterable[int]) -> set[int]:
    """Programmes of which somebody reads sums over more people than they see by name: small numbers are hidden."""
    if is_admin(user):
        return set()
    return {pk for pk in programmes if _sums_only(held_grants(user).get(pk, []))}


def _sums_only(grants: list[Held]) -> bool:
    running = [held for held in grants if held.role in RUNNING]
    if any(held.reach.whole for held in running):
        return False
    return not running or any(held.role == GrantRole.REPORTER for held in grants)


def reads_equality(user: Any, cohort: Cohort) -> bool:
    """Owners and reporters, of the whole programme: coordinators decide about people and do not read this."""
    grants = held_grants(user).get(cohort.programme_id, [])
    return is_admin(user) or any(
        held.role in (GrantRole.OWNER, GrantRole.REPORTER) and held.reach.whole for held in grants
    )
