"""Where the limits on the doors are counted: one table that all worker processes share.

django-allauth counts in Django's default cache, which may be each process's own memory (the limit then holds per
process) or Redis (the limit then falls with it). `DoorsApart` sends allauth's keys, and nothing else, to the cache
named `doors`, which is `DoorCache`: a table of ours. Why: docs/adr/0010-limits-on-the-doors.md.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.db import connection

from core.accounts.models import DoorMark

PREFIXES = ("allauth", "jwt:")  # limits and locks, used codes; used ID tokens
USED_CODE_PREFIX = "allauth.mfa.totp.used"
SWEEP_ONE_IN = 100
FOREVER = 400 * 24 * 3600.0  # seconds; nothing at a door is remembered longer

UPSERT = (
    "INSERT INTO core_doormark (key, value, expires) VALUES (%s, %s, %s) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)


class DoorCache(BaseCache):
    """A cache in a table, for small JSON values: one statement per call, atomic on SQLite and PostgreSQL alike.

    Keys are stored hashed: they hold addresses of people and machines. A failing database raises: the door stays shut.
    """

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _row(self, key: str, version: int | None) -> str:
        return hashlib.sha256(self.make_key(key, version).encode()).hexdigest()

    def _until(self, key: str, timeout: Any) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        seconds = FOREVER if seconds is None else float(seconds)
        if key.startswith(USED_CODE_PREFIX):
            # allauth remembers a used code for one period, yet with a tolerance a code is good for several.
            seconds *= 2 * settings.MFA_TOTP_TOLERANCE + 1
        return time.time() + seconds

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store unless something living is there; says whether it did. The lock of allauth's counting."""
        row, until = self._row(key, version), self._until(key, timeout)
        with connection.cursor() as cursor:
            cursor.execute(f"{UPSERT} WHERE core_doormark.expires <= %s", [row, json.dumps(value), until, time.time()])
            return bool(cursor.rowcount == 1)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        mark = DoorMark.objects.filter(key=self._row(key, version), expires__gt=time.time()).first()
        return default if mark is None else json.loads(mark.value)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        row, until = self._row(key, version), self._until(key, timeout)
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, [row, json.dumps(value), until])
        if secrets.randbelow(SWEEP_ONE_IN) == 0:
            sweep()

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        living = DoorMark.objects.filter(key=self._row(key, version), expires__gt=time.time())
        return bool(living.update(expires=self._until(key, timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        with connection.cursor() as cursor:  # the ORM would read the row first, for whoever listens to deletions
            cursor.execute("DELETE FROM core_doormark WHERE key = %s", [self._row(key, version)])
            return bool(cursor.rowcount)

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_doormark")


def sweep() -> int:
    """Delete what has expired; returns how many. Called now and then by `set`, and by whoever tidies up."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_doormark WHERE expires <= %s", [time.time()])
        return int(cursor.rowcount)


class DoorsApart:
    """For the default cache: everything of allauth's goes to `doors`, the rest to the backend mixed in after this."""

    keeps_doors_apart = True

    def add(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return bool(
            caches["doors"].add(key, *args, **kwargs) if _is_door(key) else self._rest.add(key, *args, **kwargs)
        )

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return caches["doors"].get(key, *args, **kwargs) if _is_door(key) else self._rest.get(key, *args, **kwargs)

    def set(self, key: str, *args: Any, **kwargs: Any) -> None:
        if _is_door(key):
            caches["doors"].set(key, *args, **kwargs)
        else:
            self._rest.set(key, *args, **kwargs)

    def touch(self, key: str, *args: Any, **kwargs: Any) -> bool:
        door = _is_door(key)
        return bool(caches["doors"].touch(key, *args, **kwargs) if door else self._rest.touch(key, *args, **kwargs))

    def delete(self, key: str, *args: Any, **kwargs: Any) -> bool:
        door = _is_door(key)
        return bool(caches["doors"].delete(key, *args, **kwargs) if door else self._rest.delete(key, *args, **kwargs))

    @property
    def _rest(self) -> Any:
        """The methods of the backend behind this mixin."""
        return super()


def _is_door(key: str) -> bool:
    return key.startswith(PREFIXES)


class LocalCache(DoorsApart, LocMemCache):
    """Each process's own memory, without the doors."""


class SharedCache(DoorsApart, RedisCache):
    """Redis, without the doors: they hold when Redis is down."""
