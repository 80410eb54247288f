"""Log-ins of the demo content: shown on the log-in page in development, never anywhere else.

The people themselves are made by the demo content, which hands its log-ins over by the setting DEMO_LOGINS, a dotted
path such as "home.demo.logins.LOGINS". Roles that can open the admin need a second factor in the demo as well, so the
demo enrols them with a secret that everybody may know, and the pages say what code it gives just now.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from core.accounts.models import User

DEMO_TOTP_SECRET = "COMMONROOMDEMOSECRETNOBODYSHOULD"  # noqa: S105 - published on purpose, refused outside development


@dataclass(frozen=True)
class DemoLogin:
    """One person of the demo: who they are, how to sign in as them, what to try."""

    role: str
    email: str
    password: str
    description: str = ""


def is_on() -> bool:
    """Only while developing, and only when the settings name a list."""
    return bool(settings.DEBUG and settings.DEMO_LOGINS)


def demo_logins() -> Sequence[DemoLogin]:
    """The log-ins whose people exist in this database; none outside development."""
    if not is_on():
        return []
    logins: Sequence[DemoLogin] = import_string(settings.DEMO_LOGINS)
    there = set(User.objects.filter(email__in=[login.email for login in logins]).values_list("email", flat=True))
    return [login for login in logins if login.email in there]


def enrol_demo_totp(user: User) -> None:
    """Give a demo person the published authenticator. Safe to run twice.

    Raises ImproperlyConfigured outside development: the secret is public.
    """
    from allauth.mfa.models import Authenticator

    from core.accounts.crypt import encrypt

    if not is_on():
        raise ImproperlyConfigured("The demo's second factor is public. It is given in development only.")
    Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(DEMO_TOTP_SECRET)}}
    )


def current_code() -> str:
    """The code of the published secret just now; empty outside development."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    if not is_on():
        return ""
    counter = int(time.time()) // 30
    return format_hotp_value(hotp_value(DEMO_TOTP_SECRET, counter))


def has_demo_totp(user: User) -> bool:
    """Does this person's authenticator hold the published secret?"""
    from allauth.mfa.models import Authenticator

    from core.accounts.crypt import decrypt

    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return bool(found and decrypt(found.data["secret"]) == DEMO_TOTP_SECRET)
