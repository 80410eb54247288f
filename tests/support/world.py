"""Two programmes of two trusts, a page of each type, and one person for each role that the matrix knows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import GroupPagePermission, Page, Site

from core.models import SiteSettings, User
from mentoring.models import (
    CalendarException,
    CalendarFeed,
    Check,
    Cohort,
    Concern,
    CoordinatorGrant,
    Enrolment,
    Exclusion,
    HostOffer,
    ImportJob,
    Interest,
    MatchRun,
    Meeting,
    Note,
    Organisation,
    Outbox,
    Placement,
    PlacementApproval,
    PlacementDay,
    Profile,
    Programme,
    Proposal,
    Relationship,
    RoleLevel,
    SignedLink,
    Wording,
)
from mentoring.programmes.grants import coordinators_group
from mentoring.relationships.checks import token_for
from mentoring.relationships.feeds import hash_of
from tests.signing_in import PASSWORD, prove_address, sign_in
from tests.support.addresses import page_types

ROLES = (
    "anonymous", "unverified", "member", "mentee", "mentor", "coordinator", "other coordinator", "owner", "editor",
    "moderator", "admin", "deactivated", "school coordinator", "concern handler", "reporter", "host", "head by link",
)  # fmt: skip
#: Role of the matrix → role and reach of its grant in programme A. "school coordinator": for one school's people only.
GRANTED = {
    "owner": ("owner", None),
    "school coordinator": ("coordinator", "school_a"),
    "concern handler": ("concerns", None),
    "reporter": ("reporter", None),
}
STAFF = frozenset({"coordinator", "other coordinator", "editor", "moderator", "admin", *GRANTED})
#: Who has no account.
NOBODYS = frozenset({"anonymous", "head by link"})
# What a type's own rules ask for beyond its required fields.
EXTRA: dict[str, dict[str, Any]] = {"networks.ResourcePage": {"external_url": "https://example.org/plan"}}
NOON = datetime(2027, 3, 1, 12, tzinfo=ZoneInfo("Europe/London"))


@dataclass
class World:
    people: dict[str, User] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A browser of that role's person, signed in as far as the role can be."""
        client = Client(raise_request_exception=False)
        if role == "head by link":
            assert client.get(reverse("mentoring:link_placement", args=["placement-of-a"])).status_code == 200
        elif role == "unverified":
            client.post("/account/login/", {"login": self.people[role].email, "password": PASSWORD})
        elif role != "anonymous":
            sign_in(client, self.people[role], second_factor=role in STAFF)
        if role == "deactivated":
            self.people[role].is_active = False
            self.people[role].save()
        return client


def build() -> World:
    world = World()
    for role in ROLES:
        if role in NOBODYS:
            continue
        email = f"{role.replace(' ', '-')}@example.org"
        person = User.objects.create_user(email, PASSWORD, name=f"A {role}", is_superuser=role == "admin")
        if role != "unverified":
            prove_address(person)
        world.people[role] = person
    _mentoring(world)
    _staff(world)
    _pages(world)
    return world


