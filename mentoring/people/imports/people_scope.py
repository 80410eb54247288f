"""Whose profile an import may change: people of A see nothing change by coordinators of B."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentoring.people.models import Organisation, Profile

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def organisations_below(ids: Iterable[int]) -> set[int]:
    """These organisations and all below them."""
    found: set[int] = set(ids)
    level = set(found)
    while level:
        level = set(Organisation.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        found |= level
    return found


@dataclass(frozen=True)
class ChangeScope:
    """`everybody`, or members of these organisations, and these profiles."""

    everybody: bool
    organisations: frozenset[int] = frozenset()
    profiles: frozenset[int] = frozenset()

    @classmethod
    def of(cls, actor: AbstractBaseUser | None, profiles: Iterable[Profile]) -> ChangeScope:
        """`actor` None is the command line, which whoever runs the server runs."""
        from mentoring.programmes.models import ENROLMENT_LIVE, Enrolment, EnrolmentState
        from mentoring.trust.access import programmes_for

        if actor is None or getattr(actor, "is_superuser", False):
            return cls(True)
        programmes = programmes_for(actor, whole=True)
        # Whoever runs a programme can bring anybody in. That must not be a way to somebody else's words: through an
        # enrolment only profiles open up that the member has not written and that no other programme relies on.
        # A draft is its author's alone: nobody has been told of it, so it opens nothing and bars nothing.
        enrolled = Enrolment.objects.filter(
            profile__in=[p.pk for p in profiles if p.edited_by_member_at is None],
            state__in=ENROLMENT_LIVE - {EnrolmentState.DRAFT},
        )
        here = set(enrolled.filter(cohort__programme__in=programmes).values_list("profile", flat=True))
        elsewhere = set(enrolled.exclude(cohort__programme__in=programmes).values_list("profile", flat=True))
        return cls(
            False,
            frozenset(organisations_below(programmes.values_list("owner_org", flat=True))),
            frozenset(here - elsewhere),
        )

    def may_change(self, profile: Profile) -> bool:
        return self.everybody or profile.organisation_id in self.organisations or profile.pk in self.profiles
