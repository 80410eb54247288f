"""People in the Wagtail admin: who sees what, and importing as a coordinator does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import User
from mentoring.people.import_models import ImportJob, ImportState
from mentoring.people.models import Interest, InterestGroup, Organisation, OrganisationKind, Profile, RoleLevel
from mentoring.programmes.grants import coordinators_group
from mentoring.programmes.models import Cohort, CoordinatorGrant, Enrolment, Programme
from tests.signing_in import sign_in

from .files import gias_file, people_file, person, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Organisation:
    RoleLevel.objects.create(label="Teacher", family="teaching", rank=20, aliases=["Class teacher"])
    Interest.objects.create(label="Coaching", group=InterestGroup.LEADERSHIP)
    return Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL)


@pytest.fixture
def admin(make_user: Callable[..., User]) -> Client:
    client = Client()
    sign_in(client, make_user("admin@example.org", is_superuser=True))
    return client


def coordinator_of(user: User, title: str = "Leaders") -> Cohort:
    trust = Organisation.objects.create(name=f"Trust of {title}", kind=OrganisationKind.TRUST)
    programme = Programme.objects.create(
        title=title, slug=title.lower(), owner_org=trust, contact_email="l@example.org"
    )
    CoordinatorGrant.objects.create(programme=programme, user=user)
    user.groups.add(coordinators_group())
    today = timezone.localdate()
    return Cohort.objects.create(
        programme=programme, name="Autumn", state="open", apply_from=today, apply_to=today + dt.timedelta(30),
        start=today + dt.timedelta(40), end=today + dt.timedelta(200),
    )  # fmt: skip


@pytest.fixture
def coordinator(make_user: Callable[..., User]) -> User:
    return make_user("coordinator@example.org")


@pytest.fixture
def as_coordinator(coordinator: User) -> Client:
    client = Client()
    sign_in(client, coordinator)
    return client


def member(make_user: Callable[..., User], school: Organisation, email: str, cohort: Cohort | None = None) -> Profile:
    profile = Profile.objects.create(
        user=make_user(email), display_name=email, organisation=school, job_title="Teacher"
    )
    if cohort:
        Enrolment.objects.create(
            cohort=cohort, profile=profile, as_role="mentee", consent_version="1", consented_at=timezone.now()
        )
    return profile


@pytest.mark.parametrize("name", ["organisation", "level", "topic", "person", "import"])
def test_lists__site_administrator__sees_them(admin: Client, school: Organisation, name: str) -> None:
    assert admin.get(reverse(f"mentoring_{name}:index")).status_code == 200


@pytest.mark.parametrize("name", ["organisation", "level", "topic"])
def test_words__coordinator_without_the_permission__gets_404(
    as_coordinator: Client, coordinator: User, school: Organisation, name: str
) -> None:
    coordinator_of(coordinator)
    assert as_coordinator.get(reverse(f"mentoring_{name}:index")).status_code == 404


def test_words__group_with_the_permission__may_edit(
    as_coordinator: Client, coordinator: User, school: Organisation
) -> None:
    coordinator_of(coordinator)
    coordinator.user_permissions.add(*Permission.objects.filter(codename__in=["change_interest", "add_interest"]))
    topic = Interest.objects.get()
    address = reverse("mentoring_topic:edit", args=[topic.pk])
    typed = {
        "label": "Coaching",
        "group": "leadership",
        "parent": "",
        "synonyms": "Coaching skills\n\n coaching SKILLS \n",
        "active": "on",
    }
    assert as_coordinator.post(address, typed).status_code == 302
    topic.refresh_from_db()
    assert topic.synonyms == ["Coaching skills"]


def test_topic__word_of_another_topic_or_circle__is_refused_beside_the_field(
    admin: Client, school: Organisation
) -> None:
    topic = Interest.objects.get()
    below = Interest.objects.create(label="Peer coaching", group=InterestGroup.LEADERSHIP, parent=topic)
    typed = {
        "label": "Coaching",
        "group": "leadership",
        "parent": below.pk,
        "synonyms": "peer COACHING",
        "active": "on",
    }
    page = admin.post(reverse("mentoring_topic:edit", args=[topic.pk]), typed)
    text = page.content.decode()
    assert page.status_code == 200
    assert "already means “Peer coaching”" in text
    assert "cannot lie below itself" in text


def test_topic__in_use__is_not_deleted(admin: Client, school: Organisation, make_user: Callable[..., User]) -> None:
    topic = Interest.objects.get()
    member(make_user, school, "m@example.org").profile_interests.create(interest=topic, direction="seek")
    admin.post(reverse("mentoring_topic:delete", args=[topic.pk]))
    assert Interest.objects.filter(pk=topic.pk).exists()


def test_people__coordinator__sees_their_own_programmes_only(
    as_coordinator: Client, coordinator: User, school: Organisation, make_user: Callable[..., User]
) -> None:
    mine, theirs = coordinator_of(coordinator), coordinator_of(make_user("other@example.org"), "Others")
    seen = member(make_user, school, "seen@example.org", mine)
    hidden = member(make_user, school, "hidden@example.org", theirs)
    page = as_coordinator.get(reverse("mentoring_person:index")).content.decode()
    assert "seen@example.org" in page
    assert "hidden@example.org" not in page
    assert as_coordinator.get(reverse("mentoring_person:inspect", args=[seen.pk])).status_code == 200
    assert as_coordinator.get(reverse("mentoring_person:inspect", args=[hidden.pk])).status_code == 404
    export = as_coordinator.get(reverse("mentoring_person:index") + "?export=csv")
    text = b"".join(export.streaming_content).decode() if export.streaming else export.content.decode()
    assert "hidden@example.org" not in text


def test_organisations__export__runs_no_formula(admin: Client, school: Organisation) -> None:
    Organisation.objects.create(name="=HYPERLINK(1)", kind=OrganisationKind.SCHOOL)
    export = admin.get(reverse("mentoring_organisation:index") + "?export=csv")
    text = b"".join(export.streaming_content).decode() if export.streaming else export.content.decode()
    assert "'=HYPERLINK" in text


def test_import__as_a_coordinator_does_it__from_upload_to_people(
    as_coordinator: Client, coordinator: User, school: Organisation
) -> None:
    coordinator_of(coordinator)
    file = people_file(person(Interests="Coching"), person("Bo", "not an address"), person("=Cy", "cy@example.org"))
    page = as_coordinator.post(reverse("mentoring_import:upload"), {"kind": "people", "file": file})
    job = ImportJob.objects.get()
    address = reverse("mentoring_import:job", args=[job.pk])
    assert page.url == address
    page = as_coordinator.get(address)
    assert "Which column of the file holds what?" in page.content.decode()
    shown = {name: field.initial for name, field in page.context["form"].fields.items()}
    assert shown["email"] == "Work e-mail"
    assert as_coordinator.post(address, {"do": "columns", **shown}).status_code == 302
    page = as_coordinator.get(address).content.decode()
    assert "Words we do not know" in page
    assert "is not an e-mail address" in page
    topic = Interest.objects.get(label="Coaching")
    as_coordinator.post(address, {"do": "answers", "choice-0": f"use:{topic.pk}"})
    page = as_coordinator.get(address).content.decode()
    assert "Apply 2 rows" in page
    errors = as_coordinator.get(reverse("mentoring_import:errors", args=[job.pk])).content.decode("utf-8-sig")
    assert errors.splitlines()[1].startswith("Bo,not an address,Hillside Primary")
    assert "3,“not an address” is not an e-mail address." in errors
    as_coordinator.post(address, {"do": "apply"})
    job.refresh_from_db()
    assert job.state == ImportState.APPLIED
    assert sorted(Profile.objects.values_list("display_name", flat=True)) == ["=Cy", "Amara Obi"]
    assert as_coordinator.get(address).status_code == 200


def test_import__bad_file__is_said_beside_the_field_and_nothing_lost(as_coordinator: Client, coordinator: User) -> None:
    cohort = coordinator_of(coordinator)
    typed = {"kind": "people", "file": upload(b"%PDF-1.7"), "cohort": cohort.pk, "update_existing": "on"}
    page = as_coordinator.post(reverse("mentoring_import:upload"), typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert "This is a PDF" in text
    assert f'value="{cohort.pk}" selected' in text
    assert not ImportJob.objects.exists()


def test_import__of_somebody_else__is_404(
    as_coordinator: Client, coordinator: User, admin: Client, school: Organisation
) -> None:
    coordinator_of(coordinator)
    admin.post(reverse("mentoring_import:upload"), {"kind": "people", "file": people_file(person())})
    job = ImportJob.objects.get()
    for name in ("job", "errors"):
        assert as_coordinator.get(reverse(f"mentoring_import:{name}", args=[job.pk])).status_code == 404
    assert as_coordinator.post(reverse("mentoring_import:job", args=[job.pk]), {"do": "discard"}).status_code == 404
    job.refresh_from_db()
    assert job.state == ImportState.UPLOADED


def test_import__schools_by_a_coordinator__are_refused(as_coordinator: Client, coordinator: User) -> None:
    coordinator_of(coordinator)
    file = gias_file({"URN": "100001", "EstablishmentName": "A"})
    page = as_coordinator.post(reverse("mentoring_import:upload"), {"kind": "schools", "file": file})
    assert page.status_code == 422
    assert not ImportJob.objects.exists()


def test_import__schools_by_a_site_administrator__go_straight_to_the_preview(admin: Client) -> None:
    file = gias_file({"URN": "100001", "EstablishmentName": "A school"})
    page = admin.post(reverse("mentoring_import:upload"), {"kind": "schools", "file": file}, follow=True)
    assert "Apply 1 row" in page.content.decode()


def test_import__signed_in_member_without_a_role__never_gets_in(client: Client, make_user: Callable[..., User]) -> None:
    sign_in(client, make_user())
    for name in ("index", "upload"):
        assert client.get(reverse(f"mentoring_import:{name}")).status_code in (302, 403, 404)


@pytest.mark.parametrize("name", ["organisation", "topic", "person"])
def test_lists__three_or_thirty_rows__cost_the_same(
    admin: Client,
    school: Organisation,
    make_user: Callable[..., User],
    name: str,
) -> None:
    def grow(start: int, end: int) -> None:
        for n in range(start, end):
            parent = Organisation.objects.create(name=f"Trust {n}", kind=OrganisationKind.TRUST)
            org = Organisation.objects.create(name=f"School {n}", kind=OrganisationKind.SCHOOL, parent=parent)
            Interest.objects.create(label=f"Topic {n}", group="subject", parent=Interest.objects.order_by("pk")[0])
            member(make_user, org, f"m{n}@example.org")

    address = reverse(f"mentoring_{name}:index")
    counts = []
    for start, end in ((0, 3), (3, 20)):
        grow(start, end)
        admin.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            admin.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
