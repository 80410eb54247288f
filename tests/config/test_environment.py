"""What settings read from the environment: documented, typed, and understood as meant."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"[A-Z][A-Z0-9_]+")


def variables_read() -> set[str]:
    """Every name given to `env.<type>(...)` or `of_missing(env, ...)` in the settings."""
    found: set[str] = set()
    for file in (ROOT / "site" / "config").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            reads = isinstance(node.func.value, ast.Name) and node.func.value.id == "env"
            if reads or node.func.attr == "of_missing":
                found |= {
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and NAME.fullmatch(str(argument.value))
                }
    return found


def variables_documented() -> set[str]:
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", table, re.MULTILINE))


def test_settings__variables_read_and_variables_documented__are_the_same() -> None:
    assert variables_read() == variables_documented()


def test_settings__other_ways_to_the_environment__are_not_used() -> None:
    """Else the table above would lie."""
    strays = [
        str(file.relative_to(ROOT))
        for folder in ("site/core", "site/config/settings", "home", "networks", "search", "mentoring")
        for file in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.environ\[|os\.environ\.get|os\.getenv", file.read_text(encoding="utf-8"))
    ]
    assert not strays


def test_env_example__names_only_documented_variables_and_no_secret() -> None:
    text = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    pairs = dict(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    ours = variables_documented() | {"POSTGRES_PASSWORD", "WEB_CONCURRENCY", "WEB_THREADS"}
    assert pairs.keys() <= ours
    assert not pairs["SECRET_KEY"].strip()
    assert not pairs["POSTGRES_PASSWORD"].strip()


def test_database__sqlite__gets_the_safe_options() -> None:
    options = environment.database("sqlite:////srv/db.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "WAL" in options["init_command"]


def test_database__postgresql__gets_the_safe_options() -> None:
    found = environment.database("postgres://user:p%40ss@db.example.org:5432/room?sslmode=require")
    assert found["PASSWORD"] == "p@ss"
    assert found["OPTIONS"]["sslmode"] == "require"
    assert "lock_timeout=3000" in found["OPTIONS"]["options"]
    assert found["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp+tls://user:p%40ss@mail.example.org", 587, True, False),
        ("smtps://user:p%40ss@mail.example.org", 465, False, True),
        ("smtp+tls://user:p%40ss@mail.example.org:2525", 2525, True, False),
    ],
)
def test_mail__server__is_read(url: str, port: int, tls: bool, ssl: bool) -> None:
    mail = environment.mail(url)
    assert (mail.host, mail.user, mail.password) == ("mail.example.org", "user", "p@ss")
    assert (mail.port, mail.use_tls, mail.use_ssl) == (port, tls, ssl)


@pytest.mark.parametrize("url", ["", "mail.example.org", "smtp://", "http://mail.example.org"])
def test_mail__not_an_address__is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        environment.mail(url)


def test_search__server__answers_with_the_database_beside_it() -> None:
    found = environment.search("opensearch3+https://user:key@search.example.org:9200/room")
    assert found["default"]["URLS"] == ["https://user:key@search.example.org:9200"]
    assert found["default"]["INDEX_PREFIX"] == "room_"
    assert found["database"]["BACKEND"] == "wagtail.search.backends.database"
    assert environment.search("")["default"] == found["database"]


def test_object_storage__public_and_private__are_apart() -> None:
    found = environment.object_storage(
        "s3://pictures?private=papers&region=eu-west-2&domain=media.example.org", access_key="a", secret_key="b"
    )
    public, private = found["default"]["OPTIONS"], found["private"]["OPTIONS"]
    assert (public["bucket_name"], private["bucket_name"]) == ("pictures", "papers")
    assert public["querystring_auth"] is False
    assert private["querystring_auth"] is True
    assert "custom_domain" not in private
    assert found["private"]["BACKEND"] == "core.files.storage.PrivateObjectStorage"


def test_private_object_storage__address__does_not_exist() -> None:
    from core.files.storage import PrivateObjectStorage

    with pytest.raises(NotImplementedError):
        PrivateObjectStorage(bucket_name="papers").url("list.csv")


@pytest.mark.parametrize(
    ("url", "origins"),
    [
        ("s3://pictures?private=papers&domain=media.example.org", ["https://media.example.org"]),
        ("s3://pictures?private=papers&endpoint=https://s3.example.org/x", ["https://s3.example.org"]),
        (
            "s3://pictures?private=papers&region=eu-west-2",
            ["https://pictures.s3.eu-west-2.amazonaws.com", "https://pictures.s3.amazonaws.com"],
        ),
    ],
)
def test_picture_origins__storage_address__gives_where_browsers_go(url: str, origins: list[str]) -> None:
    assert environment.picture_origins(url) == origins
