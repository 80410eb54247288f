"""Queries per page: at most twelve, and the same number at 3 and at 30."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from home.models import NewsPage
from networks.models import PathwayPage, PathwayStagePage, ProgrammePage, ResourcePage
from tests.support.pages import SitePages, add, at, make_network, make_session, organisation, topic
from tests.support.queries import assert_same_cost, warm_cost


def grower(make: Callable[[int], Any]) -> Callable[[int], None]:
    """Brings a list to n rows, counting those that are there."""
    made: list[Any] = []

    def grow(number: int) -> None:
        while len(made) < number:
            made.append(make(len(made)))

    return grow


def sessions_below(parent: Any) -> Callable[[int], None]:
    art = topic("art-t", "Art T", "art_form")
    return grower(lambda n: make_session(parent, f"session-{n}", topics=[art], dates=[at(n % 6 + 1), at(-n - 1)]))


URLS = [
    "/",
    "/whats-on/",
    "/whats-on/?art-form=art-t&kind=training",
    "/whats-on/?when=past",
    "/networks/primary-art/",
    "/networks/primary-art/session-1/",
    "/feeds/sessions.xml",
    "/calendar/sessions.ics",
]


def test_cost__sessions_grow__stays_flat(pages: SitePages, client: Client) -> None:
    """All addresses at one site of three sessions, then of thirty: growing it is what takes long."""
    grow = sessions_below(pages.network)
    grow(3)
    few = {url: warm_cost(client, url) for url in URLS}
    grow(30)
    for url in URLS:
        assert_same_cost(url, few[url], warm_cost(client, url))


def test_cost__networks_grow__stays_flat(pages: SitePages, assert_queries_flat: Any) -> None:
    grow = grower(lambda n: make_network(pages.networks, f"network-{n}"))
    assert_queries_flat("/networks/", grow)


def test_cost__programme_grows__stays_flat(pages: SitePages, assert_queries_flat: Any, clock: Any) -> None:
    from datetime import date

    programme = add(
        pages.sessions,
        ProgrammePage(
            title="Year", slug="year", provider=organisation(), starts=date(2026, 9, 1), ends=date(2027, 7, 31)
        ),
    )
    assert_queries_flat("/whats-on/year/", sessions_below(programme))


def test_cost__pathway_with_stages_and_sessions_grows__stays_flat(pages: SitePages, assert_queries_flat: Any) -> None:
    pathway = add(
        pages.pathways, PathwayPage(title="Lead", slug="lead", aim="<p>Lead.</p>", who_for="You.", host=organisation())
    )

    def make(n: int) -> Any:
        session = make_session(pathway, f"session-{n}")
        parts = [{"type": "session", "value": {"session": session.pk, "note": ""}}]
        return add(pathway, PathwayStagePage(title=f"Stage {n}", slug=f"stage-{n}", parts=parts))

    grow = grower(make)
    assert_queries_flat("/pathways/lead/", grow)
    assert_queries_flat("/pathways/lead/stage-1/", grow)


def test_cost__library_and_news_grow__stay_flat(pages: SitePages, assert_queries_flat: Any) -> None:
    school = organisation()
    assert_queries_flat(
        "/library/",
        grower(
            lambda n: add(
                pages.library,
                ResourcePage(
                    title=f"Plan {n}",
                    slug=f"plan-{n}",
                    author="Us",
                    school=school,
                    intro="<p>Try.</p>",
                    external_url="https://example.org/",
                ),
            )
        ),
    )
    assert_queries_flat(
        "/news/",
        grower(
            lambda n: add(pages.news, NewsPage(title=f"News {n}", slug=f"news-{n}", body=[("text", "<p>Hello.</p>")]))
        ),
    )
