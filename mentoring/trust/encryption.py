"""Text that the database keeps only encrypted: for what a copy of it must not tell."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import models

from mentoring import conf
from mentoring.errors import MentoringError


def _cipher() -> MultiFernet:
    keys = (base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()) for key in conf.encryption_keys())
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """The text under the first of the keys (`MENTORING_ENCRYPTION_KEYS`); "" stays ""."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """What `encrypt` was given, under any of the keys.

    Raises:
        MentoringError: none of the present keys wrote it, or it was changed.
    """
    if not token:
        return ""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise MentoringError("This text was written under a key that the site no longer has.") from error


class EncryptedTextField(models.TextField):
    """A text that is readable in Python and unreadable in the database, its dumps and its backups.

    It cannot be searched or filtered by: equal texts give different tokens. `max_length` is checked by forms only.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return decrypt(value) if value else value
