"""Addresses that nobody should write: always a page, never an error, nothing of it as markup."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Tree

HOSTILE = [
    "\x00",
    "drama\x00mime",
    "a" * 10_000,
    "drama " * 2_000,
    '"' * 5_001,
    "'\"`;--",
    "%",
    "%s %(x)s {0} {{ 7*7 }}",
    "!!!???...",
    'drama" OR "1"="1',
    "'; DROP TABLE wagtailcore_page; --",
    "title:drama AND NOT (mime OR",
    "NEAR(drama mime, 2)",
    "drama & !mime | ( <-> :*",
    "* - + ^ ~",
    "🎭🎨 👩🏽‍🏫",
    "مسرح المدرسة",
    "\u202edrama\u202c",
    "\ud83d",
    "<script>alert(1)</script>",
    "' onmouseover='x",
    "\r\nSet-Cookie: a=b",
    "NULL",
    "İSTANBUL ǅ ﬁ",
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_search__hostile_words__answers_with_a_page(tree: Tree, client: Client, typed: str) -> None:
    data = {"q": typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
    for filters in ({}, {"kind": "session", "phase": typed[:50].replace("\ud83d", "?")}):
        response = client.get("/search/", {**data, **filters})
        assert response.status_code == 200
        text = response.content.decode()
        assert "<script>alert" not in text
        assert "onmouseover='x" not in text
    assert client.get("/search/suggest/", data).status_code == 200


def test_search__nul_byte_in_the_address__answers(tree: Tree, client: Client) -> None:
    for url in ("/search/?q=%00", "/search/?q=drama%00", "/search/?q=%FF%FE", "/search/?%00=%00", "/search/?page=%00"):
        assert client.get(url).status_code == 200
        assert client.get(url.replace("/search/", "/search/suggest/")).status_code == 200


def test_search__hostile_words_beside_a_good_one__still_find_it(tree: Tree, client: Client) -> None:
    for typed in ("mime\x00", '"mime', "(mime)", "*mime*", "mime!!!", "\u202emime\u202c"):
        assert client.get("/search/", {"q": typed}).context["total"] == 1, typed


def test_search__only_signs__asks_for_a_word(tree: Tree, client: Client) -> None:
    response = client.get("/search/", {"q": "?!*"})
    assert "We need at least one word" in response.content.decode()
    assert response.context["asked"].question.typed == "?!*"  # nothing lost of what was typed


def test_search__markup_in_titles_and_texts__stays_text(tree: Tree, client: Client) -> None:
    tree.page("Clay <b>bold</b> & more", summary="Clay <img src=x onerror=alert(1)> clay")
    text = client.get("/search/?q=clay").content.decode()
    assert "<img src=x" not in text
    assert "<mark>Clay</mark> &lt;b&gt;bold&lt;/b&gt; &amp; more" in text


def test_search__hundreds_of_values__are_read_within_bounds(tree: Tree, client: Client) -> None:
    response = client.get("/search/", {"q": "drama", "topic": [f"nothing-{number}" for number in range(500)]})
    assert response.status_code == 200
    assert response.context["total"] == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_search__any_address__answers_with_a_page(
    tree: Tree, client: Client, words: str, value: str, page: str
) -> None:
    data: dict[str, Any] = {"q": words, "kind": value, "when": value, "page": page}
    safe = {name: text.encode("utf-8", "replace").decode() for name, text in data.items()}
    assert client.get("/search/", safe).status_code == 200
