"""The migration that makes pairs of earlier approvals, there and back."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from mentoring.models import Proposal, Relationship
from mentoring.proposals import services
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db
migration = import_module("mentoring.migrations.0010_pairs_already_agreed")


@pytest.mark.parametrize(("cohort", "state"), [("running", "active"), ("closed", "completed"), ("cancelled", "ended")])
def test_migration__an_approval_of_before__is_a_pair_and_comes_back(cohort: str, state: str) -> None:
    scene = scenes.with_proposals(2)
    pair = Proposal.objects.order_by("pk")[0]
    services.approve(proposal=pair, actor=scene.coordinator, version=1)
    type(scene.cohort).objects.update(state=cohort)
    migration.approvals_become_pairs(apps, None)
    relationship = Relationship.objects.get()
    assert (relationship.proposal_id, relationship.state) == (pair.pk, state)
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["draft", "published"]
    migration.pairs_become_approvals(apps, None)
    assert not Relationship.objects.exists()
    assert sorted(Proposal.objects.values_list("state", "mentee_answer")) == [("approved", ""), ("draft", "")]
