"""Beside a page in its editing form: who is on their way to it. Numbers only; editors see no participants."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.panels import Panel

from mentoring.programmes.models import Cohort, CohortState
from mentoring.programmes.stage_models import Stage
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship

from .intakes import SHOWN
from .pages_in_use import uses_of


@dataclass(frozen=True)
class Arrival:
    """When the live pairs of a stage's programme reach it."""

    stage: str
    programme: str
    ahead: int
    first: dt.date | None
    last: dt.date | None
    there: int
    waiting: int

    @property
    def sentence(self) -> str:
        """“7 pairs reach this stage between 3 and 21 March 2027.”"""
        parts = []
        if self.ahead and self.first and self.last:
            verb = "1 pair reaches" if self.ahead == 1 else f"{self.ahead} pairs reach"
            parts.append(f"{verb} this stage {span(self.first, self.last)}.")
        if self.there:
            parts.append("1 pair has reached it." if self.there == 1 else f"{self.there} pairs have reached it.")
        if self.waiting:
            have = "1 pair has" if self.waiting == 1 else f"{self.waiting} pairs have"
            parts.append(f"{have} yet to sign their agreement; their weeks count from then.")
        return " ".join(parts) or "No pair is on its way to it."


def span(first: dt.date, last: dt.date) -> str:
    """“on 3 March 2027”, “between 3 and 21 March 2027”, “between 28 March and 4 April 2027”."""
    if first == last:
        return f"on {date_format(last, 'j F Y')}"
    begin = (
        "j" if (first.year, first.month) == (last.year, last.month) else "j F" if first.year == last.year else "j F Y"
    )
    return f"between {date_format(first, begin)} and {date_format(last, 'j F Y')}"


def arrivals(page_id: int) -> list[Arrival]:
    """One per stage that shows this page, or whose programme this page tells about. Two queries."""
    stages = list(
        Stage.objects.filter(page_id=page_id).select_related("programme").order_by("programme__title", "position")
    )
    if not stages:
        return []
    began: dict[int, list[dt.date | None]] = {}
    pairs = Relationship.objects.filter(
        cohort__programme__in={stage.programme_id for stage in stages}, state__in=sorted(RELATIONSHIP_LIVE)
    )
    for programme, day in pairs.values_list("cohort__programme", "began_on").order_by():
        began.setdefault(programme, []).append(day)
    return [_arrival(stage, began.get(stage.programme_id, [])) for stage in stages]


def _arrival(stage: Stage, began: list[dt.date | None]) -> Arrival:
    today = timezone.localdate()
    days = sorted(day + dt.timedelta(weeks=stage.opens_week) for day in began if day is not None)
    ahead = [day for day in days if day >= today]
    return Arrival(
        stage=stage.title,
        programme=stage.programme.title,
        ahead=len(ahead),
        first=ahead[0] if ahead else None,
        last=ahead[-1] if ahead else None,
        there=len(days) - len(ahead),
        waiting=began.count(None),
    )


def cohorts_told_about(page_id: int) -> list[Cohort]:
    """Live cohorts of programmes whose pathway page this is. One query."""
    found = Cohort.objects.filter(programme__pathway_page=page_id, state__in=sorted({*SHOWN, CohortState.DRAFT}))
    return list(found.select_related("programme").order_by("start", "pk"))


class MentoringPanel(Panel):
    """Put it into a page's panels; it shows nothing where no programme names the page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"heading": "Mentoring", "icon": "group", **kwargs})

    class BoundPanel(Panel.BoundPanel):
        template_name = "mentoring/editors/panel.html"

        def is_shown(self) -> bool:
            return bool(super().is_shown() and self.instance.pk and (self.arrivals or self.cohorts))

        @property
        def arrivals(self) -> list[Arrival]:
            if not hasattr(self, "_arrivals"):
                self._arrivals = arrivals(self.instance.pk)
            return self._arrivals

        @property
        def cohorts(self) -> list[Cohort]:
            if not hasattr(self, "_cohorts"):
                self._cohorts = cohorts_told_about(self.instance.pk)
            return self._cohorts

        @property
        def expires(self) -> bool:
            """Whether the page will take itself off the site while cohorts lean on it."""
            return bool(self.instance.expire_at and uses_of([self.instance], whole_tree=False))