def _mentoring(world: World) -> None:
    """In each of two trusts: a programme, a cohort, a mentee and a mentor, a run with one proposal."""
    for letter, mentee, mentor, coordinator in (
        ("a", "mentee", "mentor", "coordinator"),
        ("b", "other mentee", "other mentor", "other coordinator"),
    ):
        trust = Organisation.objects.create(name=f"Trust {letter.upper()}", kind="trust")
        school = Organisation.objects.create(name=f"School {letter.upper()}", kind="school", parent=trust)
        programme = Programme.objects.create(
            title=f"Leading well {letter.upper()}",
            slug=f"leading-{letter}",
            owner_org=trust,
            contact_email="team@example.org",
            mentees_choose=True,
        )
        grant = CoordinatorGrant.objects.create(programme=programme, user=world.people[coordinator])
        today = timezone.localdate()
        open_cohort = Cohort.objects.create(
            programme=programme,
            name="Open",
            state="open",
            apply_from=today,
            apply_to=today + timedelta(days=30),
            start=today + timedelta(days=40),
            end=today + timedelta(days=200),
        )
        message = Outbox.objects.create(
            key=f"welcome-{letter}",
            message_id=f"<welcome-{letter}@example.org>",
            template="welcome",
            recipient="somebody@example.org",
            subject="Welcome",
            text="Welcome.",
            due_at=timezone.now(),
            programme=programme,
        )
        cohort = Cohort.objects.create(
            programme=programme,
            name="Spring",
            state="matching",
            apply_from=date(2027, 1, 1),
            apply_to=date(2027, 2, 1),
            start=date(2027, 3, 1),
            end=date(2027, 12, 1),
        )
        enrolments = {}
        for role, name in (("mentee", mentee), ("mentor", mentor)):
            person = world.people.get(name) or User.objects.create_user(
                f"{name.replace(' ', '-')}@example.org", PASSWORD, name=f"An{name}"
            )
            profile = Profile.objects.create(
                user=person,
                display_name=person.name,
                organisation=school if role == "mentee" else trust,
                job_title="Teacher",
            )
            enrolments[role] = Enrolment.objects.create(
                cohort=cohort,
                profile=profile,
                as_role=role,
                state="eligible",
                consent_version="1",
                consented_at=timezone.now(),
            )
            world.objects[f"{role}_{letter}"] = enrolments[role]
        SignedLink.objects.create(
            purpose="head_support",
            object_id=enrolments["mentee"].pk,
            email="head@example.org",
            token_hash=hashlib.sha256(f"head-of-{letter}".encode()).hexdigest(),
            expires_at=timezone.now() + timedelta(days=14),
        )
        run = MatchRun.objects.create(cohort=cohort, state="complete")
        proposal = Proposal.objects.create(
            run=run, cohort=cohort, mentee=enrolments["mentee"], mentor=enrolments["mentor"], score=70, evidence=1
        )
        world.objects |= {
            f"organisation_{letter}": trust,
            f"school_{letter}": school,
            f"exclusion_{letter}": Exclusion.objects.create(
                programme=programme,
                person=enrolments["mentee"].profile,
                other_person=enrolments["mentor"].profile,
                kind="other",
            ),
            f"days_{letter}": CalendarException.objects.create(
                organisation=school, date_from=date(2027, 2, 15), date_to=date(2027, 2, 19)
            ),
            f"programme_{letter}": programme,
            f"cohort_{letter}": cohort,
            f"run_{letter}": run,
            f"proposal_{letter}": proposal,
            f"offer_{letter}": _offer(programme, enrolments["mentee"].profile, enrolments["mentor"].profile),
            f"grant_{letter}": grant,
            f"open_{letter}": open_cohort,
            f"message_{letter}": message,
            f"person_{letter}": enrolments["mentee"].profile,
            f"import_{letter}": ImportJob.objects.create(
                kind="people", file_name="people.csv", state="previewed", created_by=world.people[coordinator]
            ),
        }
        _pair(world, letter, cohort, enrolments)
        _visit(world, letter, programme, enrolments)
    for name, (role, reach) in GRANTED.items():
        CoordinatorGrant.objects.create(
            programme=world.objects["programme_a"],
            user=world.people[name],
            role=role,
            organisation=world.objects[reach] if reach else None,
        )
    world.objects["concern_a"] = Concern.objects.create(
        raised_by=world.people["member"],
        organisation=world.objects["organisation_a"],
        programme=world.objects["programme_a"],
        category="other",
        text="Something worries me.",
        nonce="world",
    )
    world.objects["words"] = Wording.objects.create(
        name="match_ended", subject="It ended", text="Dear {{ name }}, {{ link }}", live=False
    )
    world.objects["user"] = world.people["member"]
    world.objects["topic"] = Interest.objects.create(slug="kites", label="Kites", group="subject")
    world.objects["level"] = RoleLevel.objects.create(label="Kite maker", family="arts", rank=20)


