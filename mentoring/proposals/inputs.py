"""From rows to the engine's people, and back: the only place where the two meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from mentoring.matching import (
    Ban,
    Mentee,
    Mentor,
    Overrides,
    Role,
    RoleLadder,
    Rules,
    Thesaurus,
    Topic,
    Weights,
)
from mentoring.people.models import Direction, Interest, OrganisationKind, Profile, RoleLevel
from mentoring.programmes.models import Cohort, Enrolment, EnrolmentRole, EnrolmentState
from mentoring.programmes.services import email_of

from .models import Proposal, ProposalState


def person_key(profile_id: int) -> str:
    """The engine knows people by this: stable, and no name or address in it."""
    return f"person-{profile_id}"


def organisation_key(organisation_id: int) -> str:
    return f"organisation-{organisation_id}"


@dataclass(frozen=True)
class Inputs:
    """Everything a run reads, frozen: the same inputs give the same outcome whatever happens to the rows meanwhile."""

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    overrides: Overrides
    thesaurus: Thesaurus
    ladder: RoleLadder
    enrolments: dict[str, dict[str, int]]
    """Role → person key → enrolment id."""

    def to_json(self) -> dict[str, Any]:
        """JSON types only, in one order."""
        return {
            "mentees": [m.to_dict() for m in self.mentees],
            "mentors": [m.to_dict() for m in self.mentors],
            "bans": [[b.mentee, b.mentor] for b in self.overrides.bans],
            "topics": self.thesaurus.to_dict(),
            "roles": [
                {"family": r.family, "rank": r.rank, "label": r.label, "aliases": list(r.aliases)}
                for r in self.ladder.roles
            ],
            "equivalents": [[list(a), list(b)] for a, b in self.ladder.equivalents],
            "enrolments": self.enrolments,
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Inputs:
        return cls(
            mentees=tuple(Mentee(**_people_fields(row)) for row in plain["mentees"]),
            mentors=tuple(Mentor(**_people_fields(row)) for row in plain["mentors"]),
            overrides=Overrides(bans=tuple(Ban(a, b) for a, b in plain["bans"])),
            thesaurus=Thesaurus(
                Topic(slug=t["slug"], label=t["label"], parent=t["parent"], synonyms=tuple(t["synonyms"]))
                for t in plain["topics"]
            ),
            ladder=RoleLadder(
                roles=tuple(
                    Role(family=r["family"], rank=r["rank"], label=r["label"], aliases=tuple(r["aliases"]))
                    for r in plain["roles"]
                ),
                equivalents=tuple(((a[0], float(a[1])), (b[0], float(b[1]))) for a, b in plain["equivalents"]),
            ),
            enrolments=plain["enrolments"],
        )


_SETS = frozenset(
    {
        "line_managers",
        "phases",
        "contexts",
        "availability",
        "prior_partners",
        "wants_again",
        "not_this_person",
    }
)
_TUPLES = frozenset({"organisation_path", "preferences", "place"})


def _people_fields(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: frozenset(value) if name in _SETS else tuple(value) if name in _TUPLES and value is not None else value
        for name, value in row.items()
    }


def waiting(cohort: Cohort) -> tuple[list[Enrolment], list[Enrolment]]:
    """Mentees without an approved mentor and mentors with a place left, both ready to be matched; by id."""
    ready = Enrolment.objects.filter(cohort=cohort, state=EnrolmentState.ELIGIBLE).select_related(
        "profile__organisation__parent", "profile__role_level", "profile__aspiration_level", "profile__user"
    )
    approved = Proposal.objects.filter(cohort=cohort, state=ProposalState.APPROVED)
    paired = set(approved.values_list("mentee", flat=True))
    taken = dict(approved.values("mentor").annotate(n=Count("pk")).values_list("mentor", "n"))
    mentees, mentors = [], []
    for row in ready.order_by("profile_id", "pk"):
        if row.as_role == EnrolmentRole.MENTEE:
            if row.pk not in paired:
                mentees.append(row)
        elif row.capacity > taken.get(row.pk, 0):
            mentors.append(row)
    return mentees, mentors


def gather(cohort: Cohort) -> Inputs:
    """Reads the cohort's people as they are now. About ten queries, whatever its size."""
    mentees, mentors = waiting(cohort)
    profiles = {row.profile_id: row.profile for row in (*mentees, *mentors)}
    common = _Common(profiles)
    taken = dict(
        Proposal.objects.filter(cohort=cohort, state=ProposalState.APPROVED)
        .values("mentor")
        .annotate(n=Count("pk"))
        .values_list("mentor", "n")
    )
    declined = Proposal.objects.filter(cohort=cohort, state=ProposalState.REJECTED).values_list(
        "mentee__profile", "mentor__profile"
    )
    return Inputs(
        mentees=tuple(
            Mentee(
                **common.fields(row.profile, Direction.SEEK),
                text=row.goals,
                aspiration_rank=_aspiration(row.profile),
            )
            for row in mentees
        ),
        mentors=tuple(
            Mentor(
                **common.fields(row.profile, Direction.OFFER),
                text=row.profile.bio,
                capacity=row.capacity,
                committed=taken.get(row.pk, 0),
            )
            for row in mentors
        ),
        overrides=Overrides(bans=tuple(Ban(person_key(a), person_key(b)) for a, b in sorted(set(declined)))),
        thesaurus=_thesaurus(),
        ladder=_ladder(),
        enrolments={
            "mentee": {person_key(row.profile_id): row.pk for row in mentees},
            "mentor": {person_key(row.profile_id): row.pk for row in mentors},
        },
    )


