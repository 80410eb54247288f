"""The workbench on a Friday: run, look at a pair, force another with its price in sight, approve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Override, Proposal
from mentoring.proposals.models import ProposalSource, ProposalState
from tests.mentoring import scenes

from .toolkit import ON_A_PHONE, OURS, look_in_both_sizes


def test_journey__coordinator_forces_a_pair__sees_the_price_first_and_approves(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.ready_to_match(3, 2, title="Leading together")
    desk = new_context(**ON_A_PHONE).new_page()
    sign_in(desk, scene.coordinator)

    def looks_right() -> None:
        look_in_both_sizes(desk, within=OURS)

    desk.goto(f"/admin/mentoring/cohorts/{scene.cohort.pk}/")
    expect(desk.get_by_text("Run the matching: 3 mentees without a mentor")).to_be_visible()
    looks_right()
    desk.get_by_label("Fair share of each school, per cent").fill("50")
    desk.get_by_role("button", name="Run matching").click()
    expect(desk.get_by_text("2 pairs proposed.")).to_be_visible(timeout=60_000)
    looks_right()

    paired = dict(Proposal.objects.values_list("mentee", "mentor"))
    alone = next(row for row in scene.mentees if row.pk not in paired)
    full = next(row for row in scene.mentors if row.pk in paired.values())
    desk.get_by_role("link", name="Why not this pair?").click()
    desk.get_by_role("combobox", name="Mentee").fill(alone.profile.display_name)
    desk.get_by_role("combobox", name="Mentor").fill(full.profile.display_name)
    desk.get_by_role("button", name="Why not?").click()
    expect(desk.get_by_text("Making it costs the cohort")).to_be_visible()
    looks_right()
    desk.get_by_role("link", name="Make this pair all the same").click()
    expect(desk.get_by_text("Loses the mentor", exact=True)).to_be_visible()
    expect(desk.get_by_text("Gains a mentor", exact=True)).to_be_visible()
    looks_right()
    assert not Override.objects.exists()
    desk.get_by_label("Reason (needed: somebody loses)").fill("Her head asked for it.")
    desk.get_by_role("button", name="Make this pair").click()
    expect(desk.get_by_text("The pair is made. It waits for your decision.")).to_be_visible()
    expect(desk.get_by_text("Made by a coordinator.")).to_be_visible()
    looks_right()

    desk.get_by_role("button", name="Approve only").click()
    expect(desk.get_by_text("is approved").first).to_be_visible()
    made = Proposal.objects.get(source=ProposalSource.MANUAL)
    assert (made.mentee_id, made.mentor_id, made.state) == (alone.pk, full.pk, ProposalState.APPROVED)

    run = scene.cohort.runs.get()
    for path in (
        f"/admin/mentoring/cohorts/{scene.cohort.pk}/by-hand/",
        f"/admin/mentoring/runs/{run.pk}/left-over/",
        f"/admin/mentoring/runs/{run.pk}/fairness/",
        f"/admin/mentoring/runs/{run.pk}/compare/",
        f"/admin/mentoring/runs/{run.pk}/what-if/",
    ):
        desk.goto(path)
        looks_right()
    desk.get_by_label("Topics asked for and offered").fill("5")
    desk.get_by_label("Step between the roles").fill("90")
    desk.get_by_label("Step between the roles").press("Tab")
    expect(desk.get_by_role("heading", name="What it would change")).to_be_visible()  # by itself: the form is live
    looks_right()
