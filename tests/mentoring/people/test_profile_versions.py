"""One step of a profile in two windows: the second save overwrites nothing that it does not show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.errors import Stale
from mentoring.models import AuditEvent, Interest, Profile
from mentoring.people import services
from mentoring.people.standing import version_of
from tests.mentoring import scenes
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile() -> Profile:
    topic = scenes.topic("coaching"), scenes.topic("timetabling")
    Interest.objects.create(label="Primary", slug="primary", group="phase")
    return scenes.person("Amara Obi", seek=tuple(row.slug for row in topic[:1]), bio="I teach Year 4.")


@pytest.fixture
def window(profile: Profile) -> Client:
    return client_of(profile.user)


def at(slug: str) -> str:
    return reverse("mentoring:profile_step", args=[slug])


def opened(window: Client, slug: str) -> str:
    """The version in the page."""
    found = re.search(r'name="version" value="(\w+)"', window.get(at(slug)).content.decode())
    assert found
    return found[1]


def form(profile: Profile, slug: str, **changes: Any) -> dict[str, Any]:
    whole: dict[str, dict[str, Any]] = {
        "who": {
            "display_name": profile.display_name,
            "organisation_text": profile.organisation.name,
            "job_title": "Teacher",
        },
        "role": {"role_level": profile.role_level_id, "line_manager_email": ""},
        "topics": {"seek:coaching": "2"},
        "you": {"bio": profile.bio},
    }
    return whole[slug] | changes


TWO_WINDOWS: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("who", {"job_title": "Head of Year"}, {"job_title": "Head of Maths"}, ["Head of Year", "Head of Maths"]),
    ("role", {"line_manager_email": "boss@example.org"}, {"line_manager_email": ""}, ["boss@example.org"]),
    ("topics", {"words_seek": "Timetabling (3)"}, {"seek:coaching": "0"}, ["Coaching (2), Timetabling (3)"]),
    ("you", {"bio": "I lead Year 4."}, {"bio": "I play chess."}, ["I lead Year 4.", "I play chess."]),
    ("you", {"adjustments": "A quiet room"}, {"bio": "I play chess."}, ["A quiet room", "I play chess."]),
]


@pytest.mark.parametrize(("slug", "first", "second", "shown"), TWO_WINDOWS)
def test_step__in_two_windows__the_second_is_told_and_nothing_is_lost(
    profile: Profile, window: Client, slug: str, first: dict[str, Any], second: dict[str, Any], shown: list[str]
) -> None:
    version = opened(window, slug)
    assert window.post(at(slug), form(profile, slug, version=version, **first)).status_code == 302
    before = version_of(Profile.objects.get(pk=profile.pk), services_parts(slug))
    answer = window.post(at(slug), form(profile, slug, version=version, **second))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "in another window" in page
    for words in shown:
        assert words in page
    assert version_of(Profile.objects.get(pk=profile.pk), services_parts(slug)) == before
    assert AuditEvent.objects.filter(action="mentoring.profile.changed").count() == 1


def services_parts(slug: str) -> list[str]:
    from mentoring.people.views import STEPS

    return list(next(step.form.parts for step in STEPS if step.slug == slug))


def test_step__told_once__saves_knowingly_with_the_next_try(profile: Profile, window: Client) -> None:
    version = opened(window, "you")
    window.post(at("you"), form(profile, "you", version=version, bio="I lead Year 4."))
    page = window.post(at("you"), form(profile, "you", version=version, bio="I play chess.")).content.decode()
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found
    assert window.post(at("you"), form(profile, "you", version=found[1], bio="I play chess.")).status_code == 302
    profile.refresh_from_db()
    assert profile.bio == "I play chess."


def test_step__sent_twice__is_saved_once(profile: Profile, window: Client) -> None:
    sent = form(profile, "you", version=opened(window, "you"), bio="I lead Year 4.")
    assert [window.post(at("you"), sent).status_code for _ in range(2)] == [302, 302]
    assert AuditEvent.objects.filter(action="mentoring.profile.changed").count() == 1


def test_step__another_step_saved_meanwhile__is_no_trouble(profile: Profile, window: Client) -> None:
    version = opened(window, "you")
    window.post(at("who"), form(profile, "who", version=opened(window, "who"), job_title="Head of Year"))
    assert window.post(at("you"), form(profile, "you", version=version, bio="New")).status_code == 302


def test_step__bad_input_on_an_old_page__is_still_old_when_mended(profile: Profile, window: Client) -> None:
    version = opened(window, "you")
    window.post(at("you"), form(profile, "you", version=version, bio="I lead Year 4."))
    refused = window.post(at("you"), form(profile, "you", version=version, bio="x" * 1201))
    assert refused.status_code == 422
    assert f'name="version" value="{version}"' in refused.content.decode()
    assert window.post(at("you"), form(profile, "you", version=version, bio="x")).status_code == 409


def test_first_step__profile_made_in_another_window__is_told(make_user: Any) -> None:
    school = scenes.school("Hillside Primary")
    window = client_of(make_user("new@example.org", name="New Person"))
    version = opened(window, "who")
    sent = {"display_name": "New Person", "organisation_text": school.name, "version": version}
    assert window.post(at("who"), {**sent, "job_title": "Teacher"}).status_code == 302
    answer = window.post(at("who"), {**sent, "job_title": "Head"})
    assert answer.status_code == 409
    assert Profile.objects.get().job_title == "Teacher"


def test_save__old_version__changes_nothing(profile: Profile) -> None:
    old = version_of(profile, ["bio"])
    services.save_profile(actor=profile.user, version=old, bio="First")
    with pytest.raises(Stale):
        services.save_profile(actor=profile.user, version=old, bio="Second")
    profile.refresh_from_db()
    assert profile.bio == "First"
    assert services.save_profile(actor=profile.user, version=old, bio="First").bio == "First"