def _aspiration(profile: Profile) -> float | None:
    """Only on the ladder a person stands on: a wish in another family says nothing about the height of the step."""
    goal, now = profile.aspiration_level, profile.role_level
    return float(goal.rank) if goal and now and goal.family == now.family else None


class _Common:
    """What both sides have in common, read for all people at once."""

    def __init__(self, profiles: dict[int, Profile]) -> None:
        self.interests: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
        through = Profile.interests.through
        for pk, direction, slug, strength in through._default_manager.filter(profile__in=profiles).values_list(
            "profile", "direction", "interest__slug", "strength"
        ):
            self.interests[pk, direction][slug] = strength
        self.phases: dict[int, set[str]] = defaultdict(set)
        for pk, slug in Profile.objects.filter(pk__in=profiles, phases__isnull=False).values_list("pk", "phases__slug"):
            self.phases[pk].add(slug)
        self.by_address = {email_of(profile).casefold(): pk for pk, profile in profiles.items() if email_of(profile)}
        self.partners: dict[int, set[str]] = defaultdict(set)
        before = Proposal.objects.filter(state=ProposalState.APPROVED, mentee__profile__in=profiles)
        for a, b in before.values_list("mentee__profile", "mentor__profile"):
            self.partners[a].add(person_key(b))
            self.partners[b].add(person_key(a))

    def managers(self, profile: Profile) -> Iterable[str]:
        if profile.line_manager_id is not None:
            yield person_key(profile.line_manager_id)
        elif (noted := profile.line_manager_email.strip().casefold()) in self.by_address:
            yield person_key(self.by_address[noted])

    def fields(self, profile: Profile, direction: Direction) -> dict[str, Any]:
        level, place = profile.role_level, profile.organisation
        # A trust employs; a local authority only surrounds: its schools are not one house.
        employer = place.parent if place.parent and place.parent.kind == OrganisationKind.TRUST else None
        parents = (organisation_key(employer.pk),) if employer else ()
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
            "prior_partners": frozenset(self.partners[profile.pk]),
        }


def _thesaurus() -> Thesaurus:
    rows = Interest.objects.order_by("slug").values_list("slug", "label", "parent__slug", "synonyms")
    return Thesaurus(
        Topic(slug=slug, label=label, parent=parent or "", synonyms=tuple(map(str, synonyms or ())))
        for slug, label, parent, synonyms in rows
    )


def _ladder() -> RoleLadder:
    levels = list(RoleLevel.objects.order_by("family", "rank", "label"))
    pairs = RoleLevel.equivalents.through._default_manager.values_list(
        "from_rolelevel__family", "from_rolelevel__rank", "to_rolelevel__family", "to_rolelevel__rank"
    )
    return RoleLadder(
        roles=tuple(
            Role(family=r.family, rank=float(r.rank), label=r.label, aliases=tuple(map(str, r.aliases or ())))
            for r in levels
        ),
        equivalents=tuple(sorted({((a, float(b)), (c, float(d))) for a, b, c, d in pairs})),
    )


def default_config() -> dict[str, Any]:
    """Weights and rules of a first run. The engine's own defaults, minus what nobody has told us yet: training."""
    from mentoring.matching.settings import to_plain

    return {
        "objective": "best_total",
        "weights": to_plain(Weights()),
        "rules": to_plain(Rules()),
    }


def rules_of(config: dict[str, Any]) -> Rules:
    plain = dict(config.get("rules") or {})
    plain["off"] = frozenset(plain.get("off", ()))
    return Rules(**plain)


def weights_of(config: dict[str, Any]) -> Weights:
    return Weights(**(config.get("weights") or {}))
