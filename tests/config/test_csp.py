"""The content policies, directive by directive, and that each page carries exactly one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from csp.constants import HEADER
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from wagtail.models import Page

from config import csp
from core.models import User
from core.security.headers import PolicyMiddleware
from tests.signing_in import sign_in

PUBLIC = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
ADMIN = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}


def policy(response: HttpResponseBase) -> dict[str, str]:
    """The one policy of an answer, as directive → sources."""
    header = response.headers[HEADER]
    assert "," not in header, "two policies in one header"
    pairs = (part.strip().partition(" ") for part in header.split(";"))
    return {name: sources for name, _, sources in pairs}


@pytest.mark.django_db
@pytest.mark.parametrize("directive", PUBLIC)
def test_public_page__directive__is_as_pinned(directive: str, client: Client) -> None:
    assert policy(client.get("/"))[directive] == PUBLIC[directive]


@pytest.mark.django_db
def test_public_page__policy__holds_nothing_else(client: Client) -> None:
    assert policy(client.get("/")).keys() == PUBLIC.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("directive", ADMIN)
def test_admin__directive__is_as_pinned(directive: str, client: Client) -> None:
    assert policy(client.get("/admin/"))[directive] == ADMIN[directive]


@pytest.mark.django_db
def test_admin__policy__holds_nothing_else(client: Client) -> None:
    assert policy(client.get("/admin/")).keys() == ADMIN.keys()


@pytest.mark.parametrize("scheme", ["http:", "https:", "'unsafe-eval'", "*", "'strict-dynamic'"])
def test_policies__wide_sources__are_in_neither(scheme: str) -> None:
    for directives in (csp.public(pictures=[], sign_in_servers=[]), csp.admin(pictures=[])):
        assert not [name for name, sources in directives.items() if scheme in map(str, sources)]


def test_public_policy__script_with_nonce__is_allowed_by_that_nonce_only() -> None:
    def view(request: object) -> HttpResponse:
        return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]  # set by the middleware

    answers = [PolicyMiddleware(view)(RequestFactory().get("/")) for _ in range(2)]
    nonces = [answer.content.decode() for answer in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert policy(answer)["script-src"] == f"'self' 'nonce-{nonce}'"


def test_picture_and_sign_in_origins__are_added_where_they_belong() -> None:
    public = csp.public(pictures=["https://media.example.org"], sign_in_servers=["https://login.example.org"])
    assert [name for name, sources in public.items() if "https://media.example.org" in sources] == [
        "img-src",
        "media-src",
    ]
    assert [name for name, sources in public.items() if "https://login.example.org" in sources] == ["form-action"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/", "/no-such-page/", "/account/login/", "/admin/login/", "/admin/no/", "/search/", "/documents/9/x/"],
)
def test_every_html_answer__carries_exactly_one_policy(path: str, client: Client) -> None:
    client.raise_request_exception = False  # error pages carry it too
    response = client.get(path, follow=True)
    assert len([name for name in response.headers if name.lower() == HEADER.lower()]) == 1
    assert policy(response)["object-src"] == "'none'"


@pytest.mark.django_db
def test_development__policy__is_no_wider(client: Client) -> None:
    from config.settings import dev

    with override_settings(CONTENT_SECURITY_POLICY=dev.CONTENT_SECURITY_POLICY):
        assert policy(client.get("/")) == PUBLIC
    assert csp.admin(pictures=[]) == dev.CONTENT_SECURITY_POLICY_ADMIN


@pytest.mark.django_db
def test_admin_page__signed_in__has_the_admin_policy(client: Client, make_user: Callable[..., User]) -> None:
    sign_in(client, make_user(is_superuser=True))
    assert policy(client.get("/admin/"))["frame-ancestors"] == "'self'"


@pytest.mark.django_db
def test_preview_of_a_page__in_the_editors_frame__has_the_public_policy_but_for_the_frame(
    client: Client, make_user: Callable[..., User]
) -> None:
    sign_in(client, make_user(is_superuser=True))
    home = Page.objects.filter(depth=2)[0]
    answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[home.pk]))
    assert answer.status_code == 200
    assert policy(answer) == {**PUBLIC, "frame-ancestors": "'self'"}
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert policy(client.get("/"))["frame-ancestors"] == "'none'"
