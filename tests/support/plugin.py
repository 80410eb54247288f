"""What the suite does beyond collecting and running: no silent skips, and a list of what no test reached."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.support.browsers import chromium
from tests.support.reach import Reach


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run (always so with CI=true)")


def pytest_configure(config: pytest.Config) -> None:
    reach = Reach(config)
    reach.start()
    config.pluginmanager.register(reach, "reach")


def pytest_collection_finish(session: pytest.Session) -> None:
    """All that was imported stays: the collector need not walk it again and again (a twentieth of the suite's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def skips_fail(config: pytest.Config) -> bool:
    return bool(config.getoption("--no-skips")) or os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Races need real concurrency: on SQLite they are not part of the suite. Journeys without a browser are skipped."""
    if connection.vendor == "sqlite":
        races = [item for item in items if item.get_closest_marker("race")]
        if races:
            config.hook.pytest_deselected(items=races)
            items[:] = [item for item in items if not item.get_closest_marker("race")]
    if chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium found (install it, or set CHROMIUM)"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and skips_fail(item.config):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and skips fail this run: {reason}"
    return report
