"""Fixtures that every part of the suite shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.models import User


@pytest.fixture
def make_user(db: None):
    """A factory of active users: `make_user("ada@example.org", name="Ada")`."""

    def make(
        email: str = "member@example.org", *, name: str = "A Member", password: str | None = None, **fields: object
    ) -> User:
        return User.objects.create_user(email, password, name=name, **fields)

    return make


@pytest.fixture(scope="session", autouse=True)
def _emptying_tables_lifts_the_audit_triggers() -> Iterator[None]:
    """Tests with real transactions empty every table afterwards; the audit trail would refuse."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from mentoring.trust import triggers

    plain = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Any) -> None:
        triggers.remove(self.connection)
        try:
            plain(self, sql_list)
        finally:
            triggers.install(self.connection)

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush
    yield
    BaseDatabaseOperations.execute_sql_flush = plain
