"""The offer page: who, why, until when; yes, no, twice, late, and from an old window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import AuditEvent, Goal, Outbox, Programme, Proposal
from mentoring.proposals import services
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def page_of(pair: Proposal, side: str) -> tuple[Client, str]:
    client = Client()
    sign_in(client, getattr(pair, side).profile.user)
    return client, reverse("mentoring:offer", args=[pair.pk])


@pytest.fixture
def pair() -> Proposal:
    return scenes.offered(scenes.ready_to_match(1, 1))


def test_page__open_offer__gives_reasons_and_the_last_day_but_no_number_and_no_address(pair: Proposal) -> None:
    Goal.objects.create(enrolment=pair.mentee, position=1, text="Lead a team.", benefit="Calmer mornings.")
    for side, other in (("mentee", "mentor"), ("mentor", "mentee")):
        client, address = page_of(pair, side)
        body = client.get(address).content.decode()
        them = getattr(pair, other).profile
        for wanted in (them.display_name, them.job_title, str(them.organisation), *pair.reasons):
            assert wanted in body
        assert them.user.email not in body
        assert "80" not in body.split('id="who"')[1].split("<form")[0]
        assert ("Calmer mornings." in body) == (other == "mentee")


def test_page__reading_it__changes_nothing(pair: Proposal) -> None:
    client, address = page_of(pair, "mentee")
    before = (AuditEvent.objects.count(), Outbox.objects.count())
    client.get(address)
    client.get(address, {"answer": "yes", "version": pair.version})
    pair.refresh_from_db()
    assert (pair.mentee_answer, AuditEvent.objects.count(), Outbox.objects.count()) == ("", *before)


def test_page__yes_sent_twice__is_one_yes_and_the_page_says_so(pair: Proposal) -> None:
    client, address = page_of(pair, "mentee")
    for _ in range(2):
        answer = client.post(address, {"answer": "yes", "version": pair.version}, follow=True)
        assert "We have noted your yes" in answer.content.decode()
    assert "You said yes" in client.get(address).content.decode()
    assert AuditEvent.objects.filter(action="mentoring.proposal.answered").count() == 1


def test_page__no_without_a_reason__is_refused_and_keeps_what_was_typed(pair: Proposal) -> None:
    client, address = page_of(pair, "mentor")
    answer = client.post(address, {"answer": "no", "version": pair.version, "text": "Perhaps in spring"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Please tick a reason" in body
    assert "Perhaps in spring" in body
    pair.refresh_from_db()
    assert pair.state == ProposalState.OFFERED


def test_page__changed_in_another_window__answers_409_and_shows_how_it_stands(pair: Proposal) -> None:
    client, address = page_of(pair, "mentee")
    client.post(address, {"answer": "yes", "version": pair.version})
    late = {"answer": "no", "version": pair.version, "refusal": "time", "text": "Sorry"}
    answer = client.post(address, late)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "You answered this offer in another window" in body
    assert "Sorry" in body
    pair.refresh_from_db()
    assert (pair.state, pair.mentee_answer) == (ProposalState.OFFERED, "yes")


def turned_down(pair: Proposal) -> None:
    client, address = page_of(pair, "mentor")
    client.post(address, {"answer": "no", "version": pair.version, "refusal": "near", "text": "Cousins"})


def withdrawn(pair: Proposal) -> None:
    coordinator = pair.cohort.programme.grants.get(role="coordinator").user
    services.decline(proposal=pair, actor=coordinator, version=pair.version, note="A quarrel")


@pytest.mark.parametrize("over", [turned_down, withdrawn])
def test_page__offer_is_over__says_the_same_whatever_ended_it(pair: Proposal, over: Callable[[Any], None]) -> None:
    over(pair)
    client, address = page_of(pair, "mentee")
    for answer in (client.get(address), client.post(address, {"answer": "yes", "version": pair.version})):
        body = answer.content.decode()
        assert "This offer is no longer open" in body
        for secret in (pair.mentor.profile.display_name, "Cousins", "A quarrel", "know each other"):
            assert secret not in body


def test_page__nonsense__is_refused_with_a_sentence(pair: Proposal) -> None:
    client, address = page_of(pair, "mentee")
    for given in ({}, {"answer": "maybe"}, {"answer": ["yes\0"]}, {"answer": "yes", "version": "x" * 50}):
        assert client.post(address, given).status_code in (409, 422), given
    pair.refresh_from_db()
    assert pair.mentee_answer == ""


def test_page__somebody_else_or_not_asked__is_404(pair: Proposal) -> None:
    scene = scenes.ready_to_match(1, 1)
    stranger = Client()
    sign_in(stranger, scene.mentees[0].profile.user)
    assert stranger.get(reverse("mentoring:offer", args=[pair.pk])).status_code == 404
    Programme.objects.update(mentors_agree_once=True)
    quiet = scenes.offered(scene)
    client, address = page_of(quiet, "mentor")
    assert client.get(address).status_code == 404
    approved = scenes.ready_to_match(1, 1)
    row = services.approve(proposal=scenes.proposed(approved), actor=approved.coordinator, version=1)
    client, address = page_of(row, "mentee")
    assert client.get(address).status_code == 404


def test_home__open_offers__have_a_card_each_until_they_are_over(pair: Proposal) -> None:
    client, address = page_of(pair, "mentee")
    assert f'href="{address}"' in client.get(reverse("mentoring:home")).content.decode()
    turned_down(pair)
    assert f'href="{address}"' not in client.get(reverse("mentoring:home")).content.decode()


def test_page__however_much_there_is_to_say__costs_few_queries(pair: Proposal, assert_queries_flat: Any) -> None:
    client, address = page_of(pair, "mentor")

    def grow(n: int) -> None:
        for number in range(Goal.objects.filter(enrolment=pair.mentee).count(), min(n, 3)):
            Goal.objects.create(enrolment=pair.mentee, position=number + 1, text="Lead.")

    assert_queries_flat(address, grow, client=client)


def test_page__both_have_said_yes__leads_to_the_page_of_the_pair() -> None:
    pair = scenes.agreed(scenes.ready_to_match(1, 1))
    for side in ("mentee", "mentor"):
        client, address = page_of(pair, side)
        link = reverse("mentoring:pair", args=[pair.relationship.pk])
        assert f'href="{link}"' in client.get(address).content.decode()
        assert client.get(link).status_code == 200
