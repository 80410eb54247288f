"""An editor publishes a session into a network, through the Wagtail admin, and sees it listed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from home.groups import MODERATORS, set_up_groups
from networks.models import PathwayPage, PathwayStagePage
from tests.mentoring import scenes
from tests.support.pages import add, site_pages

from .toolkit import axe_check


def test_session__published_in_the_admin__is_listed_on_network_and_whats_on(
    page: Page, site: Any, sign_in: Any, make_user: Any
) -> None:
    from django.contrib.auth.models import Group

    pages = site_pages()
    set_up_groups()
    editor = make_user("moderator@example.org", name="Robin Hale")
    editor.groups.add(Group.objects.get(name=MODERATORS))
    sign_in(page, editor)

    page.goto(f"/admin/pages/add/networks/sessionpage/{pages.network.pk}/")
    page.locator("#id_title").fill("Drawing with a whole arm")
    page.locator("[name=summary]").fill("Charcoal on the floor.")
    page.locator("[name=format]").select_option("online")
    start = timezone.localtime() + timedelta(days=5)
    if not page.locator("[name=dates-0-start]").count():
        page.get_by_role("button", name="Add date").click()
    page.locator("[name=dates-0-start]").fill(f"{start:%Y-%m-%d} 16:00")
    page.locator("[name=dates-0-end]").fill(f"{start:%Y-%m-%d} 17:30")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More actions").or_(
        page.locator("footer [data-w-dropdown-target=toggle]")
    ).first.click()
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.get_by_text("no link yet")).to_be_visible()

    for address in (pages.network.url, pages.sessions.url):
        page.goto(address)
        expect(page.get_by_role("link", name="Drawing with a whole arm")).to_be_visible()
    page.get_by_role("link", name="Drawing with a whole arm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drawing with a whole arm")
    axe_check(page)


def test_stage__previewed_beside_the_form_as_a_mentee__shows_the_pairs_tasks_in_the_frame(
    page: Page, site: Any, sign_in: Any, make_user: Any
) -> None:
    from mentoring.models import Stage, StageTask

    pages = site_pages()
    pathway = add(pages.pathways, PathwayPage(title="Lead", slug="lead", aim="<p>Lead.</p>", who_for="You."))
    stage_page = add(pathway, PathwayStagePage(title="First steps", slug="first"))
    programme = scenes.programme_with_cohort().programme
    stage = Stage.objects.create(programme=programme, position=1, title="First steps", page=stage_page)
    StageTask.objects.create(stage=stage, title="Write down your goals", owner="mentee")
    sign_in(page, make_user("admin@example.org", name="Robin Hale", is_superuser=True))

    page.goto(f"/admin/pages/{stage_page.pk}/edit/")
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("#w-preview-iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("First steps")  # it listens from here on
    page.get_by_label("Preview mode").select_option("mentee")
    expect(frame.get_by_text("Write down your goals")).to_be_visible()
