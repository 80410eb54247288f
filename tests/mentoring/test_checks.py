"""The plugin's own warning about SQLite's defaults."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, connections

from mentoring.checks import sqlite_lets_two_write

GOOD = {"transaction_mode": "IMMEDIATE", "timeout": 20}


@pytest.mark.parametrize(
    ("vendor", "options", "warned"),
    [
        ("sqlite", {}, True),
        ("sqlite", {**GOOD, "timeout": 5}, True),
        ("sqlite", {**GOOD, "transaction_mode": "DEFERRED"}, True),
        ("sqlite", GOOD, False),
        ("postgresql", {}, False),
    ],
)
def test_check__options_of_sqlite__are_warned_about(
    monkeypatch: pytest.MonkeyPatch, vendor: str, options: dict[str, Any], warned: bool
) -> None:
    monkeypatch.setattr(type(connections["default"]), "vendor", vendor)
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    assert [message.id for message in sqlite_lets_two_write(None)] == (["mentoring.W001"] if warned else [])
