"""The workbench's screens: what they say, whom they hide, what they refuse, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import Override, Programme, Proposal
from mentoring.proposals.models import ProposalSource, ProposalState
from mentoring.proposals.settings import WEIGHTS, weights_for
from tests.mentoring import scenes
from tests.mentoring.proposals.test_overrides import drafts, finished, left_over
from tests.signing_in import sign_in
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db
SCREENS = ("why_not", "override", "what_if", "left_over", "fairness", "compare")


def desk_of(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def asked(scene: scenes.Scene, name: str, run: Any, **given: Any) -> str:
    response = desk_of(scene.coordinator).get(reverse(f"mentoring_run:{name}", args=[run.pk]), given)
    assert response.status_code == 200
    return text_of(response)


@pytest.mark.parametrize("name", SCREENS)
def test_screen__run_without_an_outcome__says_so(name: str) -> None:
    scene = scenes.ready_to_match(1, 1)
    page = asked(scene, name, scenes.finished_run(scene))
    assert "This run has no outcome that could be asked" in page or name == "compare"


@pytest.mark.parametrize("name", SCREENS)
def test_screen__of_another_programme__is_not_there(name: str) -> None:
    scene, other = scenes.ready_to_match(2, 2), scenes.programme_with_cohort()
    run = finished(scene)
    response = desk_of(other.coordinator).get(reverse(f"mentoring_run:{name}", args=[run.pk]))
    assert response.status_code == 404


@pytest.mark.parametrize("name", [*SCREENS, "why_not?", "override?", "what_if?"])
def test_screen__small_and_large_run__cost_the_same(name: str) -> None:
    costs = {}
    for size in (3, 20):
        scene = scenes.ready_to_match(size, size - 1)
        finished(scene)
        run = finished(scene)
        address = reverse(f"mentoring_run:{name.rstrip('?')}", args=[run.pk])
        if name.endswith("?"):
            pair = f"mentee=%23{left_over(scene)}&mentor=%23{scene.mentors[0].pk}"
            address += f"?{pair}" if name != "what_if?" else "?w_interests=1&new_places=1"
        costs[size] = warm_cost(desk_of(scene.coordinator), address)
    assert len(costs[3]) == len(costs[20]), f"{costs[3]}\n\n{costs[20]}"
    assert len(costs[20]) <= 20, str(costs[20])


def test_why_not__full_mentor__names_holder_and_price_and_leads_to_the_override() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    holder, mentor = next(iter(drafts(scene).items()))
    page = asked(scene, "why_not", run, mentee=f"#{left_over(scene)}", mentor=f"#{mentor}")
    names = {row.pk: row.profile.display_name for row in (*scene.mentees, *scene.mentors)}
    assert f"{names[holder]} holds {names[mentor]}’s place." in page
    assert "Making it costs the cohort" in page
    assert "person-" not in page
    assert "Make this pair all the same" in page


def test_why_not__rule_in_the_way__says_which_and_offers_nothing() -> None:
    scene = scenes.ready_to_match(2, 2)
    scene.mentees[0].profile.line_manager = scene.mentors[0].profile
    scene.mentees[0].profile.save()
    page = asked(scene, "why_not", finished(scene), mentee=f"#{scene.mentees[0].pk}", mentor=f"#{scene.mentors[0].pk}")
    assert "A rule that always holds stands in the way. One of them manages" in page
    assert "all the same" not in page


@pytest.mark.parametrize(
    ("mentee", "sentence"),
    [
        ("Nobody at all", "is no mentee of this run"),
        ("#999999999999999999999999", "is no mentee of this run"),
        ("", "Please choose a mentee"),
        ("<script>alert(1)</script>", "is no mentee of this run"),
    ],
)
def test_why_not__bad_input__is_a_sentence_and_keeps_what_was_typed(mentee: str, sentence: str) -> None:
    scene = scenes.ready_to_match(2, 2)
    page = asked(scene, "why_not", finished(scene), mentee=mentee, mentor=f"#{scene.mentors[0].pk}")
    assert sentence in page
    assert "<script>alert" not in page
    assert f"#{scene.mentors[0].pk}&quot;" in page or f'#{scene.mentors[0].pk}"' in page


def test_why_not__somebody_of_another_cohort__is_nobody_here() -> None:
    scene, other = scenes.ready_to_match(2, 2), scenes.ready_to_match(2, 2)
    page = asked(scene, "why_not", finished(scene), mentee=f"#{other.mentees[0].pk}", mentor="#1")
    assert "is no mentee of this run" in page
    assert other.mentees[0].profile.organisation.name not in page


def test_coordinator_in_the_cohort__sees_no_row_of_their_own() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    mine = next(row for row in scene.mentees if row.pk in drafts(scene))
    mine.profile.user, mine.profile.display_name = scene.coordinator, "Myself Hidden"
    mine.profile.save()
    for name in SCREENS:
        assert "Myself Hidden" not in asked(scene, name, run), name
    page = asked(scene, "what_if", run, w_interests="1", w_role_step="90", new_places="1")
    assert "Myself Hidden" not in page
    held = drafts(scene)[mine.pk]
    page = asked(scene, "why_not", run, mentee=f"#{left_over(scene)}", mentor=f"#{held}")
    assert "Myself Hidden" not in page
    assert "may not see" in page


def test_override__shown_then_made__waits_as_a_pair_made_by_hand() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    client = desk_of(scene.coordinator)
    address = reverse("mentoring_run:override", args=[run.pk])
    given = {"mentee": f"#{left_over(scene)}", "mentor": f"#{scene.mentors[0].pk}", "kind": "force"}
    page = client.get(address, given)
    text = text_of(page)
    assert "Loses the mentor" in text
    assert "Gains a mentor" in text
    assert not Override.objects.exists()
    digest = page.context["shown"].digest
    refused = client.post(address, {**given, "digest": digest, "reason": ""})
    assert refused.status_code == 422
    assert "Somebody loses by this" in text_of(refused)
    stale = client.post(address, {**given, "digest": "another", "reason": "The head asked."})
    assert stale.status_code == 409
    assert "The head asked." in text_of(stale)
    made = client.post(address, {**given, "digest": digest, "reason": "The head asked."})
    pair = Proposal.objects.get(source=ProposalSource.MANUAL)
    assert made.url == reverse("mentoring_proposal:pair", args=[pair.pk])
    assert "Made by a coordinator" in text_of(client.get(made.url))
    words = reverse("mentoring_cohort:words", args=[scene.cohort.pk])
    assert "The head asked." in text_of(client.get(words))
    for _ in range(2):
        assert client.post(words, {"undo": Override.objects.values_list("pk", flat=True).first() or 1}).url == words
    pair.refresh_from_db()
    assert pair.state == ProposalState.SUPERSEDED


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"w_interests": "NaN"}, "needs a weight from 0 to 100, not “NaN”"),
        ({"w_interests": "1e9"}, "not “1e9”"),
        ({"w_interests": "-1"}, "not “-1”"),
        ({"w_interests": "many"}, "not “many”"),
        ({f"w_{key}": "0" for key in WEIGHTS}, "At least one weight must be above 0"),
        ({"mentor_1": "Nobody", "places_1": "2"}, "is no mentor of this run"),
        ({"places_1": "2"}, "Please choose a mentor"),
        ({"new_places": "7"}, "whole number from 0 to 6"),
        ({"level": "x"}, "choose the level"),
        ({"topic_1": "Flying"}, "is none of the topics"),
        ({"one_1": "Nobody", "other_1": "Nobody"}, "is no mentee of this run"),
    ],
)  # fmt: skip
def test_what_if__bad_input__is_a_sentence(given: dict[str, str], sentence: str) -> None:
    scene = scenes.ready_to_match(2, 2)
    page = asked(scene, "what_if", finished(scene), **given)
    assert sentence in page
    assert "What it would change" not in page


def test_what_if__one_more_mentor__gains_whoever_was_left_over() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    before = list(Proposal.objects.values())
    page = asked(scene, "what_if", run, level=str(scenes.level(30).pk), new_places="1", topic_1="Behaviour")
    assert "1 gains a mentor, 0 lose one" in page
    assert "the mentor you imagine" in page
    assert list(Proposal.objects.values()) == before


def test_what_if__more_places_and_pairs_by_hand__are_answered() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    page = asked(scene, "what_if", run, mentor_1=f"#{scene.mentors[0].pk}", places_1="3")
    assert "1 gains a mentor" in page
    mentee, mentor = next(iter(drafts(scene).items()))
    page = asked(scene, "what_if", run, word_1="forbid", one_1=f"#{mentee}", other_1=f"#{mentor}")
    assert "What it would change" in page


def test_what_if__use_these_weights__is_for_owners() -> None:
    scene = scenes.ready_to_match(2, 2)
    run = finished(scene)
    address = reverse("mentoring_run:what_if", args=[run.pk])
    given = {**{f"w_{key}": str(value) for key, value in weights_for(scene.programme).items()}, "w_interests": "11"}
    assert "Use these weights" not in text_of(desk_of(scene.coordinator).get(address, given))
    refused = desk_of(scene.coordinator).post(address, {**given, "version": "1"})
    assert refused.status_code == 422
    assert "Only the programme’s owner" in text_of(refused)
    assert "Use these weights" in text_of(desk_of(scene.owner).get(address, given))
    assert desk_of(scene.owner).post(address, {**given, "version": "1"}).status_code == 302
    assert weights_for(Programme.objects.get(pk=scene.programme.pk))["interests"] == 11
    stale = desk_of(scene.owner).post(address, {**given, "w_interests": "12", "version": "1"})
    assert stale.status_code == 409


def test_left_over__shortage__says_whom_to_look_for_and_what_it_gains() -> None:
    scene = scenes.ready_to_match(4, 2)
    page = asked(scene, "left_over", finished(scene))
    assert "Look for one more mentor" in page
    assert "1 more mentee matched" in page
    assert "One more place with any of these" in page


def test_fairness__certificate__has_shares_and_no_names() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    page = asked(scene, "fairness", run)
    assert "none breaks one" in page
    assert "Shares run from 0 to 100 per cent" in page
    assert not [row for row in scene.mentees if row.profile.display_name in page]


def test_compare__two_runs__shows_same_moved_and_settings() -> None:
    scene = scenes.ready_to_match(3, 3)
    first = finished(scene)
    scene.programme.weights = {"interests": 1, "role_step": 99}
    scene.programme.save()
    second = finished(scene)
    page = asked(scene, "compare", second, **{"with": str(first.pk)})
    assert "the same." in page
    assert "Topics asked for and offered" in page
    assert "not there any more" in asked(scene, "compare", second, **{"with": "123456"})
