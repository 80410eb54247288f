"""A coordinator's Friday: Today, each queue, and in the end nothing waits. On a desktop and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Enrolment, Relationship
from mentoring.programmes.models import EnrolmentState
from mentoring.relationships import services
from tests.mentoring import scenes
from tests.mentoring.relationships import moments

from .toolkit import ON_A_PHONE, OURS, look_in_both_sizes, overflow

TODAY = "/admin/mentoring/today/"


def friday() -> scenes.Scene:
    """A pair asks for help, an application waits, somebody is on the waiting list, nobody else."""
    scene = moments.scene(1)
    pair = moments.active(scene)
    services.ask_help(pair=pair, actor=moments.mentee(pair), text="We cannot find a time.")
    scenes.enrolled(scene, scenes.person("Perpetua Vance"), "mentor", state=EnrolmentState.SUBMITTED)
    waiting = scenes.enrolled(scene, scenes.person("Wilhelmina Dray"), "mentee", state=EnrolmentState.WAITLISTED)
    Enrolment.objects.filter(pk=waiting.pk).update(submitted_at=timezone.now())
    return scene


def test_journey__coordinators_friday__from_today_through_each_queue_until_nothing_waits(
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[Page, Any], None],
    tmp_path: Any,
) -> None:
    scene = friday()
    desk = new_context(**ON_A_PHONE).new_page()
    sign_in(desk, scene.coordinator)

    def look(name: str) -> None:
        look_in_both_sizes(desk, within=OURS)
        desk.screenshot(path=str(tmp_path / f"{name}.png"), full_page=True)

    desk.goto(TODAY)
    expect(desk.get_by_role("link", name="1 pair needs you")).to_be_visible()
    expect(desk.get_by_text("Wilhelmina Dray as mentee")).to_be_visible()
    look("today")

    desk.get_by_role("link", name=re.compile("^See the oldest.*pair")).click()
    expect(desk.get_by_text("We cannot find a time.")).to_be_visible()
    look("pair")
    desk.get_by_label(re.compile("What came of it")).fill("They will try Thursdays.")
    desk.get_by_role("button", name="I have spoken to them").click()
    expect(desk.get_by_text("The turn is no longer yours.")).to_be_visible()
    assert Relationship.objects.get().attention == ""

    desk.goto(TODAY)
    desk.get_by_role("link", name=re.compile("^Read the oldest.*application")).click()
    desk.get_by_role("button", name="Accept", exact=True).click()
    expect(desk.get_by_text("Perpetua Vance is in")).to_be_visible()

    desk.goto(TODAY)
    desk.get_by_role("link", name=re.compile("^List.*waiting list")).click()
    expect(desk.get_by_role("heading", name="On the waiting list")).to_be_visible()
    look("waiting")
    desk.get_by_role("link", name="Wilhelmina Dray", exact=True).click()
    desk.get_by_role("button", name="Decline").click()
    expect(desk.get_by_text("Wilhelmina Dray has been told")).to_be_visible()

    desk.goto(TODAY)
    expect(desk.get_by_text("Nothing waits for you.")).to_be_visible()
    look("done")

    for name, address in (
        ("relationships", "/admin/mentoring/relationships/"),
        ("exclusion", "/admin/mentoring/exclusions/new/"),
        ("paste", "/admin/mentoring/closed-days/paste/"),
        ("days", "/admin/mentoring/closed-days/"),
    ):
        desk.goto(address)
        assert overflow(desk) <= 0, f"{desk.url} is {overflow(desk)} px too wide"
        desk.screenshot(path=str(tmp_path / f"{name}.png"), full_page=True)
