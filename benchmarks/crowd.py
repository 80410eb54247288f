"""A large cohort in the database, made in a few statements: for the workbench's benchmark and the test of its budget.

Nobody here is real; addresses end in example.org. Django must be set up.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from mentoring.models import (
    Cohort,
    Enrolment,
    Interest,
    MatchRun,
    Organisation,
    Profile,
    ProfileInterest,
    Programme,
    Proposal,
    RoleLevel,
)
from mentoring.programmes.consent import CONSENT_VERSION


def cohort_of(mentees: int, mentors: int, *, seed: int = 1) -> Cohort:
    """A cohort in matching, everybody ready, at one school for every twelve people."""
    pick = random.Random(seed)
    today = timezone.localdate()
    number = Programme.objects.count() + 1
    trust = Organisation.objects.create(name=f"Large trust {number}", kind="trust")
    programme = Programme.objects.create(
        title=f"Large {number}", slug=f"large-{number}", owner_org=trust, contact_email="large@example.org"
    )
    cohort = Cohort.objects.create(
        programme=programme, name="Everybody", state="matching", apply_from=today, apply_to=today, start=today,
        end=today + timedelta(days=300),
    )  # fmt: skip
    schools = Organisation.objects.bulk_create(
        Organisation(name=f"School {number}-{n}", kind="school") for n in range(max(2, (mentees + mentors) // 12))
    )
    topics = [
        Interest.objects.get_or_create(
            slug=f"crowd-{n}", defaults={"label": f"Crowd topic {n}", "group": "leadership"}
        )[0]
        for n in range(30)
    ]
    levels = [
        RoleLevel.objects.get_or_create(
            slug=f"crowd-{rank}", defaults={"label": f"Crowd step {rank}", "family": "crowd", "rank": rank}
        )[0]
        for rank in (10, 20, 30, 40, 50, 60)
    ]
    model: Any = get_user_model()
    count = mentees + mentors
    users = model.objects.bulk_create(
        model(email=f"crowd-{number}-{n}@example.org", name=f"Person {n}") for n in range(count)
    )
    profiles = Profile.objects.bulk_create(
        Profile(
            user=user, display_name=f"Person {n:05d}", organisation=pick.choice(schools), job_title="Teacher",
            role_level=pick.choice(levels[:3] if n < mentees else levels[2:]),
            aspiration_level=pick.choice(levels[1:]) if n < mentees else None,
        )
        for n, user in enumerate(users)
    )  # fmt: skip
    ProfileInterest.objects.bulk_create(
        ProfileInterest(
            profile=profile, interest=topic, direction="seek" if n < mentees else "offer", strength=pick.randint(1, 3)
        )
        for n, profile in enumerate(profiles)
        for topic in pick.sample(topics, 4)
    )  # fmt: skip
    now = timezone.now()
    Enrolment.objects.bulk_create(
        Enrolment(
            cohort=cohort, profile=profile, as_role="mentee" if n < mentees else "mentor", state="eligible",
            consent_version=CONSENT_VERSION, consented_at=now,
        )
        for n, profile in enumerate(profiles)
    )  # fmt: skip
    return cohort


def proposals_in(cohort: Cohort, count: int) -> MatchRun:
    """A complete run with that many undecided pairs, without asking the engine."""
    run = MatchRun.objects.create(cohort=cohort, state="complete", progress=100, finished_at=timezone.now())
    sides = [list(cohort.enrolments.filter(as_role=role).order_by("pk")[:count]) for role in ("mentee", "mentor")]
    explanation: dict[str, object] = {
        "components": [],
        "reasons": ["The mentor offers four of the five topics that the mentee asks for."],
        "caution": "", "unknown": "", "alternatives": [],
    }  # fmt: skip
    Proposal.objects.bulk_create(
        Proposal(
            run=run, cohort=cohort, mentee=mentee, mentor=mentor, score=40 + n % 60, evidence=0.7,
            explanation=explanation,
        )
        for n, (mentee, mentor) in enumerate(zip(*sides, strict=True))
    )  # fmt: skip
    return run
