"""Reports in the Wagtail admin: the list of cohorts, the report of one, its evidence pack, its files."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from mentoring.errors import MentoringError
from mentoring.programmes.models import Cohort
from mentoring.trust import access
from mentoring.trust.exports import SafeExportMixin
from mentoring.trust.policies import reports_on_something, runs_something
from mentoring.trust.reach import is_admin
from mentoring.trust.scoping import HiddenMixin
from mentoring.trust.screens import Screen

from . import equality, evidence, exports, figures
from .charts import HIDDEN
from .facts import facts_of
from .readers import only_sums, reads_equality
from .visit_screens import CoverScreen, VisitsReport


def _number(name: str, unit: str = "") -> Any:
    def read(cohort: Any) -> str:
        value = getattr(cohort.headline, name)
        return HIDDEN if value is None else f"{value}{unit}"

    return read


#: (attribute of `Headline`, heading)
NUMBERS = (
    ("mentees", "Mentees"),
    ("matched", "Matched"),
    ("rate", "Match rate, per cent"),
    ("mentors", "Mentors"),
    ("live", "Live pairs"),
    ("at_risk", "At risk"),
    ("completed", "Completed"),
    ("ended", "Ended early"),
)


class CohortsReport(HiddenMixin, SafeExportMixin, ReportView):
    """All cohorts that somebody may sum up, a line each; as a file, too."""

    model = Cohort
    page_title = "Mentoring reports"
    header_icon = "clipboard-list"
    index_url_name = "mentoring_report:index"
    index_results_url_name = "mentoring_report:index_results"
    export_filename = "mentoring-cohorts"
    is_searchable = False
    list_export = ["programme.title", "name", "get_state_display", *(f"headline.{name}" for name, _ in NUMBERS)]
    export_headings = {
        "programme.title": "Programme",
        "name": "Cohort",
        "get_state_display": "State",
        **{f"headline.{name}": heading for name, heading in NUMBERS},
    }
    columns = [
        TitleColumn(
            "cohort",
            label="Cohort",
            accessor=str,
            get_url=lambda row: reverse("mentoring_report:cohort", args=[row.pk]),
        ),
        Column("state", label="State", accessor="get_state_display"),
        *(Column(name, label=heading, accessor=_number(name)) for name, heading in NUMBERS),
    ]

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = [HeaderButton("Visits", url=reverse("mentoring_report:visits"), icon_name="calendar-alt")]
        if is_admin(self.request.user) or runs_something(self.request.user):
            buttons.append(HeaderButton("Cover", url=reverse("mentoring_report:cover"), icon_name="calendar-check"))
        return buttons

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not reports_on_something(request.user):
            raise Http404("There is nothing here, or it is not yours to see.")
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        return access.cohorts_to_report(self.request.user)

    def decorate_paginated_queryset(self, object_list: Any) -> list[Any]:
        cohorts: list[Any] = list(object_list)
        facts = facts_of(self.request.user, cohorts)
        hidden = only_sums(self.request.user, [cohort.programme_id for cohort in cohorts])
        for cohort in cohorts:
            cohort.headline = figures.headline(facts[cohort.pk], hide=cohort.programme_id in hidden)
        return cohorts


class ReportScreen(Screen):
    """A page about one cohort for whoever may read its sums."""

    header_icon = "clipboard-list"
    object: Cohort

    def fetch(self, pk: int) -> Cohort:
        return access.cohort_for_reporting(self.request.user, pk)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_report:index"), "Reports")]

    def get_page_title(self) -> str:
        return str(self.object)

    @cached_property
    def hides(self) -> bool:
        return bool(only_sums(self.request.user, [self.object.programme_id]))

    @cached_property
    def facts(self) -> Any:
        return facts_of(self.request.user, [self.object])[self.object.pk]


class CohortReport(ReportScreen):
    template_name = "mentoring/reports/cohort.html"

    @property
    def header_buttons(self) -> list[Any]:
        pk = self.object.pk
        buttons = [
            HeaderButton("Evidence pack", url=reverse("mentoring_report:evidence", args=[pk]), icon_name="doc-full"),
        ]
        if reads_equality(self.request.user, self.object):
            equality_url = reverse("mentoring_report:equality", args=[pk])
            buttons.append(HeaderButton("Equality", url=equality_url, icon_name="group"))
        if not self.hides:
            files = reverse("mentoring_report:files", args=[pk])
            buttons.append(HeaderButton("Files", url=files, icon_name="download"))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sections = figures.sections(self.facts, hide=self.hides)
        return super().get_context_data(sections=sections, hides=self.hides, **kwargs)


class BelowReport(ReportScreen):
    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("mentoring_report:cohort", args=[self.object.pk]), str(self.object))]


class EvidenceScreen(BelowReport):
    """For an award: each standard, and what the programme can show for it. A page to print."""

    template_name = "mentoring/reports/evidence.html"

    def get_page_title(self) -> str:
        return "Evidence pack"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(standards=evidence.pack(self.facts, hide=self.hides), **kwargs)


class EqualityScreen(BelowReport):
    """Whether everybody has the same chance. For owners and reporters of the whole programme."""

    template_name = "mentoring/reports/equality.html"

    def fetch(self, pk: int) -> Cohort:
        cohort = super().fetch(pk)
        if not reads_equality(self.request.user, cohort):
            raise Http404("There is nothing here, or it is not yours to see.")
        return cohort

    def get_page_title(self) -> str:
        return "Equality"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tables = equality.tables(self.object) if self.object.state in equality.READABLE else []
        return super().get_context_data(tables=tables, **kwargs)


class FilesScreen(BelowReport):
    """Rows of one cohort as files, for those who see them on the screen anyway. Each download is in the audit trail."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/reports/files.html"

    def fetch(self, pk: int) -> Cohort:
        return access.cohort_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return "Files"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = [kind for kind in exports.KINDS.values() if kind.may(self.request.user, self.object)]
        return super().get_context_data(kinds=kinds, **kwargs)

    def act(self, request: HttpRequest) -> Any:
        kind = exports.KINDS.get(request.POST.get("kind", ""))
        if kind is None or not kind.may(request.user, self.object):
            raise MentoringError("Please choose one of the files.")
        return exports.respond(kind, cohort=self.object, actor=self.actor, file_format=request.POST.get("format", ""))


class ReportsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return reports_on_something(request.user)


class ReportViewSet(ViewSet):
    name = "mentoring_report"
    url_prefix = "mentoring/reports"
    icon = "clipboard-list"
    menu_label = "Reports"
    menu_item_class = ReportsMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", CohortsReport.as_view(), name="index"),
            path("results/", CohortsReport.as_view(results_only=True), name="index_results"),
            path("visits/", VisitsReport.as_view(), name="visits"),
            path("cover/", CoverScreen.as_view(), name="cover"),
            path("<int:pk>/", CohortReport.as_view(), name="cohort"),
            path("<int:pk>/evidence/", EvidenceScreen.as_view(), name="evidence"),
            path("<int:pk>/equality/", EqualityScreen.as_view(), name="equality"),
            path("<int:pk>/files/", FilesScreen.as_view(), name="files"),
        ]
