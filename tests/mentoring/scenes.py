"""Moments of a programme's year, made in a line: used by tests of the plugin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from mentoring.models import (
    Cohort,
    CoordinatorGrant,
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
from mentoring.programmes.grants import coordinators_group
from mentoring.programmes.models import CohortState, EnrolmentRole, EnrolmentState, GrantRole
from mentoring.proposals.answers import answer
from mentoring.proposals.models import ProposalState, RunState
from mentoring.proposals.offers import approve_and_send

_number = count(1)


def count_again() -> None:
    """Names as in the first scene: for examples that must be repeatable, on a database without earlier scenes."""
    global _number
    _number = count(1)


def user(name: str, **fields: Any) -> Any:
    number = next(_number)
    return get_user_model().objects.create_user(
        f"{name.split(maxsplit=1)[0].lower()}.{number}@example.org", name=name, **fields
    )


def school(name: str = "", **fields: Any) -> Organisation:
    return Organisation.objects.create(name=name or f"School {next(_number)}", kind="school", **fields)


def level(rank: int) -> RoleLevel:
    row, _ = RoleLevel.objects.get_or_create(
        label=f"Step {rank}", defaults={"family": "teaching", "rank": rank, "slug": f"step-{rank}"}
    )
    return row


def topic(slug: str) -> Interest:
    row, _ = Interest.objects.get_or_create(
        slug=slug, defaults={"label": slug.replace("-", " ").capitalize(), "group": "leadership"}
    )
    return row


def person(
    name: str = "",
    *,
    at: Organisation | None = None,
    rank: int | None = 20,
    seek: tuple[str, ...] = (),
    offer: tuple[str, ...] = (),
    who: Any = None,
    **fields: Any,
) -> Profile:
    name = name or f"Person {next(_number)}"
    profile = Profile.objects.create(
        user=who or user(name),
        display_name=name,
        organisation=at or school(),
        job_title="Teacher",
        role_level=level(rank) if rank is not None else None,
        **fields,
    )
    for direction, slugs in (("seek", seek), ("offer", offer)):
        for slug in slugs:
            ProfileInterest.objects.create(profile=profile, interest=topic(slug), direction=direction, strength=2)
    return profile


@dataclass
class Scene:
    """One programme of one trust, with a coordinator, an owner and a cohort."""

    programme: Programme
    cohort: Cohort
    coordinator: Any
    owner: Any
    mentees: list[Enrolment] = field(default_factory=list)
    mentors: list[Enrolment] = field(default_factory=list)
    run: MatchRun | None = None


def programme_with_cohort(title: str = "", *, state: CohortState = CohortState.MATCHING) -> Scene:
    title = title or f"Programme {next(_number)}"
    trust = Organisation.objects.create(name=f"{title} Trust", kind="trust")
    programme = Programme.objects.create(
        title=title, slug=f"programme-{next(_number)}", owner_org=trust, contact_email="mentoring@example.org"
    )
    today = timezone.localdate()
    cohort = Cohort.objects.create(
        programme=programme,
        name="Autumn",
        state=state,
        apply_from=today - dt.timedelta(days=10),
        apply_to=today + dt.timedelta(days=10),
        start=today + dt.timedelta(days=20),
        end=today + dt.timedelta(days=200),
    )
    scene = Scene(programme, cohort, user("Cora Coordinator"), user("Olu Owner"))
    for who, role in ((scene.coordinator, GrantRole.COORDINATOR), (scene.owner, GrantRole.OWNER)):
        CoordinatorGrant.objects.create(programme=programme, user=who, role=role)
        who.groups.add(coordinators_group())
    return scene


def enrolled(
    scene: Scene,
    profile: Profile,
    role: str,
    *,
    state: EnrolmentState = EnrolmentState.ELIGIBLE,
    capacity: int = 1,
    goals: str = "",
) -> Enrolment:
    row = Enrolment.objects.create(
        cohort=scene.cohort,
        profile=profile,
        as_role=role,
        state=state,
        capacity=capacity,
        goals=goals,
        consent_version=CONSENT_VERSION,
        consented_at=timezone.now(),
    )
    (scene.mentees if role == EnrolmentRole.MENTEE else scene.mentors).append(row)
    return row


def ready_to_match(mentees: int = 2, mentors: int = 2, *, capacity: int = 1, title: str = "") -> Scene:
    """People with overlapping topics, each at a school of their own."""
    scene = programme_with_cohort(title)
    topics = ("behaviour", "curriculum", "timetabling")
    for i in range(mentees):
        who = person(f"Mentee {chr(65 + i % 26)}{i}", rank=20, seek=(topics[i % 3], topics[(i + 1) % 3]))
        enrolled(scene, who, "mentee", goals="I would like to lead a team meeting well.")
    for i in range(mentors):
        who = person(f"Mentor {chr(65 + i % 26)}{i}", rank=30, offer=(topics[i % 3],))
        enrolled(scene, who, "mentor", capacity=capacity)
    return scene


EXPLANATION: dict[str, Any] = {
    "components": [
        {
            "key": "interests",
            "value": 0.8,
            "weight": 40,
            "contribution": 60.0,
            "sentence": "Offers 4 of 5 topics asked for.",
        },
        {"key": "role_step", "value": 1.0, "weight": 20, "contribution": 20.0, "sentence": "One step ahead."},
    ],
    "reasons": ["Both care about behaviour.", "The mentor stands one step ahead."],
    "caution": "",
    "unknown": "",
    "rank_for_mentee": 1,
    "rank_for_mentor": 1,
    "alternatives": [],
}


def finished_run(scene: Scene) -> MatchRun:
    scene.run = MatchRun.objects.create(
        cohort=scene.cohort, state=RunState.COMPLETE, progress=100, finished_at=timezone.now(), config={}
    )
    return scene.run


def proposed(scene: Scene, mentee: int = 0, mentor: int = 0, *, state: ProposalState = ProposalState.DRAFT) -> Proposal:
    answers = {
        ProposalState.PUBLISHED: {"mentee_answer": "yes", "mentor_answer": "yes"},
        ProposalState.TURNED_DOWN: {"mentor_answer": "no", "refusal": "time"},
    }.get(state, {})
    return Proposal.objects.create(
        run=scene.run or finished_run(scene),
        cohort=scene.cohort,
        mentee=scene.mentees[mentee],
        mentor=scene.mentors[mentor],
        state=state,
        score=Decimal("80.000"),
        evidence=Decimal("0.600"),
        explanation=EXPLANATION,
        **answers,
    )


def offered(scene: Scene, mentee: int = 0, mentor: int = 0) -> Proposal:
    """Proposed, approved and sent, by the services."""
    pair = proposed(scene, mentee, mentor)
    return approve_and_send(proposal=pair, actor=scene.coordinator, version=pair.version)


def agreed(scene: Scene, mentee: int = 0, mentor: int = 0) -> Proposal:
    """Both have said yes: the pair has begun."""
    pair = offered(scene, mentee, mentor)
    for who in (pair.mentee, pair.mentor):
        pair = answer(proposal=pair, actor=who.profile.user, version=pair.version, yes=True)
    return pair


def with_proposals(pairs: int = 2, **options: Any) -> Scene:
    scene = ready_to_match(pairs, pairs, **options)
    for i in range(pairs):
        proposed(scene, i, i)
    return scene
