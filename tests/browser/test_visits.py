"""A visit as everybody walks it: offered, agreed by link, asked for, agreed by both heads, confirmed, printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from mentoring.models import HostOffer, Placement, PlacementDay
from tests.mentoring import scenes
from tests.mentoring.placements import visits
from tests.signing_in import prove_address

from .toolkit import DESKTOP, PHONE, look_everywhere


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_journey__offer_to_day_sheet(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], None]
) -> None:
    scene = scenes.programme_with_cohort(title="Leading together")
    vera = scenes.enrolled(scene, scenes.person("Vera Visitor", seek=("behaviour",)), "mentee")
    hana = scenes.enrolled(scene, scenes.person("Hana Host", rank=40), "mentor")
    day = visits.working_day()

    def window(who: Any = None, size: tuple[int, int] = DESKTOP) -> Page:
        page = new_context(viewport={"width": size[0], "height": size[1]}).new_page()
        if who is not None:
            prove_address(who)
            sign_in(page, who)
        return page

    host = window(hana.profile.user, PHONE)
    host.goto(reverse("mentoring:visits"))
    look_everywhere(host)
    host.get_by_role("link", name=re.compile("^Offer a visit")).click()
    look_everywhere(host)
    host.get_by_label("Title").fill("A day with our deputy")
    host.get_by_label("What a visitor sees").fill("Walks, talks, a governors’ meeting.")
    host.get_by_label("Days on which somebody can come").fill(f"{day:%d/%m/%Y}")
    host.get_by_label("Your head’s work e-mail address").fill("head.host@example.org")
    press(host, "Send to my head")
    look_everywhere(host)

    head = window()
    head.goto(reverse("mentoring:link_host_offer", args=[visits.token_to("head.host@example.org")]))
    look_everywhere(head)
    head.get_by_label("Yes, visitors may come on these days").check()
    press(head, "Send my answer")
    expect(head.get_by_text("The decision stands")).to_be_visible()
    look_everywhere(head)
    assert HostOffer.objects.get().state == "open"

    visitor = window(vera.profile.user)
    visitor.goto(reverse("mentoring:visits"))
    look_everywhere(visitor)
    expect(visitor.get_by_text("The host (Step 40) stands")).to_be_visible()
    visitor.get_by_role("link", name="A day with our deputy").click()
    look_everywhere(visitor)
    visitor.get_by_role("checkbox").first.check()
    visitor.get_by_label("What do you want to learn?").fill("How does she run a difficult meeting?")
    visitor.get_by_label("Your head’s work e-mail address").fill("head.home@example.org")
    visitor.get_by_label("I accept the rules above").check()
    press(visitor, "Ask for this visit")
    look_everywhere(visitor)

    for address, releases in (("head.home@example.org", True), ("head.host@example.org", False)):
        phone = window(size=PHONE)
        phone.goto(reverse("mentoring:link_placement", args=[visits.token_to(address)]))
        look_everywhere(phone)
        phone.get_by_label("Yes, I agree").check()
        if releases:
            phone.get_by_label("No cover is needed").check()
            phone.get_by_label("I make this statement").check()
            phone.get_by_label("Your name and role").fill("A Head, headteacher")
        press(phone, "Send my answer")
        look_everywhere(phone)

    row = Placement.objects.get()
    desk = window(scene.coordinator)
    desk.goto(reverse("mentoring_placement:detail", args=[row.pk]))
    press(desk, "Confirm the visit")
    assert visits.state(row) == "confirmed"

    visitor.goto(reverse("mentoring:placement", args=[row.pk]))
    look_everywhere(visitor)
    visitor.get_by_role("link", name="Day sheet").click()
    look_everywhere(visitor)
    expect(visitor.get_by_text("Please ask for photo identity")).to_be_visible()
    expect(visitor.get_by_text("Not confirmed")).to_have_count(0)
    visitor.emulate_media(media="print", color_scheme="light")
    assert pages_printed(visitor) == 1
    # The longest that the forms accept, for a week: still one page for reception.
    Placement.objects.update(questions=["How does she run it? " * 14] * 3)
    HostOffer.objects.update(title="A week " * 17, conditions="Park at the back. " * 33)
    HostOffer.objects.update(head_conditions="Bring it. " * 60)
    row.days.bulk_create(PlacementDay(placement=row, date=day + timedelta(days=n)) for n in range(1, 10))
    visitor.reload()
    expect(visitor.get_by_text("Park at the back.")).to_be_visible()
    assert pages_printed(visitor) == 1


def pages_printed(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
