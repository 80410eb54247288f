"""Headers beside the content policy, and the request's id."""

from __future__ import annotations

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from core.security import request_id
from core.security.json_lines import JSONFormatter
from core.security.request_id import RequestIDFilter, RequestIDMiddleware

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_public_page__header__is_as_pinned(header: str, value: str, client: Client) -> None:
    assert client.get("/").headers[header] == value


def test_admin__frames__only_its_own(client: Client) -> None:
    assert client.get("/admin/").headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("feature", ["camera", "geolocation", "microphone", "payment", "usb"])
def test_permissions_policy__feature__is_off(feature: str, client: Client) -> None:
    assert f"{feature}=()" in client.get("/").headers["Permissions-Policy"].split(", ")


def test_request_id__none_given__is_new_for_each_request(client: Client) -> None:
    first, second = (client.get("/healthz").headers["X-Request-ID"] for _ in range(2))
    assert first != second
    assert len(first) == 32


def test_request_id__plain_one_from_the_proxy__is_kept(client: Client) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": "proxy-0123456789"})
    assert response.headers["X-Request-ID"] == "proxy-0123456789"


@pytest.mark.parametrize("forged", ["x", "a" * 65, 'id" "level": "ERROR', "line1\tline2----"])
def test_request_id__forged_one__is_replaced(forged: str, client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": forged}).headers["X-Request-ID"] != forged


def test_request_id__during_a_request__reaches_code_and_logs() -> None:
    seen: list[object] = []

    def view(request: object) -> HttpResponse:
        record = logging.LogRecord("x", logging.INFO, __file__, 1, "saved %s", ("it",), None)
        RequestIDFilter().filter(record)
        seen.extend([request_id.current(), request.request_id, json.loads(JSONFormatter().format(record))])  # type: ignore[attr-defined]  # set by the middleware
        return HttpResponse()

    RequestIDMiddleware(view)(RequestFactory().get("/", headers={"X-Request-ID": "proxy-0123456789"}))
    assert seen[:2] == ["proxy-0123456789", "proxy-0123456789"]
    line = seen[2]
    assert isinstance(line, dict)
    assert line["request_id"] == "proxy-0123456789"
    assert line["message"] == "saved it"
    assert request_id.current() == ""


def test_json_log__exception__stays_on_one_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), (ValueError, error, None))
    text = JSONFormatter().format(record)
    assert "\n" not in text
    assert "ValueError" in json.loads(text)["traceback"]
