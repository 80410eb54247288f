"""A browser for journeys: one Chromium per run, one fresh context per test, everything watched.

Fixtures: `visit` (open a page), `page` (an empty one), `site` (addresses of the test server), `sign_in`, `new_context`.
On failure a screenshot is left in var/browser/TEST/; with BROWSER_TRACE=1 a trace, too (`playwright show-trace
trace.zip`): recording costs a sixth of the time.
Without Chromium the tests are skipped, which in CI fails the run (tests/support/plugin.py).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from core.models import User
from tests import signing_in
from tests.support.browsers import chromium

from .toolkit import ARGUMENTS, DESKTOP, Watch

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()
TRACING = bool(os.environ.get("BROWSER_TRACE"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test and runs against committed data."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium found (install it, or set CHROMIUM)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django's ORM would refuse to share.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


class SiteUnderTest:
    """Where the test server answers."""

    def __init__(self, home: str) -> None:
        self.home = home

    def url(self, path: str = "/") -> str:
        return self.home + path


@pytest.fixture
def site(live_server: Any) -> SiteUnderTest:
    """The running site, static files included. Wagtail's default site is moved to the server's port."""
    from wagtail.models import Site

    host, port = live_server.url.removeprefix("http://").split(":")
    Site.objects.filter(is_default_site=True).update(hostname=host, port=int(port))
    Site.clear_site_root_paths_cache()
    return SiteUnderTest(live_server.url)


@pytest.fixture
def new_context(
    browser: Browser, site: SiteUnderTest, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """A factory of browser contexts (visitors, each with own cookies). Options as Playwright's `new_context`."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def make(**options: Any) -> BrowserContext:
        given = {"viewport": {"width": DESKTOP[0], "height": DESKTOP[1]}, "locale": "en-GB", "base_url": site.home}
        context = browser.new_context(**{**given, **options})
        context.set_default_timeout(10_000)  # milliseconds
        if TRACING:
            context.tracing.start(screenshots=False, snapshots=True)
        watch = Watch(site.home)
        context.on("page", watch.attach)
        opened.append((context, watch))
        return context

    yield make
    failed = request.node.stash.get(FAILED, False)
    for number, (context, _) in enumerate(opened):
        if failed:
            keep(context, request.node.nodeid, number)
        context.close()
    if not failed:
        for _, watch in opened:
            watch.assert_clean()


def keep(context: BrowserContext, test: str, number: int) -> None:
    """Leaves what a person needs to see why a test failed."""
    folder = Path(django_settings.VAR) / "browser" / re.sub(r"[^\w.-]+", "_", test.removeprefix("tests/browser/"))
    folder.mkdir(parents=True, exist_ok=True)
    for index, page in enumerate(context.pages):
        page.screenshot(path=folder / f"visitor-{number}-page-{index}.png", full_page=True)
    if TRACING:
        context.tracing.stop(path=folder / f"visitor-{number}-trace.zip")


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """An empty page of a visitor at a desk: `page.goto("/networks/")`."""
    return new_context().new_page()


@pytest.fixture
def visit(page: Page) -> Callable[[str], Page]:
    """`visit("/networks/")`: opens an address, asserts that it answers, gives the page."""

    def open_page(path: str, status: int = 200) -> Page:
        response = page.goto(path)
        assert response is not None
        assert response.status == status, f"{path} answered {response.status}, not {status}"
        return page

    return open_page


@pytest.fixture
def sign_in(site: SiteUnderTest) -> Callable[[Page, User], None]:
    """`sign_in(page, user)`: gives the page's visitor a session, second factor included, without the forms."""

    def enter(page: Page, user: User) -> None:
        client = Client()
        signing_in.sign_in(client, user)
        name = django_settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.home}])

    return enter
