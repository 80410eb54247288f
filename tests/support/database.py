"""A fresh database for each test process in a moment: migrated once, copied afterwards.

Migrating takes ten seconds and more; copying the migrated file (SQLite) or making a database from a template
(PostgreSQL) takes a fraction of one. The template is named after everything that migrations read, so that it is made
anew when they change. Tests that commit get their database copied again instead of flushed: what migrations put in is
back, and tables that refuse deletion (the audit trail) need no exception.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("site/core", "site/config", "home", "networks", "search", "mentoring")


def fingerprint() -> str:
    """Twelve hexadecimal digits of all that decides what a freshly migrated database holds."""
    files = [ROOT / "requirements.txt"]
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if not file.is_file() or "__pycache__" in file.parts:
                continue
            parts = file.relative_to(ROOT).parts
            decides = "migrations" in parts or "data" in parts or file.name in {"apps.py", "wagtail_hooks.py"}
            if decides or (file.suffix == ".py" and b"post_migrate" in file.read_bytes()):
                files.append(file)
    digest = hashlib.sha256(settings.WAGTAIL_SITE_NAME.encode())
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Only one process of this machine is in here: the others wait for the template that it makes."""
    folder = settings.VAR / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use(name: str) -> None:
    """Points this process at a database, closing what was open."""
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


class SQLiteCopies:
    """Files below var/tests."""

    def __init__(self, worker: str) -> None:
        self.folder = settings.VAR / "tests"
        self.template = self.folder / f"template-{fingerprint()}.sqlite3"
        self.file = self.folder / f"{worker}-{os.getpid()}.sqlite3"

    def prepare(self) -> None:
        self.make_template()
        self.restore()

    def make_template(self) -> None:
        with one_at_a_time("sqlite"):
            if not self.template.exists():
                for old in self.folder.glob("template-*.sqlite3*"):
                    old.unlink()
                half = self.template.with_suffix(".half")
                half.unlink(missing_ok=True)
                use(str(half))
                migrate()
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connections.close_all()
                half.rename(self.template)

    def restore(self) -> None:
        connections.close_all()
        self.drop()
        shutil.copyfile(self.template, self.file)
        use(str(self.file))

    def drop(self) -> None:
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)


class PostgreSQLCopies:
    """Databases named after the one in DATABASE_URL, which itself is never touched."""

    def __init__(self, worker: str) -> None:
        self.original = str(connection.settings_dict["NAME"])
        base = f"test_{self.original}"
        self.prefix = f"{base}_template_"
        self.template = f"{self.prefix}{fingerprint()}"
        self.name = f"{base}_{worker}_{os.getpid()}"

    def prepare(self) -> None:
        self.make_template()
        self.restore()

    def make_template(self) -> None:
        with one_at_a_time(f"postgresql-{self.original}"):
            names = self.names()
            if self.template not in names:
                for old in names:
                    if old.startswith(self.prefix):
                        self.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
                half = f"{self.template}_half"
                self.execute(f'CREATE DATABASE "{half}"')
                use(half)
                migrate()
                connections.close_all()
                self.execute(f'ALTER DATABASE "{half}" RENAME TO "{self.template}"')

    def restore(self) -> None:
        self.drop()
        self.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        use(self.name)

    def drop(self) -> None:
        connections.close_all()
        self.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def names(self) -> list[str]:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            return [row[0] for row in cursor.fetchall()]

    def execute(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


def copies(worker: str) -> SQLiteCopies | PostgreSQLCopies:
    return PostgreSQLCopies(worker) if connection.vendor == "postgresql" else SQLiteCopies(worker)


def rewind_numbers() -> None:
    """Numbers go on from the rows that are there. On PostgreSQL a rollback gives none back, and what sorts by a number
    as text (the engine's keys) goes another way at 1000 than at 999: an example could not be repeated.
    """
    models = [model for label in ("core", "mentoring") for model in apps.get_app_config(label).get_models()]
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(";".join(statements))


if __name__ == "__main__":  # ahead of the tests, while other things run: python -m tests.support.database
    import django

    django.setup()
    copies("ahead").make_template()
