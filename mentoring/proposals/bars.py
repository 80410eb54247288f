"""What forbids a pair whatever its score, checked on rows when a coordinator decides and again when the pair begins.

The engine keeps the same rules when it proposes. People move school and get new managers between the two moments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone

from mentoring.people.exclusion_models import Exclusion
from mentoring.people.houses import above
from mentoring.people.models import OrganisationKind, Profile
from mentoring.programmes.consent import is_current
from mentoring.programmes.models import Enrolment, EnrolmentRole, EnrolmentState, HeadSupport
from mentoring.programmes.services import email_of
from mentoring.programmes.wish_models import Avoidance
from mentoring.trust.decision import YES, Decision, no

from .models import Override, OverrideKind, Proposal

#: For an exclusion and for a person's own wish alike: nobody learns who asked.
ON_RECORD = "Something on record stands against this pair."


def manages(boss: Profile, report: Profile) -> bool:
    """By profile, or by the address that was noted before the manager had one."""
    if report.line_manager_id is not None:
        return report.line_manager_id == boss.pk
    noted = report.line_manager_email.strip().casefold()
    return bool(noted) and noted == email_of(boss).strip().casefold()


def head_refused(mentee: Enrolment) -> bool:
    """Whether their head said no, where the programme asks heads."""
    return mentee.cohort.programme.head_support_needed and mentee.head_support == HeadSupport.NO


_EXCLUDED, _AVOIDED, _FORBIDDEN, _FORCED = range(4)


def _columns(rows: QuerySet[Any], kind: int, *columns: str) -> QuerySet[Any, Any]:
    """Rows of several tables in one shape, to be read together: their kind, then four numbers."""
    numbers: list[F | Value] = [*map(F, columns), *[Value(0)] * (4 - len(columns))]
    named = dict(zip(("first", "second", "third", "fourth"), numbers, strict=True))
    return rows.order_by().annotate(table=Value(kind), **named).values_list("table", *named)


@dataclass
class OnRecord:
    """What coordinators and members said about who must not meet whom: read once for many pairs."""

    excluded: set[tuple[int, int, int]] = field(default_factory=set)
    """Programme, and two people, both ways round."""
    excluded_from: set[tuple[int, int, int]] = field(default_factory=set)
    """Programme, person, organisation."""
    avoided: set[tuple[int, int]] = field(default_factory=set)
    """Enrolment, and the person it would rather not meet."""
    forbidden: set[tuple[int, int]] = field(default_factory=set)
    """Mentee's and mentor's enrolments."""
    forced: bool = False
    """Whether a coordinator forces any of them."""
    houses: dict[int, frozenset[int]] = field(default_factory=dict)
    """Organisation → itself and all it belongs to; where an exclusion names an organisation."""

    @classmethod
    def about(cls, pairs: Iterable[tuple[Enrolment, Enrolment]]) -> OnRecord:
        """One query, however many pairs; a few more where an exclusion names an organisation."""
        people = [row for pair in pairs for row in pair]
        return cls.of({row.pk: row.profile_id for row in people}, lambda: {r.profile.organisation_id for r in people})

    @classmethod
    def of(cls, people: Mapping[int, int], places: Callable[[], Iterable[int]]) -> OnRecord:
        """The same for enrolments with their profiles; `places`, where they work, is asked only if it matters."""
        known = cls()
        profiles, ids = set(people.values()), set(people)
        excluded = Exclusion.objects.standing().filter(Q(person__in=profiles) | Q(other_person__in=profiles))
        avoided = Avoidance.objects.filter(enrolment__in=ids)
        words = Override.objects.filter(mentee__in=ids, mentor__in=ids)
        forbidden, forced = (words.filter(kind=kind) for kind in (OverrideKind.FORBID, OverrideKind.FORCE))
        rows = _columns(excluded, _EXCLUDED, "programme_id", "person_id", "other_person_id", "other_organisation_id")
        rows = rows.union(
            _columns(avoided, _AVOIDED, "enrolment_id", "person_id"),
            _columns(forbidden, _FORBIDDEN, "mentee_id", "mentor_id"),
            _columns(forced, _FORCED, "mentee_id", "mentor_id"),
            all=True,
        )
        for kind, first, second, third, place in rows:
            if kind == _AVOIDED:
                known.avoided.add((first, second))
            elif kind == _FORCED:
                known.forced = True
            elif kind == _FORBIDDEN:
                known.forbidden.add((first, second))
            elif place is not None:
                known.excluded_from.add((first, second, place))
            elif third is not None:
                known.excluded |= {(first, second, third), (first, third, second)}
        if known.excluded_from:
            known.houses = above(places())
        return known

    def stands_against(self, programme: int, mentee: Enrolment, mentor: Enrolment) -> bool:
        one, other = mentee.profile, mentor.profile
        if (programme, one.pk, other.pk) in self.excluded:
            return True
        if (mentee.pk, other.pk) in self.avoided or (mentor.pk, one.pk) in self.avoided:
            return True
        return any(
            (programme, person.pk, place) in self.excluded_from
            for person, elsewhere in ((one, other), (other, one))
            for place in self.houses.get(elsewhere.organisation_id, ())
        )

    def pairs(self, programme: int, mentees: Iterable[Person], mentors: Iterable[Person]) -> set[tuple[int, int]]:
        """Every (mentee's, mentor's enrolment) that `stands_against` would name, without asking about each."""
        sides = ({p.profile: p for p in mentees}, {p.profile: p for p in mentors})
        found: set[tuple[int, int]] = set()
        for own, others in (sides, sides[::-1]):
            flip = own is sides[1]

            def add(one: Person, other: Person, flip: bool = flip) -> None:
                found.add((other.enrolment, one.enrolment) if flip else (one.enrolment, other.enrolment))

            by_enrolment = {person.enrolment: person for person in own.values()}
            for where, first, second in self.excluded:
                if where == programme and first in own and second in others:
                    add(own[first], others[second])
            for enrolment, person in self.avoided:
                if enrolment in by_enrolment and person in others:
                    add(by_enrolment[enrolment], others[person])
            for where, first, place in self.excluded_from:
                if where == programme and first in own:
                    for other in others.values():
                        if place in self.houses.get(other.place, ()):
                            add(own[first], other)
        return found


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a cohort: ids of their enrolment, profile and organisation."""

    enrolment: int
    profile: int
    place: int


