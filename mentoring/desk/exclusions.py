"""Naming who must not be matched with whom, and ending that; pairs that are at work already come to the coordinator."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.people.exclusion_models import Exclusion, ExclusionKind
from mentoring.people.imports.people_scope import organisations_below
from mentoring.people.models import Organisation, Profile
from mentoring.programmes.models import Programme
from mentoring.programmes.permissions import NOT_YOURS
from mentoring.proposals.bars import may_meet
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.relationships.services import call_coordinator, locked
from mentoring.relationships.turns import settle
from mentoring.trust import audit
from mentoring.trust.decision import YES, Decision, no
from mentoring.trust.reach import Reach, reach_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: Says that there is one, not why: the reason stands with the exclusion.
NEEDS_YOU = "An exclusion now stands between the two. Please decide whether they can go on."


def can_exclude(user: Any, programme_id: int, *people: Profile | None) -> Decision:
    """A coordinator of one of the two, and never about oneself."""
    return decide(reach_of(user, programme_id), user, *people)


def decide(reach: Reach, user: Any, *people: Profile | None) -> Decision:
    """The same for somebody whose reach is known: a file asks about many rows."""
    if not reach:
        return no(NOT_YOURS)
    given = [person for person in people if person is not None]
    if any(person.user_id == user.pk for person in given):
        return no("Another coordinator must decide about yourself.")
    if not reach.covers(*(person.organisation_id for person in given)):
        return no("Your part of the programme does not include these people.")
    return YES


def live_pairs(row: Exclusion) -> QuerySet[Relationship]:
    """Pairs of the programme, not over, between whom the exclusion stands."""
    side: dict[str, Any]
    back: dict[str, Any]
    if row.other_person_id is not None:
        side = {"mentee__profile": row.person_id, "mentor__profile": row.other_person_id}
        back = {"mentee__profile": row.other_person_id, "mentor__profile": row.person_id}
    else:
        places = organisations_below([row.other_organisation_id or 0])
        side = {"mentee__profile": row.person_id, "mentor__profile__organisation__in": places}
        back = {"mentor__profile": row.person_id, "mentee__profile__organisation__in": places}
    pairs = Relationship.objects.filter(cohort__programme=row.programme_id, state__in=RELATIONSHIP_LIVE)
    return pairs.filter(Q(**side) | Q(**back)).order_by("pk")


def exclude(
    *,
    programme: Programme,
    person: Profile,
    kind: ExclusionKind | str,
    actor: AbstractBaseUser,
    other_person: Profile | None = None,
    other_organisation: Organisation | None = None,
    reason: str = "",
    expires_on: dt.date | None = None,
) -> tuple[Exclusion, list[Relationship]]:
    """Two people, or a person and an organisation with all below it, are not matched from now on.

    Gives the row, and the pairs at work that it touches: each is the coordinator's turn now.

    Raises:
        MentoringError: not theirs, not two different sides, said already, or a last day in the past.
    """
    if (other_person is None) == (other_organisation is None):
        raise MentoringError("Please choose either another person or an organisation.")
    if other_person is not None and other_person.pk == person.pk:
        raise MentoringError("Please choose two different people.")
    if expires_on and expires_on < timezone.localdate():
        raise MentoringError("The last day lies in the past.")
    decision = can_exclude(actor, programme.pk, person, other_person)
    if not decision:
        raise MentoringError(decision.reason)
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        if other_person is not None and Exclusion.objects.filter(
            programme=programme, person=other_person, other_person=person
        ):
            raise MentoringError("This exclusion stands already, the other way round: it holds both ways.")
        try:
            with transaction.atomic():
                row = Exclusion.objects.create(
                    programme=programme,
                    person=person,
                    other_person=other_person,
                    other_organisation=other_organisation,
                    kind=kind,
                    reason=reason.strip(),
                    expires_on=expires_on,
                    created_by_id=actor.pk,
                )
        except IntegrityError as error:
            raise MentoringError("This exclusion stands already. End it first if you want to change it.") from error
        audit.record(action="mentoring.exclusion.added", obj=row, actor=actor, programme=programme, after=_facts(row))
        touched = [_hand_over(pair, row) for pair in live_pairs(row)]
    return row, touched


def _facts(row: Exclusion) -> dict[str, Any]:
    """What the trail keeps: who and what kind, by id. Never the reason."""
    return {
        "person": row.person_id,
        "other_person": row.other_person_id,
        "other_organisation": row.other_organisation_id,
        "kind": row.kind,
        "expires_on": str(row.expires_on or ""),
    }


def _hand_over(pair: Relationship, row: Exclusion) -> Relationship:
    held = locked(pair)
    held.bar = may_meet(held.mentee, held.mentor, new=False).reason[:300]  # the nightly look does not say it again
    held.save(update_fields=["bar"])
    call_coordinator(held, NEEDS_YOU, key=f"exclusion:{row.pk}")
    settle(held)
    return held


def end_exclusion(*, exclusion: Exclusion, actor: AbstractBaseUser) -> None:
    """The two may be matched again. Ended already: nothing happens.

    Raises:
        MentoringError: not theirs to decide.
    """
    decision = can_exclude(actor, exclusion.programme_id, exclusion.person, exclusion.other_person)
    if not decision:
        raise MentoringError(decision.reason)
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=exclusion.programme_id)
        row = Exclusion.objects.select_related("programme").filter(pk=exclusion.pk).first()
        if row is None:
            return
        audit.record(
            action="mentoring.exclusion.ended", obj=row, actor=actor, programme=row.programme, before=_facts(row)
        )
        row.delete()
