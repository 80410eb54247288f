"""Runs and proposals in the Wagtail admin: lists with filters; the screens behind them are in `screens.py`."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from mentoring.people.models import Organisation
from mentoring.trust import access, filters
from mentoring.trust.scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet
from mentoring.trust.tables import LabelledColumn

from . import workbench
from .models import MatchRun, Proposal, ProposalState
from .screens import BulkScreen, PairScreen, RunScreen, run_pack

#: Label → lowest score (inclusive) and highest (exclusive).
BANDS = {"80": (80, 101), "60": (60, 80), "40": (40, 60), "0": (0, 40)}
BAND_LABELS = [("80", "80 and above"), ("60", "60 to 79"), ("40", "40 to 59"), ("0", "Below 40")]

#: Label → least share of the weights that is known (inclusive) and most (exclusive).
EVIDENCE = {"much": (0.75, 1.01), "half": (0.5, 0.75), "little": (0, 0.5)}
EVIDENCE_LABELS = [("much", "Three quarters or more"), ("half", "Half or more"), ("little", "Less than half")]


def _schools(request: HttpRequest | None) -> QuerySet[Organisation]:
    return filters.organisations_in(access.proposals_for(request.user)) if request else Organisation.objects.none()


class ProposalFilters(WagtailFilterSet):
    cohort = django_filters.ModelChoiceFilter(queryset=filters.cohorts)
    state = django_filters.ChoiceFilter(choices=ProposalState.choices)
    band = django_filters.ChoiceFilter(label="Score", choices=BAND_LABELS, method="in_band")
    school = django_filters.ModelChoiceFilter(label="Organisation", queryset=_schools, method=filters.at_organisation)
    evidence = django_filters.ChoiceFilter(label="What is known", choices=EVIDENCE_LABELS, method="with_evidence")
    has_caution = django_filters.BooleanFilter(label="With a caution")
    run = django_filters.NumberFilter(label="Run number")

    class Meta:
        model = Proposal
        fields = ["cohort", "state", "band", "evidence", "school", "has_caution", "run"]

    def in_band(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        low, high = BANDS[value]
        return queryset.filter(score__gte=low, score__lt=high)

    def with_evidence(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        low, high = EVIDENCE[value]
        return queryset.filter(evidence__gte=low, evidence__lt=high)


class PickColumn(Column):
    """A checkbox that carries the pair's id and the version it was shown at; only where a decision is open."""

    cell_template_name = "mentoring/admin/pick_cell.html"


class ReasonColumn(Column):
    cell_template_name = "mentoring/admin/reason_cell.html"


class ProposalIndexView(ScopedIndexView):
    template_name = "mentoring/admin/proposals.html"
    page_title = "Proposals"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            PickColumn("pick", label="Pick", width="4%"),
            TitleColumn(
                "mentee",
                label="Mentee",
                accessor="mentee.profile.display_name",
                sort_key="mentee__profile__display_name",
                get_url=lambda row: reverse("mentoring_proposal:pair", args=[row.pk]),
            ),
            LabelledColumn(
                "mentor",
                label="Mentor",
                accessor="mentor.profile.display_name",
                sort_key="mentor__profile__display_name",
            ),
            LabelledColumn(
                "score", label="Score", accessor=lambda row: f"{row.score:.0f}", sort_key="score", width="8%"
            ),
            ReasonColumn("reason", label="Strongest reason"),
            Column("state", label="State", accessor="get_state_display", sort_key="state", width="14%"),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        rows = context["object_list"]
        context["open_rows"] = sum(1 for row in rows if row.state == ProposalState.DRAFT)
        context["approved_rows"] = sum(1 for row in rows if row.state == ProposalState.APPROVED)
        return context


class ProposalViewSet(ScopedModelViewSet):
    model = Proposal
    icon = "group"
    name = "mentoring_proposal"
    url_prefix = "mentoring/proposals"
    kept_views = LIST_ONLY
    menu_label = "Proposals"
    index_view_class = ProposalIndexView
    filterset_class = ProposalFilters
    search_fields = ["mentee__profile__display_name", "mentor__profile__display_name"]
    list_per_page = 50
    default_ordering = "-score"
    list_export = [
        "mentee.profile.display_name",
        "mentee.profile.organisation.name",
        "mentor.profile.display_name",
        "mentor.profile.organisation.name",
        "score",
        "evidence",
        "get_state_display",
        "note",
        "cohort",
    ]
    export_headings = {
        "mentee.profile.display_name": "Mentee",
        "mentee.profile.organisation.name": "Mentee’s organisation",
        "mentor.profile.display_name": "Mentor",
        "mentor.profile.organisation.name": "Mentor’s organisation",
        "get_state_display": "State",
    }
    form_fields: list[str] = []

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", PairScreen.as_view(), name="pair"),
            path("bulk/", BulkScreen.as_view(), name="bulk"),
        ]


class RunIndexView(ScopedIndexView):
    page_title = "Runs of the matching"

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().defer("inputs", "unmatched", "stats")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "created_at",
                label="Started",
                accessor=lambda row: row.created_at.strftime("%Y-%m-%d %H:%M"),
                sort_key="created_at",
                get_url=lambda row: reverse("mentoring_run:detail", args=[row.pk]),
            ),
            Column("cohort", label="Cohort"),
            Column("state", label="State", accessor="get_state_display", sort_key="state"),
            Column("message", label="Outcome"),
        ]


class RunViewSet(ScopedModelViewSet):
    model = MatchRun
    icon = "cogs"
    name = "mentoring_run"
    url_prefix = "mentoring/runs"
    kept_views = LIST_ONLY
    menu_label = "Runs"
    index_view_class = RunIndexView
    form_fields: list[str] = []
    list_filter = ["state"]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", RunScreen.as_view(), name="detail"),
            path("<int:pk>/pack/", run_pack, name="pack"),
            path("<int:pk>/why-not/", workbench.WhyNotScreen.as_view(), name="why_not"),
            path("<int:pk>/override/", workbench.OverrideScreen.as_view(), name="override"),
            path("<int:pk>/what-if/", workbench.WhatIfScreen.as_view(), name="what_if"),
            path("<int:pk>/left-over/", workbench.LeftOverScreen.as_view(), name="left_over"),
            path("<int:pk>/fairness/", workbench.FairnessScreen.as_view(), name="fairness"),
            path("<int:pk>/compare/", workbench.CompareScreen.as_view(), name="compare"),
        ]
