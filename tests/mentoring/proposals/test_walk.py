"""From "Run matching" to two e-mails, through the screens."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from mentoring.models import AuditEvent, MatchRun, Outbox, Proposal
from mentoring.proposals.models import ProposalState, RunState
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def test_walk__coordinator_runs_and_approves__both_are_told_and_see_it() -> None:
    scene = scenes.ready_to_match(3, 3)
    client = signed_in(scene.coordinator)
    board = reverse("mentoring_cohort:board", args=[scene.cohort.pk])
    assert client.get(board).status_code == 200

    answer = client.post(board, {"do": "run", "objective": "best_total"})
    run = MatchRun.objects.get()
    assert answer.url == reverse("mentoring_run:detail", args=[run.pk])
    assert (run.state, run.progress) == (RunState.COMPLETE, 100), run.message
    assert run.proposals.count() == 3
    page = client.get(answer.url)
    assert page.status_code == 200
    assert "Decide on 3 pairs" in page.content.decode()
    assert [m.subject for m in mail.outbox] == [f"Proposals are ready: {scene.programme}"]

    listing = client.get(reverse("mentoring_proposal:index"), {"cohort": scene.cohort.pk, "state": "draft"})
    assert listing.content.decode().count('name="pick"') == 3
    pair = Proposal.objects.first()
    assert pair is not None
    address = reverse("mentoring_proposal:pair", args=[pair.pk])
    shown = client.get(address).content.decode()
    assert "Approve and tell both" in shown
    assert pair.explanation["reasons"][0] in shown

    mail.outbox.clear()
    answer = client.post(address, {"do": "approve", "version": pair.version, "note": "Good fit"}, follow=True)
    assert answer.status_code == 200
    pair.refresh_from_db()
    assert pair.state == ProposalState.APPROVED
    addresses = {pair.mentee.profile.user.email, pair.mentor.profile.user.email}
    assert {m.to[0] for m in mail.outbox} == addresses
    assert Outbox.objects.filter(state="sent").count() == 3
    assert list(
        AuditEvent.objects.filter(object_type="mentoring.proposal").values_list("action", "reason", "actor")
    ) == [("mentoring.proposal.approved", "Good fit", scene.coordinator.pk)]

    for me, other in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
        mine = signed_in(me.profile.user).get(reverse("mentoring:home")).content.decode()
        assert other.profile.display_name in mine
        assert other.profile.user.email in mine
        assert pair.explanation["reasons"][0] in mine


def test_bulk__dry_run_then_confirm__says_what_became_of_each() -> None:
    scene = scenes.with_proposals(3)
    scene.mentors[2].capacity = 0
    scene.mentors[2].save()
    client = signed_in(scene.coordinator)
    picks = [f"{p.pk}:{p.version}" for p in Proposal.objects.all()]
    page = client.post(reverse("mentoring_proposal:bulk"), {"pick": picks}).content.decode()
    assert "2 of 3 would be approved" in page
    assert "has no place left" in page
    assert not Proposal.objects.filter(state=ProposalState.APPROVED).exists()
    page = client.post(reverse("mentoring_proposal:bulk"), {"pick": picks, "do": "confirm"}).content.decode()
    assert "2 of 3 approved" in page
    assert Proposal.objects.filter(state=ProposalState.APPROVED).count() == 2
    again = client.post(reverse("mentoring_proposal:bulk"), {"pick": picks, "do": "confirm"}).content.decode()
    assert "2 of 3 approved" in again
    assert Outbox.objects.filter(template="match_agreed").count() == 4


@pytest.mark.parametrize(
    "name",
    ["cohort", "enrolment", "proposal", "run", "outbox", "programme", "grant", "audit"],
)
def test_listing__each_of_ours__opens_and_exports(name: str) -> None:
    scene = scenes.with_proposals(2)
    client = signed_in(scene.owner)
    page = client.get(reverse(f"mentoring_{name}:index"))
    assert page.status_code == 200
    for kind in ("csv", "xlsx"):
        assert client.get(reverse(f"mentoring_{name}:index"), {"export": kind}).status_code == 200


def test_screens__of_one_object__open() -> None:
    scene = scenes.with_proposals(2)
    client = signed_in(scene.owner)
    for address in (
        reverse("mentoring_enrolment:decide", args=[scene.mentees[0].pk]),
        reverse("mentoring_enrolment:add"),
        reverse("mentoring_cohort:edit", args=[scene.cohort.pk]),
        reverse("mentoring_cohort:add"),
        reverse("mentoring_cohort:history", args=[scene.cohort.pk]),
        reverse("mentoring_cohort:usage", args=[scene.cohort.pk]),
        reverse("mentoring_programme:edit", args=[scene.programme.pk]),
        reverse("mentoring_grant:add"),
        reverse("mentoring_grant:delete", args=[scene.programme.grants.first().pk]),
        reverse("mentoring_run:pack", args=[scene.run.pk]),
        reverse("mentoring:home"),
    ):
        assert client.get(address).status_code == 200, address
