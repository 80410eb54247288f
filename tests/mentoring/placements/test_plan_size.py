"""A whole cohort through the site's adapter: 150 members, 100 mentors, 30 schools, 30 dates, from rows to rows."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from benchmarks.crowd import cohort_of
from mentoring.matching.joint import plan_jointly
from mentoring.models import Cohort, Enrolment, HostOffer, Interest, OfferDate, Organisation, Placement, Proposal
from mentoring.placements import plan_inputs, planning
from mentoring.proposals import inputs, runs
from mentoring.proposals.models import RunKind, RunState
from mentoring.proposals.settings import config_for
from tests.mentoring.matching.test_joint import broken

pytestmark = pytest.mark.django_db


def crowded(mentees: int, mentors: int, schools: int, dates: int) -> Cohort:
    """Everybody at one of the schools; each school has a host with an offer on every date, some of two days."""
    pick = random.Random(5)
    cohort = cohort_of(mentees, mentors)
    places = list(Organisation.objects.filter(kind="school").order_by("pk"))
    places += Organisation.objects.bulk_create(
        Organisation(name=f"Further school {n}", kind="school") for n in range(schools - len(places))
    )
    places = places[:schools]
    people = list(Enrolment.objects.filter(cohort=cohort).select_related("profile").order_by("pk"))
    for n, row in enumerate(people):
        row.profile.organisation = places[n % schools]
        row.profile.save(update_fields=["organisation"])
    day, days = timezone.localdate() + dt.timedelta(days=20), []
    while len(days) < dates:
        days += [day] if day.weekday() < 5 else []
        day += dt.timedelta(days=1)
    topics = list(Interest.objects.filter(slug__startswith="crowd"))
    for n, place in enumerate(places):
        host = next(row.profile for row in reversed(people) if row.profile.organisation_id == place.pk)
        offer = HostOffer.objects.create(
            programme=cohort.programme, host=host, organisation=place, title=f"A day {n}", summary="Walks.",
            state="open", head_agreed_at=timezone.now(), days_needed=2 if n % 3 == 0 else 1,
            kind="residency" if n % 3 == 0 else "day",
        )  # fmt: skip
        offer.focus.set(pick.sample(topics, 4))
        OfferDate.objects.bulk_create(OfferDate(offer=offer, date=when) for when in days)
    places[0].calendar_exceptions.create(date_from=days[0], date_to=days[4], kind="exams")
    return cohort


def faults(cohort: Cohort) -> list[str]:
    """Every limit that the rows break. Written from the rules, from the rows alone."""
    found = []
    at_host: Counter[Any] = Counter()
    away: Counter[Any] = Counter()
    mentor_at = {
        row.mentee_id: row.mentor.profile.organisation_id
        for row in Proposal.objects.filter(cohort=cohort, state="draft").select_related("mentor__profile")
    }
    for row in Placement.objects.filter(enrolment__cohort=cohort).select_related("enrolment__profile", "offer"):
        home, host = row.enrolment.profile.organisation, row.offer.organisation
        days = [day.date for day in row.days.all()]
        if home == host or mentor_at.get(row.enrolment_id) == host.pk:
            found.append(f"{row}: the wrong school")
        if len(days) != row.offer.days_needed or any(not row.offer.dates.filter(date=day).exists() for day in days):
            found.append(f"{row}: not the days of the offer")
        for day in days:
            at_host[host, day] += 1
            away[home, day] += 1
            closed = {"date_from__lte": day, "date_to__gte": day}
            shut = [place for place in (home, host) if place.calendar_exceptions.filter(**closed).exists()]
            found += [f"{row}: {place} is closed on {day}" for place in shut]
    found += [f"{place} has {n} on {day}" for (place, day), n in at_host.items() if n > place.max_visitors_per_day]
    found += [f"{place} misses {n} on {day}" for (place, day), n in away.items() if n > place.max_released_per_day]
    held = Counter(Proposal.objects.filter(cohort=cohort, state="draft").values_list("mentor", "mentor__capacity"))
    return found + [f"mentor {pk} has {n}" for (pk, capacity), n in held.items() if n > capacity]


def test_plan__whole_cohort_from_rows__breaks_no_limit_and_takes_seconds() -> None:
    cohort = crowded(150, 100, 30, 30)
    frozen = plan_inputs.gather_jointly(cohort)
    config = {**config_for(cohort, objective="best_total"), "time_limit": 60}
    now = planning.numbered(inputs.Inputs.from_json(frozen.to_json()), config)
    people, options = now.problem.visit_score.shape
    assert (people, len(now.mentors), len(now.schools), len(now.days)) == (150, 100, 30, 30)
    assert options > 850
    began = time.process_time()
    plan = plan_jointly(now.problem, time_limit=60)
    spent = time.process_time() - began
    assert not broken(now.problem, plan)
    assert plan.proven
    assert plan.served == 250  # a hundred mentors for some, a visit for everybody
    assert spent < 5 * 3, f"{spent:.1f} s of processor time: the budget is 5, and others use this machine, too"


def test_run__whole_cohort_from_rows__writes_what_breaks_no_limit(
    make_user: Any, django_assert_max_num_queries: Any
) -> None:
    cohort = crowded(60, 40, 12, 8)
    admin = make_user("admin@example.org", is_superuser=True)
    run = runs.start_run(cohort=cohort, actor=admin, kind=RunKind.JOINT)
    runs.execute_due()
    run.refresh_from_db()
    assert run.state == RunState.COMPLETE, run.message
    assert run.stats["plan"]["proven"]
    assert run.proposals.count() == 40
    assert run.placements.count() > 50
    assert faults(cohort) == []
    with django_assert_max_num_queries(40):
        plan_inputs.gather_jointly(cohort)
    again = runs.start_run(cohort=cohort, actor=admin, kind=RunKind.JOINT)
    runs.execute_due()
    again.refresh_from_db()
    assert again.outcome_hash == run.outcome_hash != ""
