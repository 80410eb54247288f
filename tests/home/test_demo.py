"""The demo: complete, whole, and safe to run twice."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from wagtail.models import Page

from home.demo.accounts import PASSWORD
from home.demo.logins import LOGINS
from networks.models import Artwork, NetworkPage, PathwayPage, ResourcePage, SessionPage
from tests.support.queries import MOST, warm_cost


def test_demo__run_twice__changes_nothing_and_every_page_answers(db: None, client: Client) -> None:
    call_command("demo", verbosity=0)
    counts = {model: model.objects.count() for model in (Page, Artwork)}
    call_command("demo", verbosity=0)
    assert {model: model.objects.count() for model in (Page, Artwork)} == counts
    assert NetworkPage.objects.count() >= 9
    assert SessionPage.objects.count() >= 30
    assert ResourcePage.objects.count() >= 12
    assert PathwayPage.objects.count() == 2
    for page in Page.objects.live().filter(depth__gt=1):
        cost = warm_cost(client, page.url)
        assert len(cost) <= MOST, f"{page.url}: {len(cost)} queries\n{cost}"


def test_readme__names_every_demo_log_in_as_the_demo_makes_it() -> None:
    readme = (settings.ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- demo log-ins: begin -->")[1].split("<!-- demo log-ins: end -->")[0]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines() if "@" in line]
    assert rows == [(login.role, login.email, login.description) for login in LOGINS]
    assert {login.password for login in LOGINS} == {PASSWORD}
    assert PASSWORD in table
