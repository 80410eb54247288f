"""What no test reached: templates never rendered, addresses never visited. Reported at the end of a full run.

The permission matrix visits every address by design, so its visits do not count.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.test.signals import template_rendered
from django.urls import ResolverMatch

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("site/templates", "home/templates", "networks/templates", "search/templates", "mentoring/templates")
# Wagtail's own addresses are Wagtail's to test; its pages answer through one pattern.
NOT_OURS = ("admin/", "_util/", "^((?:", "documents/authenticate")


def our_templates() -> set[str]:
    """Names of all our templates, as they are loaded."""
    found = set()
    for folder in [*FOLDERS, "site/core/templates"]:
        base = ROOT / folder
        found |= {str(file.relative_to(base)) for file in base.rglob("*") if file.suffix in {".html", ".txt", ".svg"}}
    return found


class Reach:
    """A pytest plugin: collects in each process, reports in the one that started them."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.templates: set[str] = set()
        self.routes: set[str] = set()

    def start(self) -> None:
        template_rendered.connect(self.rendered, weak=False)
        resolve = BaseHandler.resolve_request
        routes = self.routes

        def remember(handler: BaseHandler, request: Any) -> ResolverMatch:
            match = resolve(handler, request)
            if "test_matrix" not in os.environ.get("PYTEST_CURRENT_TEST", ""):
                routes.add(match.route)
            return match

        BaseHandler.resolve_request = remember  # type: ignore[method-assign]  # only while tests run

    def rendered(self, template: Any, **kwargs: Any) -> None:
        if template.name:
            self.templates.add("".join((template.name,)))  # a plain string: safe ones cannot travel between processes

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["reach"] = (sorted(self.templates), sorted(self.routes))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        templates, routes = getattr(node, "workeroutput", {}).get("reach", ((), ()))
        self.templates |= set(templates)
        self.routes |= set(routes)

    def missing(self) -> Iterator[str]:
        """A line for each template and address that nothing reached."""
        from tests.support.addresses import resolver_addresses

        for name in sorted(our_templates() - self.templates):
            yield f"template {name}"
        for address in resolver_addresses():
            if address.route not in self.routes and not address.route.startswith(NOT_OURS):
                yield f"address {address.route}"

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        whole = not self.config.args or self.config.args == self.config.getini("testpaths")
        if not whole or self.config.option.keyword or self.config.option.markexpr:
            return
        lines = list(self.missing())
        if lines:
            terminalreporter.section(f"{len(lines)} templates and addresses that no test reached")
            for line in lines:
                terminalreporter.line(line)
