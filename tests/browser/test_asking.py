"""From an empty profile to a sent application and the head's yes, without a script, at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Enrolment, Outbox, Profile
from mentoring.programmes.models import CohortState
from tests.mentoring import scenes

from .toolkit import ON_A_PHONE, look_everywhere, look_in_both_sizes


def test_journey__mentee_writes_profile_and_application__head_says_yes(
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[Page, Any], None],
) -> None:
    scene = scenes.programme_with_cohort("Leading together", state=CohortState.OPEN)
    scene.programme.head_support_needed = True
    scene.programme.save()
    scenes.school("Larkfield Primary", head_email="head@example.org", head_name="Harriet Head")
    for slug in ("behaviour", "curriculum"):
        scenes.topic(slug)
    scenes.level(20)
    script: dict[str, Any] = ON_A_PHONE
    options: dict[str, Any] = {"java_script_enabled": False, **script}
    page = new_context(**script).new_page()
    sign_in(page, scenes.user("Ann Applicant"))

    page.goto("/mentoring/")
    page.get_by_role("link", name="Fill in your profile").click()
    look_in_both_sizes(page)
    page.get_by_role("link", name=re.compile("^Begin with")).click()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("Say where you work").first).to_be_visible()
    look_in_both_sizes(page)
    page.get_by_label("Where you work").fill("larkfield primary")
    page.get_by_label("Job title").fill("Teacher")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label(re.compile("^Role level")).select_option(label="Step 20")
    look_in_both_sizes(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_text("Leadership", exact=False).first.click()
    page.get_by_label("Behaviour: i would like help").check()
    page.get_by_label(re.compile("^Or type topics that you would like")).fill("Curriculum (3)")
    look_in_both_sizes(page)
    page.get_by_role("button", name="Add what I ticked and stay here").click()
    expect(page.locator("select").first).to_have_value("3")
    look_in_both_sizes(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label(re.compile("^What makes meetings easier")).fill("A quiet room")
    look_in_both_sizes(page)
    page.get_by_role("button", name="Save my profile").click()
    assert Profile.objects.get().adjustments == "A quiet room"

    page.get_by_role("link", name="Ask for a mentor in Leading together").click()
    look_in_both_sizes(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_label(re.compile("^What would you like to get better at")).first.fill("Leading a meeting")
    page.get_by_label(re.compile("^What would your pupils")).first.fill("Calmer lessons")
    look_in_both_sizes(page)
    page.get_by_role("button", name="Save and come back later").click()
    page.get_by_role("link", name="Go on with your application").click()
    look_in_both_sizes(page)
    page.get_by_role("link", name="Change meeting").click()
    page.get_by_label("Either").check()
    look_in_both_sizes(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Tuesday, Morning").check()
    page.get_by_label(re.compile("^Or write")).fill("Thu 3.30pm-5pm")
    look_in_both_sizes(page)
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_label(re.compile("head’s work e-mail"))).to_have_value("head@example.org")
    look_in_both_sizes(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Send my application").click()
    expect(page.get_by_text("between adults").first).to_be_visible()
    look_in_both_sizes(page)
    page.get_by_label("I am 18 or over").check()
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Send my application").click()
    expect(page.get_by_text("Your head’s turn.").first).to_be_visible()
    page.get_by_text("Where is my request?").click()
    expect(page.get_by_text("You sent your application.")).to_be_visible()
    look_in_both_sizes(page)
    row = Enrolment.objects.get()
    assert row.availability == "Tue am; Thu 15:30-17:00"

    link = re.search(r"/mentoring/head/\S+", Outbox.objects.get(template="head_asked").text)
    assert link
    head = new_context(**options).new_page()
    head.goto(link[0])
    expect(head.get_by_role("heading", name="Do you support this application?")).to_be_visible()
    head.get_by_label("Yes, I support it").check()
    head.get_by_role("button", name="Send my answer").click()
    expect(head.get_by_text("yes, you support it")).to_be_visible()
    head.reload()
    expect(head.get_by_role("button", name="Send my answer")).to_have_count(0)
    row.refresh_from_db()
    assert row.head_support == "yes"
    seer = new_context(**script).new_page()
    seer.goto(link[0])
    look_in_both_sizes(seer)


def test_journey__without_a_script__application_is_written_sent_and_withdrawn(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scenes.programme_with_cohort("Leading together", state=CohortState.OPEN)
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, scenes.person("Ann Applicant", seek=("behaviour",)).user)
    page.goto("/mentoring/")
    page.get_by_role("link", name="Ask for a mentor in Leading together").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("Write at least one goal").first).to_be_visible()
    page.get_by_label(re.compile("^What would you like to get better at")).first.fill("To lead a team well.")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("link", name=re.compile("so far")).click()
    page.get_by_label("I am 18 or over").check()
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Send my application").click()
    expect(page.get_by_text("We have your application")).to_be_visible()
    page.get_by_role("link", name="Withdraw from Leading together as a mentee").click()
    page.get_by_role("button", name="Yes, withdraw").click()
    expect(page.get_by_text("You withdrew.", exact=False).first).to_be_visible()
    assert Enrolment.objects.get().state == "withdrawn"


def test_journey__mentee_ranks_mentors__without_a_script(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.ready_to_match(1, 3, title="Leading together")
    scene.programme.mentees_choose = True
    scene.programme.save()
    Enrolment.objects.filter(as_role="mentor").update(shown=True)
    me = scene.mentees[0]
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, me.profile.user)
    page.goto("/mentoring/")
    page.get_by_role("link", name=re.compile("^Look at mentors")).click()
    page.locator("select").nth(0).select_option("1")
    page.locator("select").nth(1).select_option("1")
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_role("alert").filter(has_text="rank 1 more than once")).to_be_visible()
    page.locator("select").nth(1).select_option("2")
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    assert sorted(me.preferences.values_list("rank", flat=True)) == [1, 2]
    looker = new_context().new_page()
    sign_in(looker, me.profile.user)
    looker.goto(f"/mentoring/applications/{me.pk}/mentors/")
    look_everywhere(looker)


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
        f"/mentoring/applications/{row.pk}/hours/",
        f"/mentoring/applications/{row.pk}/offer/",
        f"/mentoring/applications/{row.pk}/withdraw/",
        "/mentoring/profile/",
        "/mentoring/profile/topics/",
        "/mentoring/profile/role/",
    ):
        page.goto(path)
        look_everywhere(page)
