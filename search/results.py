"""A search answered: what matches, in which order, and how many there are of each kind, phase and topic.

The order is the same on every database, and can be said in a sentence: pages whose title holds all the words come
first, then those whose title or topics hold them or their synonyms, then those with some of them there, then the rest;
among equals sessions to come (the soonest first), then pages without a date (the latest first), then sessions that are
over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wagtail.models import Page

from core.design.facets import FacetOption

from . import backend, facts
from .access import Visible
from .asked import TOPIC_FACETS, WHEN, Asked
from .facts import Dates
from .kinds import PLURALS, Kind, kinds_by_content_type
from .snippets import folded, matches
from .thesaurus import Thesaurus, Widened

MOST = 1000  # pages that one search ranks and counts; where there are more, the page says "more than"

#: All that a listed page is asked for; texts are fetched for the ten that are shown.
FIELDS = (
    "pk", "title", "slug", "path", "depth", "url_path", "live", "content_type_id", "locale_id", "first_published_at",
)  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """One page that matches. `relevance`: 4 (best) to 0."""

    page: Page
    kind: Kind
    topics: frozenset[int] = frozenset()
    dates: Dates | None = None
    relevance: int = 0

    @property
    def over(self) -> bool:
        return self.dates is not None and self.dates.over


@dataclass(frozen=True)
class Found:
    """The answer: the hits in order, the filters' choices by name, and what was searched for beside the words."""

    hits: list[Hit]
    choices: dict[str, list[FacetOption]]
    widened: list[Widened]
    more: bool = False

    @property
    def also(self) -> list[str]:
        """Synonyms that were searched for too, as they are written."""
        return list(dict.fromkeys(label for item in self.widened for label in item.labels))


def search(asked: Asked, *, visible: Visible, thesaurus: Thesaurus, now: datetime) -> Found:
    """Answer a search in at most three queries: the pages, their topics, the dates of sessions."""
    widened = thesaurus.widen(asked.question)
    pages = visible.pages().only(*FIELDS)
    if asked.question.terms:
        matching = backend.find(widened, pages, at_most=MOST + 1)
    else:
        matching = list(pages.order_by("-pk")[: MOST + 1])
    hits = _describe(matching[:MOST], widened, now)
    sieve = Sieve(asked, thesaurus)
    kept = [hit for hit in hits if sieve.passes(hit)]
    return Found(
        hits=sorted(kept, key=_place),
        choices=_choices(hits, sieve),
        widened=widened,
        more=len(matching) > MOST,
    )


def finds_anything(widened: list[Widened], visible: Visible) -> bool:
    """Whether a search would find a page. One query."""
    return bool(backend.find(widened, visible.pages().only("pk"), at_most=1))


def _describe(pages: list[Page], widened: list[Widened], now: datetime) -> list[Hit]:
    kinds = kinds_by_content_type()
    grouped = facts.by_type(pages)
    topics = facts.topics_of(grouped)
    sessions = [page.pk for page in pages if kinds.get(page.content_type_id) is Kind.SESSION]
    dates = facts.dates_of(sessions, now=now)
    wanted = [(folded(_own_forms(item)), folded(item.others), item.topics) for item in widened]
    return [
        Hit(
            page=page,
            kind=kinds.get(page.content_type_id, Kind.PAGE),
            topics=topics.get(page.pk, frozenset()),
            dates=dates.get(page.pk),
            relevance=_relevance(page.title, topics.get(page.pk, frozenset()), wanted),
        )
        for page in pages
    ]


def _own_forms(item: Widened) -> set[tuple[str, ...]]:
    """What was typed, without its synonyms."""
    if item.own:
        return {(form,) for form in item.own}
    return {item.term.words}


def _relevance(title: str, topics: frozenset[int], wanted: list[tuple[set, set, frozenset[int]]]) -> int:
    if not wanted:
        return 0
    everything = set().union(*(own | others for own, others, _ in wanted))
    there = matches(title, everything)
    own = [bool(there & forms) for forms, _, _ in wanted]
    any_way = [bool(there & (forms | others)) or bool(topics & named) for forms, others, named in wanted]
    if all(own):
        # The title is nothing but the words searched for: somebody knows the page's name.
        return 4 if len(matches(title, everything)) and _word_count(title) <= len(wanted) else 3
    return 2 if all(any_way) else 1 if any(any_way) else 0


