"""The outbox: queued once, sent, tried again, failed where all can see."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from mentoring.errors import MentoringError, WrongMove
from mentoring.messages import sending, services
from mentoring.messages.models import Outbox, OutboxState
from mentoring.messages.sending import Trouble, send_due, trouble_with
from mentoring.models import AuditEvent
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


class BrokenBackend(BaseEmailBackend):
    """Raises what the test put here, once per message, then sends."""

    errors: list[Exception] = []

    def send_messages(self, messages: Any) -> int:
        if self.errors:
            raise self.errors.pop(0)
        mail.outbox.extend(messages)
        return len(messages)


@pytest.fixture
def broken(settings: Any) -> type[BrokenBackend]:
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    BrokenBackend.errors = []
    return BrokenBackend


def queued(key: str = "k", **fields: Any) -> Outbox:
    scene = scenes.programme_with_cohort()
    given = {
        "template": "application_declined",
        "to": "ada@example.org",
        "reply_to": "role@example.org",
        "context": {"name": "Ada", "programme": scene.programme, "cohort": scene.cohort, "role": "mentee"},
        "programme": scene.programme,
    }
    return services.queue(key=key, **{**given, **fields})


def test_queue__same_key_twice__is_one_message() -> None:
    first = queued()
    assert queued().pk == first.pk
    assert Outbox.objects.count() == 1


def test_queue__text_and_html_are_rendered_at_once__names_are_escaped_only_in_html() -> None:
    scene = scenes.programme_with_cohort("Reading & Writing")
    row = queued(context={"name": "O’Neil <b>", "programme": scene.programme, "cohort": scene.cohort, "role": "mentor"})
    assert "O’Neil <b>" in row.text
    assert "Reading & Writing" in row.subject
    assert "O’Neil &lt;b&gt;" in row.html


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "ada@example.org\nBcc: all@example.org"},
        {"to": "not an address"},
        {"reply_to": "role@example.org\r\nX: y"},
        {"to": "ada@example.org\u2028b"},
    ],
)
def test_queue__line_break_or_nonsense_in_an_address__is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(MentoringError):
        queued(**fields)
    assert not Outbox.objects.exists()


def test_queue__line_break_in_a_title_that_reaches_the_subject__is_refused() -> None:
    scene = scenes.programme_with_cohort()
    scene.programme.title = "Leaders\nBcc: all@example.org"
    with pytest.raises(MentoringError, match="one line"):
        queued(context={"name": "Ada", "programme": scene.programme, "cohort": scene.cohort, "role": "mentee"})


def test_send_due__a_queued_message__goes_out_once_with_its_message_id() -> None:
    row = queued()
    assert send_due() == 1
    assert send_due() == 0
    row.refresh_from_db()
    assert row.state == OutboxState.SENT
    assert row.sent_at is not None
    (sent,) = mail.outbox
    assert sent.extra_headers["Message-ID"] == row.message_id
    assert sent.reply_to == ["role@example.org"]
    assert [kind for _, kind in sent.alternatives] == ["text/html"]


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user")}), Trouble.FATAL),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (451, b"greylisted")}), Trouble.SLOW),
        (smtplib.SMTPDataError(554, b"spam"), Trouble.FATAL),
        (smtplib.SMTPDataError(452, b"mailbox full"), Trouble.SLOW),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), Trouble.SLOW),
        (smtplib.SMTPSenderRefused(550, b"not you", "x@example.org"), Trouble.SLOW),
        (smtplib.SMTPServerDisconnected("gone"), Trouble.QUICK),
        (smtplib.SMTPConnectError(421, b"busy"), Trouble.QUICK),
        (TimeoutError("slow"), Trouble.QUICK),
        (ConnectionRefusedError("down"), Trouble.QUICK),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), Trouble.FATAL),
        (RuntimeError("?"), Trouble.SLOW),
    ],
)
def test_trouble__each_kind_of_error__is_told_apart(error: Exception, trouble: Trouble) -> None:
    assert trouble_with(error) is trouble


def test_pause__grows_with_each_try__up_to_a_limit() -> None:
    quick = [sending.pause_after(Trouble.QUICK, n).total_seconds() for n in range(1, 9)]
    assert quick[:3] == [30, 60, 120]
    assert quick[-1] == 15 * 60
    assert sending.pause_after(Trouble.SLOW, 20) == dt.timedelta(hours=6)


def test_send_due__server_away__stops_and_keeps_everything_for_later(broken: type[BrokenBackend]) -> None:
    broken.errors = [ConnectionRefusedError("down")]
    queued("a")
    queued("b")
    assert send_due() == 1
    assert sorted(Outbox.objects.values_list("state", "tries")) == [("queued", 0), ("retry", 1)]
    Outbox.objects.update(due_at=timezone.now())
    assert send_due() == 2
    assert set(Outbox.objects.values_list("state", flat=True)) == {"sent"}


def test_send_due__address_refused__fails_at_once_and_says_why(broken: type[BrokenBackend]) -> None:
    broken.errors = [smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")})]
    row = queued()
    send_due()
    row.refresh_from_db()
    assert row.state == OutboxState.FAILED
    assert "no such user" in row.error


def test_send_due__trouble_without_end__fails_after_the_last_try(broken: type[BrokenBackend], settings: Any) -> None:
    settings.MENTORING_MAIL_ATTEMPTS = 3
    row = queued()
    for _ in range(3):
        broken.errors = [smtplib.SMTPDataError(451, b"later")]
        send_due()
        Outbox.objects.update(due_at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.tries) == (OutboxState.FAILED, 3)


def test_sweep__lease_ran_out__goes_again_under_the_same_message_id() -> None:
    row = queued()
    Outbox.objects.update(
        state=OutboxState.SENDING, tries=1, lease_token="x", lease_until=timezone.now() - dt.timedelta(seconds=1)
    )
    assert send_due() == 1
    (sent,) = mail.outbox
    assert sent.extra_headers["Message-ID"] == row.message_id
    row.refresh_from_db()
    assert (row.state, row.tries) == (OutboxState.SENT, 2)


def test_sweep__lease_still_runs__is_left_alone() -> None:
    queued()
    Outbox.objects.update(
        state=OutboxState.SENDING, lease_token="x", lease_until=timezone.now() + dt.timedelta(seconds=30)
    )
    assert send_due() == 0
    assert not mail.outbox


def test_mark__lease_was_lost_meanwhile__writes_nothing() -> None:
    row = queued()
    row.state, row.lease_token = OutboxState.SENDING, "mine"
    Outbox.objects.update(state=OutboxState.SENDING, lease_token="another’s")
    assert not sending._mark(row, OutboxState.SENT, sent_at=timezone.now())
    assert Outbox.objects.get().state == OutboxState.SENDING


def test_try_again__a_failed_message__is_queued_and_audited_and_twice_is_once() -> None:
    scene = scenes.programme_with_cohort()
    row = queued(programme=scene.programme)
    with pytest.raises(WrongMove):
        Outbox.objects.update(state=OutboxState.SENT, sent_at=timezone.now())
        services.try_again(message=row, actor=scene.coordinator)
    Outbox.objects.update(state=OutboxState.FAILED, tries=12)
    services.try_again(message=row, actor=scene.coordinator)
    services.try_again(message=row, actor=scene.coordinator)
    row.refresh_from_db()
    assert (row.state, row.tries) == (OutboxState.QUEUED, 0)
    assert AuditEvent.objects.filter(action="mentoring.message.tried_again").count() == 1


def test_try_again__mail_of_another_programme__is_refused_and_stays() -> None:
    row = queued(programme=scenes.programme_with_cohort().programme)
    Outbox.objects.update(state=OutboxState.FAILED, tries=12)
    with pytest.raises(MentoringError, match="do not coordinate"):
        services.try_again(message=row, actor=scenes.programme_with_cohort().owner)
    row.refresh_from_db()
    assert (row.state, row.tries) == (OutboxState.FAILED, 12)
