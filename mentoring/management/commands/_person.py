"""How commands name a person: by address."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from mentoring.people.accounts import by_email, fold_email


def person_at(address: str) -> Any:
    user = by_email([address]).get(fold_email(address))
    if user is None:
        raise CommandError(f"Nobody here has the address {address}.")
    return user
