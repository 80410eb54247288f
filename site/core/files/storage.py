"""Where files lie that not everybody may read: reachable through a view that asks first, never by an address."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.functional import LazyObject
from storages.backends.s3 import S3Storage

NO_ADDRESS = "A private file has no address of its own; a view serves it after asking who wants it."


class PrivateFileStorage(FileSystemStorage):
    """A folder outside MEDIA_ROOT. Files are readable by the site's own user only."""

    def __init__(self, location: Any = None, **options: Any) -> None:
        options.setdefault("file_permissions_mode", 0o600)
        options.setdefault("directory_permissions_mode", 0o700)
        super().__init__(location=location, **options)

    def url(self, name: str | None) -> str:
        raise NotImplementedError(NO_ADDRESS)


class PrivateObjectStorage(S3Storage):
    """A private bucket. Files are read through the site, not by signed addresses: those can be passed on."""

    def url(self, name: str, *args: Any, **options: Any) -> str:
        raise NotImplementedError(NO_ADDRESS)


class _Private(LazyObject):
    """`storages["private"]`, looked up when first used: fields are made before settings may still change (in tests)."""

    def _setup(self) -> None:
        self._wrapped = storages["private"]


private = _Private()


def private_storage() -> Storage:
    """For `storage=` of file fields: migrations then name this function, not a folder of some machine."""
    return private  # type: ignore[return-value]  # stands in for the storage that it wraps
