"""Members' pages: what they show, what they refuse, what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import Enrolment, Proposal
from mentoring.programmes.consent import CONSENT_VERSION
from mentoring.programmes.models import CohortState, EnrolmentState
from mentoring.proposals.services import approve
from tests.mentoring import scenes
from tests.signing_in import prove_address, sign_in

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    prove_address(user)
    sign_in(client, user, second_factor=False)
    return client


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.programme_with_cohort(state=CohortState.OPEN)


FORM = {"goals": "To lead well.", "agreed": "on", "consent_version": CONSENT_VERSION}


def test_pages__nobody_signed_in__lead_to_the_log_in(scene: scenes.Scene) -> None:
    for name, args in (("home", []), ("apply", [scene.cohort.pk, "mentee"]), ("application", [1]), ("withdraw", [1])):
        answer = Client().get(reverse(f"mentoring:{name}", args=args))
        assert answer.status_code == 302
        assert "login" in answer.url


def test_apply__mentee__is_stored_and_shown(scene: scenes.Scene) -> None:
    who = scenes.person("Ann", seek=("behaviour",))
    client = client_of(who.user)
    address = reverse("mentoring:apply", args=[scene.cohort.pk, "mentee"])
    assert "Behaviour" in client.get(address).content.decode()
    assert client.post(address, FORM, follow=True).status_code == 200
    row = Enrolment.objects.get()
    assert (row.goals, row.consent_version, row.state) == ("To lead well.", CONSENT_VERSION, "submitted")
    page = client.get(reverse("mentoring:home")).content.decode()
    assert "The coordinator’s turn." in page
    assert client.get(address).url == reverse("mentoring:application", args=[row.pk])


@pytest.mark.parametrize(
    ("role", "change", "sentence"),
    [
        ("mentee", {"goals": "  "}, "Please write at least one sentence"),
        ("mentee", {"agreed": ""}, "Please tick this if you want to take part"),
        ("mentee", {"goals": "x" * 2001}, "below 2,000 characters; it has 2001"),
        ("mentee", {"consent_version": "old"}, "The wording changed"),
        ("mentor", {"capacity": "7"}, "number between 0 and 6"),
        ("mentor", {"capacity": "-1"}, "number between 0 and 6"),
        ("mentor", {"capacity": "many"}, "whole number between 0 and 6"),
    ],
)
def test_apply__bad_input__says_so_and_loses_nothing(
    scene: scenes.Scene, role: str, change: dict[str, str], sentence: str
) -> None:
    client = client_of(scenes.person("Ann").user)
    form = {**FORM, "capacity": "2", "goals": "Kept <as typed>", **change}
    answer = client.post(reverse("mentoring:apply", args=[scene.cohort.pk, role]), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    if "goals" not in change:
        assert "Kept &lt;as typed&gt;" in page
    assert not Enrolment.objects.exists()


def test_apply__without_a_profile__says_what_to_do(scene: scenes.Scene) -> None:
    client = client_of(scenes.user("Nobody Yet"))
    address = reverse("mentoring:apply", args=[scene.cohort.pk, "mentee"])
    assert "fill in your profile first" in client.get(address).content.decode()
    assert client.post(address, FORM).status_code == 422
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("address", ["apply/999/mentee/", "apply/{closed}/mentee/", "apply/{open}/owner/"])
def test_apply__cohort_or_role_that_is_not_open__is_404(scene: scenes.Scene, address: str) -> None:
    closed = scenes.programme_with_cohort(state=CohortState.DRAFT)
    client = client_of(scenes.person("Ann").user)
    path = address.format(closed=closed.cohort.pk, open=scene.cohort.pk)
    assert client.get(reverse("mentoring:home") + path).status_code == 404
    assert client.post(reverse("mentoring:home") + path, FORM).status_code == 404


def test_application__of_somebody_else__is_404_and_stays(scene: scenes.Scene) -> None:
    row = scenes.enrolled(scene, scenes.person("Ann"), "mentee")
    for user in (scenes.person("Ben").user, scene.coordinator):
        client = client_of(user)
        for name in ("application", "withdraw"):
            assert client.get(reverse(f"mentoring:{name}", args=[row.pk])).status_code == 404
            assert client.post(reverse(f"mentoring:{name}", args=[row.pk]), FORM).status_code == 404
    row.refresh_from_db()
    assert (row.state, row.version) == (EnrolmentState.ELIGIBLE, 1)


def test_application__from_two_windows__answers_409_and_keeps_what_was_typed(scene: scenes.Scene) -> None:
    row = scenes.enrolled(scene, scenes.person("Ann"), "mentee", goals="Old")
    client = client_of(row.profile.user)
    address = reverse("mentoring:application", args=[row.pk])
    assert client.post(address, {"goals": "First", "version": 1}).status_code == 302
    late = client.post(address, {"goals": "Second", "version": 1})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Second" in page
    assert "“First”" in page
    assert client.post(address, {"goals": "Second", "version": 2}).status_code == 302


def test_withdraw__get_changes_nothing__post_does(scene: scenes.Scene) -> None:
    row = scenes.enrolled(scene, scenes.person("Ann"), "mentee")
    client = client_of(row.profile.user)
    address = reverse("mentoring:withdraw", args=[row.pk])
    assert client.get(address).status_code == 200
    row.refresh_from_db()
    assert row.state == EnrolmentState.ELIGIBLE
    client.post(address)
    row.refresh_from_db()
    assert row.state == EnrolmentState.WITHDRAWN


def test_home__undecided_pair__shows_nobody(scene: scenes.Scene) -> None:
    proposed = scenes.with_proposals(1)
    page = client_of(proposed.mentees[0].profile.user).get(reverse("mentoring:home")).content.decode()
    assert proposed.mentors[0].profile.display_name not in page


def test_home__costs_the_same__with_one_application_or_many(assert_queries_flat: Any) -> None:
    who = scenes.person("Ann", offer=("behaviour",))
    client = client_of(who.user)

    def grow(n: int) -> None:
        while Enrolment.objects.filter(profile=who).count() < n:
            scene = scenes.ready_to_match(1, 0)
            scenes.enrolled(scene, who, "mentor")
            approve(proposal=scenes.proposed(scene), actor=scene.coordinator, version=1)

    assert_queries_flat(reverse("mentoring:home"), grow, client=client)
    assert Proposal.objects.filter(state="approved").count() == 30
