"""Who may import: coordinators people (their own jobs only), site administrators also schools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.errors import MentoringError
from mentoring.people.import_models import ImportJob, ImportKind
from mentoring.trust.access import imports_for, programmes_for, runs_whole_programme
from mentoring.trust.decision import YES, Decision, no
from mentoring.trust.policies import runs_something_whole

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.programmes.models import Cohort


def can_import(user: Any, kind: ImportKind | str) -> Decision:
    """People: whoever runs a whole programme today, or holds `mentoring.import_people`. Schools: `import_schools`."""
    if user is None or (user.is_active and user.is_superuser):  # None: the command line
        return YES
    if not user.is_active:
        return no("This account is closed.")
    if ImportKind(kind) == ImportKind.SCHOOLS:
        allowed = user.has_perm("mentoring.import_schools")
    else:
        allowed = user.has_perm("mentoring.import_people") or programmes_for(user, whole=True).exists()
    return YES if allowed else no("You may not import here.")


def can_import_something(user: Any) -> bool:
    """For menus: asked for every page, so from the grants that the request has read already, where they suffice."""
    if user.is_active and runs_something_whole(user):
        return True
    return any(can_import(user, kind) for kind in ImportKind)


def demand(actor: AbstractBaseUser | None, kind: ImportKind | str) -> None:
    decision = can_import(actor, kind)
    if not decision:
        raise MentoringError(decision.reason)


def demand_own(actor: AbstractBaseUser | None, job: ImportJob) -> None:
    """An import holds other people's data: whoever uploaded it decides about it, or a site administrator."""
    if actor is not None and not imports_for(actor).filter(pk=job.pk).exists():
        raise MentoringError("Somebody else uploaded this file.")


def demand_cohort(actor: AbstractBaseUser | None, cohort: Cohort) -> None:
    if actor is None or not runs_whole_programme(actor, cohort.programme_id):
        raise MentoringError("You do not coordinate this cohort, so people cannot be enrolled in it.")
