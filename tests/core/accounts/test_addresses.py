"""Several addresses of one account: added when proved, taken from nobody, never the last one away."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from core.models import User
from tests.signing_in import PASSWORD, enrol_totp, prove_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(client: Client, member: User) -> Client:
    """A client that is signed in and has just confirmed that it is still them."""
    client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def code_in_mail() -> str:
    found = re.search(r"^([A-Z0-9-]{6,})$", mail.outbox[-1].body, re.MULTILINE)
    assert found
    return found[1]


def add(client: Client, email: str) -> object:
    return client.post("/account/email/", {"action_add": "", "email": email}, follow=True)


def test_add__code_from_the_mail__adds_it_even_with_a_second_factor(inside: Client, member: User) -> None:
    enrol_totp(member)
    add(inside, "ada.home@example.org")
    assert not EmailAddress.objects.filter(email="ada.home@example.org").exists(), "only once it is proved"
    inside.post("/account/confirm-email/", {"code": code_in_mail()})
    assert EmailAddress.objects.get(email="ada.home@example.org").verified
    other = Client()
    answer = other.post("/account/login/", {"login": "ada.home@example.org", "password": PASSWORD})
    assert answer.url == "/account/2fa/authenticate/"


def test_add__address_of_another_account__looks_the_same_and_takes_nothing(
    inside: Client, make_user, member: User
) -> None:
    prove_address(make_user("bo@example.org", name="Bo"))
    free = add(inside, "free@example.org")
    taken = add(inside, "bo@example.org")
    assert taken.redirect_chain == free.redirect_chain
    assert [message.subject for message in mail.outbox] == ["Please confirm your address"] * 2
    inside.post("/account/confirm-email/", {"code": code_in_mail()})  # whoever can read Bo's mail
    assert EmailAddress.objects.get(email="bo@example.org").user.name == "Bo"


def test_remove__main_or_last_address__stays(inside: Client, member: User) -> None:
    answer = inside.post("/account/email/", {"action_remove": "", "email": member.email}, follow=True)
    assert "stays" in answer.content.decode() or "main" in answer.content.decode()
    assert EmailAddress.objects.get().email == member.email


def test_main__changed__moves_the_account_and_tells_the_old_mailbox(inside: Client, member: User) -> None:
    EmailAddress.objects.create(user=member, email="second@example.org", verified=True)
    inside.post("/account/email/", {"action_primary": "", "email": "second@example.org"})
    member.refresh_from_db()
    assert member.email == "second@example.org"
    assert "ada@example.org" in {to for message in mail.outbox for to in message.to}


def test_address_of_another__in_the_form__changes_nothing(inside: Client, make_user, member: User) -> None:
    theirs = prove_address(make_user("bo@example.org", name="Bo"))
    for action in ("action_remove", "action_primary", "action_send"):
        inside.post("/account/email/", {action: "", "email": "bo@example.org"})
    theirs.refresh_from_db()
    assert theirs.user.name == "Bo" and theirs.primary and theirs.verified
    assert User.objects.get(pk=member.pk).email == "ada@example.org"


@pytest.mark.parametrize("email", ["nonsense", "", "a@b", "x@example.org\r\nBcc: y@example.org", "ада@приклад"])
def test_add__malformed__is_refused_beside_the_field(inside: Client, email: str) -> None:
    answer = add(inside, email)
    assert answer.context["form"].errors["email"]
    assert EmailAddress.objects.count() == 1


def test_name__changed__is_seen_and_bad_ones_are_kept_in_the_field(inside: Client, member: User) -> None:
    answer = inside.post("/account/name/", {"name": "x" * 301})
    assert answer.status_code == 200 and "x" * 301 in answer.content.decode()
    assert "Ada Okafor" in answer.content.decode(), "the header still shows the stored name"
    inside.post("/account/name/", {"name": "  Ada   Ōkafor "})
    member.refresh_from_db()
    assert member.name == "Ada Ōkafor"
