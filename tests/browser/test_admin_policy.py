"""The editors' side works under its own content policy: the browser reports no violation (the fixtures watch)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from wagtail.models import Page as WagtailPage
from wagtail.models import Site

from core.models import User
from networks.pages.network import NetworkIndexPage, NetworkPage


@pytest.fixture
def network(transactional_db: None) -> NetworkPage:
    home = Site.objects.get(is_default_site=True).root_page
    index = NetworkIndexPage(title="Networks")
    home.add_child(instance=index)
    page = NetworkPage(title="Early reading", area="The borough", who_for="Teachers", purpose="Reading")
    index.add_child(instance=page)
    return page


def test_admin__editing_a_session_with_pickers_and_rich_text__breaks_no_rule_of_the_policy(
    visit: Callable[..., Page],
    page: Page,
    sign_in: Callable[[Page, User], None],
    make_user: Callable[..., User],
    network: WagtailPage,
) -> None:
    sign_in(page, make_user("editor@example.org", name="Edie", is_superuser=True))
    visit("/admin/")
    visit(f"/admin/pages/add/networks/sessionpage/{network.pk}/")
    page.locator("#id_title").fill("Phonics that sticks")
    date = page.locator("input[name=start], input[name*=start]").first
    date.click()
    page.locator(".xdsoft_datetimepicker").first.wait_for(state="attached")  # the picker's script, inline, has run
    visit("/admin/images/")
    visit("/admin/documents/")
