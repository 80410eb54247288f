"""Suggestions while typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from .conftest import Tree


def suggested(client: Client, typed: str) -> list[dict[str, str]]:
    response = client.get("/search/suggest/", {"q": typed})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return response.json()["suggestions"]


def test_suggest__beginning_of_a_title__gives_title_kind_and_address(tree: Tree, client: Client) -> None:
    assert suggested(client, "stagec") == [
        {"title": "Stagecraft Network", "kind": "Network", "url": "/all-networks/stagecraft-network/"}
    ]


@pytest.mark.parametrize("typed", ["", "s", " ", "%", "\x00", "🎭", '"', "a" * 5000])
def test_suggest__nothing_to_go_on__gives_none(tree: Tree, client: Client, typed: str) -> None:
    assert suggested(client, typed) == []


def test_suggest__titles_that_begin_so__come_first(empty_tree: Tree, client: Client) -> None:
    empty_tree.resource("A plan with clay")
    empty_tree.resource("Clay plan")
    assert [item["title"] for item in suggested(client, "clay")] == ["Clay plan", "A plan with clay"]


def test_suggest__members_page__is_suggested_to_nobody(
    tree: Tree, client: Client, make_user: Callable[..., Any]
) -> None:
    PageViewRestriction.objects.create(page=tree.page("Committee"), restriction_type=PageViewRestriction.LOGIN)
    client.force_login(make_user())
    assert suggested(client, "commit") == []  # answers are shared between visitors


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
