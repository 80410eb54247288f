"""What lists show of a page: plain values, so that a list costs the same number of queries at any length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from mentoring.people.models import InterestGroup

from .facets_read import Topic
from .session import SessionDate, SessionFormat, SessionPage


@dataclass
class Card:
    """A page in a list."""

    title: str
    url: str
    summary: str = ""
    kind: str = ""
    tags: list[Topic] = field(default_factory=list)
    image: Any = None
    meta: list[str] = field(default_factory=list)


@dataclass
class Occasion:
    """One date of a session in a list."""

    start: datetime
    end: datetime
    title: str
    url: str
    kind: str
    format: str
    where: str
    cost: str
    cancelled: bool = False
    offered_by: str = ""
    summary: str = ""
    notes: str = ""
    audience: str = ""
    tags: list[Topic] = field(default_factory=list)

    @property
    def is_online(self) -> bool:
        return self.format == SessionFormat.ONLINE

    @property
    def host(self) -> str:
        """The line above the title: what it is, and who offers it where that is not plain from the page."""
        return f"{self.kind} · {self.offered_by}" if self.offered_by else self.kind


def occasion(row: SessionDate, *, offered_by: str = "", tags: list[Topic] | None = None, notes: str = "") -> Occasion:
    """From a date whose page was fetched with it."""
    page: SessionPage = row.page
    return Occasion(
        start=timezone.localtime(row.start),
        end=timezone.localtime(row.end),
        title=page.title,
        url=page.url or "",
        kind=page.get_kind_display(),
        format=page.format,
        where=page.place_name if page.at_a_place and page.place_name else page.get_format_display(),
        cost=f"{page.cost_line}, free for some"
        if page.cost and getattr(row, "free_for_some", False)
        else page.cost_line,
        cancelled=row.cancelled,
        offered_by=offered_by,
        summary=page.summary,
        audience=" · ".join(topic.label for topic in tags or [] if topic.group == InterestGroup.PHASE),
        tags=tags or [],
        notes=notes,
    )


def parent_titles(pages: Iterable[Page]) -> dict[str, str]:
    """Title of the page above by the path of the page above: one query."""
    paths = {page.path[: -Page.steplen] for page in pages}
    return dict(Page.objects.filter(path__in=paths).values_list("path", "title")) if paths else {}


def with_parents(rows: Iterable[SessionDate]) -> list[Occasion]:
    """Dates as occasions that say who offers them: one query for all."""
    rows = list(rows)
    titles = parent_titles(row.page for row in rows)
    return [occasion(row, offered_by=titles.get(row.page.path[: -Page.steplen], "")) for row in rows]
