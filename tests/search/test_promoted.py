"""Results that editors put on top."""

from __future__ import annotations

from typing import Any

from django.test import Client
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import PageViewRestriction

from .conftest import Tree


def promote(wording: str, page: Any = None, **fields: Any) -> SearchPromotion:
    return SearchPromotion.objects.create(query=Query.get(wording), page=page, **fields)


def chosen(client: Client, url: str) -> list[str]:
    return [item.title for item in client.get(url).context["promoted"]]


def test_promoted__same_wording__stands_on_top_with_its_description(tree: Tree, client: Client) -> None:
    promote("spring show", tree.page("Tickets"), description="Where to book", sort_order=2)
    promote("Spring Show", external_link_url="https://example.org/show", external_link_text="The theatre", sort_order=1)
    response = client.get("/search/?q=SPRING++show")
    assert [item.title for item in response.context["promoted"]] == ["The theatre", "Tickets"]
    text = response.content.decode()
    assert "Where to book" in text
    assert "(another site)" in text
    assert text.index("Chosen for this search") < text.index("<ol" if "<ol" in text else "Nothing found")


def test_promoted__another_wording_filter_or_page__shows_none(tree: Tree, client: Client) -> None:
    promote("drama", tree.page("Tickets"))
    assert chosen(client, "/search/?q=drama") == ["Tickets"]
    assert chosen(client, "/search/?q=drama+games") == []
    assert chosen(client, "/search/?q=drama&kind=session") == []


def test_promoted__page_the_visitor_may_not_see__is_left_out(tree: Tree, client: Client) -> None:
    page = tree.page("Committee")
    promote("drama", page)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert chosen(client, "/search/?q=drama") == []
    unpublished = tree.page("Draft")
    promote("drama", unpublished)
    unpublished.unpublish()
    assert chosen(client, "/search/?q=drama") == []


def test_promoted__searching__makes_no_rows(tree: Tree, client: Client) -> None:
    client.get("/search/?q=anything+at+all")
    assert not Query.objects.exists()