def set_aside(proposal: Proposal) -> frozenset[str]:
    """Keys of the rules that do not count for this pair: waived for it by name, or not used by its programme."""
    waived = set(proposal.explanation.get("waived") or ())
    rules = proposal.cohort.programme.rules or {}
    waived.update(rules.get("off") or ())
    if rules.get("same_organisation") == "allowed":
        waived.add("same_organisation")
    return frozenset(waived)


def may_meet(
    mentee: Enrolment,
    mentor: Enrolment,
    *,
    waived: Collection[str] = (),
    on_record: OnRecord | None = None,
    paused_counts: bool = True,
    new: bool = True,
) -> Decision:
    """Whether nothing bars the two, and both are still ready to be matched.

    Args:
        waived: keys of the engine's rules that do not count for them.
        on_record: read beforehand, where many pairs are asked about.
        paused_counts: not for two who both said yes.
        new: not for a pair that exists: a change of the wording or a break bars new pairs and troubles none that meet.
    """
    one, other = mentee.profile, mentor.profile
    if mentee.cohort_id != mentor.cohort_id:
        return no("The two are not in the same cohort.")
    if (mentee.as_role, mentor.as_role) != (EnrolmentRole.MENTEE, EnrolmentRole.MENTOR):
        return no("A pair needs one mentee and one mentor.")
    if one.pk == other.pk:
        return no("Nobody can be their own mentor.")
    today = timezone.localdate()
    for row in (mentee, mentor):
        if row.state != EnrolmentState.ELIGIBLE:
            return no(f"{row.profile} is no longer ready to be matched: {row.get_state_display().lower()}.")
        if not email_of(row.profile):
            return no(f"{row.profile} has no e-mail address, so nobody could tell them.")
        if new and not is_current(row.consent_version):
            return no(f"{row.profile} has not agreed to the present wording. Ask them to, on their My mentoring page.")
        until = row.profile.paused_until
        if new and paused_counts and until is not None and until > today:
            return no(f"{row.profile} is taking a break until {until:%-d %B %Y}.")
    return stands_between(mentee, mentor, waived=waived, on_record=on_record)


def stands_between(
    mentee: Enrolment, mentor: Enrolment, *, waived: Collection[str] = (), on_record: OnRecord | None = None
) -> Decision:
    """The bars alone, whoever of the two is ready: what is on record, management, a head's no, training, one house."""
    one, other = mentee.profile, mentor.profile
    known = OnRecord.about([(mentee, mentor)]) if on_record is None else on_record
    programme = mentee.cohort.programme
    if known.stands_against(programme.pk, mentee, mentor):
        return no(ON_RECORD)
    if manages(one, other) or manages(other, one):
        return no("One of the two manages the other.")
    if (mentee.pk, mentor.pk) in known.forbidden:
        return no("A coordinator ruled that this pair must not be made.")
    if head_refused(mentee):
        return no(f"The head of {one} did not agree.")
    if programme.training_needed and mentor.training_completed_on is None and "training" not in waived:
        return no(f"{other} has not done the training yet.")
    return _far_enough(mentee, mentor, waived)


def _far_enough(mentee: Enrolment, mentor: Enrolment, waived: Collection[str]) -> Decision:
    """Not of one organisation, or of one trust where the programme asks for that."""
    here, there = mentee.profile.organisation, mentor.profile.organisation
    trusts_apart = (mentee.cohort.programme.rules or {}).get("same_organisation") == "trust"
    if {"same_organisation", "same_trust"} & set(waived):
        return YES
    if here.pk == there.pk:
        return no(f"Both work at {here}. Mentor and mentee come from different organisations.")
    trust = here.parent if trusts_apart and here.parent_id == there.parent_id else None
    if trust is not None and trust.kind == OrganisationKind.TRUST:
        return no(f"Both work in {trust}. Mentor and mentee come from different trusts here.")
    return YES
