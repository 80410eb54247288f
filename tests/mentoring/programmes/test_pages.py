"""Members' pages: what they show, what they refuse, what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import Enrolment, Proposal
from mentoring.programmes.models import CohortState, EnrolmentState
from mentoring.proposals.services import approve
from tests.mentoring import scenes
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.programme_with_cohort(state=CohortState.OPEN)


def test_pages__nobody_signed_in__lead_to_the_log_in(scene: scenes.Scene) -> None:
    for name, args in (("home", []), ("apply", [scene.cohort.pk, "mentee"]), ("application", [1]), ("withdraw", [1])):
        answer = Client().get(reverse(f"mentoring:{name}", args=args))
        assert answer.status_code == 302
        assert "login" in answer.url


def test_apply__without_a_profile__says_what_to_do(scene: scenes.Scene) -> None:
    client = client_of(scenes.user("Nobody Yet"))
    address = reverse("mentoring:apply", args=[scene.cohort.pk, "mentee"])
    assert "fill in your profile first" in client.get(address).content.decode()
    assert client.post(address).status_code == 422
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("address", ["apply/999/mentee/", "apply/{closed}/mentee/", "apply/{open}/owner/"])
def test_apply__cohort_or_role_that_is_not_open__is_404(scene: scenes.Scene, address: str) -> None:
    closed = scenes.programme_with_cohort(state=CohortState.DRAFT)
    client = client_of(scenes.person("Ann").user)
    path = address.format(closed=closed.cohort.pk, open=scene.cohort.pk)
    assert client.get(reverse("mentoring:home") + path).status_code == 404
    assert client.post(reverse("mentoring:home") + path).status_code == 404


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

    assert_queries_flat(reverse("mentoring:home"), grow, client=client, most=15)
    assert Proposal.objects.filter(state="approved").count() == 30
