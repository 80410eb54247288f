"""Microsoft and Google against a provider of our own, in process: who gets in, who is refused, who is linked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from requests.adapters import BaseAdapter

from core.accounts.adapters import SocialAccountAdapter
from core.accounts.openid import proved_address
from core.models import User
from tests.signing_in import PASSWORD, enrol_totp

pytestmark = pytest.mark.django_db

ISSUERS = {"microsoft": "https://login.example.net/tenant/v2.0", "google": "https://accounts.example.net"}
CLIENTS = {issuer: f"client-of-{name}" for name, issuer in ISSUERS.items()}
GOOD: dict[str, dict[str, Any]] = {
    "microsoft": {"sub": "m-1", "name": "Ada Okafor", "email": "Ada@Example.org", "xms_edov": True},
    "google": {
        "sub": "g-1",
        "name": "Ada Okafor",
        "email": "Ada@Example.org",
        "email_verified": True,
        "hd": "example.org",
    },
}


class FakeProvider(BaseAdapter):
    """Answers where requests would speak to the provider: its configuration and its tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: dict[str, Any] = {}
        self.overrides: dict[str, Any] = {}

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        url = str(request.url)
        issuer = next(found for found in ISSUERS.values() if url.startswith(found))
        if url.endswith("/.well-known/openid-configuration"):
            body: dict[str, Any] = {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
                "userinfo_endpoint": f"{issuer}/userinfo",
            }
        elif url == f"{issuer}/token":
            sent = parse_qs(str(request.body))
            assert sent["code_verifier"], "PKCE is on"
            now = int(time.time())
            claims = {
                "iss": issuer,
                "aud": CLIENTS[issuer],
                "exp": now + 600,
                "iat": now,
                **self.claims,
                **self.overrides,
            }
            token = jwt.encode(claims, "any key at all, long enough for the library", algorithm="HS256")
            body = {"access_token": "t", "token_type": "Bearer", "id_token": token}
        else:
            raise AssertionError(f"nobody should ask for {url}")
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, url, request
        answer.headers["Content-Type"] = "application/json"
        answer._content = json.dumps(body).encode()
        return answer

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def provider(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    fake = FakeProvider()

    def session(_: SocialAccountAdapter) -> requests.Session:
        made = requests.Session()
        made.mount("https://", fake)
        return made

    monkeypatch.setattr(SocialAccountAdapter, "get_requests_session", session)
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": name,
                    "name": name.title(),
                    "client_id": CLIENTS[issuer],
                    "secret": "secret",
                    "settings": {"server_url": issuer, "fetch_userinfo": False, "oauth_pkce_enabled": True},
                }
                for name, issuer in ISSUERS.items()
            ]
        }
    }
    yield fake


def come_in(client: Client, fake: FakeProvider, brand: str, process: str = "login", **changes: Any) -> Any:
    """Press the button, agree at the provider, come back; `changes` alter the claims (None takes one away)."""
    claims = {**GOOD[brand], **changes}
    fake.claims = {key: value for key, value in claims.items() if value is not None}
    away = client.post(f"/account/oidc/{brand}/login/?process={process}")
    assert away.status_code == 302, away.content
    state = parse_qs(urlsplit(away.url).query)["state"][0]
    return client.get(f"/account/oidc/{brand}/login/callback/", {"code": "c", "state": state})


def signed_in_as(client: Client) -> str:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else ""


@pytest.mark.parametrize("name", ISSUERS)
def test_nobody_known__proved_address__gets_an_account_without_a_password(
    client: Client, provider: FakeProvider, name: str
) -> None:
    come_in(client, provider, name)
    assert signed_in_as(client) == "ada@example.org"
    user = User.objects.get()
    assert (user.name, user.has_usable_password()) == ("Ada Okafor", False)
    assert EmailAddress.objects.get().verified


UNPROVED = [
    ("google", {"email_verified": False}),
    ("google", {"email_verified": None}),
    ("google", {"email_verified": "false"}),
    ("google", {"hd": None}),
    ("google", {"hd": "other.example"}),
    ("microsoft", {"xms_edov": False}),
    ("microsoft", {"xms_edov": None}),
    ("microsoft", {"xms_edov": "0"}),
    ("microsoft", {"xms_edov": None, "email_verified": True}),
    ("microsoft", {"email": None}),
    ("google", {"email": ""}),
]


@pytest.mark.parametrize(("name", "changes"), UNPROVED)
def test_nobody_known__unproved_address__is_refused_and_makes_nothing(
    client: Client, provider: FakeProvider, name: str, changes: dict[str, Any]
) -> None:
    answer = come_in(client, provider, name, **changes)
    assert answer.status_code == 403
    assert "could not be sure" in answer.content.decode()
    assert not signed_in_as(client) and not User.objects.exists() and not SocialAccount.objects.exists()


