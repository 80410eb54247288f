"""A pair as the two live it, on a desk and on a phone: agreement, a meeting, a note, and a good end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Meeting, Relationship
from tests.mentoring.relationships import moments

from .toolkit import DESKTOP, PHONE, look_everywhere


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Looks at the page it comes to."""
    page.get_by_role("link", name=name, exact=True).click()
    look_everywhere(page)


def test_journey__agreement_to_closing(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    pair = moments.agreeing()
    moments.goal(pair)
    moments.stage(pair, 0, "both")
    pages = []
    for user, (width, height) in ((moments.mentee(pair), DESKTOP), (moments.mentor(pair), PHONE)):
        page = new_context(viewport={"width": width, "height": height}).new_page()
        sign_in(page, user)
        pages.append(page)
    mentee, mentor = pages
    their_mentor, their_mentee = pair.mentor.profile.display_name, pair.mentee.profile.display_name

    mentee.goto("/mentoring/")
    mentee.get_by_role("link", name=f"You and {their_mentor}", exact=True).click()
    look_everywhere(mentee)
    follow(mentee, "Read or change the agreement")
    mentee.get_by_label("How do you reach each other?").fill("By e-mail, within two working days")
    press(mentee, f"Sign and send to {their_mentor}")
    mentor.goto("/mentoring/")
    mentor.get_by_role("link", name=f"You and {their_mentee}", exact=True).click()
    follow(mentor, "Read or change the agreement")
    expect(mentor.get_by_text("By e-mail, within two working days")).to_be_visible()
    press(mentor, "Sign this agreement")
    assert Relationship.objects.get().state == "active"

    there = f"/mentoring/pairs/{pair.pk}/"
    mentee.goto(there)
    follow(mentee, "Propose a meeting")
    for number, label in enumerate(("First", "Second", "Third"), start=7):
        mentee.get_by_label(f"{label} time: day").fill(moments.in_days(number).date().isoformat())
        mentee.get_by_label(f"{label} time: begins at").fill("16:00")
    mentee.get_by_label("Where, or the link").fill("Room 4")
    mentee.get_by_role("button", name=re.compile("^Propose|^Send")).click()
    assert Meeting.objects.get().state == "proposed"

    mentor.goto(there)
    mentor.get_by_role("region", name="Meetings").get_by_role("listitem").get_by_role("link").click()
    look_everywhere(mentor)
    expect(mentor.get_by_role("button", name="Say no to this meeting")).to_be_visible()
    mentor.get_by_role("radio").nth(1).check()
    press(mentor, "Book this time")
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.start) == ("booked", moments.in_days(8))
    mentee.goto(there)
    expect(mentee.get_by_text("Booked", exact=True)).to_be_visible()
    look_everywhere(mentee)

    Meeting.objects.update(start=timezone.now() - dt.timedelta(days=1))  # the day comes, and goes
    mentee.goto(f"{there}meetings/{meeting.pk}/")
    look_everywhere(mentee)
    mentee.get_by_label("Yes, we met").check()
    press(mentee, "Save")
    assert Meeting.objects.get().state == "held"

    mentor.goto(there)
    follow(mentor, "Write or read notes")
    mentor.get_by_label("Your note").fill("Watch how she opens a meeting")
    mentor.get_by_label("Both of us").check()
    press(mentor, "Keep this note")
    mentee.goto(there)
    expect(mentee.get_by_text("Watch how she opens a meeting")).to_be_visible()
    expect(mentee.get_by_role("link", name="Raise a concern")).to_be_visible()

    follow(mentee, "Finish or end")
    press(mentee, "We are done")
    for page in pages:
        page.goto(f"{there}closing/")
        look_everywhere(page)
        page.get_by_label("4, good").check()
        for question in ("Were the goals reached?", "Did you meet often enough?", "Would you do it again"):
            page.get_by_role("group", name=re.compile(re.escape(question))).get_by_role("radio").first.check()
        press(page, "Send my answers")
        look_everywhere(page)
    assert Relationship.objects.get().state == "completed"
    expect(mentor.get_by_text("By e-mail, within two working days")).to_be_visible()
