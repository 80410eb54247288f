"""Where to go from a search that found nothing: topics that lie near, and the networks to ask."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest
from wagtail.models import Page

from . import facts
from .access import Visible
from .asked import TOPIC_FACETS
from .kinds import Kind, models_of
from .results import FIELDS
from .thesaurus import Entry, Thesaurus, Widened
from .words import Question

MOST_TOPICS = 6
MOST_NETWORKS = 2
MOST_READ = 200  # networks looked at


@dataclass(frozen=True)
class TopicLink:
    label: str
    url: str


@dataclass(frozen=True)
class NetworkLink:
    title: str
    url: str
    shares: tuple[str, ...]


@dataclass(frozen=True)
class Help:
    """Topics with the address of their filter, and networks with the topics they share with the search."""

    topics: list[TopicLink]
    networks: list[NetworkLink]


def help_for(
    question: Question, widened: list[Widened], *, visible: Visible, thesaurus: Thesaurus, request: HttpRequest
) -> Help:
    """What lies near a search without results, in two queries. Without anything near: what networks are about most."""
    networks = _networks(visible)
    topics = facts.topics_of(facts.by_type(networks))
    named = frozenset[int]().union(*(item.topics for item in widened))
    near = [thesaurus.entries[number] for number in sorted(named)]
    near += [entry for entry in thesaurus.near(question.words) if entry.pk not in named]
    if not near:
        used = Counter(number for numbers in topics.values() for number in numbers)
        near = [thesaurus.entries[number] for number, _ in used.most_common(MOST_TOPICS) if number in thesaurus.entries]
    links = [link for entry in near[:MOST_TOPICS] if (link := _link(entry)) is not None]
    return Help(topics=links, networks=_closest(networks, topics, near, thesaurus, request))


def _networks(visible: Visible) -> list[Page]:
    types = [facts.content_type_of(model) for model in models_of(Kind.NETWORK)]
    return list(visible.pages().filter(content_type__in=types).only(*FIELDS).order_by("path")[:MOST_READ])


def _closest(
    networks: list[Page],
    topics: dict[int, frozenset[int]],
    near: list[Entry],
    thesaurus: Thesaurus,
    request: HttpRequest,
) -> list[NetworkLink]:
    """The networks that share most with the topics nearby; without any in common, the first of the directory."""
    wanted = {number for entry in near for number in thesaurus.narrower(entry.pk)}

    def shared(page: Page) -> frozenset[int]:
        return topics.get(page.pk, frozenset()) & wanted

    best = sorted(networks, key=lambda page: (-len(shared(page)), page.path))[:MOST_NETWORKS]
    return [
        NetworkLink(
            title=page.title,
            url=page.get_url(request) or "",
            shares=tuple(sorted(thesaurus.entries[number].label for number in shared(page)))[:3],
        )
        for page in best
    ]


def _link(entry: Entry) -> TopicLink | None:
    name = next((facet.name for facet in TOPIC_FACETS if entry.group in facet.groups), None)
    return TopicLink(entry.label, f"?{name}={entry.slug}") if name else None