@pytest.mark.parametrize(("name", "changes"), UNPROVED)
def test_member__unproved_address_of_theirs__does_not_open_the_account(
    client: Client, provider: FakeProvider, member: User, name: str, changes: dict[str, Any]
) -> None:
    """The takeover: somebody's own tenant says that they are ada@example.org."""
    answer = come_in(client, provider, name, **changes)
    assert answer.status_code == 403
    assert not signed_in_as(client) and not SocialAccount.objects.exists()
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("name", ISSUERS)
def test_member__proved_address__is_linked_and_known_by_id_from_then_on(
    client: Client, provider: FakeProvider, member: User, name: str
) -> None:
    come_in(client, provider, name)
    assert signed_in_as(client) == member.email
    assert User.objects.get().check_password(PASSWORD), "a proved account keeps its password"

    later = Client()
    come_in(later, provider, name, email="renamed@example.org", email_verified=False, xms_edov=False)
    assert signed_in_as(later) == member.email
    assert not EmailAddress.objects.filter(email="renamed@example.org").exists()

    stranger = Client()
    come_in(stranger, provider, name, sub="another", email="renamed@example.org")
    assert signed_in_as(stranger) == "renamed@example.org", "another id is another person"


def test_account_never_proved__somebody_elses_password__is_wiped_when_the_owner_comes(
    client: Client, provider: FakeProvider, make_user: Any
) -> None:
    """Somebody signed up with Ada's address, could not prove it, and waits for her with the password."""
    squatted = make_user("ada@example.org", name="Not Ada", password=PASSWORD)
    EmailAddress.objects.create(user=squatted, email=squatted.email, primary=True, verified=False)
    come_in(client, provider, "google")
    assert signed_in_as(client) == "ada@example.org"
    squatted.refresh_from_db()
    assert not squatted.has_usable_password()
    assert EmailAddress.objects.get().verified


def test_imported_person__without_password_or_address_row__comes_in(
    client: Client, provider: FakeProvider, make_user: Any
) -> None:
    make_user("ada@example.org", name="Ada")
    come_in(client, provider, "microsoft")
    assert signed_in_as(client) == "ada@example.org"
    assert User.objects.count() == 1


def test_second_factor__is_asked_after_the_provider_too(
    client: Client, provider: FakeProvider, superuser: User, totp_now: Any
) -> None:
    enrol_totp(superuser)
    answer = come_in(client, provider, "google", email=superuser.email)
    assert answer.url == "/account/2fa/authenticate/" and not signed_in_as(client)
    client.post("/account/2fa/authenticate/", {"code": totp_now()})
    assert client.get("/admin/").status_code == 200


def test_linking__from_ones_own_page__needs_no_address_but_a_second_look(
    client: Client, provider: FakeProvider, member: User
) -> None:
    client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    answer = come_in(client, provider, "microsoft", process="connect", xms_edov=None)
    assert answer.url.startswith("/account/reauthenticate/") and not SocialAccount.objects.exists()
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert SocialAccount.objects.get().user == member
    assert EmailAddress.objects.filter(user=member).count() == 1, "linking adds no address"


def test_linking__account_of_somebody_else__is_left_alone(
    client: Client, provider: FakeProvider, member: User, make_user: Any
) -> None:
    other = make_user("bo@example.org", name="Bo")
    SocialAccount.objects.create(user=other, provider="google", uid="g-1")
    client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    come_in(client, provider, "google", process="connect")
    assert SocialAccount.objects.get().user == other


@pytest.mark.parametrize(
    "overrides", [{"iss": "https://evil.example"}, {"aud": "another client"}, {"exp": 1_000_000_000}]
)
def test_token__of_another_issuer_or_client_or_time__is_refused(
    client: Client, provider: FakeProvider, overrides: dict[str, Any]
) -> None:
    provider.overrides = overrides
    come_in(client, provider, "google")
    assert not signed_in_as(client) and not User.objects.exists()


def test_state__made_up__is_refused(client: Client, provider: FakeProvider) -> None:
    provider.claims = GOOD["google"]
    client.get("/account/oidc/google/login/callback/", {"code": "c", "state": "made-up"})
    assert not signed_in_as(client)


def test_link__to_the_provider__does_not_sign_in_by_itself(client: Client, provider: FakeProvider) -> None:
    answer = client.get("/account/oidc/google/login/")
    assert answer.status_code == 200 and "Go on to Google" in answer.content.decode()


def test_providers__switched_off__are_not_offered(client: Client) -> None:
    assert "Google" not in client.get("/account/login/").content.decode()
    assert client.get("/account/oidc/google/login/").status_code == 404


def test_name__with_line_breaks_or_none__is_made_fit(client: Client, provider: FakeProvider) -> None:
    come_in(client, provider, "google", name="Ada\r\nBcc: all@example.org")
    assert User.objects.get().name == "Ada Bcc: all@example.org"
    come_in(Client(), provider, "google", sub="2", email="bo@example.org", name=None)
    assert User.objects.get(email="bo@example.org").name == "bo"


def test_proved_address__unknown_provider__believes_nothing() -> None:
    assert proved_address("elsewhere", {"id_token": {**GOOD["google"], **GOOD["microsoft"]}}) == ""
