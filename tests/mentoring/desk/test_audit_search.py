"""Finding one line in the trail: by what, to what, who and when; owners only."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.models import Proposal
from mentoring.proposals.services import decline
from mentoring.trust import audit
from tests.mentoring import scenes
from tests.signing_in import staff_client_of

pytestmark = pytest.mark.django_db


def test_trail__each_filter__finds_the_line() -> None:
    scene = scenes.with_proposals(2)
    pair = Proposal.objects.filter(cohort=scene.cohort)[0]
    decline(proposal=pair, actor=scene.coordinator, version=pair.version, note="Neighbours.")
    audit.record(action="mentoring.cohort.changed", obj=scene.cohort, actor=scene.owner, programme=scene.programme)
    client = staff_client_of(scene.owner)
    today = timezone.localdate()
    for query, count in (
        ({}, 2),
        ({"action": "mentoring.proposal.rejected"}, 1),
        ({"object_type": "mentoring.cohort"}, 1),
        ({"actor": scene.coordinator.pk}, 1),
        ({"at_from": today.isoformat(), "at_to": today.isoformat()}, 2),
        ({"at_from": (today + dt.timedelta(days=1)).isoformat()}, 0),
        ({"q": f"proposal {pair.pk}"}, 1),
        ({"q": "Neighbours"}, 1),
        ({"q": "Nowhere"}, 0),
    ):
        rows = client.get(reverse("mentoring_audit:index"), query).context["object_list"]
        assert len(rows) == count, query


def test_trail__export__is_filtered_and_harmless() -> None:
    scene = scenes.with_proposals(2)
    for pair, note in zip(Proposal.objects.filter(cohort=scene.cohort), ("=1+1", "Plain."), strict=True):
        decline(proposal=pair, actor=scene.coordinator, version=pair.version, note=note)
    answer = staff_client_of(scene.owner).get(reverse("mentoring_audit:index"), {"export": "csv", "q": "1+1"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in text
    assert "Plain." not in text


def test_trail__people_offered_in_the_filter__are_those_who_acted_here() -> None:
    scene, other = scenes.with_proposals(1), scenes.with_proposals(1)
    for one in (scene, other):
        pair = Proposal.objects.get(cohort=one.cohort)
        decline(proposal=pair, actor=one.coordinator, version=pair.version, note="No.")
    page = staff_client_of(scene.owner).get(reverse("mentoring_audit:index")).content.decode()
    assert str(other.coordinator.email) not in page
    assert other.programme.title not in page
    assert staff_client_of(scene.coordinator).get(reverse("mentoring_audit:index")).status_code == 404
