"""“My data”: one file with everything about oneself and nothing of others; how mail comes; consent."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring.models import AuditEvent, MailChoice, Note, Outbox
from mentoring.personal.gathering import gather
from mentoring.personal.package import package
from tests.mentoring import scenes
from tests.mentoring.personal.life import EMAIL, NAME, live
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def opened(zipped: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_package__a_whole_life__holds_all_of_it_readable_and_for_machines() -> None:
    files = opened(package(gather(live().user)))
    for words in (
        "xylophonic biography",
        "xylophonic adjustments",
        "xylophonic goal",
        "my xylophonic note",
        "A worry.",
    ):
        assert words in files["index.html"], words
        assert words in files["data.json"], words
    assert "A worry." in files["index.html"]
    data = json.loads(files["data.json"])
    assert data["email"] == EMAIL
    assert data["sections"]["pairs"]["rows"][0]["You"] == "mentee"
    goals = list(csv.DictReader(io.StringIO(files["csv/goals.csv"])))
    assert goals[0]["What I want to get better at"] == "xylophonic goal"
    assert "BEGIN:VEVENT" in files["meetings.ics"]
    assert "xylophonic topics" not in files["meetings.ics"]


def test_package__of_others__holds_no_more_than_names_that_one_sees() -> None:
    life = live()
    everything = "".join(opened(package(gather(life.user))).values())
    assert "seems well" not in everything  # the mentor's own note
    assert str(life.partner) in everything
    assert life.scene.mentors[1].profile.user.email not in everything  # type: ignore[union-attr]  # an account
    Note.objects.filter(author="mentor").update(shared=True)
    assert "seems well" in "".join(opened(package(gather(life.user))).values())


def test_package__somebody_part_time__says_when_they_work() -> None:
    life = live()
    for week, words in ((0, "The whole week"), (0b111, "Monday, Tuesday morning")):
        life.profile.working_pattern = week
        life.profile.save()
        (row,) = json.loads(opened(package(gather(life.user)))["data.json"])["sections"]["profile"]["rows"]
        assert row["When you work"] == words


def test_package__a_cell_like_a_formula__is_harmless() -> None:
    life = live()
    life.profile.bio = "=HYPERLINK(1)"
    life.profile.save()
    assert "'=HYPERLINK(1)" in opened(package(gather(life.user)))["csv/profile.csv"]


def test_package__html_in_a_biography__is_escaped() -> None:
    life = live()
    life.profile.bio = "<script>alert(1)</script>"
    life.profile.save()
    assert "&lt;script&gt;" in opened(package(gather(life.user)))["index.html"]


def test_package__somebody_without_a_profile__has_their_account(make_user: Any) -> None:
    assert gather(make_user()).sections[0].key == "account"


def test_gather__three_times_as_many_pairs__costs_the_same_number_of_queries() -> None:
    life = live()
    gather(life.user)
    with CaptureQueriesContext(connection) as few:
        gather(life.user)
    for number in range(6):
        Note.objects.create(
            relationship=life.pair, author="mentee", text=f"note {number}", written_at=life.pair.created_at
        )
        scenes.enrolled(scenes.ready_to_match(0, 0), life.profile, "mentee")
    with CaptureQueriesContext(connection) as many:
        gather(life.user)
    assert len(many) == len(few)


def test_download__by_button__is_a_zip_and_in_the_audit_trail(client: Client) -> None:
    life = live()
    sign_in(client, life.user)
    answer = client.post(reverse("mentoring:my_data_download"))
    assert answer["Content-Type"] == "application/zip"
    assert NAME in opened(answer.content)["index.html"]
    event = AuditEvent.objects.get(action="mentoring.person.exported")
    assert event.actor_id == life.user.pk


def test_page__tells_what_was_agreed_and_offers_each_way(client: Client) -> None:
    life = live()
    sign_in(client, life.user)
    text = client.get(reverse("mentoring:my_data")).content.decode()
    assert f"version {life.enrolment.consent_version} on" in text
    assert "What is kept, and why" in text
    assert "summary of what waits" not in text  # they coordinate nothing


def test_page__however_many_applications__costs_the_same(client: Client, assert_queries_flat: Any) -> None:
    life = live()
    sign_in(client, life.user)

    def grow(number: int) -> None:
        for _ in range(number - life.profile.enrolments.count()):
            scenes.enrolled(scenes.ready_to_match(0, 0), life.profile, "mentee")

    assert_queries_flat(reverse("mentoring:my_data"), grow)


def test_mail__one_message_a_day__is_kept_and_twice_is_once(client: Client) -> None:
    life = live()
    sign_in(client, life.user)
    for _ in range(2):
        client.post(reverse("mentoring:my_data_mail"), {"once_a_day": "yes"})
    assert list(MailChoice.objects.values_list("user", "once_a_day", "daily_summary")) == [(life.user.pk, True, True)]


def test_export_person__by_command__writes_the_same_and_never_over_a_file(tmp_path: Path) -> None:
    live()
    file = tmp_path / "them.zip"
    call_command("export_person", EMAIL, str(file))
    assert "xylophonic biography" in opened(file.read_bytes())["index.html"]
    with pytest.raises(FileExistsError):
        call_command("export_person", EMAIL, str(file))
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("export_person", "nobody@example.org", str(tmp_path / "x.zip"))
    assert Outbox.objects.exists()
