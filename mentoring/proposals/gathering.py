"""What a run reads of its people beside their own rows: topics, wishes, managers, what stands between two of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from mentoring.matching import Ban, Exclusion, Mentee, Mentor, Overrides, Pin, RoleLadder, Rules, windows
from mentoring.people import exclusion_models
from mentoring.people.houses import above
from mentoring.people.models import Direction, OrganisationKind, Profile
from mentoring.programmes.consent import is_current
from mentoring.programmes.models import Cohort, Enrolment
from mentoring.programmes.services import email_of
from mentoring.programmes.wish_models import Avoidance, Goal, Preference
from mentoring.relationships.models import Relationship

from .models import Override, OverrideKind, Proposal, ProposalState

#: Weeks that somebody who waits again without fault of theirs is ahead of others: more than half of all that counts.
AHEAD = 32
#: Pairs that came to nothing: they are not proposed again in the cohort.
REFUSED = (ProposalState.REJECTED, ProposalState.TURNED_DOWN)
#: Pairs that were, or still are.
PAIRED = (ProposalState.APPROVED, ProposalState.OFFERED, ProposalState.PUBLISHED)


def person_key(profile_id: int) -> str:
    """The engine knows people by this: stable, and no name or address in it."""
    return f"person-{profile_id}"


def organisation_key(organisation_id: int) -> str:
    return f"organisation-{organisation_id}"


def waiting_weeks(row: Enrolment) -> float:
    """Whole weeks that somebody has waited; who waits again through no doing of theirs is ahead."""
    since = row.rematch_since or row.submitted_at or row.created_at
    weeks = max(0, (timezone.now() - since).days // 7)
    return float(weeks + AHEAD if row.rematch_since else weeks)


def trained(row: Enrolment) -> bool:
    """Whether a mentor has had their training, or their programme asks for none."""
    done = row.training_completed_on
    return not row.cohort.programme.training_needed or (done is not None and done <= timezone.localdate())


class Common:
    """What both sides have in common, read for all people at once."""

    def __init__(self, cohort: Cohort, rows: Sequence[Enrolment]) -> None:
        self.cohort = cohort
        self.profiles: dict[int, Profile] = {row.profile_id: row.profile for row in rows}
        ids = list(self.profiles)
        self.interests: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
        through = Profile.interests.through
        for pk, direction, slug, strength in through._default_manager.filter(profile__in=ids).values_list(
            "profile", "direction", "interest__slug", "strength"
        ):
            self.interests[pk, direction][slug] = strength
        self.phases: dict[int, set[str]] = defaultdict(set)
        for pk, slug in Profile.objects.filter(pk__in=ids, phases__isnull=False).values_list("pk", "phases__slug"):
            self.phases[pk].add(slug)
        self.by_address = {email_of(p).casefold(): pk for pk, p in self.profiles.items() if email_of(p)}
        self.partners = _partners(ids)
        self.avoided: dict[int, set[str]] = defaultdict(set)
        for pk, other in Avoidance.objects.filter(enrolment__cohort=cohort).values_list("enrolment__profile", "person"):
            self.avoided[pk].add(person_key(other))
        self.preferences: dict[int, tuple[str, ...]] = defaultdict(tuple)
        wishes = Preference.objects.filter(enrolment__cohort=cohort).order_by("enrolment", "rank")
        for mentee, mentor in wishes.values_list("enrolment", "mentor__profile"):
            self.preferences[mentee] += (person_key(mentor),)
        self._goals: dict[int, list[str]] = defaultdict(list)
        for pk, text, benefit in Goal.objects.filter(enrolment__in=[row.pk for row in rows]).values_list(
            "enrolment", "text", "benefit"
        ):
            self._goals[pk] += filter(None, (text, benefit))

    def goals(self, row: Enrolment) -> str:
        """Goals with what they bring, and the mentee's own words."""
        return "\n".join([*self._goals[row.pk], *filter(None, (row.goals,))])

    def managers(self, profile: Profile) -> Iterable[str]:
        if profile.line_manager_id is not None:
            yield person_key(profile.line_manager_id)
        elif (noted := profile.line_manager_email.strip().casefold()) in self.by_address:
            yield person_key(self.by_address[noted])

    def fields(self, row: Enrolment, direction: Direction) -> dict[str, Any]:
        profile = row.profile
        level, place = profile.role_level, profile.organisation
        # A trust employs; a local authority only surrounds: its schools are not one house.
        employer = place.parent if place.parent and place.parent.kind == OrganisationKind.TRUST else None
        parents = (organisation_key(employer.pk),) if employer else ()
        at = None if place.easting is None or place.northing is None else (float(place.easting), float(place.northing))
        return {
            "key": person_key(profile.pk),
            "name": profile.display_name,
            "organisation": organisation_key(place.pk),
            "organisation_path": (*parents, organisation_key(place.pk)),
            "line_managers": frozenset(self.managers(profile)),
            "role_family": level.family if level else "",
            "rank": float(level.rank) if level else None,
            "interests": dict(sorted(self.interests[profile.pk, direction].items())),
            "phases": frozenset(self.phases[profile.pk] or ({place.phase} if place.phase else set())),
            "formats": row.formats or None,
            "position": at,
            "max_travel_minutes": None if row.max_travel_minutes is None else float(row.max_travel_minutes),
            "availability": hours_of(row),
            "prior_partners": frozenset(self.partners[profile.pk]),
            "not_this_person": frozenset(self.avoided[profile.pk]),
            "paused": profile.is_paused,
            "consent_current": is_current(row.consent_version),
        }


