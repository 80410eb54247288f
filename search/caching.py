"""The cache, for what a search can do without: when the cache server is down, the work is simply done again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

logger = logging.getLogger(__name__)
T = TypeVar("T")


def remembered(key: str, seconds: int, make: Callable[[], T]) -> T:
    """What `make` gives, kept for some seconds."""
    found = _quietly(lambda: cache.get(key))
    if found is None:
        found = make()
        _quietly(lambda: cache.set(key, found, seconds))
    return found


def first_time(key: str, seconds: int) -> bool:
    """Whether this is the first call with this key for some seconds. Without a cache: no."""
    return bool(_quietly(lambda: cache.add(key, 1, seconds)))


def fewer_than(key: str, limit: int, seconds: int) -> bool:
    """Count a call, and say whether it is one of the first `limit` within some seconds. Without a cache: no."""

    def count() -> int:
        cache.add(key, 0, seconds)
        return cache.incr(key)

    counted = _quietly(count)
    return counted is not None and counted <= limit


def _quietly(work: Callable[[], T]) -> T | None:
    try:
        return work()
    except Exception:  # each cache client raises its own errors, and none may stop a search
        logger.warning("The cache does not answer; searching without it.", exc_info=True)
        return None
