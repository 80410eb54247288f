"""Another process on the test's own database, to be killed: what it had not committed is gone, as after a crash."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from .database import ROOT


def address() -> str:
    """The address of the database that this test uses."""
    s = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{s['NAME']}"
    return f"postgres://{s['USER']}:{s['PASSWORD'] or ''}@{s['HOST']}:{s['PORT'] or 5432}/{s['NAME']}"


def run(script: str, folder: Path, **environment: str) -> int:
    """Runs Python there, with the settings of the tests and mails as files in `folder`/mails; gives its return code.

    A negative code is the signal that ended it.
    """
    (folder / "killed_settings.py").write_text(
        "from config.settings.test import *\n"
        'EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"\n'
        f"EMAIL_FILE_PATH = {str(folder / 'mails')!r}\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own script
        [sys.executable, "-c", script],
        env={
            **os.environ,
            "DATABASE_URL": address(),
            "DJANGO_SETTINGS_MODULE": "killed_settings",
            "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT), str(ROOT / "site")]),
            **environment,
        },
        cwd=ROOT,
        timeout=120,
        check=False,
        capture_output=True,
    )
    assert done.returncode in (0, 9, -9), done.stderr.decode()
    wait_until_alone()
    return done.returncode


def wait_until_alone(seconds: float = 20) -> None:
    """PostgreSQL learns of a killed client a moment later: until then its transaction holds its locks."""
    if connection.vendor != "postgresql":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)
    raise AssertionError("The server still works for a process that is gone.")
