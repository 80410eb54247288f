"""Index pages with filters in the address: what can be chosen, what is chosen, and the pages that are left.

A listing reads all public pages of its kind in a few columns (hundreds, not millions), filters and counts them in
Python, and fetches whole rows for one screen only. So it costs the same number of queries whatever is chosen, and each
choice can say how many pages it would leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils import timezone
from wagtail.models import Page

from core.design.facets import Facet
from mentoring.people.models import InterestGroup

from .cards import Card, Occasion, occasion
from .facets_read import Facets, read_facets
from .library import ResourceKind, ResourcePage
from .network import NetworkKind, NetworkPage
from .pathway import PathwayPage
from .queries import dates_of_visible_sessions
from .session import SessionDate, SessionFormat, SessionKind, SessionPage
from .visible import visible

PER_PAGE = 12


@dataclass(frozen=True)
class Chosen:
    """A value that narrows the list, and the address of the list without it."""

    label: str
    url: str


@dataclass
class Row:
    """What a listing knows of a page before it is fetched: its words, and its values for each filter."""

    pk: int
    text: str
    values: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Listing:
    """One screen of a list, with its filters. `page_obj` numbers the screens; `items` are what it shows."""

    facets: list[Facet]
    chosen: list[Chosen]
    items: list[Any]
    page_obj: PaginatorPage
    total: int
    everything: int
    words: str

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)


def facet_values(facets: Facets) -> dict[str, dict[str, str]]:
    """A page's values for the filters that come from the thesaurus. Every page without a phase is for all phases."""
    return {
        "phase": {topic.slug: topic.label for topic in facets.phases},
        "setting": {topic.slug: topic.label for topic in facets.setting_kinds},
        "art-form": {topic.slug: topic.label for topic in facets.art_forms},
        "subject": {topic.slug: topic.label for topic in facets.subjects},
        "topic": {topic.slug: topic.label for topic in facets.others},
    }


LABELS = {
    "kind": "Kind",
    "format": "In person or online",
    "when": "When",
    "phase": "Phase",
    "setting": "Kind of setting",
    "art-form": InterestGroup.ART_FORM.label,
    "subject": InterestGroup.SUBJECT.label,
    "topic": "Topic",
    "place": "Place",
    "by": "Offered by",
    "cost": "Cost",
    "licence": "Licence",
    "year": "Year",
}


def build(
    data: QueryDict | Mapping[str, Any],
    rows: list[Row],
    names: Iterable[str],
    fetch: Callable[[list[int]], list[Any]],
) -> Listing:
    """Filters rows by what the address says, counts choices, fetches one screen. Unknown names and values are ignored.

    Several values of one filter widen the list, several filters narrow it. Each choice's count is what the list would
    hold with the other filters as they are. `fetch` gives the items for ids in the order given.
    """
    query = data if isinstance(data, QueryDict) else QueryDict(mutable=True)
    names = list(names)
    labels = {name: _labels(rows, name) for name in names}
    chosen = {name: [value for value in query.getlist(name) if value in labels[name]] for name in names}
    words = " ".join(query.get("q", "").split())[:100]
    found = [row for row in rows if _has_words(row, words)]
    kept = [row for row in found if all(_matches(row, name, chosen[name]) for name in names)]
    clean = _clean_query(chosen, words)
    facets = []
    for name in names:
        others = [row for row in found if all(_matches(row, other, chosen[other]) for other in names if other != name)]
        counts = Counter(value for row in others for value in row.values.get(name, {}))
        if len(labels[name]) > 1 or chosen[name]:
            choices = ((value, label, counts[value]) for value, label in labels[name].items())
            facets.append(Facet.of(name, LABELS[name], choices, chosen[name]))
    page_obj = Paginator(kept, PER_PAGE).get_page(query.get("page"))
    screen = list(page_obj.object_list)
    return Listing(
        facets=facets,
        chosen=_chosen(clean, labels, chosen, words),
        items=fetch([row.pk for row in screen]) if screen else [],
        page_obj=page_obj,
        total=len(kept),
        everything=len(rows),
        words=words,
    )


