"""What an address asks for: words, filters and a page number, whatever somebody wrote into it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from mentoring.people.models import InterestGroup

from .kinds import Kind
from .thesaurus import Thesaurus
from .words import Question, read

MOST_VALUES = 20  # of one filter
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class TopicFacet:
    """A filter over the topics of some groups of the thesaurus. `name` stands in addresses."""

    name: str
    label: str
    groups: frozenset[str]


TOPIC_FACETS = (
    TopicFacet("phase", "Phase", frozenset({InterestGroup.PHASE})),
    TopicFacet(
        "topic",
        "Topic",
        frozenset({InterestGroup.SUBJECT, InterestGroup.LEADERSHIP, InterestGroup.CONTEXT, InterestGroup.CAREER}),
    ),
    TopicFacet("art-form", "Art form", frozenset({InterestGroup.ART_FORM})),
    TopicFacet("setting", "Kind of setting", frozenset({InterestGroup.SETTING})),
)
WHEN = {"upcoming": "To come", "past": "Over"}
FILTERS = ("kind", *(facet.name for facet in TOPIC_FACETS), "when")


@dataclass(frozen=True)
class Asked:
    """A search with its filters: name of the filter -> chosen values, all of them known ones.

    `ignored` counts values that mean nothing here (an old link, a typing slip): the page says so and searches on.
    """

    question: Question
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    page: str = "1"
    ignored: int = 0

    @property
    def filtered(self) -> bool:
        return any(self.chosen.values())

    @property
    def anything(self) -> bool:
        """Whether there is something to list at all."""
        return bool(self.question.terms) or self.filtered

    def of(self, name: str) -> tuple[str, ...]:
        return self.chosen.get(name, ())

    def query(self, *, without: tuple[str, str] | None = None, **changes: str) -> str:
        """The query string of this search, changed: `without` one filter's value, other words (`q=...`)."""
        pairs = [("q", changes.get("q", self.question.typed))] if changes.get("q", self.question.typed) else []
        pairs += [(name, value) for name in FILTERS for value in self.of(name) if (name, value) != without]
        return "?" + urlencode(pairs)

    def unfiltered(self) -> Asked:
        return replace(self, chosen={})


def read_address(data: QueryDict, thesaurus: Thesaurus) -> Asked:
    """Understand an address. Never raises."""
    allowed: dict[str, Iterable[str]] = {"kind": set(Kind.values), "when": set(WHEN)}
    for facet in TOPIC_FACETS:
        allowed[facet.name] = {e.slug for e in thesaurus.entries.values() if e.group in facet.groups}
    chosen: dict[str, tuple[str, ...]] = {}
    ignored = 0
    for name in FILTERS:
        values = [value for value in dict.fromkeys(data.getlist(name)) if value.strip()]
        kept = tuple(value for value in values if value in allowed[name])[:MOST_VALUES]
        ignored += len(values) - len(kept)
        if kept:
            chosen[name] = kept
    number = data.get("page", "1")
    return Asked(
        question=read(data.get("q", "")),
        chosen=chosen,
        page=number if _NUMBER.fullmatch(number) else "1",
        ignored=ignored,
    )
