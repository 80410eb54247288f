"""Keeps the secrets of second factors unreadable in the database and its backups.

The key is derived from SECRET_KEY; after a change of it, SECRET_KEY_FALLBACKS still opens what the old one closed.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def _fernet(secret: str | bytes) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"core.accounts.crypt").derive(force_bytes(secret))
    return Fernet(base64.urlsafe_b64encode(key))


def _fernets() -> MultiFernet:
    return MultiFernet([_fernet(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def encrypt(text: str) -> str:
    """Text that only a holder of SECRET_KEY can read."""
    return _fernets().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """What `encrypt` was given. Raises cryptography.fernet.InvalidToken when no key fits."""
    return _fernets().decrypt(text.encode()).decode()