def _labels(rows: list[Row], name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        found.update(row.values.get(name, {}))
    fixed = FIXED_ORDER.get(name)
    if fixed:
        return {value: found[value] for value in fixed if value in found}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


FIXED_ORDER: dict[str, list[str]] = {
    "when": ["week", "month", "term", "past"],
    "phase": [
        "early-years",
        "primary",
        "key-stage-1",
        "key-stage-2",
        "secondary",
        "key-stage-3",
        "key-stage-4",
        "post-16",
        "all-through",
        "special",
    ],
    "format": list(SessionFormat.values),
}


def _matches(row: Row, name: str, chosen: list[str]) -> bool:
    return not chosen or any(value in row.values.get(name, {}) for value in chosen)


def _has_words(row: Row, words: str) -> bool:
    return all(word in row.text for word in words.casefold().split())


def _clean_query(chosen: dict[str, list[str]], words: str) -> QueryDict:
    query = QueryDict(mutable=True)
    if words:
        query["q"] = words
    for name, values in chosen.items():
        if values:
            query.setlist(name, list(dict.fromkeys(values)))
    return query


def _chosen(
    clean: QueryDict, labels: dict[str, dict[str, str]], chosen: dict[str, list[str]], words: str
) -> list[Chosen]:
    found = [Chosen(f"“{words}”", _without(clean, "q", words))] if words else []
    for name, values in chosen.items():
        found += [Chosen(labels[name][value], _without(clean, name, value)) for value in values]
    return found


def _without(clean: QueryDict, name: str, value: str) -> str:
    query = clean.copy()
    query.setlist(name, [other for other in query.getlist(name) if other != value])
    return f"?{query.urlencode()}"


def in_order(items: Iterable[Any], pks: list[int]) -> list[Any]:
    """The items in the order of the ids; those that vanished in between are left out."""
    found = {item.pk: item for item in items}
    return [found[pk] for pk in pks if pk in found]


def network_listing(data: QueryDict) -> Listing:
    """The directory of networks: three queries."""
    base = visible(NetworkPage.objects.all())
    facets = read_facets(NetworkPage, base.values("pk"))
    rows = [
        Row(
            pk=pk,
            text=f"{title} {summary} {who}".casefold(),
            values={
                "kind": {kind: NetworkKind(kind).label},
                "place": {area: area} if area else {},
                **facet_values(facets[pk]),
            },
        )
        for pk, title, summary, who, kind, area in base.order_by("title").values_list(
            "pk", "title", "summary", "who_for", "kind", "area"
        )
    ]

    def fetch(pks: list[int]) -> list[Card]:
        pages = NetworkPage.objects.filter(pk__in=pks).select_related("image").defer("body")
        return [
            Card(
                title=page.title,
                url=page.url or "",
                summary=page.summary,
                kind=page.get_kind_display(),
                tags=facets[page.pk].tags,
                image=page.image,
                meta=[line for line in (page.area, page.meets) if line],
            )
            for page in in_order(pages, pks)
        ]

    return build(data, rows, ["kind", "phase", "art-form", "subject", "topic", "setting", "place"], fetch)


def session_listing(data: QueryDict) -> Listing:
    """Dates of sessions, the next first: five queries. `when=past` shows what was instead."""
    now = timezone.now()
    today = timezone.localdate()
    past = "past" in data.getlist("when")
    dates = visible(SessionDate.objects.all(), page="page__")
    dates = dates.filter(end__lt=now, cancelled=False).order_by("-start", "-pk") if past else dates.filter(end__gte=now)
    facets = read_facets(SessionPage, dates.order_by().values("page_id"))
    shown = ("title", "summary", "kind", "format", "cost", "path")
    found = list(dates.values_list("pk", "page_id", "start", *(f"page__{name}" for name in shown)))
    titles = dict(
        Page.objects.filter(path__in={row[-1][: -Page.steplen] for row in found}).values_list("path", "title")
    )
    rows = []
    for pk, page_id, start, title, summary, kind, form, cost, path in found:
        day = timezone.localtime(start).date()
        by = titles.get(path[: -Page.steplen], "")
        when = {"past": "Past sessions"} if past else {}
        if not past:
            when |= {"week": "In the next seven days"} if day <= today + timedelta(days=7) else {}
            when |= {"month": "In the next four weeks"} if day <= today + timedelta(days=28) else {}
        rows.append(
            Row(
                pk=pk,
                text=f"{title} {summary} {by}".casefold(),
                values={
                    "kind": {kind: SessionKind(kind).label},
                    "format": {form: SessionFormat(form).label},
                    "when": when,
                    "by": {by: by} if by else {},
                    "cost": {"free": "Free"} if not cost else {"paid": "With a fee"},
                    **facet_values(facets[page_id]),
                },
            )
        )

    def fetch(pks: list[int]) -> list[Occasion]:
        wanted = dates_of_visible_sessions().filter(pk__in=pks)
        return [
            occasion(row, offered_by=titles.get(row.page.path[: -Page.steplen], ""), tags=facets[row.page_id].tags)
            for row in in_order(wanted, pks)
        ]

    return build(data, rows, ["when", "kind", "format", "phase", "art-form", "subject", "topic", "by", "cost"], fetch)


def pathway_listing(data: QueryDict) -> Listing:
    """Pathways: three queries."""
    base = visible(PathwayPage.objects.all())
    facets = read_facets(PathwayPage, base.values("pk"))
    rows = [
        Row(
            pk=pk,
            text=f"{title} {summary} {who}".casefold(),
            values={"by": {host: host} if host else {}, **facet_values(facets[pk])},
        )
        for pk, title, summary, who, host in base.order_by("path").values_list(
            "pk", "title", "summary", "who_for", "host__name"
        )
    ]

    def fetch(pks: list[int]) -> list[Card]:
        pages = PathwayPage.objects.filter(pk__in=pks).select_related("image", "host").defer("body")
        return [
            Card(
                title=page.title,
                url=page.url or "",
                summary=page.summary,
                kind="Pathway",
                tags=facets[page.pk].tags,
                image=page.image,
                meta=[line for line in (page.host.name if page.host else "", _months(page)) if line],
            )
            for page in in_order(pages, pks)
        ]

    return build(data, rows, ["phase", "topic", "by"], fetch)


def _months(page: PathwayPage) -> str:
    return f"{page.starts:%B %Y} to {page.ends:%B %Y}" if page.starts and page.ends else ""


def resource_listing(data: QueryDict) -> Listing:
    """The library: three queries."""
    base = visible(ResourcePage.objects.all())
    facets = read_facets(ResourcePage, base.values("pk"))
    rows = [
        Row(
            pk=pk,
            text=f"{title} {summary} {author}".casefold(),
            values={"kind": {kind: ResourceKind(kind).label}, "by": {by: by} if by else {}, **facet_values(facets[pk])},
        )
        for pk, title, summary, author, kind, by in base.order_by("title").values_list(
            "pk", "title", "summary", "author", "kind", "network__title"
        )
    ]

    def fetch(pks: list[int]) -> list[Card]:
        pages = ResourcePage.objects.filter(pk__in=pks).select_related("image", "school").defer("body")
        return [
            Card(
                title=page.title,
                url=page.url or "",
                summary=page.summary,
                kind=page.get_kind_display(),
                tags=facets[page.pk].tags,
                image=page.image,
                meta=[page.author],
            )
            for page in in_order(pages, pks)
        ]

    return build(data, rows, ["kind", "phase", "art-form", "subject", "topic", "by"], fetch)
