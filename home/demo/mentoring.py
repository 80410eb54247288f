"""Mentoring in the demo: the trust's two pathways and the borough's programme, at three moments of their year.

"Leading from where you are" waits for its matching, "Towards headship" takes applications, and the borough's artists
and teachers already work in pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from wagtail.models import Page

from core.accounts.demo import DemoLogin
from core.models import User
from mentoring.errors import MentoringError
from mentoring.messages.models import Outbox, OutboxState
from mentoring.people.models import Direction, Interest, Organisation, Profile, ProfileInterest, RoleLevel
from mentoring.programmes import services
from mentoring.programmes.consent import CONSENT_VERSION
from mentoring.programmes.grants import coordinators_group
from mentoring.programmes.models import (
    Cohort,
    CohortState,
    CoordinatorGrant,
    Enrolment,
    EnrolmentRole,
    EnrolmentState,
    Formats,
    GrantRole,
    Programme,
)
from mentoring.programmes.services import email_of
from mentoring.proposals.models import Proposal
from mentoring.proposals.runs import execute_due, start_run

from . import organisations as places
from .accounts import PASSWORD, account
from .offers import decide_on_all, offer_by_hand


@dataclass(frozen=True)
class Person:
    """Somebody one can sign in as."""

    email: str
    name: str
    at: str
    job: str
    level: str
    aims: str = ""
    seeks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    bio: str = ""


COORDINATOR = Person(
    "mentoring.coordinator@example.org", "Thandeka Marlowe", places.TRUST, "Professional learning lead",
    "lead-practitioner",
)  # fmt: skip
OWNER = Person(
    "programme.owner@example.org", "Gwilym Astbury-Rao", places.TRUST, "Director of education", "director-of-education"
)
BOROUGH_COORDINATOR = Person(
    "borough.coordinator@example.org", "Ines Pellworth", places.THAMES, "Arts partnerships coordinator",
    "lead-practitioner",
)  # fmt: skip
REPORTER_EMAIL = "reporter@example.org"  # no profile: who reads sums need not take part
#: The borough's programme, by its address.
BOROUGH_SLUG = "artists-and-teachers"
MENTEE = Person(
    "mentee@example.org", "Bronagh Tilley", places.LARKFIELD, "Year 4 teacher and music lead", "teacher",
    aims="subject-leader",
    seeks=("difficult-conversations", "subject-leadership", "music", "change-management"),
    bio="I teach Year 4 and look after music across the school. Before that I worked in a record shop for six years.",
)  # fmt: skip
MENTOR = Person(
    "mentor@example.org", "Desmond Kettleby", places.BOW, "Assistant headteacher", "assistant-headteacher",
    offers=("difficult-conversations", "subject-leadership", "change-management", "arts-leadership", "music"),
    bio="I have led humanities, music and, for one confusing term, catering. I like questions more than answers.",
)  # fmt: skip

LOGINS = (
    DemoLogin("Mentoring coordinator", COORDINATOR.email, PASSWORD, "Runs the matching of the trust and decides."),
    DemoLogin("Programme owner", OWNER.email, PASSWORD, "Owns the trust’s programmes; names coordinators."),
    DemoLogin("Borough coordinator", BOROUGH_COORDINATOR.email, PASSWORD, "Another programme, closed to the trust’s."),
    DemoLogin("Reporter", REPORTER_EMAIL, PASSWORD, "Reads the borough’s reports: sums, and nobody’s name."),
    DemoLogin("Mentee", MENTEE.email, PASSWORD, "Has an offer to answer in the trust’s programme."),
    DemoLogin("Mentor", MENTOR.email, PASSWORD, "Offers two places; has an offer to answer."),
)

#: Everybody has Wednesday after school in common.
HOURS = ("Wed 15:30-17:00; Mon am", "Wed 15:30-17:00; Thu 15:30-17:30", "Tue pm; Wed 15:30-17:00")

GOALS = (
    "I want to get better at {one}. Our pupils would gain from lessons that build on each other from year to year.",
    "I would like to lead {one} with more confidence, so that colleagues come to me early and children notice.",
    "Two things: {one} and {two}. If both worked better, our setting would keep its good people for longer.",
    "My goal is {one}. Last year I tried alone and it fizzled out; with company the children would feel a difference.",
)


def load(*, today: date) -> None:
    for person in (COORDINATOR, OWNER, BOROUGH_COORDINATOR, MENTEE, MENTOR):
        _member(person)
    emerging = _programme("Leading from where you are", "leading-from-where-you-are", places.TRUST)
    headship = _programme("Towards headship", "towards-headship", places.TRUST)
    Programme.objects.filter(pk=headship.pk).update(mentees_choose=True, head_support_needed=True)
    headship.refresh_from_db()
    borough = _programme("Artists and teachers", BOROUGH_SLUG, places.BOROUGH)
    for programme in (emerging, headship):
        _grant(programme, COORDINATOR.email, GrantRole.COORDINATOR)
        _grant(programme, OWNER.email, GrantRole.OWNER)
    _grant(borough, BOROUGH_COORDINATOR.email, GrantRole.OWNER)
    account(REPORTER_EMAIL, "Marguerite Oyelaran")
    _grant(borough, REPORTER_EMAIL, GrantRole.REPORTER)
    _ready_for_matching(emerging, today)
    _taking_applications(headship, today)
    _already_running(borough, today)


def _member(person: Person) -> Profile:
    user = account(person.email, person.name)
    profile, new = Profile.objects.get_or_create(
        user=user,
        defaults={
            "display_name": person.name,
            "organisation": places.organisation(person.at),
            "job_title": person.job,
            "role_level": RoleLevel.objects.filter(slug=person.level).first(),
            "aspiration_level": RoleLevel.objects.filter(slug=person.aims).first(),
            "bio": person.bio,
        },
    )
    if new:
        for direction, slugs in ((Direction.SEEK, person.seeks), (Direction.OFFER, person.offers)):
            for strength, topic in enumerate(Interest.objects.filter(slug__in=slugs).order_by("slug"), start=1):
                ProfileInterest.objects.create(
                    profile=profile, interest=topic, direction=direction, strength=min(3, strength)
                )
    return profile


def _programme(title: str, slug: str, owner: str) -> Programme:
    programme, _ = Programme.objects.get_or_create(
        slug=slug,
        defaults={
            "title": title,
            "owner_org": Organisation.objects.get(name=owner),
            "contact_email": f"{slug}@example.org",
            "pathway_page": Page.objects.filter(slug=slug).first(),
            "privacy_page": Page.objects.filter(slug="privacy").first(),
        },
    )
    return programme


def _grant(programme: Programme, email: str, role: GrantRole) -> None:
    user = User.objects.get(email=email)
    CoordinatorGrant.objects.get_or_create(programme=programme, user=user, defaults={"role": role})
    user.groups.add(coordinators_group())


def _cohort(
    programme: Programme, name: str, state: CohortState, applications: tuple[date, date], start: date
) -> Cohort:
    """A cohort that is not there yet; the moments count in days from today."""
    return Cohort.objects.create(
        programme=programme,
        name=name,
        state=state,
        apply_from=applications[0],
        apply_to=applications[1],
        start=start,
        end=start + timedelta(days=300),
    )


def _enrol(cohort: Cohort, profile: Profile, role: EnrolmentRole, number: int, state: EnrolmentState) -> Enrolment:
    seeks = [i.interest.label.lower() for i in profile.profile_interests.all() if i.direction == Direction.SEEK]
    one, two = [*seeks, "leading a team", "keeping calm"][:2]
    return Enrolment.objects.create(
        cohort=cohort,
        profile=profile,
        as_role=role,
        state=state,
        capacity=1 if role == EnrolmentRole.MENTEE else (1, 2, 1, 3)[number % 4],
        goals=GOALS[number % len(GOALS)].format(one=one, two=two) if role == EnrolmentRole.MENTEE else "",
        consent_version=CONSENT_VERSION,
        consented_at=timezone.now() - timedelta(days=20 + number),
        submitted_at=timezone.now() - timedelta(days=20 + number),
        formats=Formats.EITHER,
        availability=HOURS[number % len(HOURS)],
        shown=role == EnrolmentRole.MENTOR,
    )


def _candidates(*, below: str = "") -> tuple[list[Profile], list[Profile]]:
    """Demo members who seek something, and those who offer something, apart from the log-ins above; by address."""
    ours = {person.email for person in (COORDINATOR, OWNER, BOROUGH_COORDINATOR, MENTEE, MENTOR)}
    everybody = (
        Profile.objects.filter(user__email__endswith="@example.org", user__is_active=True)
        .exclude(user__email__in=ours)
        .select_related("organisation", "role_level")
        .prefetch_related("profile_interests__interest")
        .order_by("user__email")
    )
    inside = [p for p in everybody if not below or below in (p.organisation.name, str(p.organisation.parent or ""))]
    seekers, helpers = [], []
    for profile in inside:
        directions = {interest.direction for interest in profile.profile_interests.all()}
        rank = profile.role_level.rank if profile.role_level else 0
        if Direction.OFFER in directions and (rank >= 30 or Direction.SEEK not in directions):
            helpers.append(profile)
        elif Direction.SEEK in directions:
            seekers.append(profile)
    return seekers, helpers


def _ready_for_matching(programme: Programme, today: date) -> None:
    """Applications are over and read; the coordinator can press the button."""
    if programme.cohorts.exists():
        return
    applications = (today - timedelta(days=40), today - timedelta(days=3))
    cohort = _cohort(programme, "This year", CohortState.MATCHING, applications, today + timedelta(days=21))
    seekers, helpers = _candidates()
    logins = Profile.objects.filter(user__email__in=[MENTEE.email, MENTOR.email]).in_bulk(field_name="user_id")
    for login in logins.values():
        side = seekers if email_of(login) == MENTEE.email else helpers
        side.insert(0, login)
    for number, profile in enumerate(seekers[:26]):
        state = EnrolmentState.SUBMITTED if number % 13 == 12 else EnrolmentState.ELIGIBLE
        _enrol(cohort, profile, EnrolmentRole.MENTEE, number, state)
    for number, profile in enumerate(helpers[:12]):  # fewer places than mentees: the workbench has something to say
        _enrol(cohort, profile, EnrolmentRole.MENTOR, number + 1, EnrolmentState.ELIGIBLE)
    coordinator = User.objects.get(email=COORDINATOR.email)
    offer_by_hand(cohort, mentee=MENTEE.email, mentor=MENTOR.email, actor=coordinator)


def _taking_applications(programme: Programme, today: date) -> None:
    """Open; the first applications wait to be read."""
    if programme.cohorts.exists():
        return
    applications = (today - timedelta(days=6), today + timedelta(days=24))
    cohort = _cohort(programme, "Next term", CohortState.OPEN, applications, today + timedelta(days=60))
    seekers, helpers = _candidates(below=places.TRUST)
    for number, profile in enumerate(seekers[-5:]):
        _enrol(cohort, profile, EnrolmentRole.MENTEE, number, EnrolmentState.SUBMITTED)
    for number, profile in enumerate(helpers[-3:]):
        _enrol(cohort, profile, EnrolmentRole.MENTOR, number, EnrolmentState.SUBMITTED)


def _already_running(programme: Programme, today: date) -> None:
    """Matched some weeks ago, by the real thing: a run, decisions, offers and their answers."""
    if programme.cohorts.exists():
        return
    applications = (today - timedelta(days=110), today - timedelta(days=80))
    cohort = _cohort(programme, "Last term’s intake", CohortState.MATCHING, applications, today - timedelta(days=60))
    seekers, helpers = _candidates()
    for number, profile in enumerate(seekers[-12:]):
        _enrol(cohort, profile, EnrolmentRole.MENTEE, number, EnrolmentState.ELIGIBLE)
    for number, profile in enumerate(helpers[-9:]):
        _enrol(cohort, profile, EnrolmentRole.MENTOR, number, EnrolmentState.ELIGIBLE)
    actor = User.objects.get(email=BOROUGH_COORDINATOR.email)
    try:
        start_run(cohort=cohort, actor=actor)
    except MentoringError:
        return  # nobody to match yet: the people of the demo are a part of their own
    execute_due()
    decide_on_all(list(Proposal.objects.filter(cohort=cohort).order_by("-score", "pk")), actor=actor)
    services.move_cohort(cohort=cohort, to=CohortState.RUNNING, actor=actor, version=1)
    # History: these mails went out at the time, nobody gets them now.
    Outbox.objects.filter(programme=programme).update(state=OutboxState.SENT, sent_at=timezone.now(), tries=1)
