"""Suggestions while typing: public pages whose title or summary goes on from what was typed so far."""

from __future__ import annotations

from hashlib import blake2b

from django.http import HttpRequest
from wagtail.models import Page

from . import backend
from .access import Visible
from .caching import remembered
from .kinds import kinds_by_content_type
from .results import FIELDS
from .words import clean, words_of

SHORTEST = 2  # characters
LONGEST = 60
MOST = 8
KEPT = 30  # seconds

Suggestion = dict[str, str]


def suggest(typed: str, request: HttpRequest) -> list[Suggestion]:
    """Title, kind and address of at most `MOST` pages: at most three queries, none while the answer is remembered.

    Only what everybody may see: the answers are shared.
    """
    text = " ".join(words_of(clean(typed[: LONGEST * 4])))[:LONGEST].strip()
    if len(text) < SHORTEST:
        return []
    digest = blake2b(f"{request.get_host()} {text}".encode(), digest_size=12).hexdigest()
    return remembered(f"search:suggest:{digest}", KEPT, lambda: _look_up(text, request))


def _look_up(text: str, request: HttpRequest) -> list[Suggestion]:
    visible = Visible.to_everybody(request)
    kinds = kinds_by_content_type()
    pages = backend.complete(text, visible.pages().only(*FIELDS), at_most=MOST * 4)

    def place(page: Page) -> tuple[bool, bool, str]:
        """Titles that begin as typed, then titles that hold it, then the rest (it stands in the summary)."""
        title = " ".join(words_of(page.title))
        return (not title.startswith(text), f" {text}" not in f" {title}", title)

    rows = []
    for page in sorted(pages, key=place)[:MOST]:
        url = page.get_url(request)
        if url:
            rows.append({"title": page.title, "kind": str(kinds[page.content_type_id].label), "url": url})
    return rows
