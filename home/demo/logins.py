"""Every log-in of the demo, part by part: a part that has people one can sign in as names them in `LOGINS`."""

from __future__ import annotations

import importlib

from core.accounts.demo import DemoLogin

from . import PARTS


def _collected() -> tuple[DemoLogin, ...]:
    parts = [importlib.import_module(f"home.demo.{name}") for name in PARTS]
    return tuple(login for part in parts for login in getattr(part, "LOGINS", ()))


LOGINS = _collected()
