"""Mentors and visits planned together: against brute force, against one plain programme, and a validator of its own."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from mentoring.matching.errors import InvalidInput
from mentoring.matching.joint import JointPlan, JointProblem, plan_jointly


def problem(
    *,
    people: int,
    mentors: int,
    schools: int,
    days: int,
    dates: int,
    seed: int,
    density: float = 0.7,
    long: bool = False,
) -> JointProblem:
    """A cohort by chance: each school hosts on `dates` days; with `long` every third visit is a residency of two."""
    chance = np.random.default_rng(seed)
    home, works = chance.integers(0, schools, people), chance.integers(0, schools, mentors)
    host, when = [], []
    for school in range(schools):
        for number, day in enumerate(sorted(chance.choice(days, min(dates, days), replace=False).tolist())):
            host.append(school)
            when.append((day, (day + 1) % days) if long and number % 3 == 0 and days > 1 else (day,))
    hosts = np.array(host, dtype=np.int64)
    visits = len(when)
    return JointProblem(
        mentor_score=np.round(chance.random((people, mentors)) * 100, 3),
        mentor_allowed=(home[:, None] != works) & (chance.random((people, mentors)) < density),
        mentor_places=chance.integers(0, 3, mentors),
        mentor_school=works,
        home=home,
        visit_score=np.round(chance.random((people, schools))[:, hosts] * 100, 3),
        visit_allowed=(home[:, None] != hosts) & (chance.random((people, visits)) < density),
        visit_host=hosts,
        visit_days=tuple(when),
        host_places={(0, 0): 2},
        release_places={(1, 0): 0},
    )


def broken(p: JointProblem, plan: JointPlan) -> list[str]:
    """Every limit that a plan breaks. Written from the rules, not from the programme."""
    faults = []
    mentees_of: Counter[int] = Counter()
    at_host: Counter[tuple[int, int]] = Counter()
    away: Counter[tuple[int, int]] = Counter()
    for person, (mentor, visit) in enumerate(zip(plan.mentor.tolist(), plan.visit.tolist(), strict=True)):
        if mentor >= 0:
            mentees_of[mentor] += 1
            if not p.mentor_allowed[person, mentor]:
                faults.append(f"{person} has the barred mentor {mentor}")
        if visit >= 0:
            if not p.visit_allowed[person, visit]:
                faults.append(f"{person} makes the barred visit {visit}")
            for day in p.visit_days[visit]:
                at_host[int(p.visit_host[visit]), day] += 1
                away[int(p.home[person]), day] += 1
        if p.apart and mentor >= 0 and visit >= 0 and p.mentor_school[mentor] == p.visit_host[visit]:
            faults.append(f"{person} visits the school of their mentor")
    faults += [f"mentor {m} has {n}" for m, n in mentees_of.items() if n > p.mentor_places[m]]
    faults += [f"host {k} has {n}" for k, n in at_host.items() if n > p.host_places.get(k, p.per_host)]
    faults += [f"home {k} releases {n}" for k, n in away.items() if n > p.release_places.get(k, p.per_home)]
    return faults


def worth(p: JointProblem, mentor: Any, visit: Any) -> tuple[int, float]:
    pairs = [(p.mentor_score, i, j) for i, j in enumerate(mentor) if j >= 0]
    pairs += [(p.visit_score, i, j) for i, j in enumerate(visit) if j >= 0]
    return len(pairs), round(sum(float(scores[i, j]) for scores, i, j in pairs), 6)


@pytest.mark.parametrize("seed", range(12))
def test_plan__small__equals_brute_force(seed: int) -> None:
    p = problem(people=3, mentors=2, schools=3, days=2, dates=1, seed=seed)
    best = (0, 0.0)
    for mentor in itertools.product(range(-1, 2), repeat=3):
        for visit in itertools.product(range(-1, len(p.visit_days)), repeat=3):
            candidate = JointPlan(np.array(mentor), np.array(visit), 0, 0.0, 0.0, 0.0, True, (), 0.0)
            if not broken(p, candidate):
                best = max(best, worth(p, mentor, visit))
    plan = plan_jointly(p)
    assert plan.proven
    assert not broken(p, plan)
    assert worth(p, plan.mentor, plan.visit) == pytest.approx(best)


def in_one_piece(p: JointProblem) -> float:
    """The whole programme with every column, given to HiGHS at once; rows written one by one."""
    people = len(p.home)
    weight = 200.0 * people + 1.0
    columns = [("m", i, j) for i, j in zip(*np.nonzero(p.mentor_allowed), strict=True)]
    columns += [("v", i, v) for i, v in zip(*np.nonzero(p.visit_allowed), strict=True)]
    rows: dict[Any, list[int]] = {}
    for at, (kind, i, j) in enumerate(columns):
        rows.setdefault((kind, i), []).append(at)
        if kind == "m":
            rows.setdefault(("places", j), []).append(at)
            rows.setdefault(("apart", i, p.mentor_school[j]), []).append(at)
        else:
            rows.setdefault(("apart", i, p.visit_host[j]), []).append(at)
            for day in p.visit_days[j]:
                rows.setdefault(("host", (int(p.visit_host[j]), day)), []).append(at)
                rows.setdefault(("home", (int(p.home[i]), day)), []).append(at)

    def limit(row: Any) -> int:
        return int(
            {"places": lambda: p.mentor_places[row[1]], "host": lambda: p.host_places.get(row[1], p.per_host),
             "home": lambda: p.release_places.get(row[1], p.per_home)}.get(row[0], lambda: 1)()
        )  # fmt: skip

    matrix = np.zeros((len(rows), len(columns)))
    for number, members in enumerate(rows.values()):
        matrix[number, members] = 1
    profit = np.array([weight + (p.mentor_score if kind == "m" else p.visit_score)[i, j] for kind, i, j in columns])
    found = milp(
        -profit,
        constraints=LinearConstraint(matrix, ub=[limit(row) for row in rows]),
        integrality=np.ones(len(columns)),
        bounds=(0, 1),
        options={"mip_rel_gap": 0},
    )
    return -float(found.fun)


@pytest.mark.parametrize(("seed", "long"), [(s, s % 2 == 1) for s in range(6)])
def test_plan__crowded_cohort__is_the_optimum_of_the_whole_programme(seed: int, long: bool) -> None:
    p = problem(people=30, mentors=12, schools=6, days=8, dates=3, seed=seed, long=long)
    plan = plan_jointly(p)
    assert plan.proven
    assert not broken(p, plan)
    assert plan.served * (200.0 * 30 + 1) + plan.total == pytest.approx(in_one_piece(p), abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(
    people=st.integers(0, 12), mentors=st.integers(0, 6), schools=st.integers(1, 5), days=st.integers(1, 5),
    dates=st.integers(0, 3), seed=st.integers(0, 10**6), density=st.sampled_from([0.0, 0.2, 1.0]), long=st.booleans(),
)  # fmt: skip
def test_plan__any_cohort__breaks_no_limit_and_is_the_same_again(**size: Any) -> None:
    p = problem(**size)
    plan = plan_jointly(p)
    assert not broken(p, plan)
    again = plan_jointly(p)
    assert (plan.mentor.tolist(), plan.visit.tolist()) == (again.mentor.tolist(), again.visit.tolist())


def test_plan__whole_cohort_of_150__is_proven_and_breaks_no_limit() -> None:
    p = problem(people=150, mentors=100, schools=30, days=30, dates=5, seed=1, long=True)
    plan = plan_jointly(p, time_limit=60)
    assert plan.proven
    assert not broken(p, plan)
    alone = plan_jointly(replace(p, mentor_allowed=np.zeros_like(p.mentor_allowed)), time_limit=60)
    assert (plan.visit >= 0).sum() >= (alone.visit >= 0).sum() - 1


def test_plan__best_mentor_works_at_the_only_host__takes_another_mentor_so_that_both_are_possible() -> None:
    p = JointProblem(
        mentor_score=np.array([[90.0, 10.0]]), mentor_allowed=np.array([[True, True]]), mentor_places=np.array([1, 1]),
        mentor_school=np.array([1, 2]), home=np.array([0]), visit_score=np.array([[50.0]]),
        visit_allowed=np.array([[True]]), visit_host=np.array([1]), visit_days=((0,),),
    )  # fmt: skip
    plan = plan_jointly(p)
    assert (plan.mentor.tolist(), plan.visit.tolist(), plan.served) == ([1], [0], 2)
    together = plan_jointly(replace(p, apart=False))
    assert together.mentor.tolist() == [0]


def test_plan__one_day_that_a_school_takes_nobody__says_what_would_give_way() -> None:
    p = JointProblem(
        mentor_score=np.zeros((2, 0)), mentor_allowed=np.zeros((2, 0), dtype=bool),
        mentor_places=np.zeros(0, dtype=int),
        mentor_school=np.zeros(0, dtype=int), home=np.array([0, 1]), visit_score=np.array([[50.0], [60.0]]),
        visit_allowed=np.array([[True], [True]]), visit_host=np.array([2]), visit_days=((3,),),
    )  # fmt: skip
    plan = plan_jointly(p)
    assert plan.visit.tolist() == [-1, 0]
    assert [(t.kind, t.who, t.day, t.people) for t in plan.gives_way] == [("host", 2, 3, 1.0)]
    assert plan_jointly(replace(p, host_places={(2, 3): 2})).served == 2


def test_plan__no_time__is_a_plan_with_its_gap() -> None:
    p = problem(people=60, mentors=30, schools=10, days=10, dates=5, seed=3)
    plan = plan_jointly(p, time_limit=0.0)
    assert not broken(p, plan)
    full = plan_jointly(p)
    best = full.served * (200.0 * 60 + 1) + full.total
    assert plan.bound >= best - 1e-3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"home": np.array([0])}, "home must have the shape"),
        ({"visit_score": np.full((3, 3), np.nan)}, "between 0 and 100"),
        ({"visit_days": ((0,), (), (1,))}, "needs its days"),
        ({"visit_days": ((0,), (1, 1), (1,))}, "each once"),
    ],
)
def test_problem__that_cannot_be_meant__is_refused_with_a_sentence(change: dict[str, Any], sentence: str) -> None:
    p = problem(people=3, mentors=2, schools=3, days=2, dates=1, seed=0)
    with pytest.raises(InvalidInput, match=sentence):
        replace(p, **change)
