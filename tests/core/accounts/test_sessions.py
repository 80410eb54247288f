"""How long sessions last, and how they are listed and ended."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import User
from tests.signing_in import PASSWORD, sign_in

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


def log_in(client: Client, user: User, *, remember: bool = False) -> None:
    data = {"login": user.email, "password": PASSWORD, **({"remember": "on"} if remember else {})}
    client.post("/account/login/", data)


def still_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(("minutes", "kept"), [(29, True), (31, False)])
def test_staff__idle__is_signed_out_after_30_minutes(client: Client, superuser: User, minutes: int, kept: bool) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        sign_in(client, superuser)
        assert client.get("/admin/").status_code == 200
        clock.shift(minutes * MINUTE)
        assert (client.get("/admin/").status_code == 200) is kept


def test_staff__busy_all_day__is_signed_out_after_12_hours(client: Client, superuser: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        sign_in(client, superuser)
        seen = []
        for _ in range(30):
            seen.append(client.get("/admin/").status_code == 200)
            clock.shift(25 * MINUTE)
        assert seen == [True] * 29 + [False], "29 visits of 25 minutes are 11:40, the next is 12:05"


def test_staff__forgotten_tab_that_pings__does_not_keep_the_session(client: Client, superuser: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        sign_in(client, superuser)
        client.get("/admin/")
        for _ in range(31):
            clock.shift(MINUTE)
            client.post("/admin/editing-sessions/ping/wagtailcore/page/1/1/")
        assert client.get("/admin/").status_code == 302


def test_staff__asked_to_be_remembered__is_not(client: Client, superuser: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        log_in(client, superuser, remember=True)
        assert still_in(client)
        clock.shift(31 * MINUTE)
        assert not still_in(client)


@pytest.mark.parametrize(
    ("remember", "idle", "kept"),
    [(False, 11 * HOUR, True), (False, 13 * HOUR, False), (True, 29 * DAY, True), (True, 31 * DAY, False)],
)
def test_member__idle__has_longer(client: Client, member: User, remember: bool, idle: int, kept: bool) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        log_in(client, member, remember=remember)
        assert still_in(client)
        clock.shift(idle)
        assert still_in(client) is kept


def test_member__not_remembered__has_a_cookie_that_ends_with_the_browser(client: Client, member: User) -> None:
    log_in(client, member)
    assert client.cookies["sessionid"]["max-age"] == ""
    remembered = Client()
    log_in(remembered, member, remember=True)
    assert remembered.cookies["sessionid"]["max-age"] == 60 * DAY


def test_ended__public_page__still_answers_and_says_why(client: Client, member: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        log_in(client, member)
        clock.shift(2 * DAY)
        answer = client.get("/account/login/")
        assert answer.status_code == 200 and "signed you out" in answer.content.decode()


def test_ended__form_sent_too_late__leads_to_the_log_in_page(client: Client, superuser: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        sign_in(client, superuser)
        client.get("/admin/")
        clock.shift(HOUR)
        assert client.post("/admin/pages/add/home/homepage/1/").url.startswith("/account/login/")


def test_list__other_sessions__are_seen_and_ended(member: User) -> None:
    here, there = Client(HTTP_USER_AGENT="Here"), Client(HTTP_USER_AGENT="There")
    log_in(here, member)
    log_in(there, member)
    assert "There" in here.get("/account/sessions/").content.decode()
    here.post("/account/sessions/")
    assert still_in(here) and not still_in(there)


def test_password__changed__ends_the_other_sessions(member: User) -> None:
    here, there = Client(), Client()
    log_in(here, member)
    log_in(there, member)
    here.post("/account/reauthenticate/", {"password": PASSWORD})
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "brass-otter-lantern"})
    assert still_in(here) and not still_in(there)


def test_activity__many_pages_in_a_minute__costs_one_write(client: Client, member: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        log_in(client, member)
        client.get("/account/name/")  # what the site sets up once
        clock.shift(61)
        with CaptureQueriesContext(connection) as first:
            client.get("/account/name/")
        with CaptureQueriesContext(connection) as second:
            client.get("/account/name/")
        writes = [[q["sql"] for q in c if q["sql"].startswith(("UPDATE", "INSERT"))] for c in (first, second)]
        assert len(writes[0]) == 2, "the session, and when it was last seen"
        assert writes[1] == []
