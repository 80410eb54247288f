"""Who walks: invented people, at schools of their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.models import Page

from mentoring.models import (
    CalendarException,
    Cohort,
    CoordinatorGrant,
    Enrolment,
    Organisation,
    Profile,
    Programme,
    Relationship,
    Stage,
    StageTask,
)
from mentoring.programmes.models import CohortState, GrantRole
from mentoring.proposals.models import PROPOSAL_HOLDS_PLACE, Proposal
from mentoring.relationships.models import RELATIONSHIP_LIVE
from tests.mentoring.scenes import person

#: Mentee → (school, what they ask for). What each is here to show stands in the chapters.
MENTEES = {
    "Amina Rahman": ("Alder School", "behaviour"),
    "Ben Carter": ("Beech School", "reading"),
    "Chidi Okafor": ("Cedar School", "timetabling"),
    "Dana Novak": ("Damson School", "curriculum"),
    "Elif Demir": ("Elder School", "assessment"),
    "Farid Haddad": ("Fir School", "transition"),
    "Grace Mensah": ("Gorse School", "governance"),
    "Hana Sato": ("Hazel School", "budgets"),
    "Ivo Petrov": ("Iris School", "attendance"),
    "Jonas Berg": ("Juniper School", "assemblies"),
}
#: Mentor → (school, what they offer, places). Zofia has room for those who come back.
MENTORS = {
    "Ruth Adeyemi": ("Rowan School", "behaviour", 1),
    "Samuel Owusu": ("Sorrel School", "timetabling", 1),
    "Tess Nguyen": ("Thyme School", "curriculum", 1),
    "Umar Farouk": ("Umber School", "assessment", 1),
    "Vera Lindqvist": ("Vetch School", "transition", 1),
    "Will Hughes": ("Willow School", "governance", 1),
    "Xenia Marks": ("Yarrow School", "budgets", 1),
    "Yusuf Aydin": ("Yew School", "attendance", 1),
    "Zofia Nowak": ("Zinnia School", "coaching", 3),
}
CONTACT = "mentoring@example.org"
#: When the schools of the trust are closed.
HOLIDAYS = (
    (dt.date(2027, 10, 25), dt.date(2027, 10, 29)),
    (dt.date(2027, 12, 20), dt.date(2027, 12, 31)),
    (dt.date(2028, 2, 14), dt.date(2028, 2, 18)),
    (dt.date(2028, 4, 3), dt.date(2028, 4, 14)),
    (dt.date(2028, 5, 1), dt.date(2028, 5, 1)),
)


def first_name(name: str) -> str:
    return name.split(maxsplit=1)[0]


def address(name: str) -> str:
    return f"{first_name(name).lower()}@example.org"


@dataclass
class Cast:
    """The programme and its people, by their names."""

    programme: Programme
    cohort: Cohort
    coordinator: Any
    profiles: dict[str, Profile]
    #: Address → how the walk calls whoever reads it.
    addresses: dict[str, str]

    def user(self, name: str) -> Any:
        return self.profiles[name].user

    def enrolment(self, name: str) -> Enrolment:
        return Enrolment.objects.select_related("profile__user").get(
            cohort=self.cohort, profile__display_name=self.profiles[name].display_name
        )

    def offer(self, mentee: str) -> Proposal:
        """The one pair of this mentee that is decided and not over."""
        return Proposal.objects.get(mentee=self.enrolment(mentee), state__in=PROPOSAL_HOLDS_PLACE)

    def pair(self, mentee: str) -> Relationship:
        return Relationship.objects.get(mentee=self.enrolment(mentee), state__in=RELATIONSHIP_LIVE)

    def mentor_of(self, mentee: str) -> str:
        return str(self.pair(mentee).mentor.profile.display_name)


def gather() -> Cast:
    """A programme with its trust, schools, stages, closed days and people. Nobody has applied."""
    trust = Organisation.objects.create(name="Harbour Learning Trust", kind="trust")
    CalendarException.objects.bulk_create(
        CalendarException(organisation=trust, date_from=first, date_to=last) for first, last in HOLIDAYS
    )
    programme = Programme.objects.create(
        title="Stepping up",
        slug="stepping-up-walk",
        owner_org=trust,
        contact_email=CONTACT,
        privacy_page=Page.objects.order_by("pk").first(),
        head_support_needed=True,
    )
    for position, (week, title, task) in enumerate(
        [(0, "Getting to know each other", "Tell each other how you came to teach"),
         (8, "A lesson seen together", "Agree on what to look at"),
         (16, "Looking back", "Write down three things that changed")], start=1
    ):  # fmt: skip
        stage = Stage.objects.create(programme=programme, position=position, title=title, opens_week=week)
        StageTask.objects.create(stage=stage, title=task)
    cohort = Cohort.objects.create(
        programme=programme,
        name="2027/28",
        state=CohortState.DRAFT,
        apply_from=dt.date(2027, 9, 6),
        apply_to=dt.date(2027, 10, 8),
        start=dt.date(2027, 11, 1),
        end=dt.date(2028, 3, 31),
        max_mentees=8,
    )
    coordinator = _user("Cora Whitfield")
    CoordinatorGrant.objects.create(programme=programme, user=coordinator, role=GrantRole.COORDINATOR)
    cast = Cast(programme, cohort, coordinator, {}, {address("Cora Whitfield"): "Cora Whitfield (coordinator)"})
    cast.addresses[CONTACT] = "the programme’s inbox"
    for name, (school, topic) in MENTEES.items():
        _join(cast, trust, name, school, "mentee", rank=20, seek=(topic,))
    for name, (school, topic, _) in MENTORS.items():
        _join(cast, trust, name, school, "mentor", rank=30, offer=(topic,))
    return cast


def _user(name: str) -> Any:
    return get_user_model().objects.create_user(address(name), name=name)


def head_of(school: str) -> str:
    return f"head.{school.split(maxsplit=1)[0].lower()}@example.org"


def _join(cast: Cast, trust: Organisation, name: str, school: str, role: str, **profile: Any) -> None:
    place = Organisation.objects.create(
        name=school, kind="school", parent=trust, head_name=f"the head of {school}", head_email=head_of(school)
    )
    cast.profiles[name] = person(name, at=place, who=_user(name), **profile)
    cast.addresses[address(name)] = f"{name} ({role})"
    cast.addresses[head_of(school)] = f"Head of {school}"
