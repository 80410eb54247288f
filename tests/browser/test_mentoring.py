"""The first match as people walk it: a coordinator runs the matching and sends; mentee and mentor say yes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Outbox, Proposal, Relationship
from tests.mentoring import scenes

from .toolkit import ON_A_PHONE, OURS, axe_check, look_everywhere


def test_journey__coordinator_matches_and_sends__mentee_and_mentor_read_reasons_and_say_yes(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.ready_to_match(2, 2, title="Leading together")
    desk = new_context().new_page()
    sign_in(desk, scene.coordinator)

    desk.goto("/admin/mentoring/cohorts/")
    desk.get_by_role("link", name="Leading together, Autumn").click()
    axe_check(desk, within=OURS)
    desk.get_by_role("button", name="Run matching").click()
    expect(desk.get_by_text("2 pairs proposed.")).to_be_visible(timeout=30_000)
    axe_check(desk, within=OURS)
    desk.get_by_role("link", name="Decide on 2 pairs").click()
    first = Proposal.objects.order_by("-score", "pk")[0]
    desk.get_by_role("link", name=first.mentee.profile.display_name).click()
    expect(desk.get_by_role("heading", name="How the score adds up")).to_be_visible()
    axe_check(desk, within=OURS)

    desk.get_by_role("button", name="Decline").click()
    expect(desk.get_by_role("alert").filter(has_text="Please note why")).to_be_visible()
    desk.get_by_label(re.compile("^Note")).fill("Both know the school")
    desk.get_by_role("button", name="Approve and send the offer").click()
    expect(desk.get_by_text("the offer is on its way")).to_be_visible()
    assert Outbox.objects.filter(template="offer").count() == 2
    axe_check(desk, within=OURS)

    desk.goto("/admin/mentoring/proposals/?state=draft")
    desk.get_by_label(re.compile("^Pick ")).check()
    desk.get_by_role("button", name="Check picked pairs for approval").click()
    expect(desk.get_by_role("heading", name="1 of 1 would be approved")).to_be_visible()
    axe_check(desk, within=OURS)
    desk.get_by_role("button", name="Approve 1 pair and send").click()
    expect(desk.get_by_role("heading", name="1 of 1 approved and sent")).to_be_visible()

    for me, other, size in ((first.mentee, first.mentor, {}), (first.mentor, first.mentee, ON_A_PHONE)):
        page = new_context(**size).new_page()
        sign_in(page, me.profile.user)
        page.goto("/mentoring/")
        look_everywhere(page)
        page.get_by_role("link", name=re.compile("^Read and answer")).click()
        role = other.get_as_role_display().lower()
        expect(page.get_by_role("heading", name=f"{other.profile.display_name} as your {role}?")).to_be_visible()
        expect(page.get_by_text(first.explanation["reasons"][0])).to_be_visible()
        expect(page.get_by_text(other.profile.user.email)).to_have_count(0)
        look_everywhere(page)
        page.get_by_role("button", name="No, not this time").click()
        expect(page.get_by_role("alert").filter(has_text="Please tick a reason")).to_be_visible()
        look_everywhere(page)
        page.get_by_role("button", name="Yes, I would like this").click()
        expect(page.get_by_text(re.compile("We have noted your yes|You have both said yes")).first).to_be_visible()
        look_everywhere(page)
        page.close()
    assert Relationship.objects.filter(proposal=first).exists()
    for me, other in ((first.mentee, first.mentor), (first.mentor, first.mentee)):
        assert Outbox.objects.filter(recipient=me.profile.user.email, text__contains=other.profile.user.email).exists()
