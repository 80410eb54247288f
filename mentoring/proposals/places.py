"""Who is taken: the one place that counts mentors' places and mentees who have a mentor, or may soon have one.

A pair that is approved or offered holds its two people as a live relationship does. Whoever decides about a place locks
the mentor first (`lock_enrolments`) and asks here afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q

from mentoring.programmes.models import Cohort, Enrolment
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship

from .models import PROPOSAL_HOLDS_PLACE, Proposal


def _holding(which: Q) -> list[tuple[int, int]]:
    """(mentee's, mentor's enrolment id) of what holds its two people now. One query."""
    offered = Proposal.objects.filter(which, state__in=PROPOSAL_HOLDS_PLACE).order_by()
    paired = Relationship.objects.filter(which, state__in=RELATIONSHIP_LIVE).order_by()
    columns = ("mentee_id", "mentor_id")
    return list(offered.values_list(*columns).union(paired.values_list(*columns), all=True))


def taken_places(mentor_ids: Iterable[int]) -> dict[int, int]:
    """Mentor's enrolment id → places that are held; mentors without any are left out. One query."""
    return dict(Counter(mentor for _mentee, mentor in _holding(Q(mentor__in=list(mentor_ids)))))


def places_left(mentor: Enrolment) -> int:
    """Never negative, also when places were cut below the pairs."""
    return max(0, mentor.capacity - taken_places([mentor.pk]).get(mentor.pk, 0))


def held_mentees(cohort: Cohort) -> set[int]:
    """Ids of mentees' enrolments for whom no other mentor is looked for now. One query."""
    return {mentee for mentee, _mentor in _holding(Q(cohort=cohort))}


def held_among(mentee_ids: Iterable[int]) -> set[int]:
    """Which of these mentees are held. One query."""
    return {mentee for mentee, _mentor in _holding(Q(mentee__in=list(mentee_ids)))}


def is_held(mentee: Enrolment) -> bool:
    """Whether this mentee has a mentor, or an offer on the way."""
    return bool(held_among([mentee.pk]))


def held_and_left(mentee: Enrolment, mentor: Enrolment) -> tuple[bool, int]:
    """`is_held` and `places_left` of two people at once. One query."""
    rows = _holding(Q(mentee=mentee) | Q(mentor=mentor))
    taken = sum(row[1] == mentor.pk for row in rows)
    return any(row[0] == mentee.pk for row in rows), max(0, mentor.capacity - taken)
