"""Mail that a mail server took and sent back later."""

from __future__ import annotations

import datetime as dt
import io
import sys
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mentoring.messages import bounces, sending, services
from mentoring.messages.models import Outbox, OutboxState
from mentoring.models import FailingAddress
from tests.mentoring import scenes
from tests.signing_in import staff_client_of

pytestmark = pytest.mark.django_db

REPORT = """\
From: MAILER-DAEMON@mail.example.org
To: commonroom@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

I could not deliver your message.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Mon, 11 Jan 2027 09:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such mailbox here

--part
{original}
--part--
"""
WHOLE = "Content-Type: message/rfc822\n\nMessage-ID: {id}\nSubject: Welcome\n\nWelcome.\n"
HEADERS = "Content-Type: text/rfc822-headers\n\nMessage-ID: {id}\nSubject: Welcome\n"


def sent(scene: scenes.Scene, to: str = "ann@example.org", key: str = "one") -> Outbox:
    row = Outbox.objects.create(
        key=key, message_id=f"<{key}@example.org>", template="welcome", recipient=to, subject="Welcome", text="Hello.",
        due_at=timezone.now(), programme=scene.programme,
    )  # fmt: skip
    sending.send_due()
    row.refresh_from_db()
    assert row.state == OutboxState.SENT
    return row


def report(row: Outbox, *, original: str = WHOLE, **changes: str) -> bytes:
    words = {"recipient": row.recipient, "action": "failed", "status": "5.1.1", "id": row.message_id, **changes}
    return REPORT.format(original=original.format(id=words.pop("id")), **words).encode()


@pytest.mark.parametrize("original", [WHOLE, HEADERS])
def test_bounce__of_ours__marks_message_and_address_and_twice_is_once(original: str) -> None:
    scene = scenes.programme_with_cohort()
    row = sent(scene, "Ann@example.org")
    assert bounces.note(report(row, original=original, recipient="ann@EXAMPLE.org")).endswith("marked as failed.")
    bounces.note(report(row, original=original))
    row.refresh_from_db()
    failing = FailingAddress.objects.get()
    assert (row.state, row.error) == ("failed", "It came back: 5.1.1 550 5.1.1 No such mailbox here")
    assert (failing.email, failing.times, failing.came_back) == ("ann@example.org", 1, True)
    page = staff_client_of(scene.coordinator).get("/admin/mentoring/failing/").content.decode()
    assert "ann@example.org" in page and "Sent back" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "<forged@example.org>"}, "It is about no message of ours."),
        ({"recipient": "bo@example.org"}, "It is about no message of ours."),
        ({"action": "delayed", "status": "4.4.1"}, "is late"),
        ({"action": "delivered", "status": "2.0.0"}, "This is no report"),
        ({"id": ""}, "This is no report"),
    ],
)
def test_bounce__that_says_less__marks_nothing(changes: dict[str, str], said: str) -> None:
    row = sent(scenes.programme_with_cohort())
    assert said in bounces.note(report(row, **changes))
    row.refresh_from_db()
    assert row.state == OutboxState.SENT and not FailingAddress.objects.exists()


@given(at=st.integers(0, 900), length=st.integers(0, 900), junk=st.binary(max_size=80))
def test_bounce__report_that_was_damaged_anywhere__is_read_or_left_without_an_error(
    at: int, length: int, junk: bytes
) -> None:
    whole = REPORT.format(
        recipient="ann@example.org", action="failed", status="5.1.1", original=WHOLE.format(id="<one@example.org>")
    ).encode()
    found = bounces.read(whole[:at] + junk + whole[at + length :])
    assert found is None or found.message_id
    assert bounces.read(junk) is None


def test_bounce__address_that_takes_mail_again__is_listed_until_nothing_came_back_for_a_week(clock: Any) -> None:
    scene = scenes.programme_with_cohort()
    bounces.note(report(sent(scene)))
    clock.shift(dt.timedelta(days=2))
    sent(scene, key="two")
    assert FailingAddress.objects.exists()  # it took that one before, too, and sent it back
    clock.shift(dt.timedelta(days=6))
    sent(scene, key="three")
    assert not FailingAddress.objects.exists()


def test_bounce__tried_again__goes_under_its_old_message_id(mailoutbox: list[mail.EmailMessage]) -> None:
    scene = scenes.programme_with_cohort()
    row = sent(scene)
    bounces.note(report(row))
    row.refresh_from_db()
    services.try_again(message=row, actor=scene.coordinator)
    sending.send_due()
    assert [m.extra_headers["Message-ID"] for m in mailoutbox] == [row.message_id] * 2
    row.refresh_from_db()
    assert row.state == OutboxState.SENT and row.sent_at <= timezone.now()


def test_command__mail_on_standard_input__says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = sent(scenes.programme_with_cohort())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report(row))))
    call_command("read_bounce")
    assert capsys.readouterr().out == f"Message {row.pk} came back and is marked as failed.\n"
