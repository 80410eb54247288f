"""The search page and the suggestions while typing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.design.facets import Facet

from . import facts, results, spelling
from .access import Visible
from .asked import FILTERS, TOPIC_FACETS, Asked, read_address
from .caching import remembered
from .help import Help, help_for
from .kinds import Kind
from .missed.services import record
from .promoted import Promoted, promoted_for
from .results import Found, Hit
from .snippets import Part, Sequences, excerpt, folded, marked, matches
from .suggestions import suggest
from .thesaurus import Entry, Thesaurus
from .words import Question

PER_PAGE = 10
VOCABULARY_KEPT = 600  # seconds

LABELS = {"kind": "Kind", "when": "When", **{facet.name: facet.label for facet in TOPIC_FACETS}}


@dataclass(frozen=True)
class Row:
    """One result as the template shows it."""

    title: list[Part]
    url: str
    kind: str
    text: list[Part]
    topics: list[tuple[Entry, bool]]
    dates: facts.Dates | None
    over: bool


@dataclass(frozen=True)
class Active:
    """One chosen filter, and the address of the search without it."""

    filter: str
    label: str
    remove: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything published that a person may see, by words and filters in the address."""
    now = timezone.now()
    thesaurus = Thesaurus.load()
    asked = read_address(request.GET, thesaurus)
    visible = Visible.to(request)
    found = results.search(asked, visible=visible, thesaurus=thesaurus, now=now)
    listed = Paginator(found.hits if asked.anything else [], PER_PAGE).get_page(asked.page)

    context: dict[str, Any] = {
        "title": "Search",
        "here": request.path,
        "carried": [("q", asked.question.typed)] if asked.question.typed else [],
        "reset_url": asked.unfiltered().query(),
        "asked": asked,
        "search_query": asked.question.typed,
        "filters": _filters(found),
        "active": _active(asked, found),
        "also": found.also,
        "more": found.more,
        "most": results.MOST,
        "page_obj": listed,
        "rows": _rows(listed, found, thesaurus, request),
        "total": len(found.hits) if asked.anything else 0,
        "promoted": _promoted(asked, listed, visible, request),
    }
    if asked.anything and not found.hits:
        context |= _nothing(asked, found, visible=visible, thesaurus=thesaurus, request=request, now=now)
    return render(request, "search/search.html", context)


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """`{"suggestions": [{"title", "kind", "url"}]}`: at most eight public pages whose title goes on from `q`."""
    response = JsonResponse({"suggestions": suggest(request.GET.get("q", ""), request)})
    response["Cache-Control"] = "private, max-age=60"
    response["X-Robots-Tag"] = "noindex"
    return response


def _filters(found: Found) -> list[Facet]:
    return [
        Facet(name, LABELS[name], found.choices[name], open=name == "kind") for name in FILTERS if found.choices[name]
    ]


def _active(asked: Asked, found: Found) -> list[Active]:
    return [
        Active(LABELS[name], option.label, asked.query(without=(name, option.value)))
        for name in FILTERS
        for option in found.choices[name]
        if option.chosen
    ]


def _promoted(asked: Asked, listed: ResultPage, visible: Visible, request: HttpRequest) -> list[Promoted]:
    if asked.filtered or listed.number > 1 or not asked.question.terms:
        return []
    return promoted_for(asked.question, visible=visible, request=request)


def _rows(listed: ResultPage, found: Found, thesaurus: Thesaurus, request: HttpRequest) -> list[Row]:
    """The shown results with the reason for each: at most two queries, for summaries and for texts."""
    hits: list[Hit] = list(listed.object_list)
    if not hits:
        return []
    wanted = folded(words for item in found.widened for words in item.marks())
    named = frozenset[int]().union(*(item.topics for item in found.widened))
    grouped = facts.by_type(hit.page for hit in hits)
    summaries = facts.summaries_of(grouped)
    # Texts are long: they are fetched only for results whose summary does not show why they match.
    silent = [hit for hit in hits if wanted and not matches(summaries.get(hit.page.pk, ""), wanted)]
    texts = facts.texts_of(facts.by_type(hit.page for hit in silent)) if silent else {}
    return [
        Row(
            title=marked(hit.page.title, wanted),
            url=hit.page.get_url(request) or "",
            kind=str(hit.kind.label),
            text=_reason(summaries.get(hit.page.pk, ""), texts.get(hit.page.pk, ""), wanted, _labels(hit, thesaurus)),
            topics=_topics(hit, thesaurus, named, wanted),
            dates=hit.dates if hit.kind is Kind.SESSION else None,
            over=hit.over,
        )
        for hit in hits
    ]


def _reason(summary: str, text: str, wanted: Sequences, labels: str) -> list[Part]:
    """The summary if it holds a match, else the stretch of the page's text that does, else the summary as it is.

    The text ends with the labels of the page's topics; a match that is only there is shown by the topics themselves.
    """
    if text and matches(text, wanted) - matches(labels, wanted) and (found := excerpt(text, wanted)):
        return found
    return marked(summary, wanted)


def _labels(hit: Hit, thesaurus: Thesaurus) -> str:
    return " · ".join(thesaurus.entries[number].label for number in hit.topics if number in thesaurus.entries)


def _topics(hit: Hit, thesaurus: Thesaurus, named: frozenset[int], wanted: Sequences) -> list[tuple[Entry, bool]]:
    """The page's topics, those that the search named first and marked as a reason."""
    entries = [thesaurus.entries[number] for number in hit.topics if number in thesaurus.entries]
    rows = [(entry, entry.pk in named or bool(matches(entry.label, wanted))) for entry in entries]
    return sorted(rows, key=lambda row: (not row[1], row[0].label))[:5]


def _nothing(
    asked: Asked, found: Found, *, visible: Visible, thesaurus: Thesaurus, request: HttpRequest, now: datetime
) -> dict[str, Any]:
    """What to offer where nothing was found: fewer filters, another spelling, topics nearby, a network to ask."""
    if asked.question.terms and asked.filtered and results.finds_anything(found.widened, visible):
        return {"only_filters": True, "without_filters": asked.unfiltered().query()}
    record(question=asked.question, day=timezone.localdate(now))
    better = _better_spelling(asked.question, visible, thesaurus, request)
    offered: Help = help_for(asked.question, found.widened, visible=visible, thesaurus=thesaurus, request=request)
    return {
        "better": better,
        "better_query": asked.unfiltered().query(q=better.typed) if better else "",
        "help": offered,
    }


def _better_spelling(
    question: Question, visible: Visible, thesaurus: Thesaurus, request: HttpRequest
) -> Question | None:
    """Another spelling, if this site knows one and searching for it finds something."""
    if not question.terms:
        return None

    def words() -> dict[str, int]:
        titles = Visible.to_everybody(request).pages().order_by().values_list("title", flat=True)
        names = [name for entry in thesaurus.entries.values() if entry.active for name in entry.names]
        return dict(spelling.vocabulary([*titles, *names]))

    root = visible.root or "none"
    better = spelling.guess(question, remembered(f"search:vocabulary:{root}", VOCABULARY_KEPT, words))
    if better is None or not results.finds_anything(thesaurus.widen(better), visible):
        return None
    return better
