"""Database options without which work is lost: docs/adr/0002-database-settings.md. Wrong ones stop the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.utils import OperationalError

LOCK_TIMEOUT = 3_000  # milliseconds, PostgreSQL
BUSY_TIMEOUT = 20  # seconds, SQLite


@register
def database_options(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """What settings say, before any connection is made."""
    found: list[CheckMessage] = []
    for alias in connections:
        config = connections[alias].settings_dict
        options = config.get("OPTIONS", {})
        vendor = connections[alias].vendor
        if vendor == "sqlite":
            init = str(options.get("init_command", "")).lower().replace(" ", "")
            if options.get("transaction_mode") != "IMMEDIATE":
                found.append(_error(alias, "E001", "SQLite needs OPTIONS transaction_mode=IMMEDIATE."))
            if float(options.get("timeout", 0)) < BUSY_TIMEOUT:
                found.append(_error(alias, "E002", f"SQLite needs OPTIONS timeout={BUSY_TIMEOUT} or more."))
            if "journal_mode=wal" not in init or "synchronous=normal" not in init:
                found.append(_error(alias, "E003", "SQLite needs journal_mode=WAL and synchronous=NORMAL."))
        elif vendor == "postgresql":
            given = str(options.get("options", "")).lower()
            if "lock_timeout=" not in given:
                found.append(_error(alias, "E004", "PostgreSQL needs a lock_timeout in its connection options."))
            if "default_transaction_isolation=read\\ committed" not in given or options.get("isolation_level"):
                found.append(_error(alias, "E005", "PostgreSQL needs READ COMMITTED, set in its connection options."))
            if not config.get("CONN_HEALTH_CHECKS"):
                found.append(_error(alias, "E006", "PostgreSQL needs CONN_HEALTH_CHECKS."))
        else:
            found.append(_error(alias, "E007", f"The database must be PostgreSQL or SQLite, not {vendor}."))
    return found


@register(Tags.database)
def live_connection(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """What the database itself says it does: a setting that the driver ignored would not help anybody.

    Runs with `migrate`, `check --database default` and at the start of the web server. A database that cannot be
    reached is no finding: the site starts, and /readyz says what is wrong.
    """
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        try:
            with connection.cursor() as cursor:

                def ask(statement: str, cursor: Any = cursor) -> str:
                    cursor.execute(statement)
                    return str(cursor.fetchone()[0]).lower()

                if connection.vendor == "sqlite":
                    if ask("PRAGMA journal_mode") not in {"wal", "memory"}:
                        found.append(_error(alias, "E011", "SQLite does not use its write-ahead log (WAL)."))
                    if ask("PRAGMA synchronous") != "1":
                        found.append(_error(alias, "E012", "SQLite does not use synchronous=NORMAL."))
                    if int(ask("PRAGMA busy_timeout")) < BUSY_TIMEOUT * 1000:
                        found.append(_error(alias, "E013", f"SQLite waits less than {BUSY_TIMEOUT} seconds."))
                elif connection.vendor == "postgresql":
                    if ask("SHOW transaction_isolation") != "read committed":
                        found.append(_error(alias, "E014", "PostgreSQL does not use READ COMMITTED."))
                    milliseconds = int(ask("SELECT setting FROM pg_settings WHERE name = 'lock_timeout'"))
                    if not 0 < milliseconds <= LOCK_TIMEOUT * 10:
                        found.append(_error(alias, "E015", "PostgreSQL waits for locks without a sensible end."))
        except OperationalError:
            continue
    return found


def _error(alias: str, number: str, sentence: str) -> Error:
    return Error(
        f"Database {alias!r}: {sentence}",
        hint="config.environment.database() gives the right options: build DATABASES with it.",
        id=f"core.{number}",
    )
