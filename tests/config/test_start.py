"""What the site loads when it starts: each worker waits for it, and keeps it in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("scipy", "sklearn", "ortools", "pandas", "openpyxl", "distributed")
PROGRAM = f"""
import django, sys
django.setup()
from django.urls import get_resolver
from wagtail import hooks
hooks.search_for_hooks()
get_resolver().url_patterns
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_start__addresses_and_hooks_loaded__brings_no_numerical_library() -> None:
    """The engine loads them when it is first asked."""
    found = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": "site:."},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert found.stdout.split() == []
