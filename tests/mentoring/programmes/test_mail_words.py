"""A programme's own words for its mails: its owner's alone, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.errors import MentoringError, Stale
from mentoring.messages.models import Outbox
from mentoring.messages.wording_models import Wording
from mentoring.models import AuditEvent
from mentoring.programmes import mail_words
from mentoring.programmes.services import tell
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
NAME = "application_accepted"
TEXT = "Hello {{ name }},\n\nwe look forward to you.\n\n{{ note }}\n\n{{ link }}"


def client_of(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def address(scene: scenes.Scene, name: str = NAME) -> str:
    return reverse("mentoring_programme:mail", args=[scene.programme.pk, name])


def form(**fields: Any) -> dict[str, Any]:
    return {"do": "save", "subject": "You are in: {{ programme }}", "text": TEXT, "seen": 0, **fields}


def subject_sent(scene: scenes.Scene, key: str) -> str:
    tell(scene.mentees[0], NAME, key=key, note="")
    return Outbox.objects.get(key=key).subject


def test_owner__changes_the_words__of_their_programme_alone_and_takes_them_back() -> None:
    scene, other = scenes.ready_to_match(1, 1), scenes.ready_to_match(1, 1)
    client = client_of(scene.owner)
    page = client.get(reverse("mentoring_programme:edit", args=[scene.programme.pk])).content.decode()
    assert reverse("mentoring_programme:mails", args=[scene.programme.pk]) in page
    assert client.post(address(scene), form()).status_code == 302
    assert subject_sent(scene, "mine") == f"You are in: {scene.programme.title}"
    assert not subject_sent(other, "theirs").startswith("You are in")
    listed = client.get(reverse("mentoring_programme:mails", args=[scene.programme.pk])).content.decode()
    assert listed.count("Your programme’s own") == 1
    seen = mail_words.words_of(scene.programme, NAME).seen
    assert client.post(address(scene), {"do": "drop", "seen": seen}).status_code == 302
    assert not subject_sent(scene, "again").startswith("You are in")
    assert AuditEvent.objects.filter(action="mentoring.programme.words").count() == 2


def test_owner__site_wide_words__are_what_they_start_from_and_stay_as_they_are() -> None:
    scene = scenes.ready_to_match(1, 1)
    site = Wording.objects.create(name=NAME, subject="For all", text=TEXT, live=False)
    site.save_revision().publish()
    client = client_of(scene.owner)
    page = client.get(address(scene))
    assert page.context_data["subject"] == "For all"
    assert "At present: the site’s." in page.content.decode()
    client.post(address(scene), form(subject="For us"))
    site.refresh_from_db()
    assert (site.subject, site.programme, site.revisions.count()) == ("For all", None, 1)


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"text": "Only words. {{ note }}"}, 422, "of no use without {{ link }}"),
        ({"text": TEXT + "{{ salary }}"}, 422, "{{ salary }} cannot stand in"),
        ({"text": TEXT + "{% include 'x' %}"}, 422, "Curly brackets only stand around a token"),
        ({"subject": " "}, 422, "needs a subject and a text"),
        ({"subject": "x" * 151}, 422, "Up to 150 characters"),
        ({"text": TEXT + "x" * 8000}, 422, "8,000 for the text"),
        ({"seen": 99}, 409, "Somebody changed these words"),
        ({"seen": "x"}, 409, "Somebody changed these words"),
        ({"do": "else"}, 422, "choose one of the buttons"),
        ({"do": "read", "text": "{{ nothing }}"}, 422, "cannot stand in"),
    ],
)
def test_words__that_cannot_be__are_refused_and_kept(fields: dict[str, Any], status: int, sentence: str) -> None:
    scene = scenes.ready_to_match(1, 1)
    given = form(**fields)
    answer = client_of(scene.owner).post(address(scene), given)
    assert answer.status_code == status
    page = answer.content.decode()
    assert sentence in page
    assert (answer.context_data["subject"], answer.context_data["text"]) == (given["subject"], given["text"])
    assert not Wording.objects.exists()


def test_read__shows_the_letter_and_saves_nothing() -> None:
    scene = scenes.ready_to_match(1, 1)
    page = client_of(scene.owner).post(address(scene), form(do="read")).content.decode()
    assert f"You are in: {scene.programme.title}" in page or "You are in: Aspiring leaders" in page
    assert "Nothing is saved yet" in page
    assert not Wording.objects.exists()


def test_words__stale_after_another_saved__keep_the_others() -> None:
    scene = scenes.ready_to_match(1, 1)
    given: dict[str, Any] = {"programme": scene.programme, "name": NAME, "text": TEXT, "actor": scene.owner}
    mail_words.set_words(**given, subject="First", seen=0)
    with pytest.raises(Stale):
        mail_words.set_words(**given, subject="Second", seen=0)
    assert Wording.objects.get().subject == "First"


@pytest.mark.parametrize("who", ["coordinator", "another owner", "stranger"])
def test_words__by_anybody_else__are_not_there_and_refused(who: str) -> None:
    scene, other = scenes.ready_to_match(1, 1), scenes.ready_to_match(1, 1)
    user = {"coordinator": scene.coordinator, "another owner": other.owner}.get(who) or scenes.user("Stranger")
    assert client_of(user).post(address(scene), form()).status_code in (302, 404)
    with pytest.raises(MentoringError, match="Only the programme’s owner"):
        mail_words.set_words(programme=scene.programme, name=NAME, subject="S", text=TEXT, actor=user, seen=0)
    assert not Wording.objects.exists()


def test_mail__that_has_fixed_words__is_not_there() -> None:
    scene = scenes.ready_to_match(1, 1)
    assert client_of(scene.owner).get(address(scene, "concern_raised")).status_code == 404
