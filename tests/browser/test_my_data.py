"""A concern from the member to its handler; what is kept, taken along, and erased with the words typed again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.concerns.models import Concern
from mentoring.models import CoordinatorGrant, Profile
from tests.mentoring import scenes
from tests.mentoring.personal.life import NAME, live

from .toolkit import DESKTOP, PHONE, axe_check, look_everywhere

Contexts = Callable[..., BrowserContext]


def page_of(new_context: Contexts, size: tuple[int, int]) -> Page:
    return new_context(viewport={"width": size[0], "height": size[1]}).new_page()


def test_journey__a_concern__goes_from_a_member_to_its_handler(
    new_context: Contexts, sign_in: Callable[[Page, Any], None]
) -> None:
    life = live()
    Concern.objects.all().delete()
    handler = scenes.user("Hana Handler")
    CoordinatorGrant.objects.create(programme=life.scene.programme, user=handler, role="concerns")
    handler.groups.add(scenes.coordinators_group())

    page = page_of(new_context, PHONE)
    sign_in(page, life.user)
    page.goto("/mentoring/")
    page.get_by_role("link", name="Raise a concern").click()
    look_everywhere(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Please write what happened, in your own words.").first).to_be_visible()
    look_everywhere(page)
    page.get_by_label(f"My work with {life.partner}").check()
    page.get_by_label("How somebody behaved").check()
    page.get_by_label("What happened?").fill("He was rude to me on Tuesday.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("has reached those named to read it")).to_be_visible()
    expect(page.get_by_text("rude to me")).to_have_count(0)  # the list says how far it is, not what it is
    look_everywhere(page)

    desk = page_of(new_context, DESKTOP)
    sign_in(desk, handler)
    desk.goto(f"/admin/mentoring/concerns/{Concern.objects.get().pk}/")
    expect(desk.get_by_text("He was rude to me on Tuesday.")).to_be_visible()
    axe_check(desk)
    desk.get_by_role("button", name="I have read it").click()
    expect(desk.get_by_text("The concern is now").first).to_be_visible()
    desk.get_by_role("button", name="Hold the pair back").click()
    expect(desk.get_by_text("The pair is held back").first).to_be_visible()

    page.goto(f"/mentoring/pairs/{life.pair.pk}/")
    expect(page.get_by_text("We write to you when it can go on.")).to_be_visible()
    expect(page.get_by_role("link", name="Go on earlier")).to_have_count(0)
    page.goto("/mentoring/concerns/")
    expect(page.get_by_text("how somebody behaved: being looked at")).to_be_visible()


def test_journey__my_data__is_downloaded_and_erased_with_the_words_typed_again(
    new_context: Contexts, sign_in: Callable[[Page, Any], None]
) -> None:
    life = live()
    page = page_of(new_context, PHONE)
    sign_in(page, life.user)
    page.goto("/mentoring/")
    page.get_by_role("link", name="My data").click()
    look_everywhere(page)
    page.get_by_label("One message a day, in the morning").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("One message a day, in the morning")).to_be_checked()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download my data").click()
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        assert json.loads(archive.read("data.json"))["name"] == NAME

    page.get_by_role("link", name="Erase my data").click()
    look_everywhere(page)
    page.get_by_label("To go on, type").fill("yes please")
    page.get_by_role("button", name="Erase everything about me").click()
    expect(page.get_by_text("Nothing was erased.")).to_be_visible()
    look_everywhere(page)
    assert Profile.objects.get(pk=life.profile.pk).erased_at is None
    page.get_by_label("To go on, type").fill("Erase my data")
    page.get_by_role("button", name="Erase everything about me").click()
    expect(page.get_by_role("heading", name="Your data has been erased")).to_be_visible()
    look_everywhere(page)
    assert Profile.objects.get(pk=life.profile.pk).erased_at is not None
    page.goto("/mentoring/data/")
    expect(page.get_by_role("heading", name="My data")).to_have_count(0)
