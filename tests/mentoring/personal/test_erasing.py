"""Erasing a person: nothing of them is left anywhere, and others keep what is theirs."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from mentoring.errors import MentoringError
from mentoring.messages.models import Outbox
from mentoring.messages.sending import send_due
from mentoring.models import (
    AuditEvent,
    Concern,
    CoordinatorGrant,
    Enrolment,
    ImportJob,
    Note,
    Profile,
    Relationship,
    Tombstone,
)
from mentoring.personal import erasing
from mentoring.personal.erasing import erase, forget_confirmations
from tests.mentoring import scenes
from tests.mentoring.personal.everywhere import files_with, tables_with
from tests.mentoring.personal.life import EMAIL, NAME, WORDS, live, mail_to_partner
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_erase__a_whole_life__leaves_no_name_address_or_word_anywhere(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    life = live()
    assert len(tables_with(*WORDS)) > 30  # the search finds what is there
    assert files_with(settings, EMAIL)
    with django_capture_on_commit_callbacks(execute=True):
        erase(user=life.user, actor=life.user)
    send_due()
    forget_confirmations()
    assert tables_with(*WORDS) == []
    assert files_with(settings, *WORDS) == []


def test_erase__a_live_pair__ends_and_the_other_is_told_without_a_reason() -> None:
    life = live()
    before = set(Outbox.objects.values_list("pk", flat=True))
    erase(user=life.user, actor=life.user)
    life.pair.refresh_from_db()
    assert life.pair.state == "ended"
    to = life.partner.user.email  # type: ignore[union-attr]  # a member with an account
    told = Outbox.objects.filter(recipient=to).exclude(pk__in=before)
    assert told.count() == 1
    assert NAME not in told.get().text
    assert "erase" not in told.get().text.lower()
    assert "a former participant" in mail_to_partner().text


def test_erase__what_others_lean_on__stays_without_the_person() -> None:
    life = live()
    life.profile.working_pattern = 3
    life.profile.save()
    erase(user=life.user, actor=None)
    former = Profile.objects.get(pk=life.profile.pk)
    assert former.working_pattern == 0
    assert (str(former), former.user, former.erased_at is not None) == ("Former participant", None, True)
    assert Relationship.objects.filter(pk=life.pair.pk, mentee__profile=former).exists()
    assert Enrolment.objects.filter(profile=former).count() == 1  # the one that led nowhere is gone
    assert [note.text for note in Note.objects.all()] == ["a former participant seems well."]
    assert Concern.objects.get().raised_by is None
    assert Concern.objects.get().text == "A worry."
    assert ImportJob.objects.filter(state="discarded").count() == 1
    assert not get_user_model().objects.filter(email=EMAIL).exists()


def test_erase__one_audit_row_says_so_and_names_nobody() -> None:
    life = live()
    erase(user=life.user, actor=life.user)
    event = AuditEvent.objects.get(action="mentoring.person.erased")
    assert (event.actor_id, event.object_label) == (life.user.pk, f"profile {life.profile.pk}")
    assert event.after["pairs ended"] == 1


def test_erase__the_last_message__goes_out_and_is_forgotten() -> None:
    life = live()
    erase(user=life.user, actor=life.user)
    send_due()
    assert EMAIL in [to for message in mail.outbox for to in message.to]
    forget_confirmations()
    assert not Outbox.objects.filter(recipient=EMAIL).exists()


def test_erase__something_fails_halfway__nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    life = live()
    before = tables_with(*WORDS)

    def break_down(user: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(erasing, "_account", break_down)
    with pytest.raises(RuntimeError):
        erase(user=life.user, actor=life.user)
    assert tables_with(*WORDS) == before


def test_erase__the_only_owner__is_refused_until_there_is_another() -> None:
    scene = scenes.programme_with_cohort()
    with pytest.raises(MentoringError, match="name another owner first"):
        erase(user=scene.owner, actor=scene.owner)
    CoordinatorGrant.objects.create(programme=scene.programme, user=scenes.user("Second Owner"), role="owner")
    erase(user=scene.owner, actor=scene.owner)
    assert not get_user_model().objects.filter(pk=scene.owner.pk).exists()


def test_erase__an_administrator__is_refused(make_user: Any) -> None:
    with pytest.raises(MentoringError, match="administers the site"):
        erase(user=make_user(is_superuser=True), actor=None)


def test_erase__while_a_file_with_them_is_applied__is_refused() -> None:
    life = live()
    ImportJob.objects.filter(state="previewed").update(state="applying")
    with pytest.raises(MentoringError, match="being imported"):
        erase(user=life.user, actor=life.user)


def test_erase__where_accounts_are_kept__an_empty_one_stays(settings: Any) -> None:
    settings.MENTORING_ERASE_ACCOUNT = "deactivate"
    life = live()
    erase(user=life.user, actor=life.user)
    life.user.refresh_from_db()
    assert (life.user.is_active, life.user.name) == (False, "")
    assert tables_with("quillinane") == [x for x in tables_with("quillinane") if "outbox" in x]  # the last message only


# --- The page ------------------------------------------------------------


def test_page__words_not_typed__erases_nothing_and_says_so(client: Client) -> None:
    life = live()
    sign_in(client, life.user)
    page = client.post(reverse("mentoring:my_data_erase"), {"typed": "yes"})
    assert page.status_code == 422
    assert "Nothing was erased" in page.content.decode()
    assert get_user_model().objects.filter(email=EMAIL).exists()


def test_page__words_typed__erases_and_signs_out(client: Client) -> None:
    life = live()
    sign_in(client, life.user)
    url = reverse("mentoring:my_data_erase")
    assert "What stays" in client.get(url).content.decode()
    page = client.post(url, {"typed": " Erase  my DATA "})
    assert "Your data has been erased" in page.content.decode()
    assert not get_user_model().objects.filter(email=EMAIL).exists()
    assert client.get(reverse("mentoring:home")).status_code == 302


# --- Commands, and a backup that comes back ------------------------------------------------------------


def test_erase_person__unknown_address__says_so() -> None:
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("erase_person", "nobody@example.org", "--yes")


def test_erase_again__a_backup_brought_somebody_back__erases_them_and_repeats_safely(
    settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MENTORING_TOMBSTONES = str(tmp_path / "tombstones")
    life = live()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_person", EMAIL, "--yes", stdout=StringIO())
    assert "quillinane" not in (tmp_path / "tombstones").read_text()
    # The backup: the person is there again, under the old number, and the tombstone is not.
    Tombstone.objects.all().delete()
    back = get_user_model().objects.create_user(EMAIL, name=NAME)
    Profile.objects.filter(pk=life.profile.pk).update(user=back, display_name=NAME, erased_at=None)
    said = StringIO()
    call_command("erase_again", "--file", str(tmp_path / "tombstones"), stdout=said)
    assert "1 person(s) erased again" in said.getvalue()
    assert not get_user_model().objects.filter(email=EMAIL).exists()
    said = StringIO()
    call_command("erase_again", stdout=said)
    assert "0 person(s)" in said.getvalue()


def test_erase_again__somebody_registered_anew__is_left_alone() -> None:
    life = live()
    erase(user=life.user, actor=None)
    anew = get_user_model().objects.create_user(EMAIL, name="Back again")
    scenes.person("Back again", who=anew)
    call_command("erase_again", stdout=StringIO())
    assert get_user_model().objects.filter(pk=anew.pk).exists()
