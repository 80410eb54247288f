"""A finished run read as a whole: who is left over and what would help, how fair it is, how it differs from another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

from mentoring.matching import Mentor, person_key
from mentoring.matching.wording import WORDING
from mentoring.people.models import Interest, RoleLevel

from .cast import organisation_names
from .desk import Desk
from .displacement import compare, plan_of
from .models import MatchRun
from .problems import prepared
from .standing import Made
from .whatif import IMAGINED_KEY

MOST_RECRUITS = 3


@dataclass(frozen=True)
class Recruit:
    """A kind of mentor to look for. `gains`: mentees more, if there were one with one place; worked out exactly."""

    sentence: str
    gains: int
    level: int | None
    topics: list[str]


@dataclass(frozen=True)
class Advice:
    """What would help those whom nobody is left for."""

    recruits: list[Recruit]
    waive: list[tuple[str, int]]
    one_more_place: list[str]
    topics: list[tuple[str, int, int]]


def advice(desk: Desk) -> Advice:
    """Whom to look for, which rule to think about, whose further place would help. Two queries."""
    told = desk.problem.advise(desk.today)
    slugs = {slug for recruit in told.recruit for slug in recruit.interests} | set(told.topics)
    labels = dict(Interest.objects.filter(slug__in=slugs).values_list("slug", "label"))
    levels = {(row.family, float(row.rank)): row.pk for row in RoleLevel.objects.order_by("-pk")}
    now = len(plan_of(desk.today, desk.cast))
    recruits = []
    for recruit in told.recruit[:MOST_RECRUITS]:
        mentor = Mentor(
            key=IMAGINED_KEY,
            role_family=recruit.role_family,
            rank=recruit.rank,
            interests=dict.fromkeys(recruit.interests, 2),
        )
        gains = len(plan_of(desk.solve(mentors=[mentor]), desk.cast)) - now
        level = levels.get((recruit.role_family, recruit.rank)) if recruit.rank is not None else None
        recruits.append(Recruit(recruit.sentence, gains, level, [labels[s] for s in recruit.interests if s in labels]))
    people = {person.key: person.name for person in desk.cast.people.values()}
    return Advice(
        recruits=recruits,
        waive=[(WORDING[key].fails, gain) for key, gain in told.waive.items() if key in WORDING],
        one_more_place=sorted(people[key] for key in told.one_more_place if key in people),
        topics=[(labels[slug], *counts) for slug, counts in list(told.topics.items())[:10] if slug in labels],
    )


@dataclass(frozen=True)
class School:
    """One line of the certificate."""

    name: str
    mentees: int
    floor: int
    matched: int

    @property
    def per_cent(self) -> int:
        return round(100 * self.matched / self.mentees)

    @property
    def met(self) -> bool:
        return self.matched >= self.floor


@dataclass(frozen=True)
class Certificate:
    """How a run treated people and schools, from what it kept. Aggregates only: no names."""

    schools: list[School]
    floor_percent: int
    pairs: int
    mentees: int
    lowest: float
    middle: float
    mean: float
    first_choice: int
    broken: int
    price: dict[str, float] | None

    @property
    def shares(self) -> tuple[int, int]:
        """Lowest and highest share of a school, in per cent."""
        shares = [school.per_cent for school in self.schools]
        return min(shares, default=0), max(shares, default=0)


def certificate(run: MatchRun) -> Certificate:
    """Two queries, whatever the size of the run."""
    rows = list(run.proposals.values_list("mentee", "mentor", "score", "explanation__rank_for_mentee"))
    keys = {role: {pk: key for key, pk in people.items()} for role, people in run.inputs.get("enrolments", {}).items()}
    school = {row["key"]: row["organisation"] for row in run.inputs["mentees"]}
    mentees = Counter(school.values())
    matched = Counter(school[keys["mentee"][mentee]] for mentee, *_ in rows if mentee in keys["mentee"])
    percent = int(run.config.get("floor_percent") or 0)
    names = organisation_names(mentees)
    scores = [float(score) for _, _, score, _ in rows]
    import numpy as np  # the engine brings it when it is asked, not when the site starts

    market = prepared(run).problem.market
    at = [
        (
            market.row.get(person_key(keys["mentee"].get(a, ""))),
            market.column.get(person_key(keys["mentor"].get(b, ""))),
        )
        for a, b, *_ in rows
    ]
    pairs = [(i, j) for i, j in at if i is not None and j is not None]
    allowed = market.allowed(*np.array(pairs, dtype=np.int64).reshape(-1, 2).T) if pairs else np.ones(0, dtype=np.bool_)
    waived = run.proposals.filter(explanation__pinned=True).count()
    return Certificate(
        schools=sorted(
            (
                School(names.get(key, "A place that is no longer here"), n, n * percent // 100, matched[key])
                for key, n in mentees.items()
            ),
            key=lambda line: (line.per_cent, line.name),
        ),
        floor_percent=percent,
        pairs=len(rows),
        mentees=len(school),
        lowest=min(scores, default=0.0),
        middle=median(scores) if scores else 0.0,
        mean=sum(scores) / len(scores) if scores else 0.0,
        first_choice=sum(1 for *_, rank in rows if rank == 1),
        broken=max(0, int((~allowed).sum()) - waived),
        price=run.stats.get("price"),
    )


@dataclass(frozen=True)
class Comparison:
    """Two runs of a cohort side by side."""

    same: int
    difference: Any
    settings: list[tuple[str, str, str]]


def compare_runs(one: MatchRun, other: MatchRun, desk: Desk, labels: dict[str, str]) -> Comparison:
    """What `other` (the later) made of the cohort against `one`. Pairs as the runs proposed them."""
    before, after = _pairs(one), _pairs(other)
    same = sum(1 for pk, made in before.items() if pk in after and after[pk].mentor == made.mentor)
    return Comparison(same, compare(before, after, desk), list(_settings(one, other, labels)))


def _pairs(run: MatchRun) -> dict[int, Made]:
    return {
        mentee: Made(mentee, mentor, float(score))
        for mentee, mentor, score in run.proposals.values_list("mentee", "mentor", "score")
    }


def _settings(one: MatchRun, other: MatchRun, labels: dict[str, str]) -> Any:
    """(what, before, after) of every setting that differs."""
    flat = [_flat(run) for run in (one, other)]
    for key in dict.fromkeys([*flat[0], *flat[1]]):
        a, b = (side.get(key) for side in flat)
        if a != b:
            yield labels.get(key, key.replace("_", " ").capitalize()), _said(a), _said(b)


def _flat(run: MatchRun) -> dict[str, Any]:
    config, stats = run.config, run.stats or {}
    return {
        "objective": config.get("objective"),
        "floor_percent": config.get("floor_percent", 0),
        **(config.get("weights") or {}),
        **(config.get("rules") or {}),
        "mentees": stats.get("mentees", 0.0),
        "mentors": stats.get("mentors", 0.0),
        "code_version": run.code_version,
    }


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "open" if value is None else str(value)
