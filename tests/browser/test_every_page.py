"""The whole demo, one page of every type, looked at as a visitor and as a member: nothing may stand out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page
from wagtail.models import Page as WagtailPage

from core.models import User
from home.demo.mentoring import MENTEE
from mentoring.programmes.models import Cohort, Enrolment

from .toolkit import LOOKS, axe_violations, each_look, overflow

#: What anybody can open besides the pages of the tree, and the status it answers with.
FOR_ANYBODY = {
    "/search/": 200,
    "/search/?q=music": 200,
    "/search/?q=zzzz": 200,
    "/appearance/": 200,
    "/nowhere/": 404,
    "/account/login/": 200,
    "/account/signup/": 200,
    "/account/password/reset/": 200,
}
#: What a signed-in member can open.
FOR_MEMBERS = (
    "/",
    "/mentoring/",
    "/mentoring/profile/",
    "/account/",
)


def one_of_each_type() -> Iterator[str]:
    """The address of the first live page of each page type, in the order of the tree."""
    seen: set[type] = set()
    for page in WagtailPage.objects.live().filter(depth__gt=1).order_by("path").specific():
        if type(page) not in seen:
            seen.add(type(page))
            yield page.get_url() or ""


def faults(page: Page, path: str, status: int = 200) -> Iterator[str]:
    """Everything that is wrong with one address, one line each."""
    response = page.goto(path, wait_until="load")
    assert response is not None
    if response.status != status:
        yield f"{path} answered {response.status}, not {status}"
        return
    headings = page.locator("h1").count()
    if headings != 1:
        yield f"{path} has {headings} h1"
    for look in each_look(page):
        yield from (f"{path} as {look.name}: {found}" for found in axe_violations(page, scheme=look.scheme))
        if overflow(page) > 0:
            yield f"{path} as {look.name} is {overflow(page)} px too wide"


BROKEN = """<!DOCTYPE html><html lang="en"><title>Broken</title><main><h1>One</h1><h1>Two</h1>
<p style="color: #ccc; background: #fff; width: 2000px">Hardly there, and far too wide.</p></main></html>"""


def test_faults__page_with_three_of_them__names_each_in_every_look(page: Page) -> None:
    page.route("**/broken/", lambda route: route.fulfill(body=BROKEN, content_type="text/html"))
    found = "\n".join(faults(page, "/broken/"))

    assert "/broken/ has 2 h1" in found
    for look in LOOKS:
        assert f"/broken/ as {look.name}: color-contrast" in found
        assert f"/broken/ as {look.name} is " in found
    assert list(faults(page, "/nowhere/")) == ["/nowhere/ answered 404, not 200"]


def test_every_page__demo_as_visitor_and_member__nothing_stands_out(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, User], None]
) -> None:
    call_command("demo", verbosity=0)
    pages = list(one_of_each_type())
    assert len(pages) == 16  # a type without a page in the demo would not be looked at
    page = new_context().new_page()
    found = [fault for path in pages for fault in faults(page, path)]
    found += [fault for path, status in FOR_ANYBODY.items() for fault in faults(page, path, status)]

    mentee = User.objects.get(email=MENTEE.email)
    sign_in(page, mentee)
    cohort = Cohort.objects.open_for_applications().first()
    own = Enrolment.objects.filter(profile__user=mentee).first()
    assert cohort is not None
    assert own is not None
    applying = [f"/mentoring/apply/{cohort.pk}/{role}/" for role in ("mentee", "mentor")]
    changing = [f"/mentoring/applications/{own.pk}/", f"/mentoring/applications/{own.pk}/withdraw/"]
    found += [fault for path in (*FOR_MEMBERS, *applying, *changing) for fault in faults(page, path)]

    assert not found, "\n".join(found)  # the policy, scripts and other hosts: `new_context` watches them
