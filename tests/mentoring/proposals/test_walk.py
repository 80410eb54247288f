"""From "Run matching" to a pair that both said yes to, through the screens."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from mentoring.models import AuditEvent, MatchRun, Outbox, Proposal
from mentoring.proposals.models import ProposalState, RunState
from tests.mentoring import scenes
from tests.signing_in import staff_client_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_walk__run_approve_send_and_two_yeses__both_learn_how_to_reach_each_other() -> None:
    scene = scenes.ready_to_match(3, 3)
    client = staff_client_of(scene.coordinator)
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
    assert "Approve and send the offer" in shown
    assert pair.explanation["reasons"][0] in shown

    mail.outbox.clear()
    answer = client.post(address, {"do": "approve", "version": pair.version, "note": "Good fit"}, follow=True)
    assert answer.status_code == 200
    pair.refresh_from_db()
    assert pair.state == ProposalState.APPROVED
    assert not mail.outbox
    page = client.post(address, {"do": "send", "version": pair.version}, follow=True).content.decode()
    assert "Offered to both" in page
    pair.refresh_from_db()
    addresses = {pair.mentee.profile.user.email, pair.mentor.profile.user.email}
    assert {m.to[0] for m in mail.outbox} == addresses
    for message in mail.outbox:
        assert pair.explanation["reasons"][0] in message.body
        assert not addresses & set(message.body.split())
    for me, other in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
        member = staff_client_of(me.profile.user)
        shown = member.get(reverse("mentoring:offer", args=[pair.pk])).content.decode()
        assert other.profile.display_name in shown
        assert pair.explanation["reasons"][0] in shown
        assert other.profile.user.email not in shown
        answer = member.post(reverse("mentoring:offer", args=[pair.pk]), {"answer": "yes", "version": pair.version})
        assert answer.status_code == 302
    pair.refresh_from_db()
    assert pair.state == ProposalState.PUBLISHED
    assert list(
        AuditEvent.objects.filter(object_type="mentoring.proposal")
        .order_by("pk")
        .values_list("action", "reason", "actor")
    ) == [
        ("mentoring.proposal.approved", "Good fit", scene.coordinator.pk),
        ("mentoring.proposal.offered", "", scene.coordinator.pk),
        ("mentoring.proposal.answered", "", pair.mentee.profile.user_id),
        ("mentoring.proposal.published", "", pair.mentor.profile.user_id),
    ]
    for me, other in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
        mine = staff_client_of(me.profile.user).get(reverse("mentoring:home")).content.decode()
        assert other.profile.display_name in mine
        assert other.profile.user.email in mine


def test_bulk__dry_run_then_confirm__says_what_became_of_each() -> None:
    scene = scenes.with_proposals(3)
    scene.mentors[2].capacity = 0
    scene.mentors[2].save()
    client = staff_client_of(scene.coordinator)
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
    assert not Outbox.objects.exists()

    every = {"what": "send_all", "cohort": scene.cohort.pk}
    page = client.post(reverse("mentoring_proposal:bulk"), every).content.decode()
    assert "2 of 2 would be offered" in page
    assert not Proposal.objects.filter(state=ProposalState.OFFERED).exists()
    picks = [f"{p.pk}:{p.version}" for p in Proposal.objects.all()]
    for _ in range(2):
        sent = {"pick": picks, "do": "confirm", "what": "send"}
        page = client.post(reverse("mentoring_proposal:bulk"), sent).content.decode()
        assert "2 of 3 sent" in page
    assert Outbox.objects.filter(template="offer").count() == 4


def test_bulk__approve_and_send__does_both_or_neither_for_each() -> None:
    scene = scenes.with_proposals(2)
    client = staff_client_of(scene.coordinator)
    type(scene.mentors[1]).objects.filter(pk=scene.mentors[1].pk).update(capacity=0)
    picks = [f"{p.pk}:{p.version}" for p in Proposal.objects.all()]
    sent = {"pick": picks, "do": "confirm", "what": "approve_send"}
    for _ in range(2):
        assert "1 of 2 approved and sent" in client.post(reverse("mentoring_proposal:bulk"), sent).content.decode()
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["draft", "offered"]
    assert Outbox.objects.filter(template="offer").count() == 2


@pytest.mark.parametrize(
    "name",
    ["cohort", "enrolment", "proposal", "run", "outbox", "programme", "grant", "audit"],
)
def test_listing__each_of_ours__opens_and_exports(name: str) -> None:
    scene = scenes.with_proposals(2)
    client = staff_client_of(scene.owner)
    page = client.get(reverse(f"mentoring_{name}:index"))
    assert page.status_code == 200
    for kind in ("csv", "xlsx"):
        assert client.get(reverse(f"mentoring_{name}:index"), {"export": kind}).status_code == 200


def test_screens__of_one_object__open() -> None:
    scene = scenes.with_proposals(2)
    client = staff_client_of(scene.owner)
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
