"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django.test
import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils.functional import empty

from core.files.storage import private
from core.models import User
from tests.support import database, network, queries

pytest_plugins = ["tests.support.plugin", "tests.support.shared"]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Replaces pytest-django's: a copy of a migrated database instead of migrations in every process."""
    original = settings.DATABASES["default"]["NAME"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        copies = database.copies(worker)
        copies.prepare()
    with pytest.MonkeyPatch.context() as patch:
        # After a test that commits: see tests/support/database.py.
        patch.setattr(django.test.TransactionTestCase, "_fixture_teardown", lambda self: copies.restore())
        yield
    with django_db_blocker.unblock():
        copies.drop()
        database.use(str(original))


@pytest.fixture(autouse=True, scope="session")
def network_is_off() -> Iterator[None]:
    with network.off():
        yield


@pytest.fixture(autouse=True)
def own_files_and_cache(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Uploads go to the test's own folder; nothing cached for one test answers another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}},
    }
    private._wrapped = empty  # looked up again, in this test's folder
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """A Monday morning in January that stands still: `clock.shift(timedelta(days=1))`, `clock.move_to(...)`."""
    with time_machine.travel(datetime(2027, 1, 11, 9, 0, tzinfo=ZoneInfo("Europe/London")), tick=False) as traveller:
        yield traveller


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """A factory of active users: `make_user("ada@example.org", name="Ada")`."""

    def make(
        email: str = "member@example.org", *, name: str = "A Member", password: str | None = None, **fields: object
    ) -> User:
        return User.objects.create_user(email, password, name=name, **fields)

    return make


@pytest.fixture
def assert_queries_flat(client: django.test.Client, db: None) -> Callable[..., queries.Cost]:
    """`assert_queries_flat(url, grow)`: the page costs the same at 3 and at 30 rows, and at most 12 queries warm.

    `grow(n)` brings what the page lists to n rows in all. Another client (signed in): `client=`.
    """

    def check(url: str, grow: Callable[[int], object], **options: Any) -> queries.Cost:
        return queries.assert_flat(options.pop("client", client), url, grow, **options)

    return check


@pytest.fixture
def on_postgresql() -> bool:
    return connection.vendor == "postgresql"
