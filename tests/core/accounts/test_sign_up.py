"""Signing up: by name, e-mail and one password, with a code to prove the address."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from core.models import User
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.django_db

NEW = {"name": "Zoë Ng", "email": "zoe@example.org", "password1": PASSWORD}


def sign_up(client: Client, **changes: str) -> object:
    return client.post("/account/signup/", {**NEW, **changes})


def code_in_mail() -> str:
    found = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", mail.outbox[-1].body, re.M)
    assert found, mail.outbox[-1].body
    return found[1]


def test_sign_up__right_code__proves_the_address_and_signs_in(client: Client) -> None:
    answer = sign_up(client)
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.get(email="zoe@example.org").verified

    client.post("/account/confirm-email/", {"code": code_in_mail()})

    assert EmailAddress.objects.get(email="zoe@example.org").verified
    assert client.session["_auth_user_id"] == str(User.objects.get(name="Zoë Ng").pk)


def test_sign_up__three_wrong_codes__start_over_without_signing_in(client: Client) -> None:
    sign_up(client)
    right = code_in_mail()
    for _ in range(3):
        client.post("/account/confirm-email/", {"code": "WRONG1"})
    client.post("/account/confirm-email/", {"code": right})
    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.get(email="zoe@example.org").verified


def test_sign_up__address_taken__looks_the_same_from_outside(client: Client, member: User) -> None:
    taken = sign_up(client, email="ADA@example.org")
    other = Client()
    fresh = sign_up(other)
    assert (taken.status_code, taken.url) == (fresh.status_code, fresh.url)
    page, other_page = client.get(taken.url), other.get(fresh.url)
    words = [re.sub(r"ada@|zoe@|value=\"[^\"]*\"|nonce=\"[^\"]*\"", "", p.content.decode()) for p in (page, other_page)]
    assert words[0] == words[1]
    assert User.objects.filter(email="ada@example.org").count() == 1
    assert mail.outbox[0].subject == "You have an account already"
    assert mail.outbox[0].to == ["ada@example.org"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "not an address", "valid e"),
        ("email", "zoe@example.org\nBcc: all@example.org", "valid e"),
        ("name", "", "Please tell us your name."),
        ("name", "Zoë\r\nBcc: all@example.org", "one line"),
        ("name", "x" * 301, "300"),
        ("password1", "short", "10 characters"),
        ("password1", "password123", "too common"),
        ("password1", "zoe@example.org", "too similar"),
    ],
)
def test_sign_up__bad_input__is_refused_beside_the_field_and_keeps_the_rest(
    client: Client, field: str, value: str, words: str
) -> None:
    answer = sign_up(client, **{field: value})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert any(words in error for error in form.errors[field]), form.errors
    kept = "name" if field != "name" else "email"
    assert NEW[kept] in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["ж" * 300, "محمد بن سلمان", "李 小龍", "O’Brien-Ñuñez 🫖", "a\u0301 \u200d b"])
def test_sign_up__names_of_any_script_and_length__are_kept(client: Client, name: str) -> None:
    sign_up(client, name=name)
    assert User.objects.get().name == " ".join(name.split())


def test_sign_up__mail__has_text_and_html_and_no_word_of_the_new_person(client: Client) -> None:
    sign_up(client, name="Win money at http://evil.example")
    message = mail.outbox[0]
    html = message.alternatives[0][0]
    assert code_in_mail() in message.body and code_in_mail() in html
    assert "evil" not in message.body + html


def test_sign_up__mail_server_down__keeps_the_account_and_says_nothing_of_it(client: Client, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", fail)
    assert sign_up(client).status_code == 302
    assert User.objects.get().email == "zoe@example.org"


def test_create_superuser__command__signs_in_without_a_mail(client: Client) -> None:
    user = User.objects.create_superuser("root@example.org", PASSWORD, name="Root")
    client.post("/account/login/", {"login": "root@example.org", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not mail.outbox
