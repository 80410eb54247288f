"""What a site must set so that people and the plugin's worker can write at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning
from django.db import connection


def sqlite_lets_two_write(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """SQLite as Django sets it up answers "database is locked" when a request and the worker write together."""
    if connection.vendor != "sqlite":
        return []
    options = connection.settings_dict.get("OPTIONS", {})
    if options.get("transaction_mode") == "IMMEDIATE" and float(options.get("timeout", 0)) >= 20:
        return []
    return [
        Warning(
            "SQLite will answer “database is locked” when several people, or a person and the worker, write at once.",
            hint="Set the database’s OPTIONS as docs/plugin.md says: transaction_mode IMMEDIATE, timeout 20, WAL.",
            id="mentoring.W001",
        )
    ]
