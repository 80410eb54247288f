"""Looks for words in every table of the database and every file of the storages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from mentoring.trust.encryption import EncryptedTextField


def tables_with(*words: str) -> list[str]:
    """`table.column: value` wherever one of the words stands, whatever its capitals. Reads all tables by plain SQL."""
    found = []
    folded = [word.casefold() for word in words]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = str(value).casefold()
                    if any(word in text for word in folded):
                        found.append(f"{table}.{column}: {value}")
    return [*found, *_encrypted_with(folded)]


def _encrypted_with(folded: list[str]) -> list[str]:
    """What plain SQL cannot read."""
    found = []
    for model in apps.get_models():
        names = [f.name for f in model._meta.fields if isinstance(f, EncryptedTextField)]
        if not names:
            continue
        for row in model._default_manager.values("pk", *names):
            held = {name: (row[name] or "").casefold() for name in names}
            found += [
                f"{model._meta.label}.{name} of {row['pk']}"
                for name, text in held.items()
                if any(word in text for word in folded)
            ]
    return found


def files_with(settings: Any, *words: str) -> list[str]:
    """Files of the public and the private storage that hold one of the words, or are called so."""
    roots = [Path(settings.MEDIA_ROOT), Path(settings.STORAGES["private"]["OPTIONS"]["location"])]
    folded = [word.casefold() for word in words]
    found = []
    for root in roots:
        for file in root.rglob("*") if root.exists() else ():
            if file.is_file():
                text = file.name.casefold() + file.read_bytes().decode(errors="replace").casefold()
                found += [str(file)] if any(word in text for word in folded) else []
    return found
