"""Screens about visits: the report for whoever reads sums, the cover ledger for coordinators.

A programme and a school year are chosen in the address.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.people.school_year import year_label, year_of
from mentoring.programmes.models import RUNNING, Programme
from mentoring.trust import access, audit
from mentoring.trust.reach import REPORTING
from mentoring.trust.screens import Screen, number

from . import cover, visit_figures
from .exports import send
from .figures import Section
from .readers import only_sums
from .visit_facts import HOME, hosts_of, members_by_school, visits_of


class VisitsScreen(Screen):
    """A page about the visits of every programme somebody may read, or of one, in one school year."""

    http_method_names = ["get", "head", "options", "post"]
    header_icon = "clipboard-list"
    file_key = ""

    def programmes_to_read(self) -> QuerySet[Programme]:
        raise NotImplementedError

    @cached_property
    def object(self) -> Any:
        """The programme that was chosen; None: all."""
        if not self.programmes:
            raise Http404("There is nothing here, or it is not yours to see.")
        return self.programmes.get(number(self.request.GET.get("programme")))

    @cached_property
    def programmes(self) -> dict[int, Programme]:
        return {row.pk: row for row in self.programmes_to_read().order_by("title")}

    @property
    def chosen(self) -> list[int]:
        return [self.object.pk] if self.object else list(self.programmes)

    @cached_property
    def years(self) -> list[int]:
        now = year_of(timezone.localdate())
        return [now + 1, now, now - 1, now - 2]

    @cached_property
    def year(self) -> int:
        given = number(self.request.GET.get("year"))
        return given if given in self.years else self.years[1]

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_report:index"), "Reports")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            programmes=self.programmes.values(),
            years=[(year, year_label(year)) for year in self.years],
            year=self.year,
            year_label=year_label(self.year),
            **kwargs,
        )

    def file_rows(self) -> tuple[str, tuple[str, ...], Any]:
        """(title, headings, rows)."""
        raise NotImplementedError

    def act(self, request: HttpRequest) -> Any:
        """The file of what the page shows. That it was taken stands in the trail of each programme in it."""
        file_format = request.POST.get("format", "")
        if file_format not in ("csv", "xlsx"):
            raise MentoringError("Files come as CSV or XLSX: please choose one.")
        title, headings, rows = self.file_rows()
        for pk in self.chosen:
            programme = self.programmes[pk]
            audit.record(
                action="mentoring.export.taken",
                obj=programme,
                actor=self.actor,
                programme=programme,
                after={"file": self.file_key, "format": file_format, "year": self.year},
            )
        return send(f"{self.file_key}-{self.year}", title, headings, rows, file_format)


class CoverScreen(VisitsScreen):
    """Cover by school and half-term, and who releases more than their share. Visitors' schools inside the grant."""

    template_name = "mentoring/reports/cover.html"
    page_title = "Cover"
    file_key = "cover"

    def programmes_to_read(self) -> QuerySet[Programme]:
        return access.programmes_for(self.request.user)

    @cached_property
    def visits(self) -> list[Any]:
        return visits_of(
            self.request.user, roles=RUNNING, year=self.year, programmes=self.chosen, sides=(HOME,), own=False
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = members_by_school(self.request.user, roles=RUNNING, year=self.year, programmes=self.chosen)
        shares = cover.spread(self.visits, members)
        schools = cover.ledger(self.visits)
        return super().get_context_data(
            schools=schools,
            total=cover.total_of(school.total for school in schools),
            shares=shares,
            chart=cover.spread_chart(shares),
            **kwargs,
        )

    def file_rows(self) -> tuple[str, tuple[str, ...], Any]:
        return "Cover", cover.HEADINGS, cover.rows(cover.ledger(self.visits))


class VisitsReport(VisitsScreen):
    """Visits of a school year in sums: programmes, schools, hosts, cover, time, reasons. Small numbers as elsewhere."""

    template_name = "mentoring/reports/visits.html"
    page_title = "Visits"
    file_key = "visits"

    def programmes_to_read(self) -> QuerySet[Programme]:
        return access.reports_for(self.request.user)

    @cached_property
    def object(self) -> Any:
        """Where small numbers are hidden, one programme at a time: what all have less what one has would tell them."""
        programme = super().object
        return next(iter(self.programmes.values())) if programme is None and self.hides else programme

    @cached_property
    def hides(self) -> bool:
        """One programme of which only sums are read is enough."""
        return bool(only_sums(self.request.user, self.programmes))

    @cached_property
    def sections(self) -> list[Section]:
        user, chosen = self.request.user, self.chosen
        visits = visits_of(user, roles=REPORTING, year=self.year, programmes=chosen)
        return visit_figures.sections(visits, hosts_of(user, roles=REPORTING, programmes=chosen), hide=self.hides)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sections=self.sections, hides=self.hides, **kwargs)

    def file_rows(self) -> tuple[str, tuple[str, ...], Any]:
        return "Visits", visit_figures.HEADINGS, visit_figures.rows(self.sections)
