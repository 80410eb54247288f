"""Each screen of the coordinator: at most twenty queries, and no more for a large cohort than for a small one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import Proposal
from tests.mentoring import scenes
from tests.signing_in import sign_in
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db

# Of the twenty, Wagtail's frame, session, user, second factor and grants take about nine.
MOST = 20


@pytest.mark.parametrize(
    "screen", ["board", "run", "proposals", "pair", "applications", "application", "cohorts", "mail"]
)
def test_screen__small_and_large_cohort__cost_the_same(screen: str) -> None:
    costs = {}
    for size in (3, 30):
        scene = scenes.with_proposals(size)
        assert scene.run is not None
        scene.run.unmatched = [
            {"enrolment": row.pk, "role": row.as_role, "code": "barred", "sentence": "No one."} for row in scene.mentees
        ]
        scene.run.save()
        client = Client()
        sign_in(client, scene.coordinator)
        address: dict[str, Any] = {
            "board": reverse("mentoring_cohort:board", args=[scene.cohort.pk]),
            "run": reverse("mentoring_run:detail", args=[scene.run.pk]),
            "proposals": reverse("mentoring_proposal:index") + f"?cohort={scene.cohort.pk}&state=draft",
            "pair": reverse("mentoring_proposal:pair", args=[Proposal.objects.filter(cohort=scene.cohort)[0].pk]),
            "applications": reverse("mentoring_enrolment:index") + f"?cohort={scene.cohort.pk}",
            "application": reverse("mentoring_enrolment:decide", args=[scene.mentees[0].pk]),
            "cohorts": reverse("mentoring_cohort:index"),
            "mail": reverse("mentoring_outbox:index"),
        }
        costs[size] = warm_cost(client, address[screen])
    assert len(costs[3]) == len(costs[30]), f"{len(costs[3])} and {len(costs[30])}:\n{costs[30]}"
    assert len(costs[30]) <= MOST, f"{len(costs[30])}:\n{costs[30]}"
