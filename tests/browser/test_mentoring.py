"""The first match as people walk it: a coordinator runs the matching and approves; mentee and mentor see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Enrolment, Outbox, Proposal
from mentoring.programmes.models import CohortState
from tests.mentoring import scenes

from .toolkit import PHONE, look_everywhere


def ours_is_accessible(page: Page) -> None:
    """axe on what we put into Wagtail's frame; the frame itself is Wagtail's."""
    found = Axe().run(page, context="#main .nice-padding", options={"resultTypes": ["violations"]}).response
    assert not found["violations"], [
        f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]
    ]


def test_journey__coordinator_matches_and_approves__mentee_and_mentor_see_it(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.ready_to_match(2, 2, title="Leading together")
    desk = new_context().new_page()
    sign_in(desk, scene.coordinator)

    desk.goto("/admin/mentoring/cohorts/")
    desk.get_by_role("link", name="Leading together, Autumn").click()
    ours_is_accessible(desk)
    desk.get_by_role("button", name="Run matching").click()
    expect(desk.get_by_text("2 pairs proposed.")).to_be_visible(timeout=30_000)
    ours_is_accessible(desk)
    desk.get_by_role("link", name="Decide on 2 pairs").click()
    first = Proposal.objects.order_by("-score", "pk")[0]
    desk.get_by_role("link", name=first.mentee.profile.display_name).click()
    expect(desk.get_by_role("heading", name="How the score adds up")).to_be_visible()
    ours_is_accessible(desk)

    desk.get_by_role("button", name="Decline").click()
    expect(desk.get_by_role("alert").filter(has_text="Please note why")).to_be_visible()
    desk.get_by_label(re.compile("^Note")).fill("Both know the school")
    desk.get_by_role("button", name="Approve and tell both").click()
    expect(desk.get_by_text("Both are told.")).to_be_visible()
    assert Outbox.objects.filter(template="match_agreed").count() == 2

    desk.goto("/admin/mentoring/proposals/?state=draft")
    desk.get_by_label(re.compile("^Pick ")).check()
    desk.get_by_role("button", name="Check picked pairs").click()
    expect(desk.get_by_role("heading", name="1 of 1 would be approved")).to_be_visible()
    ours_is_accessible(desk)
    desk.get_by_role("button", name="Approve 1 pair").click()
    expect(desk.get_by_role("heading", name="1 of 1 approved")).to_be_visible()

    for me, other, viewport in (
        (first.mentee, first.mentor, None),
        (first.mentor, first.mentee, {"width": PHONE[0], "height": PHONE[1]}),
    ):
        page = new_context(**({"viewport": viewport} if viewport else {})).new_page()
        sign_in(page, me.profile.user)
        page.goto("/mentoring/")
        role = other.get_as_role_display().lower()
        expect(page.get_by_role("heading", name=f"Your {role}: {other.profile.display_name}")).to_be_visible()
        expect(page.get_by_role("link", name=other.profile.user.email)).to_be_visible()
        expect(page.get_by_text(first.explanation["reasons"][0])).to_be_visible()
        look_everywhere(page)


def test_journey__member_asks_for_a_mentor__forgets_something__mends_it_and_withdraws(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scenes.programme_with_cohort("Leading together", state=CohortState.OPEN)
    who = scenes.person("Ann Applicant", seek=("behaviour",))
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, who.user)
    page.goto("/mentoring/")
    page.get_by_role("link", name="Ask for a mentor in Leading together").click()
    page.get_by_role("button", name="Send my application").click()
    expect(page.get_by_text("Please write at least one sentence").first).to_be_visible()
    page.get_by_label(re.compile("What would you like to get better at")).fill("To lead a team well.")
    page.get_by_label("I have read this and want to take part").check()
    page.get_by_role("button", name="Send my application").click()
    expect(page.get_by_text("We have your application")).to_be_visible()
    page.get_by_role("link", name="Withdraw from Leading together as a mentee").click()
    page.get_by_role("button", name="Yes, withdraw").click()
    expect(page.get_by_text("You withdrew.", exact=False)).to_be_visible()
    assert Enrolment.objects.get().state == "withdrawn"


def test_pages__of_applying__look_right_everywhere(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.programme_with_cohort("Leading together", state=CohortState.OPEN)
    who = scenes.person("Ann Applicant", seek=("behaviour",))
    row = scenes.enrolled(scene, who, "mentor", capacity=2)
    page = new_context().new_page()
    sign_in(page, who.user)
    for path in (
        f"/mentoring/apply/{scene.cohort.pk}/mentee/",
        f"/mentoring/applications/{row.pk}/",
        f"/mentoring/applications/{row.pk}/withdraw/",
    ):
        page.goto(path)
        look_everywhere(page)
    page.goto(f"/mentoring/apply/{scene.cohort.pk}/mentee/")
    page.get_by_role("button", name="Send my application").click()
    look_everywhere(page)
