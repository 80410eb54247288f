"""Reading facets of many pages at once: one query for phases, kinds of setting and topics together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.db.models import F, QuerySet, Value

from mentoring.people.models import InterestGroup


@dataclass(frozen=True)
class Topic:
    """One row of the thesaurus, as far as pages show it."""

    slug: str
    label: str
    group: str

    def __str__(self) -> str:
        return self.label


@dataclass
class Facets:
    """What one page is about and for whom, each list by label."""

    phases: list[Topic] = field(default_factory=list)
    setting_kinds: list[Topic] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)

    @property
    def tags(self) -> list[Topic]:
        """For cards and page heads: phases, then topics."""
        return [*self.phases, *self.topics]

    def of(self, *groups: str) -> list[Topic]:
        """The topics of the given groups of the thesaurus."""
        return [topic for topic in self.topics if topic.group in groups]

    @property
    def art_forms(self) -> list[Topic]:
        return self.of(InterestGroup.ART_FORM)

    @property
    def subjects(self) -> list[Topic]:
        return self.of(InterestGroup.SUBJECT)

    @property
    def others(self) -> list[Topic]:
        """Topics that are neither an art form nor a subject."""
        return [topic for topic in self.topics if topic.group not in (InterestGroup.ART_FORM, InterestGroup.SUBJECT)]


FIELDS = ("phases", "setting_kinds", "topics")


def read_facets(model: type[models.Model], pks: Iterable[int] | QuerySet) -> dict[int, Facets]:
    """Facets by the page's id, for pages of one type with `FacetsMixin`. One query; absent ids have empty facets."""
    queries = []
    for name in FIELDS:
        relation = getattr(model, name).field
        through = relation.remote_field.through
        page_id = f"{relation.m2m_field_name()}_id"
        queries.append(
            through.objects.filter(**{f"{page_id}__in": pks})
            .order_by()
            .values_list(F(page_id), Value(name), F("interest__slug"), F("interest__label"), F("interest__group"))
        )
    found: dict[int, Facets] = defaultdict(Facets)
    for pk, name, slug, label, group in queries[0].union(*queries[1:], all=True):
        getattr(found[pk], name).append(Topic(slug=slug, label=label, group=group))
    for facets in found.values():
        for name in FIELDS:
            getattr(facets, name).sort(key=lambda topic: topic.label)
    return found
