"""The demo's log-ins: handy while developing, invisible anywhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from core.accounts import demo
from core.accounts.demo import DemoLogin
from core.models import User
from tests.signing_in import PASSWORD, enrol_totp

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
LOGINS = [
    DemoLogin("Administrator", "head@example.org", PASSWORD, "Sees everything."),
    DemoLogin("Nobody yet", "absent@example.org", "never-shown"),
]
HERE = "tests.core.accounts.test_demo.LOGINS"


@pytest.fixture
def developing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    settings.DEMO_LOGINS = HERE


def test_log_in_page__developing__lists_people_who_exist_and_the_code(
    developing: None, client: Client, superuser: User
) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False):
        page = client.get("/account/login/").content.decode()
        assert "Administrator" in page and PASSWORD in page and demo.current_code() in page
    assert "never-shown" not in page


def test_newcomer__developing__gets_into_the_admin_without_a_phone(
    developing: None, client: Client, superuser: User
) -> None:
    demo.enrol_demo_totp(superuser)
    demo.enrol_demo_totp(superuser)  # twice is once
    client.post("/account/login/", {"login": superuser.email, "password": PASSWORD})
    page = client.get("/account/2fa/authenticate/").content.decode()
    assert demo.current_code() in page
    client.post("/account/2fa/authenticate/", {"code": demo.current_code()})
    assert client.get("/admin/").status_code == 200


def test_second_step__person_with_an_app_of_their_own__sees_no_code(
    developing: None, client: Client, superuser: User
) -> None:
    enrol_totp(superuser)
    client.post("/account/login/", {"login": superuser.email, "password": PASSWORD})
    assert "Demo:" not in client.get("/account/2fa/authenticate/").content.decode()


@pytest.mark.parametrize(("debug", "logins"), [(False, HERE), (True, ""), (False, "")])
def test_anywhere_else__nothing_is_shown_given_or_known(
    client: Client, superuser: User, settings: Any, debug: bool, logins: str
) -> None:
    settings.DEBUG = True
    settings.DEMO_LOGINS = HERE
    demo.enrol_demo_totp(superuser)
    settings.DEBUG, settings.DEMO_LOGINS = debug, logins
    assert not demo.is_on()
    assert (list(demo.demo_logins()), demo.current_code()) == ([], "")
    page = client.get("/account/login/").content.decode()
    assert "Demo" not in page and PASSWORD not in page
    client.post("/account/login/", {"login": superuser.email, "password": PASSWORD})
    assert "Demo" not in client.get("/account/2fa/authenticate/").content.decode()
    with pytest.raises(ImproperlyConfigured):
        demo.enrol_demo_totp(superuser)


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEF",
    "ALLOWED_HOSTS": "common-room.example.org",
    "BASE_URL": "https://common-room.example.org",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
    "EMAIL_URL": "dummymail://",
    "DEFAULT_FROM_EMAIL": "common-room@example.org",
    "DEMO_LOGINS": HERE,
}
ASK = """
import sys; sys.path.insert(1, "site")
import django; django.setup()
from django.conf import settings
from core.accounts import demo
print([settings.DEBUG, settings.DEMO_LOGINS, demo.is_on(), demo.current_code(), list(demo.demo_logins())])
"""


def test_production_settings__with_the_variable_set__show_nothing() -> None:
    environment = {**os.environ, **PRODUCTION}
    answer = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.stdout.strip() == "[False, '', False, '', []]", answer.stderr
