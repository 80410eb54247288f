"""From rows to the engine's people, and back: the only place where the two meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mentoring.matching import (
    Ban,
    Exclusion,
    Mentee,
    Mentor,
    Overrides,
    Pin,
    Role,
    RoleLadder,
    Rules,
    Thesaurus,
    Topic,
    Weights,
)
from mentoring.people.models import Direction, Interest, Profile, RoleLevel
from mentoring.programmes.models import Cohort, Enrolment, EnrolmentRole, EnrolmentState

from .bars import head_refused
from .gathering import Common, overrides_of, person_key, trained, waiting_weeks
from .places import held_mentees, taken_places
from .settings import rules_for


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
    notes: tuple[str, ...] = ()
    """What could not be kept, for the coordinator to read with the outcome."""
    visits: dict[str, Any] | None = None
    """Of a joint plan: what decides about visits (`mentoring.placements.plan_inputs`)."""

    def to_json(self) -> dict[str, Any]:
        """JSON types only, in one order."""
        return {
            "mentees": [m.to_dict() for m in self.mentees],
            "mentors": [m.to_dict() for m in self.mentors],
            "pins": [[p.mentee, p.mentor, sorted(p.waive)] for p in self.overrides.pins],
            "bans": [[b.mentee, b.mentor] for b in self.overrides.bans],
            "exclusions": [[e.a, e.b, e.kind] for e in self.overrides.exclusions],
            "topics": self.thesaurus.to_dict(),
            "roles": [
                {"family": r.family, "rank": r.rank, "label": r.label, "aliases": list(r.aliases)}
                for r in self.ladder.roles
            ],
            "equivalents": [[list(a), list(b)] for a, b in self.ladder.equivalents],
            "enrolments": self.enrolments,
            "notes": list(self.notes),
            **({} if self.visits is None else {"visits": self.visits}),
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Inputs:
        return cls(
            mentees=tuple(Mentee(**person_fields(row)) for row in plain["mentees"]),
            mentors=tuple(Mentor(**person_fields(row)) for row in plain["mentors"]),
            overrides=Overrides(
                pins=tuple(Pin(a, b, frozenset(waive)) for a, b, waive in plain.get("pins", ())),
                bans=tuple(Ban(a, b) for a, b in plain["bans"]),
                exclusions=tuple(Exclusion(a, b, kind) for a, b, kind in plain.get("exclusions", ())),
            ),
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
            notes=tuple(plain.get("notes", ())),
            visits=plain.get("visits"),
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
_TUPLES = frozenset({"organisation_path", "preferences", "place", "position"})


def person_fields(row: dict[str, Any]) -> dict[str, Any]:
    """A frozen person's fields as the engine takes them."""
    return {
        name: frozenset(value) if name in _SETS else tuple(value) if name in _TUPLES and value is not None else value
        for name, value in row.items()
    }


def waiting(cohort: Cohort) -> tuple[list[Enrolment], list[Enrolment]]:
    """Mentees for whom no mentor is held and mentors with a place left, both ready to be matched; by id."""
    rows = list(
        Enrolment.objects.filter(cohort=cohort, state=EnrolmentState.ELIGIBLE)
        .select_related(
            "profile__organisation__parent", "profile__role_level", "profile__aspiration_level", "profile__user"
        )
        .order_by("profile_id", "pk")
    )
    for row in rows:
        row.cohort = cohort  # not asked for again, row by row
    held = held_mentees(cohort)
    taken = taken_places(row.pk for row in rows if row.as_role == EnrolmentRole.MENTOR)
    mentees = [row for row in rows if row.as_role == EnrolmentRole.MENTEE and row.pk not in held]
    mentors = [row for row in rows if row.as_role == EnrolmentRole.MENTOR and row.capacity > taken.get(row.pk, 0)]
    return mentees, mentors


def gather(cohort: Cohort) -> Inputs:
    """Reads the cohort's people as they are now. About twenty queries, whatever its size."""
    mentees, mentors = waiting(cohort)
    common = Common(cohort, [*mentees, *mentors])
    taken = taken_places(row.pk for row in mentors)
    mentee_side = tuple(
        Mentee(
            **common.fields(row, Direction.SEEK),
            text=common.goals(row),
            eligible=not head_refused(row),
            aspiration_rank=aspiration_rank(row.profile),
            preferences=common.preferences.get(row.pk, ()),
            waiting_weeks=waiting_weeks(row),
        )
        for row in mentees
    )
    mentor_side = tuple(
        Mentor(
            **common.fields(row, Direction.OFFER),
            text="\n".join(filter(None, (row.profile.bio, row.goals))),
            capacity=row.capacity,
            committed=taken.get(row.pk, 0),
            trained=trained(row),
        )
        for row in mentors
    )
    ladder = read_ladder()
    rules = rules_of({"rules": rules_for(cohort.programme)})
    overrides, notes = overrides_of(mentee_side, mentor_side, common=common, rules=rules, ladder=ladder)
    return Inputs(
        mentees=mentee_side,
        mentors=mentor_side,
        overrides=overrides,
        thesaurus=read_thesaurus(),
        ladder=ladder,
        enrolments={
            "mentee": {person_key(row.profile_id): row.pk for row in mentees},
            "mentor": {person_key(row.profile_id): row.pk for row in mentors},
        },
        notes=notes,
    )


def aspiration_rank(profile: Profile) -> float | None:
    """Only on the ladder a person stands on: a wish in another family says nothing about the height of the step."""
    goal, now = profile.aspiration_level, profile.role_level
    return float(goal.rank) if goal and now and goal.family == now.family else None


def read_thesaurus() -> Thesaurus:
    rows = Interest.objects.order_by("slug").values_list("slug", "label", "parent__slug", "synonyms")
    return Thesaurus(
        Topic(slug=slug, label=label, parent=parent or "", synonyms=tuple(map(str, synonyms or ())))
        for slug, label, parent, synonyms in rows
    )


def read_ladder() -> RoleLadder:
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


def rules_of(config: dict[str, Any]) -> Rules:
    plain = dict(config.get("rules") or {})
    plain["off"] = frozenset(plain.get("off", ()))
    return Rules(**plain)


def weights_of(config: dict[str, Any]) -> Weights:
    return Weights(**(config.get("weights") or {}))