def _pair(world: World, letter: str, cohort: Cohort, enrolments: dict[str, Enrolment]) -> None:
    """The same two as a pair under way, with a meeting behind them, a note, an open question and a calendar address."""
    agreed = Proposal.objects.create(
        cohort=cohort,
        source="manual",
        mentee=enrolments["mentee"],
        mentor=enrolments["mentor"],
        score=70,
        evidence=1,
        state="published",
        mentee_answer="yes",
        mentor_answer="yes",
    )
    now = timezone.now()
    pair = Relationship.objects.create(
        proposal=agreed,
        cohort=cohort,
        mentee=agreed.mentee,
        mentor=agreed.mentor,
        state="active",
        began_on=timezone.localdate() - timedelta(days=30),
        expected_end=timezone.localdate() + timedelta(days=100),
        turn="mentee",
        turn_since=now,
        mentee_after="asked",
    )
    meeting = Meeting.objects.create(
        relationship=pair, state="booked", proposed_by="mentee", start=now - timedelta(days=2), changed_at=now
    )
    note = Note.objects.create(relationship=pair, author="mentee", shared=True, text="Tea helps.", written_at=now)
    check = Check.objects.create(relationship=pair, asked_at=now, due=timezone.localdate() + timedelta(days=14))
    CalendarFeed.objects.create(profile=agreed.mentee.profile, token_hash=hash_of(f"feed-of-{letter}"))
    world.objects |= {
        f"pair_{letter}": pair,
        f"relationship_{letter}": pair,
        f"meeting_{letter}": meeting,
        f"note_{letter}": note,
        f"check_{letter}": cast(models.Model, SimpleNamespace(pk=token_for(check, "mentee"))),
    }


def _offer(programme: Programme, mentee: Profile, mentor: Profile) -> Proposal:
    """An open offer to the same two, in a cohort of their own."""
    today = timezone.localdate()
    cohort = Cohort.objects.create(
        programme=programme,
        name="Summer",
        state="running",
        apply_from=today - timedelta(days=60),
        apply_to=today - timedelta(days=30),
        start=today,
        end=today + timedelta(days=200),
    )
    sides = {
        role: Enrolment.objects.create(
            cohort=cohort,
            profile=profile,
            as_role=role,
            state="eligible",
            consent_version="1",
            consented_at=timezone.now(),
        )
        for role, profile in (("mentee", mentee), ("mentor", mentor))
    }
    return Proposal.objects.create(
        cohort=cohort,
        source="manual",
        state="offered",
        score=70,
        evidence=1,
        offered_at=timezone.now(),
        answer_by=today + timedelta(days=10),
        clock_on=today + timedelta(days=11),
        **sides,
    )


def _visit(world: World, letter: str, programme: Programme, enrolments: dict[str, Enrolment]) -> None:
    """Two doors, one of them in the first trust somebody else's; the mentee has asked there. Heads hold a link each."""
    mentor = hosting = enrolments["mentor"].profile
    if letter == "a":
        person = world.people["host"]
        hosting = Profile.objects.create(user=person, display_name=person.name, organisation=mentor.organisation)
        Enrolment.objects.create(
            cohort=enrolments["mentor"].cohort, profile=hosting, as_role="mentor", state="eligible",
            consent_version="1", consented_at=timezone.now(),
        )  # fmt: skip
    for name, host in (("visit_offer", hosting), ("other_visit_offer", mentor)):
        world.objects[f"{name}_{letter}"] = HostOffer.objects.create(
            programme=programme, host=host, organisation=host.organisation, title="A day", summary="Walks.",
            state="open", head_agreed_at=timezone.now(), head_email="host-head@example.org",
            kind="exchange" if name == "visit_offer" else "day",
        )  # fmt: skip
    visitor = enrolments["mentee"].profile
    HostOffer.objects.create(
        programme=programme, host=visitor, organisation=visitor.organisation, title="And back", summary="Walks.",
        state="open", head_agreed_at=timezone.now(), head_email="home-head@example.org", kind="exchange",
    )  # fmt: skip
    day = timezone.localdate() + timedelta(days=30)
    placement = Placement.objects.create(
        enrolment=enrolments["mentee"], offer=world.objects[f"visit_offer_{letter}"], questions=["How?"],
        rules_version="1", answer_by=day - timedelta(days=10),
    )  # fmt: skip
    PlacementDay.objects.create(placement=placement, date=day)
    approval = PlacementApproval.objects.create(placement=placement, party="host_head", email="host-head@example.org")
    world.objects[f"placement_{letter}"] = placement
    for purpose, pk in (("host_offer", placement.offer_id), ("placement", approval.pk)):
        SignedLink.objects.create(
            purpose=purpose, object_id=pk, email="host-head@example.org",
            token_hash=hashlib.sha256(f"{purpose}-of-{letter}".encode()).hexdigest(),
            expires_at=timezone.now() + timedelta(days=14),
        )  # fmt: skip


