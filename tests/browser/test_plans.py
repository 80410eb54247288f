"""A plan of mentors and visits as it is walked: planned, read, moved with its price in sight, sent, said yes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Placement
from tests.mentoring import scenes
from tests.mentoring.placements import visits
from tests.signing_in import prove_address

from .toolkit import ON_A_PHONE, OURS, look_everywhere, look_in_both_sizes


def test_journey__plan_both__move_one__suggest__visitor_says_yes(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    stage = visits.staged()
    scenes.enrolled(stage.scene, scenes.person("Mo Mentor", rank=30, offer=("behaviour",)), "mentor")
    scenes.enrolled(stage.scene, scenes.person("Vic Visitor"), "mentee")
    desk = new_context(**ON_A_PHONE).new_page()
    sign_in(desk, stage.scene.coordinator)

    def looks_right() -> None:
        look_in_both_sizes(desk, within=OURS)

    desk.goto(f"/admin/mentoring/cohorts/{stage.scene.cohort.pk}/")
    looks_right()
    desk.get_by_role("button", name="Plan both").click()
    expect(desk.get_by_text("2 visits planned.")).to_be_visible(timeout=60_000)
    expect(desk.get_by_role("heading", name="What would give way")).to_be_visible()
    looks_right()
    plan = desk.url

    desk.get_by_role("link", name="See the visits in the calendar").click()
    looks_right()
    desk.get_by_role("link", name="Move the visit of Vera Visitor").click()
    looks_right()
    row = Placement.objects.get(enrolment=stage.visitor)
    taken = set(Placement.objects.values_list("days__date", flat=True))
    free = next(day for day in stage.days if day not in taken)
    desk.get_by_label(f"{free:%A %-d %B %Y}, whole day").check()
    desk.get_by_role("button", name="Show what it changes").click()
    expect(desk.get_by_text("Nothing has been done yet.")).to_be_visible()
    expect(desk.get_by_text("Nobody is told: nobody knows of the plan yet.")).to_be_visible()
    looks_right()
    desk.get_by_role("button", name="Move the visit").click()
    looks_right()
    assert row.days.get().date == free

    desk.goto(plan)
    desk.get_by_role("button", name="Suggest the picked visits").click()
    expect(desk.get_by_text("2 visits are suggested. The visitors are asked first.")).to_be_visible()
    looks_right()

    vera = new_context(**ON_A_PHONE).new_page()
    prove_address(stage.user)
    sign_in(vera, stage.user)
    vera.goto("/mentoring/visits/")
    expect(vera.get_by_text("would you like to go?")).to_be_visible()
    vera.get_by_role("link", name=str(stage.offer.organisation)).first.click()
    look_everywhere(vera)
    vera.get_by_label("What do you want to learn?").fill("How is a rota made?")
    vera.get_by_label("Your head’s work e-mail address").fill("head.home@example.org")
    vera.get_by_label("I accept the rules above").check()
    vera.get_by_role("button", name="Yes, ask for this visit").click()
    expect(vera.get_by_text("The heads are asked")).to_be_visible()
    assert visits.state(row) == "requested"
