"""Fixtures that every part of the suite shares."""

from __future__ import annotations

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
