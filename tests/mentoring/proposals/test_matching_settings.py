"""Weights and rules of a programme: owners only, tried before they are kept, refused with sentences."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import AuditEvent, Programme, Proposal
from mentoring.proposals.settings import rules_for, weights_for
from tests.mentoring import scenes
from tests.mentoring.proposals.test_overrides import finished
from tests.signing_in import sign_in
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db


def desk_of(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def form(scene: scenes.Scene, **changed: str) -> dict[str, str]:
    programme = Programme.objects.get(pk=scene.programme.pk)
    return {
        **{f"w_{key}": f"{value:g}" for key, value in weights_for(programme).items()},
        "same_organisation": "school", "min_gap": "0", "max_gap": "5", "min_overlap_hours": "1",
        "bar_prior_pairs": "on",
        "version": str(programme.version), "do": "save", **changed,
    }  # fmt: skip


def address(scene: scenes.Scene) -> str:
    return reverse("mentoring_programme:matching", args=[scene.programme.pk])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"w_goals": "NaN"}, "“Goals and experience, in words” needs a weight from 0 to 100, not “NaN”"),
        ({"w_goals": "1e9"}, "not “1e9”"),
        ({"w_goals": "-0.5"}, "not “-0.5”"),
        ({"w_goals": "inf"}, "not “inf”"),
        ({"min_gap": "6"}, "The fewest steps must not be more than the most."),
        ({"max_gap": "nan"}, "needs a number from -10 to 100"),
        ({"min_overlap_hours": "-1"}, "needs a number from 0 to 100"),
        ({"same_organisation": "family"}, "whether people of one place may be paired"),
        ({"version": "0", "w_goals": "12"}, "Somebody changed this programme"),
    ],
)
def test_save__what_cannot_be__is_refused_with_a_sentence_and_kept_on_the_form(
    changed: dict[str, str], sentence: str
) -> None:
    scene = scenes.ready_to_match(2, 2)
    response = desk_of(scene.owner).post(address(scene), form(scene, **changed))
    page = response.content.decode()
    assert response.status_code in (409, 422)
    assert sentence in page
    for name, value in changed.items():
        assert f'name="{name}" value="{value}"' in page or name in ("version", "same_organisation")
    assert Programme.objects.get(pk=scene.programme.pk).weights == {}


def test_save__all_weights_nought__is_refused() -> None:
    scene = scenes.ready_to_match(2, 2)
    nought = {key: "0" for key in form(scene) if key.startswith("w_")}
    assert (
        "At least one weight must be above 0"
        in desk_of(scene.owner).post(address(scene), form(scene, **nought)).content.decode()
    )


def test_save__twice__is_one_change_and_the_next_run_uses_it() -> None:
    scene = scenes.ready_to_match(2, 2)
    given = form(scene, w_goals="33", max_gap="", same_organisation="allowed")
    for _ in range(2):
        assert desk_of(scene.owner).post(address(scene), given).status_code == 302
    programme = Programme.objects.get(pk=scene.programme.pk)
    assert (weights_for(programme)["goals"], rules_for(programme)["max_gap"], programme.version) == (33, None, 2)
    assert AuditEvent.objects.filter(action="mentoring.programme.matching_changed").count() == 1
    run = finished(scene)
    assert run.config["weights"]["goals"] == 33
    assert run.config["rules"]["same_organisation"] == "allowed"


def test_try__on_a_past_run__says_what_changes_and_writes_nothing() -> None:
    scene = scenes.ready_to_match(4, 3)
    finished(scene)
    before = list(Proposal.objects.values())
    given = form(scene, do="preview", max_gap="0.5")
    page = " ".join(desk_of(scene.owner).post(address(scene), given).content.decode().split())
    assert "3 mentees would have another outcome." in page
    assert "Lowest score" in page
    assert "Mean score" in page
    assert list(Proposal.objects.values()) == before
    assert Programme.objects.get(pk=scene.programme.pk).weights == {}
    assert "No pair would change." in desk_of(scene.owner).get(address(scene)).content.decode()


def test_screen__coordinator_who_is_no_owner__does_not_find_it() -> None:
    scene = scenes.ready_to_match(1, 1)
    assert desk_of(scene.coordinator).get(address(scene)).status_code == 404
    assert desk_of(scene.coordinator).post(address(scene), form(scene)).status_code == 404


def test_screen__small_and_large_run__cost_the_same() -> None:
    costs = []
    for size in (3, 20):
        scene = scenes.ready_to_match(size, size)
        finished(scene)
        costs.append(warm_cost(desk_of(scene.owner), address(scene)))
    assert len(costs[0]) == len(costs[1]) <= 20, str(costs[1])
