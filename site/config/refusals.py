"""Why production may refuse to start. Each function gives the sentences that apply; `refuse` raises them together."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

MINIMUM_KEY_LENGTH = 50
# Words of the keys in this repository's settings, of Django's own templates, and of what people type to get past.
KNOWN_KEY_PARTS = ("production-refuses", "django-insecure", "changeme", "change-me", "secret-key", "not-a-secret")


def of_debug(debug: bool) -> Iterable[str]:
    if debug:
        yield "DEBUG is on. In production it would show settings and code to visitors: leave it out."


def of_key(key: str) -> Iterable[str]:
    if not key:
        yield "SECRET_KEY is not set. Make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    elif any(part in key.lower() for part in KNOWN_KEY_PARTS):
        yield "SECRET_KEY is one that is printed in public. Make your own."
    elif len(key) < MINIMUM_KEY_LENGTH or len(set(key)) < 8:
        yield f"SECRET_KEY is too easy to guess: it needs at least {MINIMUM_KEY_LENGTH} characters, and various ones."


def of_hosts(hosts: list[str]) -> Iterable[str]:
    if not [host for host in hosts if host.strip()]:
        yield "ALLOWED_HOSTS is empty. Name the site's host, such as commonroom.example.org."
    if any(host.strip() in {"*", "."} or host.strip().startswith("*") for host in hosts):
        yield "ALLOWED_HOSTS holds a star. Name each host: a star lets anybody write their own into our mails."


def of_base_url(base_url: str) -> Iterable[str]:
    parts = urlsplit(base_url)
    if parts.scheme != "https" or not parts.hostname:
        yield "BASE_URL must be the site's own https:// address: links in mails start with it."


def of_missing(env: environ.Env, *names: str) -> Iterable[str]:
    for name in names:
        if not env.str(name, default="").strip():
            yield f"{name} is not set (docs/settings.md says what it may hold)."


def refuse(*reasons: str) -> None:
    """Raises ImproperlyConfigured with all reasons at once, so that nobody mends them one start at a time."""
    if reasons:
        raise ImproperlyConfigured("This site refuses to start:\n" + "\n".join(f"  * {reason}" for reason in reasons))
