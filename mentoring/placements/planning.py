"""One joint plan from what decides it: frozen people and visits to arrays, and the plan to pairs and visits."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mentoring import matching
from mentoring.matching import Ban, Exclusion, Mentee, Mentor, Overrides
from mentoring.matching.result import MatchResult
from mentoring.proposals.inputs import Inputs, person_fields, rules_of, weights_of

from .ranking import of_a_host, rules_of_visits

if TYPE_CHECKING:
    from mentoring.matching import Problem
    from mentoring.matching.joint import JointPlan, JointProblem

#: Seconds for the solver; when they are over, the best plan found comes with its gap.
TIME_LIMIT = 30.0

NO_OPTION = "No school offers a visit on a day that leaves time to ask everybody."
BARRED = (
    "No open offer may be theirs: their own school or line, another step, too long a journey, or something on record."
)
UNSTATED = (
    "Nobody vouches for them on the days that would suit, and they have no head who is asked: let them ask for a visit "
    "themselves, and record the statement on its page."
)
CLOSED = (
    "On every day that would suit, one of the two schools is closed, full, or lets nobody more go, "
    "or they are not at work."
)
APART = "The only visits that would suit lead to the school of their mentor."
SHORT = "Every day that would suit went to somebody else: the schools take in, or let go, nobody more."


@dataclass(frozen=True)
class PlannedVisit:
    """Who goes where and when, by the engine's keys."""

    visitor: str
    offer: str
    days: tuple[dt.date, ...]
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedResult(MatchResult):
    """The mentors of a joint plan as a run of the matching gives them, and its visits.

    Attributes:
        without_visit: (visitor, code, sentence) of everybody who asked for a visit and gets none.
        plan: what the solver says of itself, in JSON types: served, gap, proven, seconds, what would give way.
    """

    visits: tuple[PlannedVisit, ...]
    without_visit: tuple[tuple[str, str, str], ...]
    plan: Mapping[str, Any]


@dataclass
class Numbered:
    """The problem in arrays, and what its numbers mean."""

    problem: JointProblem
    people: list[str]
    mentors: list[str]
    schools: list[str]
    days: list[str]
    options: list[tuple[str, tuple[str, ...]]]
    matching: Problem
    visiting: Problem
    pins: dict[tuple[int, int], tuple[str, ...]]
    suits: Any
    """(people x options): no rule bars the visit, whatever the day."""
    stated: Any
    free: Any
    """(people x options): they are at work then, and their school is open."""


def compute_jointly(
    inputs: Inputs,
    *,
    config: Mapping[str, Any],
    seed: int,
    progress: Callable[[float, str], None] | None = None,
) -> PlannedResult:
    """The same inputs, settings and seed give the same plan, as long as the time suffices to prove it.

    Raises:
        InvalidInput: a faulty person, or a pin that cannot be kept.
    """
    from mentoring.matching.joint import plan_jointly
    from mentoring.matching.market import fingerprint

    told = progress or (lambda share, doing: None)
    told(0.1, "comparing everybody with everybody, and with every offer")
    now = numbered(inputs, config)
    told(0.3, "planning mentors and visits together")
    plan = plan_jointly(now.problem, time_limit=float(config.get("time_limit", TIME_LIMIT)))
    told(0.95, "writing the reasons")
    row, column = now.matching.market.row, now.matching.market.column
    pairs = [
        (row[key], column[now.mentors[j]])
        for key, j in zip(now.people, plan.mentor.tolist(), strict=True)
        if j >= 0 and key in row
    ]
    result = now.matching.explained(pairs, now.pins, seed=seed)
    visits = _visits(now, plan)
    outcome = [[v.visitor, v.offer, [str(day) for day in v.days]] for v in visits]
    own = {f.name: getattr(result, f.name) for f in dataclasses.fields(result)}
    own |= {
        "gap": 0.0 if plan.proven else plan.gap,
        "hash_input": lambda: fingerprint([result.input_hash, inputs.visits or {}, config.get("time_limit")]),
        "outcome_hash": fingerprint([result.outcome_hash, outcome]),
    }
    return PlannedResult(
        **own,
        visits=tuple(visits),
        without_visit=tuple(_without(now, plan)),
        plan={
            "served": plan.served,
            "wanted": len(row) + len((inputs.visits or {}).get("visitors", ())),
            "total": round(plan.total, 3),
            "proven": plan.proven,
            **_gap(now, plan),
            "seconds": round(plan.seconds, 2),
            "gives_way": _gives_way(now, plan),
        },
    )


