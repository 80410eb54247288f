"""Every log-in of the demo, part by part: a part that has people one can sign in as names them in `LOGINS`."""

from __future__ import annotations

import importlib
import importlib.util

from core.accounts.demo import DemoLogin

from . import PARTS


def _collected() -> tuple[DemoLogin, ...]:
    found: list[DemoLogin] = []
    for name in PARTS:
        if importlib.util.find_spec(f"home.demo.{name}") is not None:
            found.extend(getattr(importlib.import_module(f"home.demo.{name}"), "LOGINS", ()))
    return tuple(found)


LOGINS = _collected()
