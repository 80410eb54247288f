"""Words of mails that editors change: checked, versioned, previewed, and never run as code."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from home.groups import EDITORS, MODERATORS, set_up_groups
from mentoring.messages.catalogue import KINDS, TOKENS
from mentoring.messages.models import Outbox
from mentoring.messages.rendering import example_letter
from mentoring.messages.sending import send_due
from mentoring.messages.starting import starting_words
from mentoring.messages.tokens import check
from mentoring.messages.wording_models import Wording
from mentoring.programmes.services import tell, would_tell
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

TEXT = "Hello {{ name }},\n\nwelcome to {{ programme }}.\n\n{{ note }}\n\n{{ link }}"


def words(name: str = "application_accepted", *, subject: str = "A place: {{ programme }}", **fields: Any) -> Wording:
    row = Wording(name=name, subject=subject, **{"text": TEXT, "live": False, **fields})
    row.full_clean()
    row.save()
    return row


def publish(row: Wording) -> Wording:
    row.save_revision().publish()
    row.refresh_from_db()
    return row


def told(scene: scenes.Scene, **context: Any) -> Outbox:
    tell(scene.mentees[0], "application_accepted", key="k", **context)
    return Outbox.objects.get(key="k")


def test_queue__published_words__are_used_in_text_and_html_and_their_version_is_kept() -> None:
    scene = scenes.ready_to_match(1, 1)
    row = publish(words())
    message = told(scene, note="Bring a <b>pen</b>.")
    assert message.subject == f"A place: {scene.programme.title}"
    assert "Bring a <b>pen</b>." in message.text
    assert "Bring a &lt;b&gt;pen&lt;/b&gt;." in message.html
    assert message.html.count("<a href=") >= 1
    assert message.text.rstrip().endswith("mentoring@example.org")  # the footer stays
    assert message.wording == row.live_revision_id


def test_queue__a_draft__changes_nothing() -> None:
    scene = scenes.ready_to_match(1, 1)
    words().save_revision()
    message = told(scene, note="")
    assert message.subject.startswith("You have a place")
    assert message.wording is None


def test_queue__a_programmes_own_words__come_before_those_for_all() -> None:
    scene, other = scenes.ready_to_match(1, 1), scenes.ready_to_match(1, 1)
    publish(words(subject="For all"))
    publish(words(subject="For one", programme=scene.programme))
    assert told(scene, note="").subject == "For one"
    tell(other.mentees[0], "application_accepted", key="other", note="")
    assert Outbox.objects.get(key="other").subject == "For all"


def test_queue__an_empty_note__leaves_no_empty_paragraph() -> None:
    publish(words())
    message = told(scenes.ready_to_match(1, 1), note="")
    assert "\n\n\n" not in message.text.partition("\n-- ")[0]


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"text": "Hello {{ name }}, {{ note }}"}, "text", "of no use without {{ link }}"),
        ({"text": TEXT + "{{ salary }}"}, "text", "{{ salary }} cannot stand in"),
        ({"text": TEXT + "{% include 'x' %}"}, "text", "Curly brackets only stand around a token"),
        ({"text": TEXT + "{{ programme.grants.all }}"}, "text", "Curly brackets only stand around a token"),
        ({"text": TEXT + "{{ name|safe }}"}, "text", "Curly brackets only stand around a token"),
        ({"subject": "For {{ note }}"}, "subject", "cannot stand in the subject"),
        ({"subject": "Two\nlines"}, "subject", "one line"),
        ({"name": "no_such_mail"}, "name", "Choose one of the mails"),
    ],
)
def test_words__that_cannot_work__are_refused_with_a_sentence(fields: dict[str, str], field: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        words(**{"subject": "A place", **fields})
    assert says in " ".join(refused.value.message_dict[field])


def test_words__twice_for_the_same_mail_and_programme__are_refused() -> None:
    words()
    with pytest.raises(ValidationError, match="already"):
        words()


@pytest.mark.parametrize("name", KINDS)
def test_catalogue__each_mail__can_start_from_the_sites_words_and_be_shown(name: str) -> None:
    subject, text = starting_words(name)
    assert check(name, subject=subject, text=text) == {}
    letter = example_letter(Wording(name=name, subject=subject, text=text))
    assert "{{" not in letter.subject + letter.text + letter.html
    assert set(KINDS[name].all_tokens) <= set(TOKENS)


def test_would_tell__dry_run__gives_what_tell_sends_and_writes_nothing() -> None:
    scene = scenes.ready_to_match(1, 1)
    letter = would_tell(scene.mentees[0], "application_accepted", note="Welcome.")
    assert not Outbox.objects.exists()
    message = told(scene, note="Welcome.")
    assert letter is not None
    assert (letter.subject, letter.text, letter.html) == (message.subject, message.text, message.html)


# --- In the admin ------------------------------------------------------------


def staff(make_user: Any, group: str) -> Client:
    set_up_groups()
    user = make_user(f"{group.lower()}@example.org")
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    sign_in(client, user, second_factor=True)
    return client


def form(**fields: str) -> dict[str, str]:
    return {"name": "application_accepted", "programme": "", "subject": "A place", "text": TEXT, **fields}


def test_admin__editor_saves_a_draft__moderator_publishes(make_user: Any) -> None:
    editor, moderator = staff(make_user, EDITORS), staff(make_user, MODERATORS)
    editor.post(reverse("mentoring_wording:add"), {**form(), "action-publish": "1"})
    row = Wording.objects.get()
    assert not row.live
    edit = reverse("mentoring_wording:edit", args=[row.pk])
    page = moderator.get(edit)
    assert "Read it as sent" in page.content.decode()
    moderator.post(edit, {**form(subject="A place for you"), "action-publish": "1"})
    row.refresh_from_db()
    assert (row.live, row.subject) == (True, "A place for you")


def test_admin__words_without_their_link__are_kept_in_the_form_with_the_sentence(make_user: Any) -> None:
    page = staff(make_user, EDITORS).post(reverse("mentoring_wording:add"), form(text="Only this. {{ note }}"))
    assert "of no use without {{ link }}" in page.content.decode()
    assert "Only this." in page.content.decode()
    assert not Wording.objects.exists()


def test_admin__read_and_test__shows_the_draft_and_sends_it_to_oneself_only(
    make_user: Any, django_capture_on_commit_callbacks: Any
) -> None:
    editor = staff(make_user, EDITORS)
    row = publish(words())
    row.text = TEXT.replace("welcome", "a warm welcome")
    row.save_revision()
    url = reverse("mentoring_wording:read", args=[row.pk])
    assert "a warm welcome to Aspiring leaders" in editor.get(url).content.decode()
    editor.post(url, {"do": "test"})
    send_due()
    assert [m.to for m in mail.outbox] == [["editors@example.org"]]
    assert mail.outbox[0].subject.startswith("[Test] A place: Aspiring leaders")
    assert editor.post(url, {"do": "else"}).status_code == 422


def test_admin__preview__shows_the_letter(make_user: Any) -> None:
    editor = staff(make_user, EDITORS)
    row = words()
    row.save_revision()
    url = reverse("mentoring_wording:preview_on_edit", args=[row.pk])
    assert editor.post(url, form(subject="Just typed")).json()["is_valid"]
    assert "Just typed" in editor.get(url).content.decode()
