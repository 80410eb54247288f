"""The uploaded file in private storage: kept while an import needs it, never longer."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from mentoring import conf

from .reader import Unreadable

FOLDER = "mentoring/imports"
GONE = "The uploaded file is no longer there. Please upload it again."


def _storage() -> Storage:
    return storages["private"]


def megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.0f} MB"


def refuse_size(size: int) -> None:
    """Raises `Unreadable` for an upload above the limit or with nothing in it; looks at the number only."""
    most = conf.import_max_bytes()
    if size > most:
        raise Unreadable(f"This file has {megabytes(size)}; {megabytes(most)} is the most. Please split it.")
    if size == 0:
        raise Unreadable("This file is empty.")


def keep(upload: File[Any]) -> tuple[str, int, str]:
    """Stores an upload under a name of ours, in blocks: (key, bytes, sha256). Raises `Unreadable` if too large."""
    refuse_size(upload.size)
    sha = hashlib.sha256()
    size = 0
    for block in upload.chunks():
        sha.update(block)
        size += len(block)
    ending = PurePath(upload.name or "").suffix.lower()
    ending = ending if ending in (".csv", ".xlsx", ".txt", ".tsv") else ".bin"
    upload.seek(0)
    key = _storage().save(f"{FOLDER}/{secrets.token_hex(16)}{ending}", upload)
    return key, size, sha.hexdigest()


@contextmanager
def opened(key: str, *, sha256: str = "") -> Iterator[IO[bytes]]:
    """The kept file. With `sha256`, only if it is still the same to the byte; raises `Unreadable` otherwise."""
    try:
        file = _storage().open(key, "rb")
    except (OSError, ValueError) as error:
        raise Unreadable(GONE) from error
    with file:
        if sha256:
            found = hashlib.sha256()
            while block := file.read(1024 * 1024):
                found.update(block)
            if found.hexdigest() != sha256:
                raise Unreadable("The stored file is not the one that was previewed. Please upload it again.")
            file.seek(0)
        yield file


def forget(key: str) -> None:
    if key:
        _storage().delete(key)