def _word_count(title: str) -> int:
    return len(title.split())


def _place(hit: Hit) -> tuple[int, int, float, str, int]:
    """Sort key: relevance, then sessions to come, then undated pages, then sessions that are over."""
    if hit.dates is not None and hit.dates.next is not None:
        place, when = 0, hit.dates.next.timestamp()
    elif hit.dates is not None and hit.dates.last is not None:
        place, when = 2, -hit.dates.last.timestamp()
    else:
        published = hit.page.first_published_at
        place, when = 1, -(published.timestamp() if published else 0.0)
    return (-hit.relevance, place, when, hit.page.title, hit.page.pk)


class Sieve:
    """The chosen filters of a search. Within a filter one of its values is enough; all filters must be passed."""

    def __init__(self, asked: Asked, thesaurus: Thesaurus) -> None:
        self.asked = asked
        self.thesaurus = thesaurus
        #: A wider topic stands for all topics below it.
        self.topics = {
            facet.name: frozenset[int]().union(
                *(thesaurus.narrower(thesaurus.by_slug[slug].pk) for slug in asked.of(facet.name))
            )
            for facet in TOPIC_FACETS
            if asked.of(facet.name)
        }

    def passes(self, hit: Hit, *, but: str = "") -> bool:
        """Whether a hit passes all filters, or all but one."""
        if but != "kind" and self.asked.of("kind") and hit.kind.value not in self.asked.of("kind"):
            return False
        if but != "when" and self.asked.of("when") and _when(hit) not in self.asked.of("when"):
            return False
        return all(name == but or hit.topics & wanted for name, wanted in self.topics.items())


def _when(hit: Hit) -> str | None:
    if hit.dates is None:
        return None
    return "past" if hit.dates.over else "upcoming"


def _choices(hits: Sequence[Hit], sieve: Sieve) -> dict[str, list[FacetOption]]:
    """Per filter its values with counts: what choosing the value would give beside the other filters."""
    asked, thesaurus = sieve.asked, sieve.thesaurus
    found: dict[str, list[FacetOption]] = {}
    kinds: Counter[str | None] = Counter(hit.kind.value for hit in hits if sieve.passes(hit, but="kind"))
    found["kind"] = _offer({kind.value: PLURALS[kind] for kind in Kind}, kinds, asked.of("kind"))
    for facet in TOPIC_FACETS:
        entries = [entry for entry in thesaurus.entries.values() if entry.group in facet.groups]
        above = {entry.pk: _line(entry.pk, thesaurus) for entry in entries}
        counts: Counter[str | None] = Counter()
        for hit in hits:
            if hit.topics and sieve.passes(hit, but=facet.name):
                numbers = set().union(*(above[topic] for topic in hit.topics if topic in above))
                counts.update(thesaurus.entries[number].slug for number in numbers if number in above)
        labels = {entry.slug: entry.label for entry in sorted(entries, key=lambda entry: entry.label.lower())}
        found[facet.name] = _offer(labels, counts, asked.of(facet.name))
    when = Counter(_when(hit) for hit in hits if sieve.passes(hit, but="when"))
    found["when"] = _offer(WHEN, when, asked.of("when"))
    return found


def _line(number: int, thesaurus: Thesaurus) -> frozenset[int]:
    """A topic and the wider topics above it; a loop in the data ends the walk."""
    line: set[int] = set()
    here: int | None = number
    while here is not None and here not in line:
        line.add(here)
        entry = thesaurus.entries.get(here)
        here = entry.parent if entry else None
    return frozenset(line)


def _offer(labels: Mapping[str, str], counts: Mapping[str | None, int], chosen: tuple[str, ...]) -> list[FacetOption]:
    """Values that give something, and chosen ones even if they give nothing (they must be removable)."""
    return [
        FacetOption(value, label, counts.get(value, 0), value in chosen)
        for value, label in labels.items()
        if counts.get(value, 0) or value in chosen
    ]