def hours_of(row: Enrolment) -> frozenset[int]:
    """Half-hours of a fortnight; none, which means unknown, where an import brought words that cannot be read."""
    try:
        return windows(row.availability)
    except ValueError:
        return frozenset()


def _partners(ids: Sequence[int]) -> dict[int, set[str]]:
    """Person → keys of those they were paired with, in any cohort."""
    found: dict[int, set[str]] = defaultdict(set)
    either = Q(mentee__profile__in=ids) | Q(mentor__profile__in=ids)
    for rows in (Proposal.objects.filter(either, state__in=PAIRED), Relationship.objects.filter(either)):
        for a, b in rows.order_by().values_list("mentee__profile", "mentor__profile"):
            found[a].add(person_key(b))
            found[b].add(person_key(a))
    return found


def exclusions_of(programme_id: int, profiles: Mapping[int, Profile]) -> tuple[Exclusion, ...]:
    """The programme's exclusions that touch these people. One of an organisation holds for all below it."""
    rows = exclusion_models.Exclusion.objects.standing().filter(programme=programme_id).order_by("pk")
    houses = above({profile.organisation_id for profile in profiles.values()})
    below: dict[int, set[int]] = defaultdict(set)
    for place, house in houses.items():
        for upper in house:
            below[upper].add(place)
    found = []
    for row in rows:
        if row.other_person_id is not None:
            found.append(Exclusion(person_key(row.person_id), person_key(row.other_person_id), row.kind))
        else:
            found += [
                Exclusion(person_key(row.person_id), organisation_key(place), row.kind)
                for place in sorted(below.get(row.other_organisation_id or 0, ()))
            ]
    return tuple(found)


def overrides_of(
    mentees: Sequence[Mentee], mentors: Sequence[Mentor], *, common: Common, rules: Rules, ladder: RoleLadder
) -> tuple[Overrides, tuple[str, ...]]:
    """Pins, bans and exclusions, and a sentence for each pin that cannot be kept any more."""
    cohort = common.cohort
    bans = {
        (person_key(a), person_key(b))
        for a, b in Proposal.objects.filter(cohort=cohort, state__in=REFUSED)
        .order_by()
        .values_list("mentee__profile", "mentor__profile")
    }
    wanted: list[Pin] = []
    words = Override.objects.filter(cohort=cohort).order_by("pk")
    for kind, a, b, waived in words.values_list("kind", "mentee__profile", "mentor__profile", "waived"):
        if kind == OverrideKind.FORBID:
            bans.add((person_key(a), person_key(b)))
        else:
            wanted.append(Pin(person_key(a), person_key(b), frozenset(waived)))
    exclusions = exclusions_of(cohort.programme_id, common.profiles)
    pins, notes = _kept(wanted, mentees, mentors, exclusions, rules, ladder)
    bans -= {(pin.mentee, pin.mentor) for pin in pins}
    return Overrides(pins=pins, bans=tuple(Ban(a, b) for a, b in sorted(bans)), exclusions=exclusions), notes


def _kept(
    wanted: Sequence[Pin],
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    exclusions: tuple[Exclusion, ...],
    rules: Rules,
    ladder: RoleLadder,
) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """Pins whose two people wait, have room, and are barred by nothing that was not waived.

    The engine refuses a run with a pin that cannot be; what changed since the pin was given must not stop everybody.
    """
    if not wanted:
        return (), ()
    from mentoring.matching.rules import build_rules  # brings the numerical libraries

    mentee_of = {person.key: person for person in mentees}
    mentor_of = {person.key: person for person in mentors}
    taken = Counter[str]()
    pins, notes = [], []
    for pin in wanted:
        one, other = mentee_of.get(pin.mentee), mentor_of.get(pin.mentor)
        if one is None or other is None:
            continue  # paired, or gone: the word has done its work or waits
        said = ""
        if taken[one.key] or taken[other.key] >= other.places:
            said = "there is no place left."
        for rule in build_rules([one], [other], rules, Overrides(exclusions=exclusions), ladder):
            if not said and _bars(rule) and not (rule.waivable and rule.key in pin.waive):
                said = rule.fails[:1].lower() + rule.fails[1:]
        if said:
            notes.append(f"A pair that you forced could not be kept: {said}")
        else:
            pins.append(pin)
            taken[one.key] += 1
            taken[other.key] += 1
    return tuple(pins), tuple(notes)


def _bars(rule: Any) -> bool:
    import numpy as np

    return bool(rule.bars(np.array([0]), np.array([0]))[0])
