"""How long a session lasts.

Two clocks run in each session: since the last thing the person did, and since they signed in. Staff (whoever can open
the admin) have 30 minutes and 12 hours; members longer, and longer still when they asked to be
remembered. Django's own expiry only bounds the cookie.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
WRITE_EVERY = 60  # seconds: activity is noted at most this often, so that reading does not write on every page

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@dataclass(frozen=True)
class Limits:
    """Seconds: idle since the last request, and absolute since signing in."""

    idle: int
    absolute: int


STAFF = Limits(idle=30 * MINUTE, absolute=12 * HOUR)
MEMBER = Limits(idle=12 * HOUR, absolute=7 * DAY)
MEMBER_REMEMBERED = Limits(idle=30 * DAY, absolute=60 * DAY)


def limits_for(request: HttpRequest, *, staff: bool) -> Limits:
    """Staff are never remembered beyond their limits."""
    if staff:
        return STAFF
    return MEMBER if request.session.get_expire_at_browser_close() else MEMBER_REMEMBERED


def start(request: HttpRequest) -> None:
    """Start both clocks: somebody has just signed in."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


def is_over(request: HttpRequest, *, staff: bool) -> bool:
    """Has either clock run out? A session without clocks (signed in by other means) starts them now."""
    if SIGNED_IN_AT not in request.session:
        start(request)
        return False
    now = time.time()
    limits = limits_for(request, staff=staff)
    idle = now - request.session.get(SEEN_AT, 0)
    return idle > limits.idle or now - request.session[SIGNED_IN_AT] > limits.absolute


def note_activity(request: HttpRequest) -> None:
    """Wind the idle clock back, and say in the list of sessions when this one was last seen. Writes once a minute."""
    from allauth.usersessions.models import UserSession

    now = int(time.time())
    if now - request.session.get(SEEN_AT, 0) >= WRITE_EVERY:
        request.session[SEEN_AT] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