def _staff(world: World) -> None:
    for role in ("coordinator", "other coordinator", *GRANTED):
        world.people[role].groups.add(coordinators_group())
    for role, name in (("editor", "Editors"), ("moderator", "Moderators")):
        world.people[role].groups.add(Group.objects.get(name=name))


def _pages(world: World) -> None:
    """One published page of each type, in a tree that the types' own rules allow."""
    root = Page.objects.get(depth=1)
    waiting = list(page_types())
    made: dict[str, Page] = {}
    while waiting:
        before = len(waiting)
        for model in list(waiting):
            allowed = [m._meta.label for m in model.allowed_parent_page_models()]
            parent = root if Page._meta.label in allowed and model.max_count == 1 else None
            parent = parent or next((made[label] for label in allowed if label in made), None)
            if parent is None:
                continue
            page = model(title=f"A {model._meta.verbose_name}", slug=model._meta.model_name, **_required(model, world))
            parent.refresh_from_db()
            parent.add_child(instance=page)
            made[model._meta.label] = page
            waiting.remove(model)
        assert len(waiting) < before, f"no parent for {[model._meta.label for model in waiting]}"
    world.pages = made
    world.objects |= {page._meta.object_name: page for page in made.values()}
    home = next(page for page in made.values() if page.depth == 2)
    Site.objects.filter(is_default_site=True).update(root_page=home, hostname="testserver", port=80)
    Site.clear_site_root_paths_cache()
    SiteSettings.for_site(Site.objects.get(is_default_site=True))  # else Wagtail's own screen for them makes the row
    world.objects["home"] = home
    Programme.objects.filter(slug="leading-a").update(pathway_page=made["networks.PathwayPage"])
    plan = get_document_model().objects.create(title="Plan", file=ContentFile(b"%PDF-1.7", name="plan.pdf"))
    plan.get_file_hash()  # else whoever opens it first makes Wagtail work it out and save it
    plan.get_file_size()
    world.objects["document"] = plan
    for permission in Permission.objects.filter(
        codename__in=["add_page", "change_page"], content_type__app_label="wagtailcore"
    ):
        GroupPagePermission.objects.get_or_create(
            group=Group.objects.get(name="Editors"), page=root, permission=permission
        )


def _required(model: type[Page], world: World) -> dict[str, Any]:
    """Values for the fields that a type of page insists on and Page does not have."""
    inherited = {f.name for f in Page._meta.get_fields()}
    values: dict[str, Any] = {}
    for f in model._meta.get_fields():
        if not isinstance(f, models.Field) or f.name in inherited or f.auto_created or f.null or f.has_default():
            continue
        if isinstance(f, models.DateTimeField):
            values[f.name] = NOON + timedelta(hours=1 if "end" in f.name else 0)
        elif isinstance(f, models.DateField):
            values[f.name] = NOON.date()
        elif isinstance(f, models.EmailField):
            values[f.name] = "team@example.org"
        elif isinstance(f, models.ForeignKey) and f.related_model is Organisation:
            values[f.name] = world.objects["organisation_a"]
        elif isinstance(f, models.CharField | models.TextField) and not f.blank:
            values[f.name] = f.choices[0][0] if f.choices else "Words"
    return values | EXTRA.get(model._meta.label, {})
