"""What is written down about the doors: the event and ids, never a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from core.models import User
from tests.signing_in import PASSWORD, enrol_totp

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    caplog.set_level(logging.INFO, logger="common_room.security")
    return lambda: [json.loads(r.getMessage()) for r in caplog.records if r.name == "common_room.security"]


def test_signing_in_and_out__is_written(client: Client, member: User, events: Any) -> None:
    client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    client.post("/account/logout/")
    assert [(e["event"], e["user"], e["address"]) for e in events()] == [
        ("signed_in", member.pk, "127.0.0.1"),
        ("signed_out", member.pk, "127.0.0.1"),
    ]


def test_wrong_passwords_until_the_limit__are_written_without_address_or_password(
    client: Client, member: User, events: Any
) -> None:
    for _ in range(6):
        client.post("/account/login/", {"login": member.email, "password": "wrong-and-secret"})
    assert [e["event"] for e in events()] == ["sign_in_failed"] * 5 + ["limit_reached"]
    assert len({e["account"] for e in events()[:5]}) == 1
    assert "ada@example.org" not in str(events()) and "secret" not in str(events())


@pytest.mark.django_db(transaction=True)
def test_second_factor__added_used_failed_removed__is_written(
    client: Client, superuser: User, events: Any, totp_now: Callable[..., str]
) -> None:
    client.post("/account/login/", {"login": superuser.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": totp_now(secret=secret)})
    client.post("/account/logout/")
    client.post("/account/login/", {"login": superuser.email, "password": PASSWORD})
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    client.post("/account/2fa/authenticate/", {"code": totp_now(secret=secret)})
    client.post("/account/2fa/reauthenticate/", {"code": totp_now(1, secret=secret)})
    client.post("/account/2fa/totp/deactivate/")
    written = [e["event"] for e in events()]
    for event in ("second_factor_added", "second_factor_failed", "second_factor_used", "second_factor_removed"):
        assert event in written, written
    assert secret not in str(events())


def test_password__changed__is_written(client: Client, member: User, events: Any) -> None:
    client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "brass-otter-lantern"})
    assert events()[-1]["event"] == "password_changed"
    assert "brass" not in str(events())


def test_line_breaks_in_what_was_typed__make_no_line_of_their_own(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.post("/account/login/", {"login": 'x@example.org\n{"event": "signed_in"}', "password": "x"})
    assert all("\n" not in record.getMessage() for record in caplog.records if record.name == "common_room.security")


def test_reset_second_factor__command__takes_it_away_mails_and_ends_the_sessions(
    client: Client, superuser: User, events: Any, totp_now: Any, django_capture_on_commit_callbacks: Any
) -> None:
    enrol_totp(superuser)
    client.post("/account/login/", {"login": superuser.email, "password": PASSWORD})
    client.post("/account/2fa/authenticate/", {"code": totp_now()})
    assert client.get("/admin/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        call_command("reset_second_factor", "HEAD@example.org")
    assert client.get("/admin/").status_code == 302
    assert client.get("/account/").status_code == 302, "signed out everywhere"
    assert mail.outbox[-1].to == ["head@example.org"]
    assert events()[-1]["event"] == "second_factor_reset"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_second_factor", "nobody@example.org")


def test_reset_second_factor__then_sign_in__asks_to_set_up_a_new_one(client: Client, superuser: User) -> None:
    enrol_totp(superuser)
    call_command("reset_second_factor", superuser.email)
    client.post("/account/login/", {"login": superuser.email, "password": PASSWORD})
    assert client.get("/admin/").url.startswith("/account/2fa/?")
