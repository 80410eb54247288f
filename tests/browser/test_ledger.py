"""What the desk keeps about visits: calendars from files, the cover ledger, the reports, as people see them."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import CoordinatorGrant
from mentoring.people.school_year import days_of, year_of
from mentoring.programmes.grants import coordinators_group
from mentoring.programmes.models import GrantRole
from tests.mentoring import scenes
from tests.mentoring.placements.visits import staged
from tests.mentoring.reports.visiting import offered, visited

from .toolkit import axe_violations, each_look, overflow

#: The admin scrolls inside a frame of its own, so that a table can stick out without making the page wider.
CUT = """() => [...document.querySelectorAll("main table")].filter(t => !t.closest("[tabindex='0']")
  && t.getBoundingClientRect().right > window.innerWidth).map(t => t.innerText.slice(0, 60))"""


def look(page: Page, name: str) -> None:
    """Desktop and phone, light and dark; LEDGER_SHOTS names a folder for pictures."""
    for way in each_look(page):
        if folder := os.environ.get("LEDGER_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{way.name}.png", full_page=True)
        found = axe_violations(page, scheme=way.scheme)
        assert not found, f"{page.url} as {way.name}\n" + "\n".join(found)
        assert overflow(page) <= 0, f"{page.url} as {way.name}"
        cut = page.evaluate(CUT)
        assert not cut, f"{page.url} as {way.name}: {cut} sticks out of the window"


def test_calendar__from_a_file__is_looked_at_and_kept(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    stage = staged()
    stage.confirmed()
    trust = stage.scene.programme.owner_org
    home = stage.visitor.profile.organisation
    home.parent = trust
    home.save()
    day = stage.days[0]
    content = (
        "First day;Last day;Kind\r\n"
        f"{day:%d/%m/%Y};;INSET day\r\n{day:%d/%m/%Y};;INSET day\r\n31/02/2027;;Holiday\r\nsoon;;Summer concert\r\n"
    )
    page = new_context().new_page()
    sign_in(page, stage.scene.coordinator)
    page.goto(reverse("mentoring_days:import"))
    look(page, "calendar-form")
    page.get_by_label("Whose calendar").select_option(label=str(trust))
    file: Any = {"name": "terms.csv", "mimeType": "text/csv", "buffer": content.encode("cp1252")}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("1 confirmed visit lies on these days")).to_be_visible()
    expect(page.get_by_role("heading", name="3 stay out")).to_be_visible()
    look(page, "calendar-preview")
    page.get_by_role("button", name="Keep these days").click()
    expect(page.get_by_text(f"1 stretch of closed days kept for {trust}.")).to_be_visible()


def test_cover__a_years_ledger__reads_well_everywhere(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.programme_with_cohort()
    first = days_of(year_of(timezone.localdate()))[0]
    for number, name in enumerate(("Ashdown Primary", "St Mary’s Church of England Secondary School", "Beech Nursery")):
        home = scenes.school(name)
        for _ in range(number):
            scenes.enrolled(scene, scenes.person(at=home), "mentee")
        for week in range(4 - number):
            day = first + dt.timedelta(weeks=6 * week)
            visited(scene, home, day, cover=("arranged", "asked", "refused")[week % 3], cost="185.50" if week else None)
    page = new_context().new_page()
    sign_in(page, scene.coordinator)
    page.goto(reverse("mentoring_report:index"))
    page.get_by_role("link", name="Cover").click()
    look(page, "cover")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as XLSX").click()
    assert download.value.suggested_filename.startswith("cover-20")


def test_visits__report_of_a_year__reads_well_for_coordinator_and_reporter(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.programme_with_cohort("Leading together")
    first = days_of(year_of(timezone.localdate()))[0]
    states = ("completed", "completed", "confirmed", "requested", "lapsed")
    host = offered(scene, scenes.person("Hana Host", at=scenes.school("Court Primary")))
    for number in range(3):
        offered(scene, scenes.person(f"Host {number}", at=scenes.school(f"Quiet School {number}")))
    for number, name in enumerate(("Ashdown Primary", "St Mary’s Church of England Secondary School", "Beech Nursery")):
        home = scenes.school(name)
        for week in range(12 - 3 * number):
            day = first + dt.timedelta(weeks=3 * week)
            state = states[(week + number) % 5]
            visited(scene, home, day, offer=host, state=state, asked=day - dt.timedelta(days=7 * (week % 6)))
        visited(scene, home, first, offer=host, state="cancelled", cancel_reason="ill")
    reporter = scenes.user("Rita Reporter")
    CoordinatorGrant.objects.create(programme=scene.programme, user=reporter, role=GrantRole.REPORTER)
    reporter.groups.add(coordinators_group())
    for name, user in (("coordinator", scene.coordinator), ("reporter", reporter)):
        page = new_context().new_page()
        sign_in(page, user)
        page.goto(reverse("mentoring_report:index"))
        page.get_by_role("link", name="Visits", exact=True).last.click()
        expect(page.get_by_role("heading", name="Reasons for no")).to_be_visible()
        expect(page.get_by_text("Never asked: Host 0")).to_have_count(1 if name == "coordinator" else 0)
        look(page, f"visits-{name}")


def test_today__visits_that_wait__read_well_everywhere(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    stage = staged()
    row = stage.heads_agree(stage.ask(), cover="asked")
    for number, state in enumerate(("requested", "on_hold", "debrief_due")):
        home = scenes.school(f"Primary {number}")
        visited(stage.scene, home, stage.days[1], offer=stage.offer, state=state, hold_reason="The host is ill.")
    page = new_context().new_page()
    sign_in(page, stage.scene.coordinator)
    page.goto(reverse("mentoring_today:index"))
    expect(page.get_by_role("link", name="1 visit without cover")).to_be_visible()
    look(page, "today")
    page.get_by_role("link", name=re.compile(r"See the first\W+visit without cover")).click()
    expect(page).to_have_url(re.compile(reverse("mentoring_placement:detail", args=[row.pk])))


def test_exclusions__from_a_file__are_looked_at_and_kept(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.ready_to_match(1, 1)
    who, other = scene.mentees[0].profile.user.email, scene.mentors[0].profile.user.email
    content = f"Who,Not with,Kind,Reason\n{who},{other},Appraisal,She appraises him\n{who},Atlantis High,other,\n"
    page = new_context().new_page()
    sign_in(page, scene.coordinator)
    page.goto(reverse("mentoring_exclusion:import"))
    look(page, "exclusions-form")
    file: Any = {"name": "x.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="1 stays out")).to_be_visible()
    look(page, "exclusions-preview")
    page.get_by_role("button", name="Keep these exclusions").click()
    expect(page.get_by_text("1 exclusion kept.")).to_be_visible()
