"""A visitor finds a session by search and filter; and the search box as keyboard and screen reader meet it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.toolkit import PHONE, axe_check, look_everywhere
from tests.search.conftest import make_tree

Visit = Callable[[str], Page]


@pytest.fixture
def site(transactional_db: None, site: object) -> object:
    """The running site with the small tree in it."""
    make_tree()
    return site


def test_visitor__search_and_filter__finds_the_session(visit: Visit) -> None:
    page = visit("/search/")
    expect(page.get_by_role("heading", name="Search", level=1)).to_be_visible()
    look_everywhere(page)
    page.set_viewport_size({"width": 1280, "height": 900})

    box = page.get_by_role("search", name="Search networks, sessions, resources and more")
    box.get_by_role("combobox").fill("theatre")
    box.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="4 results for “theatre”")).to_be_visible()
    expect(page.get_by_text("Also searched for: Drama, acting.")).to_be_visible()
    look_everywhere(page)
    page.set_viewport_size({"width": 1280, "height": 900})

    filters = page.get_by_role("form", name="Filter this list")
    filters.get_by_label("Sessions").check()
    filters.locator("summary", has_text="When").click()
    filters.get_by_label("To come").check()
    filters.get_by_role("button", name="Show results").click()
    expect(page.get_by_role("heading", name="1 result for “theatre”")).to_be_visible()
    look_everywhere(page)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("link", name="Remove the filter When: To come").click()
    expect(page.get_by_role("heading", name="2 results for “theatre”")).to_be_visible()
    page.get_by_role("link", name="Voice and movement").click()
    expect(page.get_by_role("heading", name="Voice and movement", level=1)).to_be_visible()


def test_visitor__misspelt_word__follows_the_better_spelling(visit: Visit) -> None:
    page = visit("/search/?q=dramma")
    expect(page.get_by_role("heading", name="Nothing found for “dramma”")).to_be_visible()
    look_everywhere(page)
    page.get_by_role("link", name="drama", exact=True).click()
    expect(page.get_by_role("heading", name="4 results for “drama”")).to_be_visible()


def test_suggestions__keyboard_only__leads_to_the_page(visit: Visit) -> None:
    page = visit("/search/")
    box = page.get_by_role("combobox", name="Search networks, sessions, resources and more")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("stage")
    option = page.get_by_role("option", name="Stagecraft Network Network")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    axe_check(page)
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "?")
    axe_check(page)
    box.press("Escape")
    expect(option).to_be_hidden()
    expect(box).to_have_value("stage")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/all-networks/stagecraft-network/")


def test_suggestions__nothing_chosen__enter_searches(visit: Visit) -> None:
    page = visit("/search/")
    box = page.get_by_role("combobox", name="Search networks, sessions, resources and more")
    box.press_sequentially("voice")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    page.wait_for_url("**/search/?q=voice")


def test_suggestions__phone_and_header__work_on_every_page(visit: Visit) -> None:
    page = visit("/how-to-join/")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_role("button", name="Menu").click()
    box = page.get_by_role("combobox", name="Search this site")
    box.press_sequentially("counting")
    page.get_by_role("option", name="Counting Circle").click()
    page.wait_for_url("**/all-networks/counting-circle/")


def test_search__without_script__works_all_the_same(new_context: Callable[..., object]) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[attr-defined]  # Playwright's context
    page.goto("/search/")
    box = page.get_by_role("searchbox", name="Search networks, sessions, resources and more")
    box.fill("voice")
    box.press("Enter")
    expect(page.get_by_role("link", name="Voice and movement")).to_be_visible()
