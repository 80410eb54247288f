"""Where limits are counted: shared by all processes, held when Redis is down, in few queries."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache, caches
from django.db import DatabaseError, connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from core.accounts import doors
from core.models import DoorMark, User
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]


def test_add__twice__only_the_first_takes_until_it_expires() -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        assert caches["doors"].add("allauth:a", True, timeout=10)
        assert not caches["doors"].add("allauth:a", True, timeout=10)
        clock.shift(11)
        assert caches["doors"].get("allauth:a") is None
        assert caches["doors"].add("allauth:a", True, timeout=10)


def test_set_get_touch_delete__values__come_back_and_go() -> None:
    store = caches["doors"]
    store.set("k", [1.5, 2], 60)
    assert store.get("k") == [1.5, 2]
    assert store.touch("k", 120) and not store.touch("other", 120)
    assert store.delete("k") and not store.delete("k")
    assert store.get("k", "gone") == "gone"


def test_sweep__expired__are_deleted_and_no_others() -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        caches["doors"].set("old", 1, 10)
        caches["doors"].set("new", 1, 100)
        clock.shift(50)
        assert doors.sweep() == 1
        assert DoorMark.objects.count() == 1


def test_default_cache__keys_of_the_doors__go_to_the_table_and_others_do_not() -> None:
    cache.set("allauth:rl:x", 1, 60)
    cache.set("wagtail:x", 1, 60)
    assert DoorMark.objects.count() == 1
    assert cache.get("allauth:rl:x") == cache.get("wagtail:x") == 1
    cache.clear()
    assert cache.get("allauth:rl:x") == 1, "clearing the cache lifts no limit"


def test_allauth__counts_and_used_codes__have_the_prefix_that_is_kept_apart(client: Client) -> None:
    """Fails when an update of allauth renames its keys, which would put the limits back into each process."""
    from allauth.core.internal import ratelimit
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    request = type("Request", (), {"META": {"REMOTE_ADDR": "192.0.2.1"}, "headers": {}})()
    rate = ratelimit.Rate(1, 1, "ip")
    assert ratelimit.get_cache_key(request, app="allauth.account", action="login", rate=rate).startswith(doors.PREFIXES)
    used = TOTP(Authenticator(user_id=1))._get_used_cache_key("123456")
    assert used.startswith(doors.USED_CODE_PREFIX)


def test_failed_sign_in__is_counted_in_the_table(client: Client) -> None:
    client.post("/account/login/", {"login": "nobody@example.org", "password": "x"})
    assert DoorMark.objects.count() == 3  # log-ins per address; failures per address and per account


DEAD_REDIS = {
    **settings.CACHES,
    "default": {
        "BACKEND": "core.accounts.doors.SharedCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 0.2},
    },
}


@override_settings(CACHES=DEAD_REDIS)
def test_limit__redis_down__still_bites(rf, member: User) -> None:
    """The counting itself; what else of a page needs the default cache is not the doors' business."""
    from allauth.core.internal import ratelimit

    request = rf.post("/account/login/")
    counted = [
        bool(ratelimit.consume(request, app="allauth.account", action="login_failed", key="k")) for _ in range(6)
    ]
    assert counted == [True] * 5 + [False]


def test_limit__table_unreachable__keeps_the_door_shut(client: Client, member: User, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("no table")

    monkeypatch.setattr(doors.DoorCache, "add", fail)
    client.raise_request_exception = False
    answer = client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    assert answer.status_code >= 500
    assert "_auth_user_id" not in client.session


def test_sign_in__right_password__asks_the_database_so_often(client: Client, member: User) -> None:
    client.get("/account/login/")
    with CaptureQueriesContext(connection) as all_of_them:
        client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    of_doors = [q["sql"] for q in all_of_them if "doormark" in q["sql"]]
    # 3 limits of 4 statements (lock, read, write, unlock), and 2 taken back after success
    assert len(of_doors) == 20, "\n".join(of_doors)


COUNT = """
import sys; sys.path.insert(1, "site")
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()
from django.core.cache import cache
from django.test import RequestFactory
from allauth.core.internal import ratelimit
request = RequestFactory().post("/account/login/")
passed = 0
for _ in range(4):
    passed += bool(ratelimit.consume(request, app="allauth.account", action="login_failed", key="one account"))
print(passed)
"""


@pytest.mark.django_db(transaction=True)
def test_limit__several_processes_at_once__hold_together() -> None:
    """Five may fail in five minutes: three processes with four tries each get five between them."""
    import os

    name = str(connection.settings_dict["NAME"])
    given = connection.settings_dict
    url = (
        f"sqlite:///{name}"
        if connection.vendor == "sqlite"
        else f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT'] or 5432}/{name}"
    )
    started = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", COUNT],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=120)[0].strip() for process in started]
    assert sum(int(answer) for answer in answers) == 5, answers


def test_time__of_the_store__is_the_clock_of_the_tests() -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False):
        caches["doors"].set("k", 1, 60)
        assert DoorMark.objects.get().expires == time.time() + 60
