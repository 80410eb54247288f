"""Production refuses to start unsafe: each refusal is tried in a process of its own, as a server would meet it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SECRET_KEY": "k3Yz-9Qw" * 9,
    "ALLOWED_HOSTS": "commonroom.example.org",
    "BASE_URL": "https://commonroom.example.org",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org",
    "DEFAULT_FROM_EMAIL": "Common Room <commonroom@example.org>",
}


def run(*arguments: str, tmp_path: Path, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """A Python process with a production environment in which `changes` are made; None takes a variable away."""
    variables = {
        "PATH": os.environ.get("PATH", ""),
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        **SAFE,
        **changes,
    }
    return subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, *arguments],
        cwd=ROOT,
        env={name: value for name, value in variables.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


START = (
    "-c",
    "import sys; sys.path.insert(1, 'site'); from django.conf import settings; print('started', settings.DEBUG)",
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "development-only-key-that-production-refuses-whatever-its-length"}, "printed in public"),
        ({"SECRET_KEY": "django-insecure-" + "k3Yz-9Qw" * 9}, "printed in public"),
        ({"SECRET_KEY": "short-k3Yz"}, "too easy to guess"),
        ({"SECRET_KEY": "a" * 80}, "too easy to guess"),
        ({"DEBUG": "true"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS is empty"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS holds a star"),
        ({"ALLOWED_HOSTS": "commonroom.example.org,*"}, "ALLOWED_HOSTS holds a star"),
        ({"BASE_URL": None}, "BASE_URL must be"),
        ({"BASE_URL": "http://commonroom.example.org"}, "BASE_URL must be"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"EMAIL_URL": None}, "EMAIL_URL is not set"),
        ({"EMAIL_URL": "pigeon://mail.example.org"}, "EMAIL_URL must start with"),
        ({"DEFAULT_FROM_EMAIL": None}, "DEFAULT_FROM_EMAIL is not set"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is LOUD"),
        ({"SEARCH_URL": "https://search.example.org"}, "SEARCH_URL must look like"),
        ({"STORAGE_URL": "s3://one"}, "STORAGE_URL must look like"),
        ({"STORAGE_URL": "s3://one?private=one"}, "It needs two"),
    ],
)
def test_production__unsafe_setting__refuses_with_a_sentence(
    changes: dict[str, str | None], sentence: str, tmp_path: Path
) -> None:
    result = run(*START, tmp_path=tmp_path, **changes)
    assert result.returncode != 0
    assert "started" not in result.stdout
    assert sentence in result.stderr


def test_production__several_faults__names_them_all_without_the_key(tmp_path: Path) -> None:
    result = run(*START, tmp_path=tmp_path, SECRET_KEY="short-k3Yz", ALLOWED_HOSTS="*", DEBUG="1")
    assert all(word in result.stderr for word in ("SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"))
    assert "short-k3Yz" not in result.stderr


def test_production__key_that_starts_with_a_dollar__is_just_a_key(tmp_path: Path) -> None:
    result = run(*START, tmp_path=tmp_path, SECRET_KEY="$" + "k3Yz-9Qw" * 9)
    assert result.stdout.strip() == "started False", result.stderr


def test_production__safe_settings__start_and_pass_the_deployment_check(tmp_path: Path) -> None:
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", tmp_path=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


SERVE = ("-c", "import sys; sys.path.insert(1, 'site'); import config.wsgi; print('serving')")


def test_web_server__database_without_its_options__refuses_to_start(tmp_path: Path) -> None:
    unsafe = f"sqlite:///{tmp_path / 'db.sqlite3'}?transaction_mode=DEFERRED"
    result = run(*SERVE, tmp_path=tmp_path, DATABASE_URL=unsafe)
    assert result.returncode != 0
    assert "core.E001" in result.stderr
    assert "serving" not in result.stdout


def test_web_server__safe_settings__starts(tmp_path: Path) -> None:
    result = run(*SERVE, tmp_path=tmp_path)
    assert result.stdout.strip() == "serving", result.stderr


def test_web_server__database_cannot_be_reached__starts_and_leaves_the_rest_to_readyz(tmp_path: Path) -> None:
    result = run(*SERVE, tmp_path=tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
    assert result.stdout.strip() == "serving", result.stderr
