"""The second factor: who needs one, that no way leads round it, codes that are wrong, used or many."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from core.models import User
from tests.signing_in import PASSWORD, TOTP_SECRET, enrol_totp, sign_in

pytestmark = pytest.mark.django_db

# One address of each kind below the admin: home, explorer, preview, chooser, API, scripts, users, reports, nonsense.
ADMIN_PATHS = [
    "/admin/",
    "/admin/pages/",
    "/admin/pages/1/edit/preview/",
    "/admin/pages/1/view_draft/",
    "/admin/choose-page/",
    "/admin/images/chooser/",
    "/admin/api/main/pages/",
    "/admin/jsi18n/",
    "/admin/sprite/",
    "/admin/users/",
    "/admin/account/",
    "/admin/reports/site-history/",
    "/admin/no-such-thing/",
]


def password_step(client: Client, email: str, password: str = PASSWORD) -> object:
    return client.post("/account/login/", {"login": email, "password": password})


def code_step(client: Client, code: str) -> object:
    return client.post("/account/2fa/authenticate/", {"code": code})


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_admin__staff_without_a_second_factor__is_sent_to_set_one_up(
    client: Client, superuser: User, path: str
) -> None:
    password_step(client, superuser.email)
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/account/2fa/?next=")
    posted = client.post(path)
    assert posted.status_code == 302 and posted.url.startswith("/account/2fa/")


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_admin__session_that_skipped_the_second_factor__must_prove_it_first(
    client: Client, superuser: User, path: str
) -> None:
    client.force_login(superuser)
    enrol_totp(superuser)
    answer = client.get(path)
    assert answer.status_code == 302 and answer.url.startswith("/account/2fa/reauthenticate/?next=")


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_admin__member__finds_nothing_there(client: Client, member: User, path: str) -> None:
    sign_in(client, member)
    assert client.get(path).status_code == 404


def test_admin__scripts_of_the_admin__are_refused_not_redirected(client: Client, superuser: User) -> None:
    client.force_login(superuser)
    assert client.get("/admin/choose-page/", headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


def test_admin__nobody_signed_in__is_led_to_the_one_log_in_page(client: Client) -> None:
    assert client.get("/admin/").url == "/account/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/pages/").url == "/account/login/?next=%2Fadmin%2Fpages%2F"
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302
    for path in ("", "done/", "confirm/MQ/abc-def/", "complete/"):
        assert client.get(f"/admin/password_reset/{path}").url == "/account/password/reset/"


@pytest.mark.parametrize("role", ["superuser", "access"])
def test_admin__with_the_second_factor__opens(
    client: Client, make_user: Callable[..., User], totp_now: Callable[..., str], role: str
) -> None:
    from tests.signing_in import prove_address

    user = make_user("ed@example.org", name="Ed", password=PASSWORD, is_superuser=role == "superuser")
    if role == "access":
        group = Group.objects.create(name="Coordinators of something")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        user.groups.add(group)
    prove_address(user)
    enrol_totp(user)
    assert password_step(client, user.email).url == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").url.startswith("/account/login/")
    code_step(client, totp_now())
    assert client.get("/admin/").status_code == 200


def test_admin__role_given_while_signed_in__asks_at_once(client: Client, member: User) -> None:
    client.force_login(member)
    User.objects.filter(pk=member.pk).update(is_superuser=True)
    assert client.get("/admin/").url.startswith("/account/2fa/")


@pytest.mark.django_db(transaction=True)  # allauth tells of it when the transaction holds
def test_enrolment__right_code__opens_the_admin_gives_codes_and_mails(
    client: Client, superuser: User, totp_now: Callable[..., str]
) -> None:
    password_step(client, superuser.email)
    assert client.get("/account/2fa/totp/activate/").url.startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": totp_now(secret=secret)})
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert client.get("/admin/").status_code == 200
    assert {message.subject for message in mail.outbox} >= {"A second step was added"}
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept, "the secret lies encrypted"


def test_enrolment__wrong_code__says_so_and_keeps_the_secret(client: Client, superuser: User) -> None:
    password_step(client, superuser.email)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    answer = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert "not right" in answer.content.decode() and secret in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_password_only_session__cannot_add_or_remove_a_factor(client: Client, superuser: User) -> None:
    """An older session, or a thief with the password: its password alone must not do."""
    password_step(client, superuser.email)
    enrol_totp(superuser)
    for path in (
        "/account/2fa/totp/deactivate/",
        "/account/2fa/webauthn/add/",
        "/account/2fa/recovery-codes/generate/",
    ):
        assert client.get(path).url.startswith("/account/2fa/reauthenticate/"), path
    answer = client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302 and answer.url.startswith("/account/2fa/reauthenticate/")
    assert client.get("/account/2fa/totp/deactivate/").status_code == 302
    assert client.get("/admin/").status_code == 302


def test_code__wrong__is_refused(client: Client, superuser: User) -> None:
    enrol_totp(superuser)
    password_step(client, superuser.email)
    answer = code_step(client, "000000")
    assert answer.status_code == 200 and "not right" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("seconds_later", [0, 20, 45])
def test_code__used_before__is_refused_as_long_as_it_would_be_good(
    superuser: User, totp_now: Callable[..., str], seconds_later: int
) -> None:
    enrol_totp(superuser)
    with time_machine.travel("2026-03-02 09:00:01", tick=False) as clock:
        code = totp_now()
        first, second = Client(), Client()
        password_step(first, superuser.email)
        code_step(first, code)
        assert "_auth_user_id" in first.session
        clock.shift(seconds_later)
        password_step(second, superuser.email)
        code_step(second, code)
        assert "_auth_user_id" not in second.session


@pytest.mark.parametrize(("steps", "good"), [(-1, True), (0, True), (1, True), (-2, False), (2, False)])
def test_code__clock_half_a_minute_off__is_good(
    client: Client, superuser: User, totp_now: Callable[..., str], steps: int, good: bool
) -> None:
    enrol_totp(superuser)
    with time_machine.travel("2026-03-02 09:00:01", tick=False):
        password_step(client, superuser.email)
        code_step(client, totp_now(steps))
        assert ("_auth_user_id" in client.session) is good


def test_code__five_wrong_ones__bite_with_429_even_for_the_right_one(
    client: Client, superuser: User, totp_now: Callable[..., str]
) -> None:
    enrol_totp(superuser)
    password_step(client, superuser.email)
    for _ in range(5):
        assert code_step(client, "000000").status_code == 200
    answer = code_step(client, totp_now())
    assert answer.status_code == 429 and "Too many tries" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_recovery_code__works_once_and_opens_the_admin(superuser: User) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    enrol_totp(superuser)
    code = RecoveryCodes.activate(superuser).get_unused_codes()[0]
    client, again = Client(), Client()
    password_step(client, superuser.email)
    code_step(client, code)
    assert client.get("/admin/").status_code == 200
    password_step(again, superuser.email)
    code_step(again, code)
    assert "_auth_user_id" not in again.session


def test_secret__of_the_tests__is_the_one_enrolled(superuser: User) -> None:
    from core.accounts.crypt import decrypt

    assert decrypt(enrol_totp(superuser).data["secret"]) == TOTP_SECRET


@pytest.mark.parametrize(("fallbacks", "good"), [([], False), (["the-key-before"], True)])
def test_secret__key_of_the_site_changed__fits_only_with_the_old_key_as_a_fallback(
    client: Client, superuser: User, totp_now: Callable[..., str], settings, fallbacks: list[str], good: bool
) -> None:
    now, settings.SECRET_KEY = settings.SECRET_KEY, "the-key-before"
    enrol_totp(superuser)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = now, fallbacks
    password_step(client, superuser.email)
    answer = code_step(client, totp_now())
    assert ("_auth_user_id" in client.session) is good
    assert good or "not right" in answer.content.decode()
