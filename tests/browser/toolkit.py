"""What browser tests share: how pages are looked at, what is listened for, what must never happen.

    def test_networks__as_anybody__look_right(visit, site):
        page = visit(site.url("/networks/"))
        look_everywhere(page)                 # axe, overflow: desktop and phone, light and dark

`visit` fails the test at its end if the browser reported a policy violation, a script error, a missing file or a
request to another host; see `Watch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, Response

# Flags that keep Chromium from speaking to anybody but the test server.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
AXE = Axe().axe_script
DESKTOP = (1280, 900)
PHONE = (390, 844)
#: Of a context: a journey is walked on a phone, where it is harder, and looked at in both sizes.
ON_A_PHONE: dict[str, Any] = {"viewport": {"width": PHONE[0], "height": PHONE[1]}}


AUTOSAVE = re.compile(r"/admin/(pages|snippets)/.*(add|edit)/")


@dataclass(frozen=True)
class Look:
    """One way of looking at a page: size in CSS pixels and colour scheme."""

    name: str
    size: tuple[int, int]
    scheme: str


#: The colours of dark are the same in every size.
LOOKS = (
    Look("desktop-light", DESKTOP, "light"),
    Look("phone-light", PHONE, "light"),
    Look("phone-dark", PHONE, "dark"),
)


@dataclass
class Watch:
    """Listens to a page and remembers what must not happen. A page that answers 404 itself is the test's business."""

    home: str  # the test server's address
    faults: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.faults.append(f"policy violation: {message.text}")

    def _request(self, request: Request) -> None:
        there = urlsplit(request.url)
        if there.scheme in ("http", "https") and there.netloc != urlsplit(self.home).netloc:
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status == 400 and AUTOSAVE.search(response.url):
            return  # Wagtail saves on its own every few seconds, and refuses a page that is not whole yet
        if response.status >= 400 and response.request.resource_type != "document":
            self.faults.append(f"{response.status} for {response.url}")

    def assert_clean(self) -> None:
        assert not self.faults, "\n".join(self.faults)


#: Rules that look at colours; the others see the same in light and dark.
COLOUR_RULES = ("color-contrast", "link-in-text-block")


def axe_violations(
    page: Page, *, without: tuple[str, ...] = (), scheme: str = "light", within: str | None = None
) -> list[str]:
    """What axe finds on the page as it stands, one readable line per element; best practice included.

    `within` is a selector: only that part is looked at. `without` names rules that cannot judge this page; say why
    where you call it. A page that was looked at in light is looked at in dark (`scheme`) for its colours alone:
    nothing else changes.
    """
    rules: dict[str, Any] = {rule: {"enabled": False} for rule in without}
    page.wait_for_load_state()  # after a click the next page has only begun to arrive
    if not page.evaluate("'axe' in window"):  # half a megabyte: once per document, not once per look
        page.evaluate(AXE)
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": rules}
    if scheme == "dark":
        options["runOnly"] = [rule for rule in COLOUR_RULES if rule not in without]
    found: list[dict[str, Any]] = page.evaluate(
        "([part, options]) => axe.run(part || document, options).then(all => all.violations)", [within, options]
    )
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def axe_check(page: Page, *, without: tuple[str, ...] = (), within: str | None = None) -> None:
    """Fails unless axe finds nothing on the page as it stands."""
    found = axe_violations(page, without=without, within=within)
    assert not found, f"{page.url}\n" + "\n".join(found)


def overflow(page: Page) -> int:
    """By how many CSS pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def each_look(page: Page) -> Iterator[Look]:
    """The page in each look in turn; it is not loaded again, for nothing depends on script."""
    for look in LOOKS:
        page.set_viewport_size({"width": look.size[0], "height": look.size[1]})
        # Without motion: axe must not measure a colour on its way from light to dark.
        page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # ours is data
        yield look


def look_everywhere(page: Page) -> None:
    """Desktop and phone, light and dark: axe finds nothing and nothing sticks out."""
    for look in each_look(page):
        found = axe_violations(page, scheme=look.scheme)
        assert not found, f"{page.url} as {look.name}\n" + "\n".join(found)
        assert overflow(page) <= 0, f"{page.url} as {look.name} is {overflow(page)} px too wide"


#: What we put into Wagtail's frame; the frame itself is Wagtail's.
OURS = "#main .nice-padding"


def look_in_both_sizes(page: Page, *, within: str | None = None) -> None:
    """In the middle of a journey: axe finds nothing and nothing sticks out at a desk and on a phone, in light."""
    before = page.viewport_size
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        axe_check(page, within=within)
        assert overflow(page) <= 0, f"{page.url} is {overflow(page)} px too wide at {width} px"
    assert before is not None
    page.set_viewport_size(before)
