"""Who counts as staff at the doors: everybody who can open the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

ADMIN = "wagtailadmin.access_admin"
FACTORS = frozenset({"totp", "webauthn"})


def is_staff(user: Any) -> bool:
    """Superusers, editors, moderators, coordinators: whoever may open the admin. Asks the database once per request."""
    return bool(user.is_authenticated and user.has_perm(ADMIN))


def has_second_factor(user: Any) -> bool:
    """Has the person set one up? Recovery codes alone do not count."""
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def passed_second_factor(request: HttpRequest, user: Any) -> bool:
    """Did this very session prove a second factor (app, key, passkey or recovery code) of this person?"""
    from allauth.account.internal.flows.login import get_authentication_records

    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
