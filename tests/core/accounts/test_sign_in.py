"""Signing in by password, resetting it, and the limits on these doors."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from core.accounts import services
from core.models import DoorMark, User
from tests.signing_in import PASSWORD

pytestmark = pytest.mark.django_db


def log_in(client: Client, email: str = "ada@example.org", password: str = PASSWORD, **extra: str) -> object:
    return client.post("/account/login/", {"login": email, "password": password}, **extra)


def link_in_mail() -> str:
    found = re.search(r"https?://[^/\s]+(/account/password/reset/key/\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def set_password_by(client: Client, link: str) -> object:
    form_at = client.get(link)
    assert form_at.status_code == 302
    return client.post(form_at.url, {"password1": "brass-otter-lantern"})


def test_sign_in__right_password__leads_to_the_account_page(client: Client, member: User) -> None:
    answer = log_in(client, "ADA@Example.org")
    assert answer.url == "/account/"
    assert client.get("/account/").status_code == 200


def test_sign_in__wrong_password_or_no_account__say_the_same(client: Client, member: User) -> None:
    wrong, nobody = log_in(client, password="wrong"), log_in(client, "nobody@example.org")
    assert wrong.context["form"].non_field_errors() == nobody.context["form"].non_field_errors()
    assert wrong.status_code == nobody.status_code == 200
    assert "ada@example.org" in wrong.content.decode()


def test_sign_in__deactivated__is_told_and_stays_out(client: Client, member: User) -> None:
    User.objects.update(is_active=False)
    assert log_in(client).url == "/account/inactive/"
    assert not signed_in(client)


def test_sign_in__next_to_another_site__is_not_followed(client: Client, member: User) -> None:
    answer = client.post(
        "/account/login/?next=https://evil.example/", {"login": "ada@example.org", "password": PASSWORD}
    )
    assert answer.url == "/account/"


def test_limit__five_wrong_passwords_for_one_account__bites_from_any_address(client: Client, member: User) -> None:
    for n in range(5):
        assert log_in(client, password="wrong", REMOTE_ADDR=f"192.0.2.{n}").status_code == 200
    answer = log_in(client, REMOTE_ADDR="192.0.2.99")
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert "ada@example.org" in answer.content.decode(), "what was typed is kept"
    assert not signed_in(client)


def test_limit__over_after_its_time__lets_in_again(client: Client, member: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        for _ in range(6):
            log_in(client, password="wrong")
        assert log_in(client).status_code == 429
        clock.shift(301)
        assert log_in(client).status_code == 302


def test_limit__ten_wrong_passwords_from_one_address__bites_for_any_account(client: Client, member: User) -> None:
    for n in range(10):
        assert log_in(client, f"nobody{n}@example.org").status_code == 200
    assert log_in(client).status_code == 429
    assert log_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_limit__same_for_an_account_that_does_not_exist(client: Client) -> None:
    for _ in range(5):
        assert log_in(client, "nobody@example.org", REMOTE_ADDR="192.0.2.1").status_code == 200
    assert log_in(client, "nobody@example.org", REMOTE_ADDR="192.0.2.2").status_code == 429


def test_limit__thirty_log_ins_in_a_minute__answers_a_page_of_ours(client: Client, member: User) -> None:
    answers = [log_in(Client()) for _ in range(31)]
    assert [a.status_code for a in answers] == [302] * 30 + [429]
    assert answers[-1].headers["Retry-After"] == "300"
    assert "429.html" in [t.name for t in answers[-1].templates]


def test_limit__forged_forwarded_header__is_not_believed(client: Client) -> None:
    for n in range(10):
        log_in(client, f"nobody{n}@example.org", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}")
    assert log_in(client, "other@example.org", HTTP_X_FORWARDED_FOR="192.0.2.200").status_code == 429


def test_limit__behind_one_proxy__counts_what_the_proxy_wrote(client: Client, settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(10):
        log_in(client, f"nobody{n}@example.org", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 192.0.2.1")
    assert log_in(client, "a@example.org", HTTP_X_FORWARDED_FOR="203.0.113.99, 192.0.2.1").status_code == 429
    assert log_in(client, "b@example.org", HTTP_X_FORWARDED_FOR="203.0.113.99, 192.0.2.2").status_code == 200


@pytest.mark.parametrize(
    ("path", "data", "tries"),
    [
        ("/account/signup/", {"name": "N", "email": "n@example.org", "password1": "x"}, 10),
        ("/account/password/reset/", {"email": "ada@example.org"}, 3),
    ],
)
def test_limit__sign_up_and_reset__bite_too(client: Client, path: str, data: dict[str, str], tries: int) -> None:
    assert [client.post(path, data).status_code == 429 for _ in range(tries + 1)] == [False] * tries + [True]


def test_limit__counts__hold_no_address_of_a_person_or_machine(client: Client) -> None:
    log_in(client, "nobody@example.org", REMOTE_ADDR="192.0.2.1")
    kept = " ".join(f"{mark.key} {mark.value}" for mark in DoorMark.objects.all())
    assert kept and "nobody" not in kept and "192.0.2" not in kept


def test_reset__known_and_unknown_address__answer_the_same_and_mail_once(client: Client, member: User) -> None:
    known = client.post("/account/password/reset/", {"email": "ada@example.org"})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [m.to for m in mail.outbox] == [["ada@example.org"], ["nobody@example.org"]]


def test_reset__person_imported_without_a_password__sets_one_and_signs_in(
    client: Client, make_user: Callable[..., User]
) -> None:
    make_user("imported@example.org", name="Imported")
    client.post("/account/password/reset/", {"email": "imported@example.org"})
    set_password_by(client, link_in_mail())
    assert EmailAddress.objects.get(email="imported@example.org").verified
    assert log_in(client, "imported@example.org", "brass-otter-lantern").url == "/account/"


def test_reset__link_used_twice__is_no_longer_good(client: Client, member: User) -> None:
    client.post("/account/password/reset/", {"email": "ada@example.org"})
    link = link_in_mail()
    set_password_by(client, link)
    again = Client().get(link)
    assert again.status_code == 200
    assert "password/reset/" in again.content.decode() and "password1" not in again.content.decode()


def test_reset__link_after_three_days__is_no_longer_good(client: Client, member: User) -> None:
    with time_machine.travel("2026-03-02 09:00:00", tick=False) as clock:
        client.post("/account/password/reset/", {"email": "ada@example.org"})
        clock.shift(3 * 86400 + 1)
        answer = client.get(link_in_mail())
        assert answer.status_code == 200 and "password1" not in answer.content.decode()


def test_reset__link_of_another_account__does_not_open_it(
    client: Client, member: User, make_user: Callable[..., User]
) -> None:
    other = make_user("bo@example.org", name="Bo", password=PASSWORD)
    stolen = services.password_link(member).rpartition("/key/")[2].split("-", 1)[1]
    mine = services.password_link(other).rpartition("/key/")[2].split("-", 1)[0]
    answer = client.get(f"/account/password/reset/key/{mine}-{stolen}")
    assert answer.status_code == 200 and "password1" not in answer.content.decode()


def test_reset__does_not_sign_in_past_the_second_factor(client: Client, member: User) -> None:
    client.post("/account/password/reset/", {"email": "ada@example.org"})
    set_password_by(client, link_in_mail())
    assert not signed_in(client)
