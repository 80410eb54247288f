"""Calendar entries that go with a message."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from mentoring.messages import services
from mentoring.messages.models import Outbox, OutboxState
from mentoring.messages.sending import send_due
from mentoring.programmes.services import tell
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db

ENTRY = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Common Room//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:1@example.org",
        "SUMMARY:Café – first meeting",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)


def told(calendar: str = ENTRY) -> Outbox:
    scene = scenes.ready_to_match(1, 1)
    tell(scene.mentees[0], "application_declined", key="k", calendar=calendar)
    return Outbox.objects.get(key="k")


def as_received(message: Any) -> Any:
    return email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)


def test_tell__with_a_calendar__sends_it_as_a_part_with_its_method_and_as_a_file() -> None:
    told()
    send_due()
    received = as_received(mail.outbox[0])
    parts = {part.get_content_type(): part for part in received.walk() if not part.is_multipart()}
    assert set(parts) == {"text/plain", "text/html", "text/calendar", "application/ics"}
    entry = parts["text/calendar"]
    assert entry.get_param("method") == "REQUEST"
    assert "SUMMARY:Café – first meeting" in entry.get_content()
    assert parts["application/ics"].get_filename() == "invite.ics"
    assert parts["application/ics"].get_content().decode() == ENTRY


def test_send_due__a_cancelled_entry__is_named_so() -> None:
    told(ENTRY.replace("REQUEST", "CANCEL").replace("\r\n", "\n"))
    send_due()
    received = as_received(mail.outbox[0])
    files = {part.get_filename(): part for part in received.iter_attachments()}
    assert b"METHOD:CANCEL\r\n" in files["cancel.ics"].get_content()


def test_send_due__sent_again_after_a_crash__carries_the_same_message_id_and_entry() -> None:
    row = told()
    send_due()
    Outbox.objects.filter(pk=row.pk).update(
        state=OutboxState.SENDING, sent_at=None, lease_until=timezone.now() - dt.timedelta(seconds=1)
    )
    send_due()
    first, second = (as_received(message) for message in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"] == row.message_id
    assert [part.get_content_type() for part in first.walk()] == [part.get_content_type() for part in second.walk()]


def test_send_due__without_a_calendar__has_no_such_part() -> None:
    told("")
    send_due()
    assert "calendar" not in str(as_received(mail.outbox[0]))


@pytest.mark.parametrize("broken", ["SUMMARY:x", ENTRY.replace("METHOD:REQUEST\r\n", "")])
def test_queue__a_calendar_without_a_method__is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match="METHOD"):
        services.queue(key="k", template="application_declined", to="a@example.org", context={}, calendar=broken)
    assert not Outbox.objects.exists()
