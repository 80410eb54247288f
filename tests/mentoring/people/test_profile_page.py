"""A member's own profile page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import User
from mentoring.people.models import Interest, InterestGroup, Organisation, OrganisationKind, Profile, RoleLevel
from mentoring.trust.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(make_user: Callable[..., User], client: Client) -> User:
    Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, postcode="E1 4NS")
    Interest.objects.create(label="Coaching", group=InterestGroup.LEADERSHIP)
    Interest.objects.create(label="Maths and numeracy", group=InterestGroup.SUBJECT, synonyms=["Maths"])
    Interest.objects.create(label="Primary", slug="primary", group=InterestGroup.PHASE)
    RoleLevel.objects.create(label="Teacher", family="teaching", rank=20)
    user = make_user("member@example.org", name="Amara Obi")
    client.force_login(user)
    return user


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "display_name": "Amara Obi",
        "organisation_text": "hillside primary",
        "job_title": "Class teacher",
        "role_level": RoleLevel.objects.get().pk,
        "phases": [Interest.objects.get(slug="primary").pk],
        "seek": "Coaching (3)\nmaths",
        "offer": "",
        "bio": "I teach Year 4.",
    } | changes


def test_profile__first_visit__offers_the_name_of_the_account(member: User, client: Client) -> None:
    page = client.get(reverse("mentoring:profile"))
    assert page.status_code == 200
    assert "Amara Obi" in page.content.decode()
    assert not Profile.objects.exists()


def test_profile__saved__is_theirs_and_marked_as_written_by_them(member: User, client: Client) -> None:
    assert client.post(reverse("mentoring:profile"), typed()).status_code == 302
    profile = Profile.objects.get(user=member)
    assert str(profile.organisation) == "Hillside Primary"
    assert {(i.interest.label, i.strength) for i in profile.profile_interests.all()} == {
        ("Coaching", 3),
        ("Maths and numeracy", 2),
    }
    assert profile.edited_by_member_at is not None
    assert [event.action for event in AuditEvent.objects.all()] == ["mentoring.profile.created"]
    client.post(reverse("mentoring:profile"), typed())
    assert AuditEvent.objects.count() == 1


def test_profile__opened_again_and_saved_unchanged__stays_the_same(member: User, client: Client) -> None:
    client.post(reverse("mentoring:profile"), typed())
    before = list(Profile.objects.get().profile_interests.values_list("interest", "direction", "strength"))
    form = client.get(reverse("mentoring:profile")).context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value()}
    assert client.post(reverse("mentoring:profile"), shown).status_code == 302
    assert list(Profile.objects.get().profile_interests.values_list("interest", "direction", "strength")) == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"display_name": ""}, "Write your name"),
        ({"organisation_text": "Atlantis"}, "We do not know this place"),
        ({"seek": "Coching"}, "Did you mean “Coaching”?"),
        ({"seek": "Zorbing"}, "is not a topic we know"),
        ({"seek": "Coaching (7)"}, "is 1, 2 or 3, not 7"),
        ({"bio": "x" * 1201}, "1200"),
        ({"role_level": "999999"}, "999999"),
        ({"phases": ["abc"]}, "abc"),
    ],
)
def test_profile__bad_input__is_explained_and_nothing_typed_is_lost(
    member: User, client: Client, changes: dict[str, Any], sentence: str
) -> None:
    page = client.post(reverse("mentoring:profile"), typed(**changes))
    assert page.status_code == 422
    text = page.content.decode()
    assert sentence in text
    assert "I teach Year 4." in text or "bio" in changes
    assert not Profile.objects.exists()


def test_profile__two_schools_of_one_name__are_offered(member: User, client: Client) -> None:
    twin = Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, postcode="SE1 9XX")
    page = client.post(reverse("mentoring:profile"), typed())
    assert "Hillside Primary, SE1 9XX" in page.content.decode()
    client.post(reverse("mentoring:profile"), typed(organisation=twin.pk))
    assert Profile.objects.get().organisation == twin


def test_profile__closed_or_foreign_id__is_not_taken(member: User, client: Client) -> None:
    closed = Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, active=False)
    Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, postcode="SE1 9XX")
    assert client.post(reverse("mentoring:profile"), typed(organisation=closed.pk)).status_code == 422
    assert not Profile.objects.exists()


def test_profile__script_in_the_text__is_shown_as_text(member: User, client: Client) -> None:
    client.post(reverse("mentoring:profile"), typed(bio="<script>alert(1)</script>", display_name="<b>x"))
    page = client.get(reverse("mentoring:profile")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;b&gt;x" in page


def test_profile__nobody_signed_in__goes_to_sign_in(client: Client, db: None) -> None:
    assert client.get(reverse("mentoring:profile")).status_code == 302


def test_profile__name_on_two_lines__is_refused_beside_the_field(member: User, client: Client) -> None:
    page = client.post(reverse("mentoring:profile"), typed(display_name="Amara\nBcc: all@example.org"))
    assert page.status_code == 422
    assert "Please write this on one line." in page.content.decode()
    assert not Profile.objects.exists()
