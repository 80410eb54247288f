"""/healthz and /readyz."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from core.security import health

pytestmark = pytest.mark.django_db


def test_healthz__process_lives__says_so_without_a_query(client: Client, django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-cache" in response.headers["Cache-Control"]


def test_readyz__all_well__is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"state": "ready", "parts": dict.fromkeys(health.CHECKS, "ok")}


def fail(message: str) -> Callable[[], None]:
    def check() -> None:
        raise OperationalError(message)

    return check


@pytest.mark.parametrize(("part", "status"), [("database", 503), ("migrations", 503), ("cache", 200), ("search", 200)])
def test_readyz__part_fails__says_which_without_secrets(
    part: str, status: int, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(health.CHECKS, part, fail("password=swordfish host=10.1.2.3"))
    response = client.get("/readyz")
    assert response.status_code == status
    assert response.json()["parts"][part] == "does not work; the log says why"
    assert response.json()["state"] == ("degraded" if status == 200 else "not ready")
    assert b"swordfish" not in response.content


def test_readyz__migration_waiting__is_not_ready(client: Client) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="core").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "not applied" in response.json()["parts"]["migrations"]


def test_readyz__cache_server_gone__is_degraded_only(client: Client) -> None:
    gone = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}}
    with override_settings(CACHES=gone):
        response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["parts"]["cache"] == "does not work; the log says why"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_pages__post__is_refused(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405
