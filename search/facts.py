"""What a list of results needs to know about its pages, in as many queries as there are questions, not pages.

Pages of all types are read together: one query over every type's table, each part asked only for its own pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToManyField, QuerySet
from wagtail.models import Page

from mentoring.people.models import Interest
from networks.pages.session import SessionDate

ByType = dict[int, list[int]]  # content type number -> page numbers
Rows = Callable[[type[Page], list[int]], Iterable[QuerySet]]  # pairs of page number and value, of one page type


@dataclass(frozen=True)
class Dates:
    """When a session is: `next` (or, once over, `last`) and how many dates are to come."""

    next: datetime | None
    last: datetime | None
    ahead: int = 0

    @property
    def over(self) -> bool:
        return self.next is None

    @property
    def shown(self) -> datetime | None:
        return self.next or self.last


def by_type(pages: Iterable[Page]) -> ByType:
    found: ByType = defaultdict(list)
    for page in pages:
        found[page.content_type_id].append(page.pk)
    return found


def _topic_fields(model: type[Page]) -> list[ManyToManyField]:
    """A page type's fields that hold rows of the thesaurus."""
    return [field for field in model._meta.many_to_many if field.related_model is Interest]


def topics_of(pages: ByType) -> dict[int, frozenset[int]]:
    """Page number -> numbers of its topics, over all fields. One query."""

    def rows(model: type[Page], numbers: list[int]) -> Iterable[QuerySet]:
        for field in _topic_fields(model):
            page, topic = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
            through: Any = field.remote_field.through
            yield through._default_manager.filter(**{f"{page}__in": numbers}).order_by().values_list(page, topic)

    found: dict[int, set[int]] = defaultdict(set)
    for page, topic in _over_all_types(pages, rows):
        found[page].add(topic)
    return {page: frozenset(topics) for page, topics in found.items()}


def summaries_of(pages: ByType) -> dict[int, str]:
    """Page number -> its summary, for the types that have one. One query."""

    def rows(model: type[Page], numbers: list[int]) -> Iterable[QuerySet]:
        if any(field.name == "summary" for field in model._meta.local_fields):
            yield model._default_manager.filter(pk__in=numbers).order_by().values_list("pk", "summary")

    return dict(_over_all_types(pages, rows))


def dates_of(sessions: Iterable[int], *, now: datetime) -> dict[int, Dates]:
    """Session number -> its dates, cancelled ones left out. One query; none without sessions."""
    numbers = list(sessions)
    if not numbers:
        return {}
    rows: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    taking_place = SessionDate.objects.filter(page__in=numbers, cancelled=False).order_by("start")
    for page, start, end in taking_place.values_list("page_id", "start", "end"):
        rows[page].append((start, end))
    found: dict[int, Dates] = {}
    for page, spans in rows.items():
        ahead = [start for start, end in spans if end >= now]
        held = [start for start, end in spans if end < now]
        found[page] = Dates(next=ahead[0] if ahead else None, last=held[-1] if held else None, ahead=len(ahead))
    return found


def texts_of(pages: ByType) -> dict[int, str]:
    """Page number -> its indexed text, as plain words. One query.

    The text is taken from the search index of the database, which is kept whatever backend answers.
    """
    entry = apps.get_model("wagtailsearch", "IndexEntry")
    # PostgreSQL keeps vectors in `body` and the words beside it; SQLite keeps the words in `body`.
    column = "body_text" if any(field.name == "body_text" for field in entry._meta.get_fields()) else "body"
    numbers = [str(number) for group in pages.values() for number in group]
    if not numbers:
        return {}
    rows = entry._default_manager.filter(content_type_id__in=list(pages), object_id__in=numbers)
    return {int(number): text or "" for number, text in rows.values_list("object_id", column)}


def _over_all_types(pages: ByType, rows: Rows) -> list[tuple[Any, Any]]:
    """The rows of all types in one query (`UNION ALL`), none where no type has any."""
    parts = [
        part
        for content_type_id, numbers in pages.items()
        if (model := _model(content_type_id)) is not None
        for part in rows(model, numbers)
    ]
    if not parts:
        return []
    first, *others = parts
    return list(first.union(*others, all=True)) if others else list(first)


def _model(content_type_id: int) -> type[Page] | None:
    return ContentType.objects.get_for_id(content_type_id).model_class()


def content_type_of(model: type[Page]) -> ContentType:
    return ContentType.objects.get_for_model(model, for_concrete_model=False)