def numbered(inputs: Inputs, config: Mapping[str, Any]) -> Numbered:
    """People, mentors, schools and days as numbers, each in the order of their keys."""
    import numpy as np

    from mentoring.matching.joint import JointProblem
    from mentoring.matching.terms import pinned

    block: dict[str, Any] = inputs.visits or {}
    settings: dict[str, Any] = {"weights": weights_of(dict(config)), "thesaurus": inputs.thesaurus}
    settings["ladder"] = inputs.ladder
    mentoring = matching.prepare(
        inputs.mentees, inputs.mentors, rules=rules_of(dict(config)), overrides=inputs.overrides, **settings
    )
    visiting = matching.prepare(
        [Mentee(**person_fields(row)) for row in block.get("visitors", ())],
        [Mentor(**person_fields(row)) for row in block.get("offers", ())],
        rules=rules_of_visits(dict(config)),
        overrides=Overrides(
            bans=tuple(Ban(a, b) for a, b in block.get("bans", ())),
            exclusions=tuple(Exclusion(a, b, kind) for a, b, kind in block.get("exclusions", ())),
        ),
        **settings,
    )
    market, visited = mentoring.market, visiting.market
    people = sorted({*market.row, *visited.row})
    mentors = list(market.column)
    where = {p.key: p.organisation for p in (*market.mentees, *visited.mentees)}
    options = sorted((key, tuple(days)) for key, days in block.get("options", ()))
    at = {offer.key: offer.organisation for offer in visited.mentors}
    fixed = [*block.get("mentor_at", {}).values(), *block.get("visit_at", {}).values()]
    fixed_at = {place for places_ in fixed for place in places_}
    schools = sorted({*where.values(), *(m.organisation for m in market.mentors), *at.values(), *fixed_at})
    days = sorted({day for _, when in options for day in when})
    school, number = {key: n for n, key in enumerate(schools)}, {day: n for n, day in enumerate(days)}

    line = {key: n for n, key in enumerate(people)}
    rows = np.array([line[key] for key in market.row], dtype=np.int64)
    mentor_score, mentor_allowed = np.zeros((len(people), len(mentors))), np.zeros((len(people), len(mentors)), bool)
    pins = dict(pinned(market, inputs.overrides.pins)) if all(market.shape) else {}
    places = market.places.copy()
    mentor_at = {key: {school[place] for place in places_} for key, places_ in block.get("mentor_at", {}).items()}
    if all(market.shape):
        mentor_score[rows] = market.score_block()
        mentor_allowed[rows] = market.allowed_block()
        for i, j in pins:  # a coordinator's word is no choice any more
            mentor_allowed[rows[i]] = False
            places[j] -= 1
            mentor_at.setdefault(market.mentees[i].key, set()).add(school[market.mentors[j].organisation])
    works = np.array([school[m.organisation] for m in market.mentors], dtype=np.int64)
    visit_at = {key: [school[place] for place in places_] for key, places_ in block.get("visit_at", {}).items()}
    for n, key in enumerate(people):
        if key in visit_at:
            mentor_allowed[n, np.isin(works, visit_at[key])] = False

    shape = (len(people), len(options))
    visit_score, suits, stated = np.zeros(shape), np.zeros(shape, bool), np.ones(shape, bool)
    free = np.ones(shape, bool)
    allowed = suits.copy()
    hosts = np.array([school[at[key]] for key, _ in options], dtype=np.int64)
    if all(visited.shape) and options:
        columns = np.array([visited.column[key] for key, _ in options])
        lines = np.array([line[key] for key in visited.row], dtype=np.int64)
        visit_score[lines] = visited.score_block()[:, columns]
        suits[lines] = visited.allowed_block()[:, columns]
        last = np.array([when[-1] for _, when in options])
        for key, until in block.get("stated", {}).items():
            stated[line[key]] = last <= until
        parts = block.get("parts", {})
        for key, slots in block.get("shut", {}).items():
            shut = {(day, part) for day, part in slots}
            free[line[key]] = [
                all((day, parts.get(offer, {}).get(day, "full")) not in shut for day in when) for offer, when in options
            ]
        allowed = suits & stated & free
        for key, places_ in mentor_at.items():
            if key in line:
                allowed[line[key], np.isin(hosts, list(places_))] = False

    def limits(name: str) -> dict[tuple[int, int], int]:
        found = block.get(name, ())
        return {(school[k], number[day]): n for k, day, n in found if k in school and day in number}

    problem = JointProblem(
        mentor_score=np.clip(mentor_score, 0, 100),
        mentor_allowed=mentor_allowed,
        mentor_places=places,
        mentor_school=works,
        home=np.array([school[where[key]] for key in people], dtype=np.int64),
        visit_score=np.clip(visit_score, 0, 100),
        visit_allowed=allowed,
        visit_host=hosts,
        visit_days=tuple(tuple(number[day] for day in when) for _, when in options),
        host_places=limits("host"),
        release_places=limits("release"),
    )
    return Numbered(
        problem, people, mentors, schools, days, options, mentoring, visiting, pins, suits, stated, free
    )  # fmt: skip


