"""Sites that hold exactly the pages of a test: the order of what is found, and many pages of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from .conftest import Tree, suggested

Titles = Callable[[str], list[str]]


def test_search__equal_relevance__sessions_to_come_first_then_undated_then_past(
    empty_tree: Tree, titles: Titles
) -> None:
    now = timezone.now()
    network = empty_tree.network("Makers")
    empty_tree.session("Clay for long ago", under=network, starts=[now - timedelta(days=90)])
    empty_tree.session("Clay for last week", under=network, starts=[now - timedelta(days=7)])
    empty_tree.resource("Clay for everybody")
    empty_tree.session("Clay for next term", under=network, starts=[now + timedelta(days=60)])
    empty_tree.session("Clay for tomorrow", under=network, starts=[now - timedelta(days=9), now + timedelta(days=1)])
    assert titles("/search/?q=clay") == [
        "Clay for tomorrow",
        "Clay for next term",
        "Clay for everybody",
        "Clay for last week",
        "Clay for long ago",
    ]


def test_search__word_in_title_topic_or_text__title_wins_then_topic(empty_tree: Tree, titles: Titles) -> None:
    empty_tree.resource("Anything goes", intro="<p>A little drama at the end.</p>")
    empty_tree.resource("Masks", topics=["drama"])
    empty_tree.resource("Drama for beginners")
    empty_tree.resource("Drama")
    assert titles("/search/?q=drama") == ["Drama", "Drama for beginners", "Masks", "Anything goes"]


def test_pages__many_results__keep_the_filters_in_their_links(empty_tree: Tree, client: Client) -> None:
    for number in range(23):
        empty_tree.resource(f"Clay plan {number}", topics=["primary"])
    response = client.get("/search/?q=clay&kind=resource&page=2")
    assert len(response.context["rows"]) == 10
    text = response.content.decode()
    assert 'href="?q=clay&amp;kind=resource&amp;page=3"' in text
    assert 'href="?q=clay&amp;kind=resource&amp;page=1"' in text
    assert '<ol class="search-results" start="11">' in text


@pytest.mark.parametrize(
    ("page", "number"), [("abc", 1), ("", 1), ("0", 3), ("-1", 1), ("999", 3), ("9" * 5000, 1), ("%00", 1), ("２", 1)]
)
def test_pages__number_that_does_not_exist__gives_a_page_that_does(
    empty_tree: Tree, client: Client, page: str, number: int
) -> None:
    for index in range(23):
        empty_tree.resource(f"Clay plan {index}")
    response = client.get(f"/search/?q=clay&page={page}")
    assert response.status_code == 200
    assert response.context["page_obj"].number == number


@pytest.mark.parametrize("url", ["/search/?q=clay", "/search/?kind=resource&topic=mathematics", "/search/?q=maths"])
def test_search__three_and_thirty_results__cost_the_same(
    empty_tree: Tree, assert_queries_flat: Callable[..., Any], url: str
) -> None:
    network = empty_tree.network("Clay makers", topics=["mathematics"])
    session = empty_tree.session("Clay for tomorrow", under=network, starts=[timezone.now() + timedelta(days=1)])
    assert session.pk

    def grow(count: int) -> None:
        for number in range(empty_tree.library.get_children().count(), count):
            empty_tree.resource(
                f"Plan {number}", topics=["mathematics", "primary"], intro=f"<p>Clay and number {number}</p>"
            )

    assert_queries_flat(url, grow)


def test_suggest__titles_that_begin_so__come_first(empty_tree: Tree, client: Client) -> None:
    empty_tree.resource("A plan with clay")
    empty_tree.resource("Clay plan")
    assert [item["title"] for item in suggested(client, "clay")] == ["Clay plan", "A plan with clay"]


def test_suggest__many_pages__gives_eight_in_three_queries(empty_tree: Tree, client: Client) -> None:
    for number in range(12):
        empty_tree.resource(f"Clay plan {number}")
    suggested(client, "plan")  # Wagtail remembers the sites' addresses from here
    with CaptureQueriesContext(connection) as first:
        assert len(suggested(client, "clay")) == 8
    assert len(first) <= 3, [query["sql"] for query in first.captured_queries]
    with CaptureQueriesContext(connection) as again:
        suggested(client, "clay")
    assert len(again) == 0
