"""When a pair does not come about: who is told, who waits again. The caller holds the locks.

Whoever was asked is told kindly that the offer no longer stands: never whose doing it was, never why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mentoring.jobs.knock import knock
from mentoring.machine import Actor
from mentoring.programmes.models import Enrolment, EnrolmentRole, EnrolmentState
from mentoring.programmes.services import back_to_pool, lock_enrolments, tell
from mentoring.programmes.states import COHORT_MATCHES
from mentoring.programmes.wish_models import Preference
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship

from . import changes
from .models import (
    PROPOSAL_HOLDS_PLACE,
    PROPOSAL_LIVE,
    PROPOSAL_REFUSED,
    Answer,
    Proposal,
    ProposalSource,
    ProposalState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.base_user import AbstractBaseUser


def answer_of(row: Proposal, person: Enrolment) -> str:
    return row.mentee_answer if person.pk == row.mentee_id else row.mentor_answer


def was_asked(row: Proposal, person: Enrolment) -> bool:
    """Whether they know of the pair: it was offered, and they had not agreed to everything beforehand."""
    if row.offered_at is None:
        return False
    at = row.mentee_answered_at if person.pk == row.mentee_id else row.mentor_answered_at
    return answer_of(row, person) != Answer.YES or at is not None


def chooses(mentee: Enrolment) -> bool:
    """Whether this mentee's own choices are asked one after the other (`choices`), which tells them what comes next."""
    cohort = mentee.cohort
    return (
        cohort.programme.mentees_choose
        and cohort.state in COHORT_MATCHES
        and mentee.as_role == EnrolmentRole.MENTEE
        and mentee.state == EnrolmentState.ELIGIBLE
    )


def let_go(
    row: Proposal,
    *,
    actor: AbstractBaseUser | None,
    by: Iterable[Enrolment] = (),
    template: str = "offer_closed",
    tell_all: bool = False,
) -> None:
    """An offer is over, already written. Both wait again, and those who were asked are told.

    `by`: whose doing it was. They do not come first for it, and are told only with `tell_all`.
    """
    doing = {person.pk for person in by}
    for person in (row.mentor, row.mentee):
        back_to_pool(person, first=person.pk not in doing, actor=actor)
        if not was_asked(row, person) or (person.pk in doing and not tell_all):
            continue
        if row.source == ProposalSource.CHOICE and person.pk == row.mentee_id and chooses(person):
            if not choices_left(person):
                tell_exhausted(person)
            continue  # else `choices` asks the next one, and tells them so
        tell(
            person,
            template,
            key=f"proposal:{row.pk}:{row.version}:{template}:{person.as_role}",
            answered=answer_of(row, person) == Answer.YES,
            other_role=_other(row, person).get_as_role_display().lower(),
        )
    knock()  # a mentee's next choice may be due


def choices_left(mentee: Enrolment) -> QuerySet[Preference]:
    """Mentors of this mentee's choice who have not had their turn, the dearest first."""
    return Preference.objects.filter(untried(), enrolment=mentee).order_by("rank")


def untried() -> Q:
    """Of preferences: no offer of the mentee's choosing was made or passed over, and nobody refused the pair."""
    had = Proposal.objects.filter(mentee=OuterRef("enrolment"), mentor=OuterRef("mentor")).filter(
        Q(source=ProposalSource.CHOICE) | Q(state__in=[*PROPOSAL_REFUSED, ProposalState.LAPSED])
    )
    return ~Q(Exists(had))


def tell_exhausted(mentee: Enrolment) -> None:
    """All choices had their turn: the coordinator's queue. Told once for each list that came to its end."""
    asked = Proposal.objects.filter(mentee=mentee, source=ProposalSource.CHOICE).count()
    tell(mentee, "choices_exhausted", key=f"enrolment:{mentee.pk}:choices:{asked}:exhausted")


def _other(row: Proposal, person: Enrolment) -> Enrolment:
    return row.mentor if person.pk == row.mentee_id else row.mentee


def supersede(row: Proposal, *, actor: AbstractBaseUser | None, reason: str, by: Iterable[Enrolment] = ()) -> None:
    """Something else took this pair's place. Whoever had been asked is told."""
    was_offered = row.state == ProposalState.OFFERED
    changes.move(row, ProposalState.SUPERSEDED, as_=Actor.SYSTEM, actor=actor, reason=reason)
    if was_offered:
        let_go(row, actor=actor, by=by)


def live_pairs_of(enrolment: Enrolment) -> Q:
    return Q(mentee=enrolment, state__in=PROPOSAL_LIVE) | Q(mentor=enrolment, state__in=PROPOSAL_LIVE)


def partners_of(enrolment: Enrolment) -> list[int]:
    """Ids of the enrolments on the other side of every live proposal and relationship."""
    proposed = Proposal.objects.filter(live_pairs_of(enrolment)).values_list("mentee_id", "mentor_id")
    paired = Relationship.objects.filter(Q(mentee=enrolment) | Q(mentor=enrolment), state__in=RELATIONSHIP_LIVE)
    both = [*proposed, *paired.values_list("mentee_id", "mentor_id")]
    return [mentor if mentee == enrolment.pk else mentee for mentee, mentor in both]


def lock_with_partners(*leaving: Enrolment) -> dict[int, Enrolment]:
    """Locks these enrolments and everybody with whom they have a live pair, in the one order.

    A pair may be made between looking for partners and locking them: then all are let go and locked again with the new
    one, who would otherwise be locked out of order.
    """
    while True:
        with transaction.atomic():
            wanted = {row.pk for row in leaving}
            held = lock_enrolments(wanted.union(*map(partners_of, leaving)))
            if wanted.union(*map(partners_of, leaving)) <= held.keys() | wanted:
                return held
            transaction.set_rollback(True)


def is_spoken_for(enrolment: Enrolment) -> bool:
    """Whether a pair of theirs is approved, offered or under way."""
    held = live_pairs_of(enrolment) & Q(state__in=PROPOSAL_HOLDS_PLACE)
    paired = Relationship.objects.filter(Q(mentee=enrolment) | Q(mentor=enrolment), state__in=RELATIONSHIP_LIVE)
    return Proposal.objects.filter(held).exists() or paired.exists()


def end_pairs_of(enrolment: Enrolment, *, actor: AbstractBaseUser) -> int:
    """Ends every live pair of somebody who leaves; partners who knew of one are told. Says how many ended.

    The caller holds the locks of all enrolments concerned.
    """
    pairs = (
        Proposal.objects.filter(live_pairs_of(enrolment))
        .select_for_update(of=("self",), no_key=True)
        .select_related(
            "cohort__programme",
            *(f"{side}__{path}" for side in ("mentee", "mentor") for path in ("cohort__programme", "profile__user")),
        )
        .order_by("pk")
    )
    for row in pairs:
        supersede(row, actor=actor, reason="One of the two withdrew.", by=[enrolment])
    return len(pairs)
