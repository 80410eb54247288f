"""Index pages: filters in the address."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import Client
from wagtail.models import PageViewRestriction

from networks.pages.listings import Listing, network_listing, session_listing
from tests.support.pages import SitePages, at, make_network, make_session, topic


def titles(listing: Listing) -> list[str]:
    return [item.title for item in listing.items]


def sessions(query: str = "") -> Listing:
    return session_listing(QueryDict(query))


@pytest.fixture
def programme(pages: SitePages) -> SitePages:
    drama = topic("drama-t", "Drama T", "art_form")
    clay = topic("clay-t", "Clay T", "art_form")
    make_session(pages.network, "puppets", topics=[drama], kind="forum", dates=[at(2)])
    make_session(pages.network, "clay", topics=[clay], kind="training", cost=20, dates=[at(20), at(40)])
    make_session(pages.network, "long-ago", topics=[clay], dates=[at(-30)])
    return pages


def test_sessions__no_filter__lists_each_coming_date_in_order(programme: SitePages) -> None:
    assert titles(sessions()) == ["Puppets", "Clay", "Clay"]


def test_sessions__two_values_of_one_filter__widen(programme: SitePages) -> None:
    assert titles(sessions("art-form=drama-t&art-form=clay-t")) == ["Puppets", "Clay", "Clay"]


def test_sessions__two_filters__narrow(programme: SitePages) -> None:
    assert titles(sessions("art-form=clay-t&when=month")) == ["Clay"]
    assert titles(sessions("art-form=drama-t&cost=paid")) == []


def test_sessions__past__lists_what_was(programme: SitePages) -> None:
    assert titles(sessions("when=past")) == ["Long ago"]


@pytest.mark.parametrize(
    "query", ["art-form=nonsense", "bogus=1", "page=abc", "page=-4", "page=99999999999999999999", "kind=%00"]
)
def test_sessions__unknown_values__are_ignored(programme: SitePages, query: str) -> None:
    assert titles(sessions(query)) == ["Puppets", "Clay", "Clay"]


def test_sessions__counts__say_what_each_choice_would_leave(programme: SitePages) -> None:
    listing = sessions("kind=training")
    facet = next(facet for facet in listing.facets if facet.name == "art-form")
    assert {option.value: option.count for option in facet.options} == {"drama-t": 0, "clay-t": 2}


def test_sessions__chosen__can_be_taken_away(programme: SitePages) -> None:
    listing = sessions("kind=training&q=clay")
    assert [(option.label, option.url) for option in listing.chosen] == [
        ("“clay”", "?kind=training"),
        ("Training", "?q=clay"),
    ]


def test_sessions__below_a_private_network__are_not_listed(programme: SitePages, client: Client) -> None:
    PageViewRestriction.objects.create(page=programme.network, restriction_type="login")
    assert sessions().total == 0
    assert "Puppets" not in client.get("/").content.decode()


def test_session_page__cancelled_date__says_so_and_is_no_next_date(pages: SitePages, client: Client) -> None:
    row = at(3)
    row.cancelled = True
    session = make_session(pages.network, dates=[row])
    assert session.next_date is None
    assert "This session is cancelled." in client.get(session.url).content.decode()


def test_networks__words__search_title_summary_and_audience(pages: SitePages) -> None:
    make_network(pages.networks, "that", summary="Artist teachers")
    assert titles(network_listing(QueryDict("q=ARTIST"))) == ["That"]


def test_index__nothing_fits__says_so_with_a_way_back(pages: SitePages, client: Client) -> None:
    make_session(pages.network)
    body = client.get("/whats-on/?q=zebra").content.decode()
    assert "Nothing fits all of that" in body
    assert 'href="?"' in body


def test_index__script_in_the_address__is_escaped(pages: SitePages, client: Client) -> None:
    body = client.get("/whats-on/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert(1)" not in body


def test_index__more_than_one_screen__leads_on_with_the_filters(pages: SitePages, client: Client) -> None:
    make_session(pages.network, kind="forum", dates=[at(day) for day in range(1, 30)])
    make_session(pages.network, "other", kind="training")
    body = client.get("/whats-on/?kind=forum").content.decode()
    assert "Page 1 of 3" in body
    assert "?kind=forum&amp;page=2" in body
