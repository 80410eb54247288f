"""What a decision about a visit asks of whoever makes it, and of the page that they saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.errors import MentoringError, Stale
from mentoring.programmes.permissions import NOT_YOURS
from mentoring.trust.access import runs_programme

from .models import Placement

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def must_coordinate(row: Placement, actor: AbstractBaseUser) -> None:
    """A coordinator of the programme, whose own visit it is not.

    Raises:
        MentoringError: somebody else, or one of the two.
    """
    if not runs_programme(actor, row.enrolment.cohort.programme_id):
        raise MentoringError(NOT_YOURS)
    if actor.pk in (row.enrolment.profile.user_id, row.offer.host.user_id):
        raise MentoringError("This is your own visit. Another coordinator must decide.")


def must_be_fresh(row: Placement, version: int) -> None:
    """What was decided about is what stands now.

    Raises:
        Stale: changed after the page was opened.
    """
    if row.version != version:
        raise Stale(f"This visit changed after you opened it: it is now “{row.get_state_display().lower()}”.")
