"""What can wait does; failing addresses are remembered until mail arrives again."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.jobs.daily import once_a_day
from mentoring.messages import sending, waiting
from mentoring.messages.holding import release_after_pauses, send_daily
from mentoring.messages.models import Outbox, OutboxState
from mentoring.messages.sending import send_due
from mentoring.models import FailingAddress, MailChoice
from mentoring.programmes.models import Enrolment
from mentoring.programmes.services import tell
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def can_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of mail that is of use later, and one that is not."""
    for name, later in (("application_received", True), ("match_ended", False)):
        monkeypatch.setitem(waiting.WAITING, name, later)


def mentee(**profile: Any) -> Enrolment:
    row = scenes.ready_to_match(1, 1).mentees[0]
    for name, value in profile.items():
        setattr(row.profile, name, value)
    row.profile.save()
    return row


def paused() -> Enrolment:
    return mentee(paused_until=timezone.localdate() + dt.timedelta(days=5))


def states() -> list[str]:
    return list(Outbox.objects.order_by("pk").values_list("state", flat=True))


def test_pause__what_can_wait_is_held_back__what_cannot_goes_out(can_wait: None, clock: Any) -> None:
    row = paused()
    tell(row, "application_received", key="a")
    tell(row, "application_declined", key="b")
    send_due()
    assert states() == [OutboxState.WITHHELD, OutboxState.SENT]
    assert release_after_pauses() == 0


def test_pause__is_over__what_is_still_of_use_goes_out_and_the_rest_is_dropped(can_wait: None, clock: Any) -> None:
    row = paused()
    tell(row, "application_received", key="a")
    tell(row, "match_ended", key="b")
    clock.shift(dt.timedelta(days=5))
    assert release_after_pauses() == 2
    assert release_after_pauses() == 0
    send_due()
    assert states() == [OutboxState.SENT, OutboxState.DROPPED]
    assert len(mail.outbox) == 1


def test_pause__with_a_calendar_entry__never_waits(can_wait: None, clock: Any) -> None:
    entry = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    tell(paused(), "application_received", key="a", calendar=entry)
    assert states() == [OutboxState.QUEUED]


@pytest.mark.parametrize("choice", ["pause", "daily"])
def test_can_wait__news_and_thanks_of_the_site__are_held_back__offers_are_not(choice: str, clock: Any) -> None:
    row = mentee()
    if choice == "pause":
        row.profile.paused_until = timezone.localdate() + dt.timedelta(days=5)
        row.profile.save()
    else:
        MailChoice.objects.create(user=row.profile.user, once_a_day=True)
    tell(row, "pair_stage", key="a", stage={"title": "Goals"}, tasks=[], other=row.profile)
    tell(row, "choices_exhausted", key="b")
    tell(row, "pair_completed", key="c", other=row.profile)
    tell(row, "offer", key="d", other=row.profile, answer_by=timezone.localdate())
    assert states() == [OutboxState.WITHHELD] * 3 + [OutboxState.QUEUED]


def test_can_wait__each_mail__has_its_files() -> None:
    for name in waiting.WAITING:
        assert get_template(f"mentoring/email/{name}.txt")


def test_daily__once_a_day__brings_all_in_one_message(can_wait: None, clock: Any) -> None:
    row = mentee()
    user: Any = row.profile.user
    MailChoice.objects.create(user=user, once_a_day=True)
    tell(row, "application_received", key="a")
    tell(row, "application_received", key="b")
    send_due()
    assert not mail.outbox
    due = once_a_day("daily messages", send_daily)
    assert (due(), due()) == (1, 0)
    send_due()
    assert len(mail.outbox) == 1
    assert mail.outbox[0].body.count("We have your application") >= 1
    assert states()[:2] == [OutboxState.GATHERED, OutboxState.GATHERED]
    clock.shift(dt.timedelta(days=1))
    assert due() == 0


def test_once_a_day__before_its_hour_or_after_a_failure__is_due_again(clock: Any) -> None:
    calls = []

    def work() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("no")
        return 1

    clock.move_to(dt.datetime(2027, 1, 12, 5, 59, tzinfo=dt.UTC))
    due = once_a_day("test", work)
    assert (due(), calls) == (0, [])
    clock.shift(dt.timedelta(minutes=2))
    with pytest.raises(RuntimeError):
        due()
    assert (due(), due(), len(calls)) == (1, 0, 2)


# --- Addresses that fail ------------------------------------------------------------


def refuse(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def send(self: Any, fail_silently: bool = False) -> int:
        raise smtplib.SMTPRecipientsRefused({self.to[0]: (code, b"no such person")})

    monkeypatch.setattr(sending.EmailMultiAlternatives, "send", send)


def test_bounce__refused_for_good__is_listed_for_the_programmes_coordinators_only(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    row = mentee()
    other = scenes.ready_to_match(1, 1)
    tell(row, "application_declined", key="a")
    refuse(monkeypatch, 550)
    send_due()
    address = FailingAddress.objects.get()
    assert (address.email, address.times) == (row.profile.user.email, 1)  # type: ignore[union-attr]  # an account
    coordinator = row.cohort.programme.grants.get(role="coordinator").user
    for user, sees in ((coordinator, True), (other.coordinator, False)):
        staff = Client()
        sign_in(staff, user, second_factor=True)
        assert (address.email in staff.get(reverse("mentoring_failing:index")).content.decode()) is sees


def test_bounce__refused_for_now__is_no_failing_address(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(mentee(), "application_declined", key="a")
    refuse(monkeypatch, 450)
    send_due()
    assert not FailingAddress.objects.exists()


def test_bounce__mail_arrives_again__the_address_is_forgotten() -> None:
    row = mentee()
    now = timezone.now()
    FailingAddress.objects.create(email=row.profile.user.email, first_at=now, last_at=now)  # type: ignore[union-attr]
    tell(row, "application_declined", key="a")
    send_due()
    assert not FailingAddress.objects.exists()
