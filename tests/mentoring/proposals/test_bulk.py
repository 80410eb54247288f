"""Declining many pairs at once, through the screen."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import AuditEvent, Proposal
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_bulk_decline__dry_run_note_and_result__row_by_row() -> None:
    scene = scenes.with_proposals(3)
    client = Client()
    sign_in(client, scene.coordinator)
    address = reverse("mentoring_proposal:bulk")
    picks = [f"{p.pk}:{p.version}" for p in Proposal.objects.all()]
    page = client.post(address, {"pick": picks, "what": "decline"}).content.decode()
    assert "3 of 3 would be declined" in page
    assert not Proposal.objects.exclude(state=ProposalState.DRAFT).exists()

    refused = client.post(address, {"pick": picks, "what": "decline", "do": "confirm", "note": " "})
    assert refused.status_code == 422
    assert "Please note why these pairs" in refused.content.decode()
    assert not Proposal.objects.exclude(state=ProposalState.DRAFT).exists()

    late = Proposal.objects.order_by("pk")[0]
    Proposal.objects.filter(pk=late.pk).update(version=5)
    given = {"pick": picks, "what": "decline", "do": "confirm", "note": "A new round is coming"}
    page = client.post(address, given).content.decode()
    assert "2 of 3 declined" in page
    assert "This pair changed after you opened it" in page
    client.post(address, given)
    assert Proposal.objects.filter(state=ProposalState.REJECTED, note="A new round is coming").count() == 2
    assert AuditEvent.objects.filter(action="mentoring.proposal.rejected").count() == 2


def test_bulk_decline__pairs_of_another_programme__are_left_alone() -> None:
    scene, other = scenes.with_proposals(1), scenes.with_proposals(1)
    client = Client()
    sign_in(client, other.coordinator)
    pair = Proposal.objects.get(cohort=scene.cohort)
    client.post(
        reverse("mentoring_proposal:bulk"),
        {"pick": [f"{pair.pk}:1"], "what": "decline", "do": "confirm", "note": "Not mine"},
    )
    pair.refresh_from_db()
    assert pair.state == ProposalState.DRAFT
