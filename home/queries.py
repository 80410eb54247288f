"""Reads for the front door and the news."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from wagtail.models import Page

from core.pages.routing import MENU
from home.pages.front import HomePage
from home.pages.news import NewsIndexPage, NewsPage
from networks.pages.cards import Card
from networks.pages.facets_read import read_facets
from networks.pages.listings import Listing, Row, build, facet_values, in_order
from networks.pages.network import NetworkIndexPage
from networks.pages.pathway import PathwayIndexPage
from networks.pages.queries import network_cards, next_dates, pathway_cards, this_week
from networks.pages.session import SessionIndexPage
from networks.pages.visible import visible


def home_context(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """What is on, networks, pathways and the latest news: at most six queries."""
    week = this_week()
    return {
        **index_urls(request),
        "first_page": first_page(page, request),
        "this_week": week,
        "next_dates": [] if week else next_dates(most=4),
        "networks": network_cards(),
        "pathways": pathway_cards(),
        "news": latest_news(),
    }


def first_page(page: HomePage, request: HttpRequest) -> Page | None:
    """Where the button leads, if it is public; no query where the main menu has brought the page."""
    pages: list[Page] = getattr(request, MENU, [])
    chosen = next((found for found in pages if found.pk == page.first_page_id), None) or page.first_page
    return chosen if chosen is not None and chosen.live else None


INDEXES: dict[str, type[Page]] = {
    "sessions_url": SessionIndexPage,
    "networks_url": NetworkIndexPage,
    "pathways_url": PathwayIndexPage,
    "news_url": NewsIndexPage,
}


def index_urls(request: HttpRequest) -> dict[str, str]:
    """Addresses of the lists that are in the main menu, which the routing has brought along; no query."""
    pages: list[Page] = getattr(request, MENU, [])
    return {
        name: page.get_url(request) or ""
        for name, model in INDEXES.items()
        for page in pages
        if page.specific_class is model
    }


def latest_news(*, most: int = 3) -> list[Card]:
    """The newest pieces; one query."""
    found = visible(NewsPage.objects.all()).select_related("image").defer("body").order_by("-dated", "-pk")[:most]
    return [news_card(page) for page in found]


def news_card(page: NewsPage) -> Card:
    return Card(
        title=page.title,
        url=page.url or "",
        summary=page.summary,
        image=page.image,
        meta=[f"{page.dated.day} {page.dated:%B %Y}"],
    )


def news_listing(data: QueryDict) -> Listing:
    """News, newest first: three queries."""
    base = visible(NewsPage.objects.all())
    facets = read_facets(NewsPage, base.values("pk"))
    rows = [
        Row(
            pk=pk,
            text=f"{title} {summary}".casefold(),
            values={"year": {str(dated.year): str(dated.year)}, **facet_values(facets[pk])},
        )
        for pk, title, summary, dated in base.order_by("-dated", "-pk").values_list("pk", "title", "summary", "dated")
    ]

    def fetch(pks: list[int]) -> list[Card]:
        pages = NewsPage.objects.filter(pk__in=pks).select_related("image").defer("body")
        return [news_card(page) for page in in_order(pages, pks)]

    return build(data, rows, ["year", "phase", "art-form", "topic"], fetch)
