"""How often one address may guess at a door that opens by its secret address alone: links of heads, calendars."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest

#: Wrong tokens that one address may try in `WINDOW` seconds before right ones are refused to it, too.
TRIES, WINDOW = 30, 600


def _key(request: HttpRequest, door: str) -> str:
    return f"mentoring:{door}:{request.META.get('REMOTE_ADDR', '')}"


def too_many(request: HttpRequest, door: str) -> bool:
    """Whether this address has guessed wrong too often of late. Each door counts for itself."""
    return int(cache.get(_key(request, door), 0)) >= TRIES


def count_wrong(request: HttpRequest, door: str) -> None:
    key = _key(request, door)
    if not cache.add(key, 1, WINDOW):
        cache.set(key, int(cache.get(key, 0)) + 1, WINDOW)
