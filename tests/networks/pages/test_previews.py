"""What editors see before they save: pages that do not exist yet, and blocks in the picker."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from wagtail.models import Page

from home.models import FormPage, NewsPage, StandardPage
from networks.models import (
    ExhibitionPage,
    NetworkPage,
    PathwayPage,
    PathwayStagePage,
    ProgrammePage,
    ResourcePage,
    SessionPage,
)
from networks.pages.blocks import BodyBlock, StagePartsBlock
from tests.support.pages import SitePages, add, organisation

BLOCKS = [*BodyBlock().child_blocks.values(), *StagePartsBlock().child_blocks.values()]


def unsaved(parent: Page, page: Any) -> Any:
    """As Wagtail's “preview” of a page that is being added."""
    parent = Page.objects.get(pk=parent.pk).specific
    page.path, page.depth = Page._get_children_path_interval(parent.path)[1], parent.depth + 1
    page._cached_parent_obj = parent
    page.set_url_path(parent)
    return page


def test_preview__page_not_saved_yet__is_shown(pages: SitePages) -> None:
    pathway = add(pages.pathways, PathwayPage(title="Lead", slug="lead", aim="<p>Lead.</p>", who_for="You."))
    new = {"title": "Brand new", "slug": "brand-new"}
    year = {"starts": date(2026, 9, 1), "ends": date(2027, 7, 31), "provider": organisation()}
    for parent, page in (
        (pages.networks, NetworkPage(**new, area="Here", who_for="You", purpose="<p>Yes.</p>")),
        (pages.network, SessionPage(**new)),
        (pages.network, ExhibitionPage(**new)),
        (pages.sessions, ProgrammePage(**new, **year)),
        (pages.pathways, PathwayPage(**new, aim="<p>Up.</p>", who_for="You")),
        (pathway, PathwayStagePage(**new)),
        (pages.library, ResourcePage(**new, author="Us", intro="<p>It.</p>")),
        (pages.news, NewsPage(**new)),
        (pages.home, StandardPage(**new)),
        (pages.home, FormPage(**new)),
    ):
        response = unsaved(parent, page).make_preview_request()
        assert response.status_code == 200, type(page).__name__
        assert "Brand new" in response.render().content.decode()


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_block__in_the_picker__says_what_it_is_for(block: Any) -> None:
    assert block.meta.description
    assert block.meta.group
    assert block.meta.icon != "placeholder"


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if hasattr(block.meta, "preview_value")], ids=lambda b: b.name
)
def test_block__with_an_example__draws_it(block: Any) -> None:
    assert block.is_previewable
    assert block.render(block.get_preview_value()).strip()
