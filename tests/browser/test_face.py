"""The site's own face in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .toolkit import PHONE, axe_check, look_everywhere

WEIGHT_LIMIT = 250_000  # bytes as transferred, fonts included
REQUEST_LIMIT = 12


@pytest.fixture
def gallery(settings) -> str:
    settings.DESIGN_GALLERY = True
    return "/design/"


def test_gallery__every_look__is_accessible_and_fits(visit: Callable[..., Page], gallery: str) -> None:
    look_everywhere(visit(gallery))


def test_gallery__json_ld__is_data_and_violates_no_policy(visit: Callable[..., Page], gallery: str) -> None:
    page = visit(gallery)

    assert page.locator('script[type="application/ld+json"]').count() == 1
    assert page.locator("body > b").count() == 0  # the hostile name in the data did not become markup


def test_gallery__without_script__is_the_same(new_context: Callable[..., BrowserContext], gallery: str) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": PHONE[0], "height": PHONE[1]}).new_page()
    page.goto(gallery)

    expect(page.locator("#site-search")).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.locator("#site-search")).to_be_visible()
    page.get_by_role("button", name="Close the menu").click()
    expect(page.locator("#site-search")).to_be_hidden()


def test_page__first_load__is_light(visit: Callable[..., Page], page: Page, gallery: str) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    visit(gallery).wait_for_load_state("networkidle")

    assert len(sizes) <= REQUEST_LIMIT
    assert sum(sizes) <= WEIGHT_LIMIT


def test_keyboard__first_tab__skips_to_the_content(visit: Callable[..., Page]) -> None:
    page = visit("/appearance/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", ["/nowhere/", "/appearance/"])
def test_page__phone_menu_open__is_accessible(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, 404 if path == "/nowhere/" else 200)
    look_everywhere(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_role("button", name="Menu", exact=True).click()
    axe_check(page)


def test_member__account_menu_open__is_accessible_and_signs_out(
    visit: Callable[..., Page], page: Page, sign_in, make_user
) -> None:
    sign_in(page, make_user("ada@example.org", name="Ada Example"))
    visit("/appearance/")
    page.get_by_text("Ada Example").click()
    look_everywhere(page)
    page.get_by_role("button", name="Sign out").click()

    page.goto("/appearance/")
    expect(page.locator("header").get_by_role("link", name="Sign in")).to_be_visible()


def test_appearance__dark_chosen_on_a_light_device__page_turns_dark(visit: Callable[..., Page]) -> None:
    page = visit("/appearance/")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    before = page.evaluate(ground)
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()

    assert page.evaluate(ground) != before
    axe_check(page)


def test_forced_colours_and_no_motion__gallery__is_accessible(
    new_context: Callable[..., BrowserContext], gallery: str
) -> None:
    page = new_context(forced_colors="active", reduced_motion="reduce").new_page()
    page.goto(gallery)

    # axe reads the authors' colours even where the system's are painted: the colours are looked at below instead.
    axe_check(page, without=("color-contrast",))
    painted = "getComputedStyle(document.querySelector('footer a')).color"
    system = "(() => { const a = document.createElement('i'); a.style.color = 'LinkText'; document.body.append(a);"
    assert page.evaluate(painted) == page.evaluate(system + " return getComputedStyle(a).color })()")
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).transitionDuration") in ("0s", "0s, 0s")


def test_filters__phone_without_script__open_as_a_sheet_and_close(
    new_context: Callable[..., BrowserContext], gallery: str
) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": PHONE[0], "height": PHONE[1]}).new_page()
    page.goto(gallery)
    form = page.get_by_role("form", name="Filter this list")

    expect(form).to_be_hidden()
    page.get_by_role("button", name="Filter the list").click()
    expect(form.get_by_label("Words")).to_be_visible()
    form.get_by_role("button", name="Close").click()
    expect(form).to_be_hidden()


def test_filters__at_a_desk__stand_beside_the_list(visit: Callable[..., Page], gallery: str) -> None:
    page = visit(gallery)

    expect(page.get_by_role("form", name="Filter this list").get_by_label("Words")).to_be_visible()
    expect(page.get_by_role("button", name="Filter the list")).to_be_hidden()
