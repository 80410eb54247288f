"""What happened at the doors, as one line of JSON each, for whoever watches over the site.

Lines carry ids, never passwords, codes, keys or addresses of people: an account that somebody tried to enter is named
by a keyed hash, so that tries at one account can be told from tries at many.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

logger = logging.getLogger("common_room.security")


def security_event(event: str, *, request: HttpRequest | None = None, user: Any = None, **facts: Any) -> None:
    """Write one event: `signed_in`, `sign_in_failed`, `limit_reached`, `second_factor_added`, ...

    `facts` are small values without secrets; `user` is whom it is about, `actor` whoever did it when that is another.
    """
    line: dict[str, Any] = {"event": event, **facts}
    if user is not None and not isinstance(user, AnonymousUser):
        line["user"] = user.pk
    if request is not None:
        line["address"] = client_address(request)
        line["path"] = request.path
    level = logging.WARNING if event in WARNINGS else logging.INFO
    logger.log(level, json.dumps(line, sort_keys=True, default=str), extra={"security": line})


WARNINGS = frozenset(
    {
        "sign_in_failed",
        "limit_reached",
        "openid_refused",
        "second_factor_failed",
        "second_factor_unreadable",
        "mail_failed",
    }
)


def account_tag(email: str) -> str:
    """A short keyed hash of an address as typed."""
    return salted_hmac("common_room.security", email.strip().lower(), algorithm="sha256").hexdigest()[:16]


def client_address(request: HttpRequest) -> str:
    """The client's address as the limits see it; empty when there is none (a Unix socket)."""
    from allauth.core.internal.httpkit import get_client_ip  # allauth loads after this app

    return get_client_ip(request) or ""