def _visits(now: Numbered, plan: JointPlan) -> Iterable[PlannedVisit]:
    import numpy as np

    from mentoring.matching.explanation import Pairs, Standing

    market = now.visiting.market
    made = [(key, now.options[v]) for key, v in zip(now.people, plan.visit.tolist(), strict=True) if v >= 0]
    if not made:
        return []
    rows = np.array([market.row[key] for key, _ in made])
    columns = np.array([market.column[offer] for _, (offer, _) in made])
    told = Pairs(market, rows, columns, lambda i, j: Standing(i * 0, j * 0, [[] for _ in made]), {})
    return [
        PlannedVisit(
            key, offer, tuple(map(dt.date.fromisoformat, when)), pair.score, tuple(map(of_a_host, pair.reasons))
        )
        for (key, (offer, when)), pair in zip(made, told, strict=True)
    ]


def _without(now: Numbered, plan: JointPlan) -> Iterable[tuple[str, str, str]]:
    """Why each visitor without a visit has none: the first thing that leaves no option."""
    problem = now.problem
    line = {key: n for n, key in enumerate(now.people)}
    for key in now.visiting.market.row:
        n = line[key]
        if plan.visit[n] >= 0:
            continue
        suits = now.suits[n]
        home = int(problem.home[n])
        open_ = [
            all(
                problem.host_places.get((int(problem.visit_host[v]), day), problem.per_host) > 0
                and problem.release_places.get((home, day), problem.per_home) > 0
                for day in when
            )
            for v, when in enumerate(problem.visit_days)
        ]
        able = suits & open_ & now.free[n] if now.options else suits
        if not now.options:
            yield key, "none", NO_OPTION
        elif not suits.any():
            yield key, "barred", BARRED
        elif not (suits & now.stated[n]).any():
            yield key, "statement", UNSTATED
        elif not able.any():
            yield key, "closed", CLOSED
        elif not (able & problem.visit_allowed[n]).any():
            yield key, "apart", APART
        else:
            yield key, "shortage", SHORT


def _gap(now: Numbered, plan: JointPlan) -> dict[str, Any]:
    """How far from the best the plan may be: in people first, else in points."""
    if plan.proven:
        return {"gap_people": 0, "gap_points": 0.0}
    weight = 200.0 * max(1, len(now.people)) + 1.0
    people, points = divmod(plan.gap, weight)
    return {"gap_people": int(people), "gap_points": round(points, 3) if not people else 0.0}


def _gives_way(now: Numbered, plan: JointPlan) -> list[dict[str, Any]]:
    weight = 200.0 * max(1, len(now.people)) + 1.0
    found = []
    for tight in plan.gives_way:
        # The price of a limit in people; a part of a person where several limits bind together; else only points.
        people = tight.people or (round(tight.points / weight, 2) if tight.points > 200 else 0.0)
        who = now.mentors[tight.who] if tight.kind == "mentor" else now.schools[tight.who]
        found.append(
            {
                "kind": tight.kind, "who": who, "day": None if tight.day is None else now.days[tight.day],
                "people": people, "points": 0.0 if people else round(tight.points, 1),
            }
        )  # fmt: skip
    return found
