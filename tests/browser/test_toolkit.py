"""The toolkit itself: what it must catch, it catches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .toolkit import LOOKS, Watch, axe_check, axe_violations, each_look, look_everywhere, overflow


def test_axe_check__picture_without_alternative__is_found(visit: Callable[..., Page]) -> None:
    page = visit("/appearance/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/favicon.ico\">')")

    assert any(line.startswith("image-alt") for line in axe_violations(page))
    with pytest.raises(AssertionError, match="image-alt"):
        axe_check(page)


def test_look_everywhere__something_too_wide__is_found(visit: Callable[..., Page]) -> None:
    page = visit("/appearance/")
    page.evaluate("document.querySelector('main').style.width = '700px'")

    with pytest.raises(AssertionError, match="px too wide"):
        look_everywhere(page)


def test_each_look__sizes_and_schemes__reach_the_page(visit: Callable[..., Page]) -> None:
    page = visit("/appearance/")
    seen = {
        (page.evaluate("innerWidth"), page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
        for _ in each_look(page)
    }
    assert seen == {(look.size[0], look.scheme == "dark") for look in LOOKS}
    assert overflow(page) == 0


def test_watch__inline_style_foreign_request_and_missing_file__are_remembered(browser, site) -> None:
    watch = Watch(site.home)
    with browser.new_context() as context:
        context.on("page", watch.attach)
        page = context.new_page()
        page.goto(site.url("/appearance/"))
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">no</p>')")
        page.evaluate("new Promise(done => { const i = new Image(); i.onerror = done; i.src = '/static/none.png' })")
        page.evaluate("new Promise(done => { const i = new Image(); i.onerror = done; i.src = 'http://127.0.0.2:9/' })")

    faults = "\n".join(watch.faults)
    assert "policy violation" in faults
    assert "404 for" in faults
    assert "another host" in faults
    with pytest.raises(AssertionError):
        watch.assert_clean()


def test_watch__plain_page__is_clean(visit: Callable[..., Page]) -> None:
    visit("/appearance/")  # the fixture asserts at the end that nothing was reported
