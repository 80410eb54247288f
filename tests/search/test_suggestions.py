"""Suggestions while typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from .conftest import Tree, suggested


def test_suggest__beginning_of_a_title__gives_title_kind_and_address(tree: Tree, client: Client) -> None:
    assert suggested(client, "stagec") == [
        {"title": "Stagecraft Network", "kind": "Network", "url": "/all-networks/stagecraft-network/"}
    ]


@pytest.mark.parametrize("typed", ["", "s", " ", "%", "\x00", "🎭", '"', "a" * 5000])
def test_suggest__nothing_to_go_on__gives_none(tree: Tree, client: Client, typed: str) -> None:
    assert suggested(client, typed) == []


def test_suggest__members_page__is_suggested_to_nobody(
    tree: Tree, client: Client, make_user: Callable[..., Any]
) -> None:
    PageViewRestriction.objects.create(page=tree.page("Committee"), restriction_type=PageViewRestriction.LOGIN)
    client.force_login(make_user())
    assert suggested(client, "commit") == []  # answers are shared between visitors
