"""An offer as the two people walk it, on a desk and on a phone: reasons, a no without a reason, and two yeses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import Outbox, Relationship
from tests.mentoring import scenes

from .toolkit import PHONE, look_everywhere

DESK = (1280, 900)


def test_journey__mentee_and_mentor_read_an_offer_and_both_say_yes(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1, title="Leading together"))
    for me, other, (width, height) in ((pair.mentee, pair.mentor, DESK), (pair.mentor, pair.mentee, PHONE)):
        page = new_context(viewport={"width": width, "height": height}).new_page()
        sign_in(page, me.profile.user)
        page.goto("/mentoring/")
        page.get_by_role("link", name=re.compile("^Read and answer")).click()
        role = other.get_as_role_display().lower()
        expect(page.get_by_role("heading", name=f"{other.profile.display_name} as your {role}?")).to_be_visible()
        expect(page.get_by_text(pair.reasons[0])).to_be_visible()
        expect(page.get_by_text(other.profile.user.email)).to_have_count(0)
        look_everywhere(page)
        page.get_by_role("button", name="No, not this time").click()
        expect(page.get_by_text("Please tick a reason").first).to_be_visible()
        look_everywhere(page)
        page.get_by_role("button", name="Yes, I would like this").click()
        expect(page.get_by_text(re.compile("We have noted your yes|You have both said yes")).first).to_be_visible()
        look_everywhere(page)
        page.close()
    assert Relationship.objects.filter(proposal=pair).exists()
    for me, other in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
        to = me.profile.user.email
        assert Outbox.objects.filter(recipient=to, text__contains=other.profile.user.email).exists()
