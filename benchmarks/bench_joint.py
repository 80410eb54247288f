"""Mentors and visits planned together, beside the same programme given to HiGHS whole, in one run.

    python benchmarks/bench_joint.py [--people 150 --mentors 100 --schools 30 --days 30 --dates 5 --seeds 3 --limit 120]

`dates` is how many days each school hosts on; every third visit is a residency of two days. Prints seconds of both,
their ratio, and whether the two agree on the value of the plan.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import LinearConstraint, milp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mentoring.matching.joint import JointProblem, _Programme, plan_jointly


def cohort(people: int, mentors: int, schools: int, days: int, dates: int, seed: int) -> JointProblem:
    """A cohort by chance: a person may visit half of the schools, on the 70 per cent of days that their own allows."""
    chance = np.random.default_rng(seed)
    home, works = chance.integers(0, schools, people), chance.integers(0, schools, mentors)
    when: list[tuple[int, ...]] = []
    for _ in range(schools):
        for number, day in enumerate(sorted(chance.choice(days, dates, replace=False).tolist())):
            when.append((day, (day + 1) % days) if number % 3 == 0 else (day,))
    host = np.repeat(np.arange(schools), dates)
    first = np.array([day[0] for day in when])
    free = (chance.random((schools, days)) < 0.7)[home][:, first]
    return JointProblem(
        mentor_score=chance.beta(2, 2, (people, mentors)) * 100,
        mentor_allowed=(home[:, None] != works) & (chance.random((people, mentors)) < 0.8),
        mentor_places=chance.integers(1, 3, mentors),
        mentor_school=works,
        home=home,
        visit_score=(chance.beta(2, 2, (people, schools)) * 100)[:, host],
        visit_allowed=(home[:, None] != host) & (chance.random((people, schools)) < 0.5)[:, host] & free,
        visit_host=host,
        visit_days=tuple(when),
    )


def whole(problem: JointProblem, limit: float) -> tuple[float, bool]:
    """(value, proven) of the programme with every column in one call."""
    programme = _Programme(problem)
    programme.mentor_in, programme.visit_in = problem.mentor_allowed.copy(), problem.visit_allowed.copy()
    columns = programme.columns()
    matrix = programme.matrix(*columns)
    used = np.nonzero(matrix.getnnz(axis=1))[0]
    found = milp(
        -programme.profit(*columns),
        constraints=LinearConstraint(matrix[used], ub=programme.rows.limits[used]),
        integrality=np.ones(matrix.shape[1]),
        bounds=(0, 1),
        options={"time_limit": limit, "mip_rel_gap": 0},
    )
    return (0.0 if found.x is None else -float(found.fun)), found.status == 0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("people", 150), ("mentors", 100), ("schools", 30), ("days", 30), ("dates", 5), ("seeds", 3)):
        options.add_argument(f"--{name}", type=int, default=default)
    options.add_argument("--limit", type=float, default=120.0, help="seconds that each side may take")
    given = options.parse_args()
    for seed in range(given.seeds):
        problem = cohort(given.people, given.mentors, given.schools, given.days, given.dates, seed)
        plan = plan_jointly(problem, time_limit=given.limit)
        began = time.monotonic()
        value, proven = whole(problem, given.limit)
        seconds = time.monotonic() - began
        ours = plan.served * _Programme(problem).weight + plan.total
        print(
            f"seed {seed}: {plan.served} served of {2 * given.people}, {plan.seconds:.2f} s"
            f" ({'proven' if plan.proven else f'gap {plan.gap:.3f}'}); in one piece {seconds:.2f} s"
            f" ({'proven' if proven else 'not proven'}), {seconds / plan.seconds:.1f} times as long;"
            f" {'same value' if abs(ours - value) < 1e-2 else f'values differ by {ours - value:+.3f}'}"
        )


if __name__ == "__main__":
    main()
