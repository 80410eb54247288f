"""Journeys at the doors: signing up, the second factor, passkeys, what one can do with one's account."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from playwright.sync_api import Page

from core.models import User
from tests.signing_in import PASSWORD, prove_address

from .toolkit import axe_check, look_everywhere

pytestmark = pytest.mark.django_db(transaction=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def code_from_mail() -> str:
    found = re.search(r"^([A-Z0-9-]{6,})$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def app_code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def test_member__signs_up_verifies_enrols_a_second_factor__and_signs_in_with_it(
    visit: Callable[[str], Page],
) -> None:
    page = visit("/account/signup/")
    look_everywhere(page)
    press(page, "Make my account")
    look_everywhere(page)  # every field says what is missing

    page.get_by_label("Your name").fill("Zoë Ng")
    page.get_by_label("E-mail address").fill("zoe@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Make my account")
    page.get_by_role("heading", name="Look in your mailbox").wait_for()
    look_everywhere(page)
    page.get_by_label("Code from the mail").fill("AAAAAA")
    press(page, "Confirm")
    page.get_by_text("That code is not right").first.wait_for()
    page.get_by_label("Code from the mail").fill(code_from_mail())
    press(page, "Confirm")

    page.get_by_role("heading", name="Your account").wait_for()
    look_everywhere(page)
    page.get_by_role("link", name="Set up the second step").click()
    look_everywhere(page)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_role("heading", name="Is it still you?").wait_for()
    look_everywhere(page)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Confirm")
    page.get_by_role("heading", name="Set up an app").wait_for()
    look_everywhere(page)
    secret = page.locator("code").inner_text()
    page.get_by_label("Code that the app shows now").fill("000000")
    press(page, "Set it up")
    page.get_by_text("That code is not right").first.wait_for()
    assert page.locator("code").inner_text() == secret
    page.get_by_label("Code that the app shows now").fill(app_code(secret))
    press(page, "Set it up")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    look_everywhere(page)
    recovery = page.locator(".account-page__codes code").first.inner_text()

    page.goto("/account/logout/")
    look_everywhere(page)
    press(page, "Sign out")
    log_in(page, "zoe@example.org")
    page.get_by_role("heading", name="The second step").wait_for()
    look_everywhere(page)
    page.get_by_label("Code", exact=True).fill("000000")
    press(page, "Sign in")
    page.get_by_text("That code is not right").first.wait_for()
    page.get_by_label("Code", exact=True).fill(app_code(secret, 1))
    press(page, "Sign in")
    page.get_by_role("heading", name="Your account").wait_for()

    page.goto("/account/logout/")
    press(page, "Sign out")
    log_in(page, "zoe@example.org")
    page.get_by_label("Code", exact=True).fill(recovery)
    press(page, "Sign in")
    page.get_by_role("heading", name="Your account").wait_for()


@pytest.fixture
def member(transactional_db: None, make_user: Callable[..., User]) -> User:
    user = make_user("ada@example.org", name="Ada Okafor", password=PASSWORD)
    prove_address(user)
    return user


def give_virtual_key(page: Page) -> Any:
    """A passkey of Chromium's own making, that always says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools


@pytest.mark.parametrize("alone", [True, False], ids=["signs in alone", "as the second step"])
def test_passkey__added__signs_in(visit: Callable[[str], Page], member: User, alone: bool) -> None:
    page = visit("/account/login/")
    look_everywhere(page)
    give_virtual_key(page)
    log_in(page, member.email)
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Confirm")
    page.get_by_role("heading", name="Add a passkey").wait_for()
    look_everywhere(page)
    page.get_by_label("Name for it").fill("School laptop")
    page.get_by_label("Let me sign in with it alone").set_checked(alone)
    press(page, "Add it")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto("/account/2fa/webauthn/")
    page.get_by_text("School laptop").first.wait_for()
    look_everywhere(page)

    page.goto("/account/logout/")
    press(page, "Sign out")
    if alone:
        page.goto("/account/login/")
        press(page, "Sign in with a passkey")
    else:
        log_in(page, member.email)
        page.get_by_role("heading", name="The second step").wait_for()
        press(page, "Use a passkey or security key")
    page.get_by_role("heading", name="Your account").wait_for()

    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name="Rename School laptop").click()
    page.get_by_role("heading", name="Is it still you?").wait_for()
    axe_check(page)
    press(page, "Use a passkey or security key")
    page.get_by_role("heading", name="Rename the passkey").wait_for()
    axe_check(page)


PAGES = [
    "/account/",
    "/account/name/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/sessions/",
    "/account/3rdparty/",
    "/account/inactive/",
]
OUTSIDE = [
    "/account/login/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/1-set-password/",
    "/account/password/reset/key/done/",
    "/account/confirm-email/",
    "/account/3rdparty/login/cancelled/",
    "/account/3rdparty/login/error/",
]


def test_pages_inside__every_look__stand_in_the_layout(visit: Callable[[str], Page], member: User) -> None:
    page = visit("/account/login/")
    log_in(page, member.email)
    for path in PAGES:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        look_everywhere(page)


def test_pages_outside__every_look__stand_in_the_layout(visit: Callable[[str], Page]) -> None:
    page = visit("/")
    for path in OUTSIDE:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        look_everywhere(page)


def test_limit__too_many_tries__page_stands_in_the_layout(visit: Callable[[str], Page], member: User) -> None:
    page = visit("/account/login/")
    for _ in range(6):
        page.get_by_label("E-mail address").fill(member.email)
        page.get_by_label("Password", exact=True).fill("wrong")
        press(page, "Sign in")
    page.get_by_text("Too many tries").first.wait_for()
    look_everywhere(page)


def test_log_in__without_scripts__works(new_context: Callable[..., Any], member: User) -> None:
    page = new_context(java_script_enabled=False).new_page()
    log_in(page, member.email)
    assert page.locator("h1").inner_text() == "Your account"
