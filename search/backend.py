"""The one door to the search backend, which answers even when a search server does not.

By default the backend is the site's own database (FTS5 on SQLite, tsvector on PostgreSQL). Where a search server is
configured it is asked first; when it fails, the same question goes to the database, whose index is kept as well, and
the log says so. After a failure the server is left alone for `REST` seconds, so that visitors do not each wait for it.
"""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.search.backends import get_search_backend
from wagtail.search.query import And, Or, Phrase, PlainText, SearchQuery

from .thesaurus import Widened
from .words import variants

logger = logging.getLogger(__name__)

DATABASE = "wagtail.search.backends.database"
REST = 30.0  # seconds without asking a server that has failed


class Rest:
    """When the search server may be asked again, in this process."""

    until = 0.0

    @classmethod
    def over(cls) -> bool:
        return time.monotonic() >= cls.until

    @classmethod
    def begin(cls) -> None:
        cls.until = time.monotonic() + REST


def compose(widened: list[Widened]) -> SearchQuery:
    """All terms must be found; for each term one of its forms or synonyms is enough."""
    return And([_any_of(item) for item in widened])


def _any_of(item: Widened) -> SearchQuery:
    choices: list[SearchQuery] = [PlainText(form) for form in item.own]
    if item.loose:
        choices.append(And([Or([PlainText(form) for form in variants(word)]) for word in item.term.words]))
    elif item.term.phrase:
        choices.append(Phrase(item.term.text))
    choices += [Phrase(" ".join(words)) if len(words) > 1 else PlainText(words[0]) for words in item.others]
    return Or(choices)


def find(widened: list[Widened], pages: QuerySet[Page], *, at_most: int) -> list[Page]:
    """The pages among `pages` that match every term, in no promised order. One query on a database backend."""
    return _ask("search", compose(widened), pages, at_most)


def complete(typed: str, pages: QuerySet[Page], *, at_most: int) -> list[Page]:
    """The pages whose title or summary goes on from what was typed so far. `typed` must hold words only."""
    return _ask("autocomplete", typed, pages, at_most)


def _ask(verb: str, query: SearchQuery | str, pages: QuerySet[Page], at_most: int) -> list[Page]:
    if not _is_database("default") and Rest.over():
        try:
            return _run(get_search_backend("default"), verb, query, pages, at_most)
        except Exception:  # whatever the server's client raises: the visitor gets an answer all the same
            Rest.begin()
            logger.exception("The search server failed; searching in the database for %d seconds.", REST)
    name = next((alias for alias in settings.WAGTAILSEARCH_BACKENDS if _is_database(alias)), DATABASE)
    return _run(get_search_backend(name), verb, query, pages, at_most)


def _run(backend: object, verb: str, query: SearchQuery | str, pages: QuerySet[Page], at_most: int) -> list[Page]:
    results = getattr(backend, verb)(query, pages, order_by_relevance=False)
    return list(results[:at_most])


def _is_database(alias: str) -> bool:
    conf = settings.WAGTAILSEARCH_BACKENDS.get(alias, {"BACKEND": DATABASE})
    return str(conf["BACKEND"]).replace("modelsearch.", "wagtail.search.").startswith(DATABASE)
