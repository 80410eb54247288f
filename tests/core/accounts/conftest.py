"""Fixtures of the accounts' tests."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from core.models import User
from tests.signing_in import PASSWORD, TOTP_SECRET, prove_address


@pytest.fixture
def member(make_user: Callable[..., User]) -> User:
    """A member with a proved address and the password of tests.signing_in."""
    user = make_user("ada@example.org", name="Ada Okafor", password=PASSWORD)
    prove_address(user)
    return user


@pytest.fixture
def superuser(make_user: Callable[..., User]) -> User:
    """A superuser with a proved address and no second factor yet."""
    user = make_user("head@example.org", name="Hedda Head", password=PASSWORD, is_superuser=True)
    prove_address(user)
    return user


@pytest.fixture
def totp_now() -> Callable[..., str]:
    """The code that an app with the tests' secret shows, `steps` half minutes from now."""

    def code(steps: int = 0, secret: str = TOTP_SECRET) -> str:
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))

    return code
