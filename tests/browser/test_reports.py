"""Reports, their print pages, the equality questions and the blocks, looked at as people see them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.blocks import MENTORING_BLOCKS
from mentoring.programmes.models import CohortState
from networks.models import PathwayPage
from tests.mentoring import scenes
from tests.mentoring.reports.test_figures import counted_by_hand
from tests.support.pages import add, organisation, site_pages

from .toolkit import axe_violations, each_look, look_everywhere, overflow


def shot(page: Page, name: str) -> None:
    """A picture for whoever wants to look: REPORT_SHOTS names the folder."""
    if folder := os.environ.get("REPORT_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_reports__owner_on_every_screen__reads_charts_tables_and_print_pages(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = counted_by_hand()
    page = new_context().new_page()
    sign_in(page, scene.owner)
    for name, path in (
        ("list", "/admin/mentoring/reports/"),
        ("cohort", f"/admin/mentoring/reports/{scene.cohort.pk}/"),
        ("evidence", f"/admin/mentoring/reports/{scene.cohort.pk}/evidence/"),
        ("equality", f"/admin/mentoring/reports/{scene.cohort.pk}/equality/"),
        ("files", f"/admin/mentoring/reports/{scene.cohort.pk}/files/"),
    ):
        page.goto(path)
        for look in each_look(page):
            shot(page, f"{name}-{look.name}")
            found = axe_violations(page)
            assert not found, f"{path} as {look.name}\n" + "\n".join(found)
            assert name == "list" or overflow(page) <= 0, f"{path} as {look.name}"  # Wagtail's own table scrolls
        if name in ("cohort", "evidence"):
            assert page.pdf().count(b"/Type /Page\n") > 1, "what lies below the window must be printed, too"
            page.emulate_media(media="print")
            expect(page.locator(".sidebar")).to_be_hidden()
            shot(page, f"{name}-print")
            page.emulate_media(media="screen")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV of pairs").click()
    assert download.value.suggested_filename == f"pairs-cohort-{scene.cohort.pk}.csv"


def test_questions__member_without_script__answers_and_deletes(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    row = scenes.ready_to_match(1, 1).mentees[0]
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, row.profile.user)
    page.goto(f"/mentoring/questions/{row.pk}/")
    page.get_by_role("radio", name="40 to 49").check()
    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_text("kept without your name")).to_be_visible()
    looking = new_context().new_page()
    sign_in(looking, row.profile.user)
    looking.goto(f"/mentoring/questions/{row.pk}/")
    look_everywhere(looking)
    shot(looking, "questions")
    looking.get_by_role("button", name="Delete my answers").click()
    expect(looking.get_by_text("Your answers are deleted.")).to_be_visible()


def test_blocks__on_a_pathway__look_right_everywhere(visit: Callable[[str], Page]) -> None:
    pages = site_pages()
    scene = scenes.programme_with_cohort("Leading", state=CohortState.OPEN)
    for number in range(6):
        scenes.enrolled(scene, scenes.person(f"P {number}", seek=("music",)), "mentee")
    body = [(name, block.to_python({})) for name, block in MENTORING_BLOCKS]
    pathway = add(
        pages.pathways,
        PathwayPage(title="Lead", slug="lead", aim="<p>Lead.</p>", who_for="You.", host=organisation(), body=body),
    )
    scene.programme.pathway_page = pathway
    scene.programme.save()
    page = visit("/pathways/lead/")
    expect(page.get_by_text("Music: 6 mentors short")).to_be_visible()
    expect(page.get_by_role("link", name="Ask for a mentor")).to_have_count(2)
    look_everywhere(page)
    for look in each_look(page):
        shot(page, f"blocks-{look.name}")
