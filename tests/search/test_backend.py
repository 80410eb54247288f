"""The door to the search backend: what happens when a search server does not answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from wagtail.search.backends.base import BaseSearchBackend, BaseSearchResults

from search import backend
from search.backend import Rest

from .conftest import Tree


class Unreachable(Exception):
    """As a client of a search server raises it."""


class FailingResults(BaseSearchResults):
    def _do_search(self) -> list[Any]:
        FailingBackend.asked += 1
        raise Unreachable("connection refused")


class FailingBackend(BaseSearchBackend):
    """A search server that cannot be reached: composing a question works, asking it does not."""

    asked = 0
    results_class = FailingResults
    catch_indexing_errors = True

    def _search(self, query_compiler_class: Any, query: Any, model_or_queryset: Any, **kwargs: Any) -> FailingResults:
        return FailingResults(self, None)


@pytest.fixture
def broken_server(settings: Any) -> type[FailingBackend]:
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": f"{__name__}.FailingBackend"},
        "database": settings.WAGTAILSEARCH_BACKENDS["default"],
    }
    FailingBackend.asked = 0
    return FailingBackend


def test_search__server_fails__database_answers_and_the_log_says_so(
    tree: Tree, client: Client, broken_server: type[FailingBackend], caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get("/search/?q=numeracy&kind=network")
    assert [row.url for row in response.context["rows"]] == ["/all-networks/counting-circle/"]
    assert client.get("/search/suggest/?q=stagec").json()["suggestions"]
    assert "The search server failed" in caplog.text
    assert broken_server.asked == 1


def test_search__server_has_failed__is_left_alone_for_a_while(
    tree: Tree, client: Client, broken_server: type[FailingBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/search/?q=numeracy")
    client.get("/search/?q=drama")
    assert broken_server.asked == 1
    monkeypatch.setattr(Rest, "until", 0.0)  # the rest is over
    client.get("/search/?q=drama")
    assert broken_server.asked == 2


def test_search__database_itself_fails__is_an_error_like_any(
    tree: Tree, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise Unreachable("a fault of ours")

    monkeypatch.setattr(backend, "_run", fail)
    with pytest.raises(Unreachable):
        client.get("/search/?q=drama")


def test_rebuild__index_lost__brings_every_page_back(tree: Tree, client: Client) -> None:
    from django.core.management import call_command
    from wagtail.search.backends import get_search_backend

    get_search_backend().reset_indexes()
    assert client.get("/search/?q=numeracy").context["total"] == 0
    call_command("update_index", verbosity=0)
    assert client.get("/search/?q=numeracy").context["total"] == 1
