"""A mentee looks at mentors and says whom they would like, and whom not: where the programme lets them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Prefetch

from mentoring.errors import MentoringError, Stale
from mentoring.jobs.knock import knock
from mentoring.people.models import Direction, ProfileInterest
from mentoring.trust import audit

from .models import Enrolment, EnrolmentRole, EnrolmentState
from .telling import lock_enrolments
from .wish_models import Avoidance, Preference

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MOST = 5
#: In front of a name, not part of what somebody is called.
_TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "rev", "revd", "sir", "dame"})


@dataclass(frozen=True)
class Candidate:
    """A mentor as a mentee sees them before anything is agreed: no second name, no place of work, no address."""

    enrolment: Enrolment
    first_name: str
    level: str
    topics: list[str]
    offer: str
    rank: int | None
    avoided: bool

    @property
    def pk(self) -> int:
        return self.enrolment.pk


def first_name(name: str) -> str:
    """The first word that is no title; a one-word name is that word."""
    words = name.split()
    plain = [word for word in words if word.rstrip(".").casefold() not in _TITLES]
    return (plain or words or [""])[0]


def may_choose(mentee: Enrolment) -> bool:
    """Whether this mentee may choose at all: their programme says so, and they are in."""
    return (
        mentee.as_role == EnrolmentRole.MENTEE
        and mentee.state == EnrolmentState.ELIGIBLE
        and mentee.cohort.programme.mentees_choose
    )


def _place_in_line(mentee: int, mentor: int) -> str:
    """Another order for each mentee, and the same one each time: no mentor is the first for everybody."""
    return hashlib.sha256(f"{mentee}:{mentor}".encode()).hexdigest()


def candidates(mentee: Enrolment) -> list[Candidate]:
    """Mentors of the cohort who agreed to be shown, have room, and whom nothing bars. About ten queries at any size."""
    from mentoring.proposals.bars import OnRecord, may_meet  # proposals build on programmes
    from mentoring.proposals.places import taken_places

    offered = ProfileInterest.objects.filter(direction=Direction.OFFER).select_related("interest")
    rows = list(
        Enrolment.objects.filter(
            cohort=mentee.cohort_id, as_role=EnrolmentRole.MENTOR, state=EnrolmentState.ELIGIBLE, shown=True
        )
        .select_related("profile__role_level", "profile__organisation__parent", "profile__user")
        .prefetch_related(Prefetch("profile__profile_interests", queryset=offered, to_attr="offers"))
    )
    taken = taken_places(row.pk for row in rows)
    ranks = dict(Preference.objects.filter(enrolment=mentee).values_list("mentor", "rank"))
    avoided = set(Avoidance.objects.filter(enrolment=mentee).values_list("person", flat=True))
    for row in rows:
        row.cohort = mentee.cohort
    known = OnRecord.about([(mentee, row) for row in rows])
    known.avoided -= {(mentee.pk, person) for person in avoided}  # their own wish keeps nobody from the page
    waived = frozenset((mentee.cohort.programme.rules or {}).get("off") or ())
    found = [
        Candidate(
            enrolment=row,
            first_name=first_name(row.profile.display_name),
            level=str(row.profile.role_level or ""),
            topics=[topic.interest.label for topic in row.profile.offers],  # type: ignore[attr-defined]  # prefetched
            offer=row.goals,
            rank=ranks.get(row.pk),
            avoided=row.profile_id in avoided,
        )
        for row in rows
        if row.capacity > taken.get(row.pk, 0) and may_meet(mentee, row, waived=waived, on_record=known)
    ]
    return sorted(found, key=lambda one: _place_in_line(mentee.pk, one.pk))


def choose(
    *,
    enrolment: Enrolment,
    actor: AbstractBaseUser,
    version: int,
    ranks: Mapping[int, int],
    avoided: Collection[int] = (),
) -> Enrolment:
    """Keeps a mentee's wishes, in place of those before. The same again changes nothing.

    `ranks`: mentor's enrolment → 1 to 5, each once. `avoided`: mentors' enrolments whom they would rather not meet;
    nobody is told. Wishes about mentors who are not shown any more stay as they were.

    Raises:
        MentoringError: not theirs, not now, ranks that cannot be, or a mentor who is no longer there.
        Stale: changed in another window.
    """
    from mentoring.proposals.places import is_held  # proposals build on programmes

    given = {mentor: rank for mentor, rank in ranks.items() if mentor not in avoided}
    if any(not 1 <= rank <= MOST for rank in given.values()):
        raise MentoringError("Ranks go from 1 to 5.")
    twice = sorted({rank for rank in given.values() if list(given.values()).count(rank) > 1})
    if twice:
        raise MentoringError(f"You gave rank {twice[0]} more than once. Please give each rank to one mentor.")
    with transaction.atomic():
        row = lock_enrolments([enrolment.pk])[enrolment.pk]
        if row.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can choose.")
        if not may_choose(row):
            raise MentoringError("You cannot choose a mentor here at the moment.")
        if is_held(row):
            raise MentoringError("You have a match, or an offer on the way. Your choices wait until that is settled.")
        shown = {one.pk: one.enrolment.profile_id for one in candidates(row)}
        if {*given, *avoided} - shown.keys():
            raise MentoringError("One of these mentors has just filled their last place. Please look again.")
        before = dict(Preference.objects.filter(enrolment=row).values_list("mentor", "rank"))
        kept = {m: rank for m, rank in before.items() if m not in shown and rank not in given.values()}
        wanted = {**kept, **given}
        disliked = set(Avoidance.objects.filter(enrolment=row).values_list("person", flat=True))
        wishes = (disliked - set(shown.values())) | {shown[mentor] for mentor in avoided}
        if (wanted, wishes) == (before, disliked):
            return row
        if row.version != version:
            raise Stale("Your choices were changed in another window after you opened this one.")
        Preference.objects.filter(enrolment=row).delete()
        Preference.objects.bulk_create(Preference(enrolment=row, mentor_id=m, rank=rank) for m, rank in wanted.items())
        Avoidance.objects.filter(enrolment=row).exclude(person__in=wishes).delete()
        Avoidance.objects.bulk_create(Avoidance(enrolment=row, person_id=p) for p in wishes - disliked)
        row.version += 1
        row.save(update_fields=["version"])
        # How many, never whom: the trail is read by owners, and a wish not to meet somebody is told to nobody.
        audit.record(
            action="mentoring.enrolment.chose",
            obj=row,
            actor=actor,
            programme=row.cohort.programme,
            after={"choices": len(wanted)},
        )
        knock()
    return row
