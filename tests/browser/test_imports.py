"""Importing people as a coordinator does it: upload, columns, what would happen, confirm, see them listed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Enrolment, Interest, Profile, RoleLevel
from mentoring.programmes.models import CohortState
from tests.mentoring import scenes

from .toolkit import OURS, look_in_both_sizes

ROWS = [
    ["Name", "Contact", "School", "Job title", "Interests", "Enrol as"],
    ["Amara Obi", "amara@example.org", "Hillside Primary", "Class teacher", "Coching", "mentee"],
    ["Bo Nilsen", "not an address", "Hillside Primary", "Class teacher", "", "mentee"],
    ["Cy Okoro", "cy@example.org", "Hillside Primary", "Class teacher", "Coaching (3)", "mentor"],
]


def people_csv(rows: list[list[str]]) -> dict[str, Any]:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def test_journey__coordinator_imports_people__maps_looks_confirms_and_sees_them_listed(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.programme_with_cohort("Leading together", state=CohortState.OPEN)
    scenes.school("Hillside Primary")
    RoleLevel.objects.create(label="Class teacher", family="teaching", rank=20)
    Interest.objects.create(label="Coaching", group="leadership")
    page = new_context().new_page()
    sign_in(page, scene.coordinator)

    page.goto("/admin/mentoring/imports/")
    page.get_by_role("link", name="Import a file").first.click()
    page.get_by_label(re.compile(r"^\s*File")).set_input_files(
        files=[{"name": "people.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}]
    )
    page.get_by_label(re.compile(r"^\s*Enrol into")).select_option(label="Leading together: Autumn")
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("This is a PDF.").first).to_be_visible()
    look_in_both_sizes(page, within=OURS)
    page.get_by_label(re.compile(r"^\s*File")).set_input_files(files=[people_csv(ROWS)])
    page.get_by_role("button", name="Upload and look").click()

    # The heading “Contact” is nobody's guess; what is guessed stays when the form comes back.
    expect(page.get_by_text("Which column of the file holds what?")).to_be_visible()
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_text("choose the column for: Work e-mail").first).to_be_visible()
    expect(page.get_by_label(re.compile(r"^\s*Organisation"))).to_have_value("School")
    look_in_both_sizes(page, within=OURS)
    page.get_by_label(re.compile(r"^\s*Work e-mail")).select_option("Contact")
    page.get_by_role("button", name="Show what would happen").click()

    expect(page.get_by_role("heading", name="Words we do not know")).to_be_visible()
    look_in_both_sizes(page, within=OURS)
    page.get_by_label("Coching").select_option(label="Coaching")
    page.get_by_role("button", name="Save answers and look again").click()
    for who, fate, word in (
        ("Amara Obi", "New", "Coaching"),
        ("Bo Nilsen", "Error", "is not an e-mail address"),
        ("Cy Okoro", "New", "Coaching"),
    ):
        row = page.get_by_role("row").filter(has_text=who)
        expect(row).to_contain_text(fate, ignore_case=True)
        expect(row).to_contain_text(word)
    page.get_by_role("link", name="Error: 1").click()
    expect(page.get_by_role("row").filter(has_text="Cy Okoro")).to_have_count(0)
    assert not Profile.objects.exists()

    page.get_by_label(re.compile("Everybody who is enrolled by this file")).check()
    page.get_by_role("button", name="Apply 2 rows").click()
    expect(page.get_by_text("The import is applied.")).to_be_visible()
    expect(page.get_by_role("link", name="Download the 1 row that stays behind")).to_be_visible()
    look_in_both_sizes(page, within=OURS)
    assert Enrolment.objects.filter(cohort=scene.cohort).count() == 2

    page.goto("/admin/mentoring/people/")
    for who in ("Amara Obi", "Cy Okoro"):
        expect(page.get_by_role("link", name=who, exact=True)).to_be_visible()
    expect(page.get_by_text("Bo Nilsen")).to_have_count(0)
