"""Mentors and visits planned together: one integer programme for a whole cohort, with its proof.

A visit (work-shadowing) takes a person out of their school for a day or more, and another school takes them in. What
ties it to the mentoring: one's mentor and one's visit should be at two different schools, so that each opens a door of
its own. What makes it hard: a school lets few people go, and takes few in, on the same day.

Usable alone, on plain arrays:

    plan = plan_jointly(
        JointProblem(
            mentor_score=np.array([[80.0, 60.0]]), mentor_allowed=np.array([[True, True]]),
            mentor_places=np.array([1, 1]), mentor_school=np.array([1, 2]), home=np.array([0]),
            visit_score=np.array([[70.0]]), visit_allowed=np.array([[True]]),
            visit_host=np.array([1]), visit_days=((4,),),
        )
    )
    plan.mentor, plan.visit          # array([1]), array([0]): the better mentor is where the visit goes

The method is column generation: the linear programme over a few good candidates, priced against every pair until no
pair can improve it, bounds the whole problem; the integer programme over the candidates that could still matter
(reduced-cost fixing) then finds the plan. SciPy's HiGHS does both. Source: `docs/matching.md`, "Plans with visits".
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from mentoring.matching.arrays import Bools, Floats, Ints
from mentoring.matching.errors import Fault, InvalidInput, MatchingError

_FIRST = 12  # candidates per person and kind to begin with
_MORE = 12  # and added per person and kind in each round
_ROUND_LIMIT = 60
_TOLERANCE = 1e-6
_EXACT = 1e-3  # points: scores have three decimals


@dataclass(frozen=True, kw_only=True)
class JointProblem:
    """Who could have whom as mentor, and who could visit where and when.

    Schools are numbered from 0 (homes, mentors' schools and hosts share one numbering), days from 0. A visit is one
    offer on fixed days: an offer with five possible dates is five visits, a residency of two days one visit with two.

    Attributes:
        mentor_score, mentor_allowed: (people x mentors); points 0 to 100, and whether no rule bars the pair.
        mentor_places: places left per mentor. mentor_school: where each works.
        home: the school of each person.
        visit_score, visit_allowed: (people x visits); bars hold rules, travel, both calendars, assurance.
        visit_host: the school that each visit goes to. visit_days: the days of each visit.
        host_places: visitors that (school, day) takes in, where it is not `per_host`.
        release_places: people that (school, day) lets go, where it is not `per_home`.
        apart: a person's mentor and visit are at different schools.
    """

    mentor_score: Floats
    mentor_allowed: Bools
    mentor_places: Ints
    mentor_school: Ints
    home: Ints
    visit_score: Floats
    visit_allowed: Bools
    visit_host: Ints
    visit_days: Sequence[tuple[int, ...]]
    host_places: Mapping[tuple[int, int], int] = field(default_factory=dict)
    release_places: Mapping[tuple[int, int], int] = field(default_factory=dict)
    per_host: int = 1
    per_home: int = 1
    apart: bool = True

    def __post_init__(self) -> None:
        people, mentors = self.mentor_score.shape
        visits = len(self.visit_days)
        wanted = {
            "mentor_allowed": (people, mentors),
            "mentor_places": (mentors,),
            "mentor_school": (mentors,),
            "home": (people,),
            "visit_score": (people, visits),
            "visit_allowed": (people, visits),
            "visit_host": (visits,),
        }
        faults = [
            Fault(field=name, sentence=f"{name} must have the shape {shape}, not {getattr(self, name).shape}")
            for name, shape in wanted.items()
            if getattr(self, name).shape != shape
        ]
        for name in ("mentor_score", "visit_score"):
            scores = getattr(self, name)
            if scores.size and not (np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 100):
                faults.append(Fault(field=name, sentence=f"{name} must lie between 0 and 100"))
        for number, days in enumerate(self.visit_days):
            if not days or min(days) < 0 or len(set(days)) != len(days):
                faults.append(Fault(field="visit_days", sentence=f"visit {number} needs its days, each once"))
        if faults:
            raise InvalidInput(faults)


@dataclass(frozen=True)
class Tight:
    """A limit that costs the plan something. `people`: at most so many more could be served by one place more.

    `kind` "mentor": `who` numbers the mentor; "host" or "release": the school, on `day`.
    """

    kind: Literal["mentor", "host", "release"]
    who: int
    day: int | None
    people: float
    points: float


@dataclass(frozen=True)
class JointPlan:
    """Per person the number of their mentor and of their visit, -1 for none.

    Attributes:
        served: mentors and visits given, in all. total: the sum of their scores.
        bound: no plan has a higher `served * weight + total`; `gap` is what is left to it, in points of that sum,
            and `proven` says that it is nothing.
        gives_way: limits worth asking about, the dearest first.
    """

    mentor: Ints
    visit: Ints
    served: int
    total: float
    bound: float
    gap: float
    proven: bool
    gives_way: tuple[Tight, ...]
    seconds: float


class _Rows:
    """Where each limit stands: each person's mentor, each person's visit, mentors, host days, release days, apart."""

    def __init__(self, problem: JointProblem) -> None:
        self.people, self.mentors = problem.mentor_score.shape
        days = max((max(d) for d in problem.visit_days), default=0) + 1
        schools = 1 + max(
            (int(a.max()) for a in (problem.home, problem.visit_host, problem.mentor_school) if a.size), default=0
        )
        self.days, self.schools = days, schools
        self.visit_at = self.people
        self.mentor_at = 2 * self.people
        self.host_at = self.mentor_at + self.mentors
        self.release_at = self.host_at + schools * days
        self.apart_at = self.release_at + schools * days
        self.count = self.apart_at + (self.people * schools if problem.apart else 0)
        limits = np.ones(self.count)
        limits[self.mentor_at : self.host_at] = problem.mentor_places
        limits[self.host_at : self.release_at] = problem.per_host
        limits[self.release_at : self.apart_at] = problem.per_home
        for at, given in ((self.host_at, problem.host_places), (self.release_at, problem.release_places)):
            for (school, day), places in given.items():
                if 0 <= school < schools and 0 <= day < days:
                    limits[at + school * days + day] = places
        self.limits = limits
        self.on = np.zeros((len(problem.visit_days), days))
        for number, when in enumerate(problem.visit_days):
            self.on[number, list(when)] = 1.0


class _Programme:
    """The columns taken in so far, and solving over them."""

    def __init__(self, problem: JointProblem) -> None:
        self.problem = problem
        self.rows = _Rows(problem)
        people = max(1, self.rows.people)
        self.weight = 200.0 * people + 1.0  # one more person served outweighs all points together
        self.mentor_in = np.zeros_like(problem.mentor_allowed)
        self.visit_in = np.zeros_like(problem.visit_allowed)

    def take_best(self, worth_mentor: Floats, worth_visit: Floats, count: int, floor: float) -> int:
        """Adds, per person and kind, the `count` best columns not yet in that are worth more than `floor`."""
        taken = 0
        for worth, inside, allowed in (
            (worth_mentor, self.mentor_in, self.problem.mentor_allowed),
            (worth_visit, self.visit_in, self.problem.visit_allowed),
        ):
            open_ = np.where(allowed & ~inside, worth, -np.inf)
            k = min(count, open_.shape[1])
            if not k or not open_.shape[0]:
                continue
            best = np.argpartition(-open_, k - 1, axis=1)[:, :k]
            good = np.take_along_axis(open_, best, axis=1) > floor
            who = np.nonzero(good)[0]
            inside[who, best[good]] = True
            taken += len(who)
        return taken

    def columns(self) -> tuple[Ints, Ints, Ints, Ints]:
        i, j = np.nonzero(self.mentor_in)
        p, v = np.nonzero(self.visit_in)
        return i, j, p, v

    def matrix(self, i: Ints, j: Ints, p: Ints, v: Ints) -> csr_matrix:
        """Limits x columns; rows in the order of `_Rows`."""
        rows, problem = self.rows, self.problem
        at = np.arange(len(i))
        parts = [(i, at), (rows.mentor_at + j, at)]
        behind = len(i) + np.arange(len(p))
        parts.append((rows.visit_at + p, behind))
        which, day = np.nonzero(rows.on[v])
        parts.append((rows.host_at + problem.visit_host[v[which]] * rows.days + day, behind[which]))
        parts.append((rows.release_at + problem.home[p[which]] * rows.days + day, behind[which]))
        if problem.apart:
            parts.append((rows.apart_at + i * rows.schools + problem.mentor_school[j], at))
            parts.append((rows.apart_at + p * rows.schools + problem.visit_host[v], behind))
        row = np.concatenate([r for r, _ in parts])
        column = np.concatenate([c for _, c in parts])
        return csr_matrix((np.ones(len(row)), (row, column)), shape=(rows.count, len(i) + len(p)))

    def profit(self, i: Ints, j: Ints, p: Ints, v: Ints) -> Floats:
        scores = np.concatenate([self.problem.mentor_score[i, j], self.problem.visit_score[p, v]])
        profit: Floats = scores + self.weight
        return profit

    def relax(self) -> tuple[float, Floats]:
        """(value, price per limit) of the linear programme over the columns taken in."""
        columns = self.columns()
        if not len(columns[0]) + len(columns[2]):
            return 0.0, np.zeros(self.rows.count)
        matrix = self.matrix(*columns)
        used = np.nonzero(matrix.getnnz(axis=1))[0]
        found = linprog(
            -self.profit(*columns), A_ub=matrix[used], b_ub=self.rows.limits[used], bounds=(0, None), method="highs"
        )
        if found.x is None:
            raise MatchingError(f"The plan could not be computed: {found.message}")
        prices = np.zeros(self.rows.count)
        prices[used] = -found.ineqlin.marginals
        return -float(found.fun), prices

    def worth(self, prices: Floats) -> tuple[Floats, Floats]:
        """What each column would add beyond the prices of the limits it uses: (people x mentors), (people x visits)."""
        rows, problem = self.rows, self.problem
        n = rows.people
        mentor = problem.mentor_score + self.weight - prices[:n, None] - prices[rows.mentor_at : rows.host_at]
        host = prices[rows.host_at : rows.release_at].reshape(rows.schools, rows.days)
        release = prices[rows.release_at : rows.apart_at].reshape(rows.schools, rows.days)
        at_host = (host[problem.visit_host] * rows.on).sum(axis=1)
        visit = problem.visit_score + self.weight - prices[rows.visit_at : rows.mentor_at, None] - at_host
        visit -= (release @ rows.on.T)[problem.home]
        if problem.apart:
            apart = prices[rows.apart_at :].reshape(n, rows.schools)
            mentor -= apart[:, problem.mentor_school]
            visit -= apart[:, problem.visit_host]
        return mentor, visit

    def solve(self, seconds: float) -> tuple[Ints, Ints, float, float]:
        """(mentor, visit, value, bound) of the best whole plan over the columns taken in."""
        mentor = np.full(self.rows.people, -1, dtype=np.int64)
        visit = mentor.copy()
        i, j, p, v = columns = self.columns()
        if not len(i) + len(p):
            return mentor, visit, 0.0, 0.0
        matrix = self.matrix(*columns)
        used = np.nonzero(matrix.getnnz(axis=1))[0]
        found = milp(
            -self.profit(*columns),
            constraints=LinearConstraint(matrix[used], ub=self.rows.limits[used]),
            integrality=np.ones(matrix.shape[1]),
            bounds=(0, 1),
            options={"time_limit": max(0.1, seconds), "mip_rel_gap": 0},
        )
        if found.x is None:
            return mentor, visit, 0.0, np.inf  # out of time before the first plan: an empty one is still a plan
        chosen = found.x > 0.5
        of_mentor, of_visit = chosen[: len(i)], chosen[len(i) :]
        mentor[i[of_mentor]] = j[of_mentor]
        visit[p[of_visit]] = v[of_visit]
        value = float(self.profit(*columns)[chosen].sum())
        done = found.status == 0 or found.mip_dual_bound is None
        return mentor, visit, value, value if done else max(value, -float(found.mip_dual_bound))


def plan_jointly(problem: JointProblem, *, time_limit: float = 30.0) -> JointPlan:
    """The plan that serves most people (mentors and visits counted alike), and among those the highest total score.

    Args:
        time_limit: seconds; when they are over, the best plan found comes with its gap.

    The same problem gives the same plan. Put people, mentors and visits into an order of your own (by key, say) before
    numbering them, and the order of your rows does not matter either.

    Raises:
        MatchingError: HiGHS gave up for a reason other than time.
    """
    began = time.monotonic()
    programme = _Programme(problem)
    programme.take_best(problem.mentor_score, problem.visit_score, _FIRST, -np.inf)
    value, prices = programme.relax()
    closed = False
    for _ in range(_ROUND_LIMIT):
        worth_mentor, worth_visit = programme.worth(prices)
        if not programme.take_best(worth_mentor, worth_visit, _MORE, _TOLERANCE * programme.weight):
            closed = True
            break
        if time.monotonic() - began > time_limit / 2:
            break
        value, prices = programme.relax()
    bound = value if closed else _loose_bound(problem, programme, prices)
    mentor, visit, best, within = programme.solve(time_limit - (time.monotonic() - began))
    if bound - best > _EXACT and time.monotonic() - began < time_limit:
        # Whatever is left out lacks more than the plan is away from the bound: no better plan can use it.
        every = max(problem.mentor_score.shape[1], len(problem.visit_days))
        if programme.take_best(*programme.worth(prices), every, best - bound):
            again = programme.solve(time_limit - (time.monotonic() - began))
            within = again[3]
            if again[2] > best:
                mentor, visit, best, _ = again
        bound = min(bound, max(within, best))
    served = int((mentor >= 0).sum() + (visit >= 0).sum())
    return JointPlan(
        mentor=mentor,
        visit=visit,
        served=served,
        total=best - served * programme.weight,
        bound=bound,
        gap=max(0.0, bound - best),
        proven=bound - best <= _EXACT,
        gives_way=_gives_way(programme, prices),
        seconds=time.monotonic() - began,
    )


def _loose_bound(problem: JointProblem, programme: _Programme, prices: Floats) -> float:
    """A bound from any prices: what the limits are worth, and for each person what their best columns lack."""
    worth_mentor, worth_visit = programme.worth(prices)
    missing = 0.0
    for worth, allowed in ((worth_mentor, problem.mentor_allowed), (worth_visit, problem.visit_allowed)):
        if worth.size:
            missing += float(np.where(allowed, worth, 0.0).max(axis=1, initial=0.0).clip(min=0).sum())
    return float(prices @ programme.rows.limits) + missing


def _gives_way(programme: _Programme, prices: Floats, most: int = 10) -> tuple[Tight, ...]:
    """The dearest limits, at most so many of each kind: many mentors must not hide the schools."""
    rows, weight = programme.rows, programme.weight
    found: list[Tight] = []
    told = {"mentor": 0, "host": 0, "release": 0}
    for at in np.argsort(-prices[rows.mentor_at : rows.apart_at], kind="stable") + rows.mentor_at:
        price = float(prices[at])
        if price <= _TOLERANCE * weight:
            break
        people, points = divmod(price, weight)
        kind: Literal["mentor", "host", "release"]
        if at < rows.host_at:
            kind, who, day = "mentor", int(at - rows.mentor_at), None
        else:
            kind = "host" if at < rows.release_at else "release"
            who, day = divmod(int(at - (rows.host_at if kind == "host" else rows.release_at)), rows.days)
        told[kind] += 1
        if told[kind] <= most:
            found.append(Tight(kind, who, day, people, points))
    return tuple(found)
