"""The pages of an application: each step with bad input, leaving and coming back, two windows, strangers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import Enrolment, SignedLink
from mentoring.programmes import applying, services
from mentoring.programmes.consent import CONSENT_VERSION
from mentoring.programmes.models import CohortState, EnrolmentState
from tests.mentoring import scenes
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db

CONSENT = {"adult": "on", "agreed": "on", "consent_version": CONSENT_VERSION}


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.programme_with_cohort(state=CohortState.OPEN)


def address(row: Enrolment, slug: str = "") -> str:
    if slug:
        return reverse("mentoring:application_step", args=[row.pk, slug])
    return reverse("mentoring:application", args=[row.pk])


def begun(scene: scenes.Scene, client: Client, role: str = "mentee") -> Enrolment:
    client.post(reverse("mentoring:apply", args=[scene.cohort.pk, role]))
    return Enrolment.objects.get()


def post(client: Client, row: Enrolment, slug: str = "", **form: Any) -> Any:
    row.refresh_from_db()
    return client.post(address(row, slug), {"version": row.version, **form})


def test_apply__looked_at__begins_nothing(scene: scenes.Scene) -> None:
    client = client_of(scenes.person("Ann").user)
    page = client.get(reverse("mentoring:apply", args=[scene.cohort.pk, "mentee"])).content.decode()
    assert "Nobody sees it until you send it" in page
    assert not Enrolment.objects.exists()


def test_mentee__all_steps__sent_and_shown(scene: scenes.Scene) -> None:
    scene.programme.head_support_needed = True
    scene.programme.save()
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client)
    for slug, form, following in (
        ("goals", {"goal_1": "To lead <well>", "benefit_1": "Calmer lessons", "goals": "Own words"}, "meeting"),
        ("meeting", {"formats": "either", "max_travel_minutes": "45"}, "hours"),
        ("hours", {"grid": ["mon-am", "wed-late"], "words": "A: Thu 9-10"}, "head"),
        ("head", {"head_email": "head@example.org"}, ""),
    ):
        assert post(client, row, slug, **form).url == address(row, following)
    page = client.get(address(row)).content.decode()
    for words in ("To lead &lt;well&gt;", "Calmer lessons", "Up to 45 minutes", "Wed 17:00-19:00", "head@example.org"):
        assert words in page
    assert "Step 5 of 5" in page
    assert post(client, row, **CONSENT).url == reverse("mentoring:home")
    row.refresh_from_db()
    assert (row.state, row.availability) == ("submitted", "Mon am; Wed 17:00-19:00; A: Thu 9-10")
    assert "can answer until" in client.get(address(row)).content.decode()


def test_mentor__all_steps__sent(scene: scenes.Scene) -> None:
    scene.programme.mentees_choose = True
    scene.programme.save()
    client = client_of(scenes.person("Moe").user)
    row = begun(scene, client, "mentor")
    form = {"capacity": "2", "goals": "Ask me", "training_completed_on": "2026-02-03", "shown": "on"}
    assert post(client, row, "offer", **form).status_code == 302
    assert post(client, row, **CONSENT).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.capacity, row.shown, str(row.training_completed_on)) == ("submitted", 2, True, "2026-02-03")


@pytest.mark.parametrize(
    ("role", "slug", "form", "sentence"),
    [
        ("mentee", "goals", {}, "Write at least one goal"),
        ("mentee", "goals", {"goal_1": "g", "benefit_2": "b"}, "write the goal that belongs"),
        ("mentee", "goals", {"goal_1": "x" * 301}, "below 300 characters; it has 301"),
        ("mentee", "meeting", {}, "Please choose how you would like to meet"),
        ("mentee", "meeting", {"formats": "letter"}, "letter is not one of the available choices"),
        ("mentee", "meeting", {"formats": "online", "max_travel_minutes": "far"}, "whole minutes"),
        ("mentee", "meeting", {"formats": "online", "max_travel_minutes": "999"}, "between 0 and 240"),
        ("mentee", "hours", {"words": "Tue 9-10\nwhenever <i>"}, "“whenever &lt;i&gt;” cannot be read as hours"),
        ("mentee", "hours", {"grid": ["sun-am"]}, "sun-am is not one of the available choices"),
        ("mentor", "offer", {"capacity": "7"}, "number between 0 and 6"),
        ("mentor", "offer", {"capacity": "many"}, "whole number between 0 and 6"),
        ("mentor", "offer", {"capacity": "1", "training_completed_on": "2999-01-01"}, "in the future"),
        ("mentor", "offer", {"capacity": "1", "training_completed_on": "soon"}, "day, month and year"),
    ],
)
def test_step__bad_input__says_so_and_keeps_what_was_typed(
    scene: scenes.Scene, role: str, slug: str, form: dict[str, Any], sentence: str
) -> None:
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client, role)
    answer = post(client, row, slug, **form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Please check" in page
    for typed in form.values():
        if isinstance(typed, str) and "<" not in typed:
            assert typed.splitlines()[0] in page


@pytest.mark.parametrize(
    ("email", "sentence"),
    [("", "this programme asks them"), ("nobody", "work e-mail address"), ("own", "your own address")],
)
def test_step__head__bad_address_is_a_sentence(scene: scenes.Scene, email: str, sentence: str) -> None:
    scene.programme.head_support_needed = True
    scene.programme.save()
    who = scenes.person("Ann")
    client = client_of(who.user)
    row = begun(scene, client)
    answer = post(client, row, "head", head_email=who.user.email if email == "own" else email)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({**CONSENT, "adult": ""}, "between adults, so we cannot take an application from somebody under 18"),
        ({**CONSENT, "agreed": ""}, "Please tick this if you want to take part"),
        ({**CONSENT, "consent_version": "old"}, "The wording changed"),
        (CONSENT, "Write at least one goal"),
    ],
)
def test_send__not_ready__says_so_and_stays_a_draft(scene: scenes.Scene, form: dict[str, str], sentence: str) -> None:
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client)
    if form is not CONSENT:
        post(client, row, "goals", goal_1="To lead")
    answer = post(client, row, **form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    row.refresh_from_db()
    assert row.state == EnrolmentState.DRAFT


def test_step__save_and_come_back_later__is_all_there(scene: scenes.Scene) -> None:
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client)
    assert post(client, row, "goals", goal_1="To lead", later="1").url == reverse("mentoring:home")
    home = client.get(reverse("mentoring:home")).content.decode()
    assert "Not sent yet" in home
    assert address(row) in home
    assert 'value="To lead"' in client.get(address(row, "goals")).content.decode()
    assert client.get(reverse("mentoring:apply", args=[scene.cohort.pk, "mentee"])).url == address(row)


def test_step__from_two_windows__answers_409_with_what_stands_and_can_be_sent_again(scene: scenes.Scene) -> None:
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client)
    old = row.version
    post(client, row, "goals", goal_1="First")
    late = client.post(address(row, "goals"), {"goal_1": "Second", "version": old})
    page = late.content.decode()
    assert late.status_code == 409
    assert "“First”" in page
    assert 'value="Second"' in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert client.post(address(row, "goals"), {"goal_1": "Second", "version": version[1]}).status_code == 302
    assert row.goal_set.get().text == "Second"


def test_pages__of_somebody_else__are_404_and_change_nothing(scene: scenes.Scene) -> None:
    row = scenes.enrolled(scene, scenes.person("Ann"), "mentee", state=EnrolmentState.SUBMITTED)
    for user in (scenes.person("Ben").user, scene.coordinator):
        client = client_of(user)
        for path in (address(row), address(row, "goals"), reverse("mentoring:withdraw", args=[row.pk])):
            assert client.get(path).status_code == 404
            assert client.post(path, CONSENT).status_code == 404
        assert client.post(reverse("mentoring:ask_head", args=[row.pk])).status_code == 404
    row.refresh_from_db()
    assert (row.state, row.version) == (EnrolmentState.SUBMITTED, 1)


def test_step__that_there_is_not__is_404(scene: scenes.Scene) -> None:
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client)
    assert [client.get(address(row, slug)).status_code for slug in ("offer", "head", "nothing")] == [404, 404, 404]


def test_application__sent_back__shows_the_question_and_takes_the_answer(scene: scenes.Scene) -> None:
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client)
    post(client, row, "goals", goal_1="To lead")
    post(client, row, **CONSENT)
    row.refresh_from_db()
    services.send_back(enrolment=row, actor=scene.coordinator, version=row.version, note="Which <days>?")
    page = client.get(address(row)).content.decode()
    assert "Which &lt;days&gt;?" in page
    assert "Your answer to the coordinator" in page
    assert post(client, row, **CONSENT, reply="Mondays").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reply) == ("submitted", "Mondays")


def test_application__wording_changed__asks_to_agree_again(scene: scenes.Scene) -> None:
    row = scenes.enrolled(scene, scenes.person("Ann"), "mentee")
    Enrolment.objects.update(consent_version="old")
    client = client_of(row.profile.user)
    assert "The wording has changed" in client.get(address(row)).content.decode()
    assert post(client, row, **CONSENT).status_code == 302
    row.refresh_from_db()
    assert (row.consent_version, row.state) == (CONSENT_VERSION, "eligible")


def test_ask_head__again_from_the_page__sends_a_new_link(scene: scenes.Scene) -> None:
    scene.programme.head_support_needed = True
    scene.programme.save()
    client = client_of(scenes.person("Ann").user)
    row = begun(scene, client)
    post(client, row, "goals", goal_1="To lead")
    post(client, row, "head", head_email="head@example.org")
    post(client, row, **CONSENT)
    row.refresh_from_db()
    form = {"head_email": "new@example.org", "version": row.version}
    client.post(reverse("mentoring:ask_head", args=[row.pk]), form)
    answer = client.post(reverse("mentoring:ask_head", args=[row.pk]), form, follow=True)
    assert "changed after you opened it" in answer.content.decode()
    assert list(SignedLink.objects.order_by("pk").values_list("email", flat=True)) == [
        "head@example.org",
        "new@example.org",
    ]


def test_application__pages__cost_little(scene: scenes.Scene, django_assert_max_num_queries: Any) -> None:
    who = scenes.person("Ann")
    row = applying.begin(cohort=scene.cohort, profile=who, as_role="mentee", actor=who.user)
    client = client_of(who.user)
    for path in (address(row), address(row, "hours")):
        client.get(path)
        with django_assert_max_num_queries(15):
            client.get(path)
