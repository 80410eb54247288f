"""Runs and proposals in the Wagtail admin: lists with filters; the screens behind them are in `screens.py`."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from mentoring.people.models import Organisation
from mentoring.programmes.models import Cohort
from mentoring.trust import access
from mentoring.trust.scoping import ScopedIndexView, ScopedModelViewSet

from .models import MatchRun, Proposal, ProposalState
from .screens import BulkScreen, PairScreen, RunScreen, run_pack

#: Label → lowest score (inclusive) and highest (exclusive).
BANDS = {"80": (80, 101), "60": (60, 80), "40": (40, 60), "0": (0, 40)}
BAND_LABELS = [("80", "80 and above"), ("60", "60 to 79"), ("40", "40 to 59"), ("0", "Below 40")]


def _cohorts(request: HttpRequest | None) -> QuerySet[Cohort]:
    return access.cohorts_for(request.user) if request else Cohort.objects.none()


def _schools(request: HttpRequest | None) -> QuerySet[Organisation]:
    if request is None:
        return Organisation.objects.none()
    rows = access.proposals_for(request.user)
    return Organisation.objects.filter(
        Q(pk__in=rows.values("mentee__profile__organisation")) | Q(pk__in=rows.values("mentor__profile__organisation"))
    )


class ProposalFilters(WagtailFilterSet):
    cohort = django_filters.ModelChoiceFilter(queryset=_cohorts)
    state = django_filters.ChoiceFilter(choices=ProposalState.choices)
    band = django_filters.ChoiceFilter(label="Score", choices=BAND_LABELS, method="in_band")
    school = django_filters.ModelChoiceFilter(label="Organisation", queryset=_schools, method="at_school")
    has_caution = django_filters.BooleanFilter(label="With a caution")
    run = django_filters.NumberFilter(label="Run number")

    class Meta:
        model = Proposal
        fields = ["cohort", "state", "band", "school", "has_caution", "run"]

    def in_band(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        low, high = BANDS[value]
        return queryset.filter(score__gte=low, score__lt=high)

    def at_school(self, queryset: QuerySet[Proposal], name: str, value: Organisation) -> QuerySet[Proposal]:
        return queryset.filter(Q(mentee__profile__organisation=value) | Q(mentor__profile__organisation=value))


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
            Column(
                "mentor",
                label="Mentor",
                accessor="mentor.profile.display_name",
                sort_key="mentor__profile__display_name",
            ),
            Column("score", label="Score", accessor=lambda row: f"{row.score:.0f}", sort_key="score", width="8%"),
            ReasonColumn("reason", label="Strongest reason"),
            Column("state", label="State", accessor="get_state_display", sort_key="state", width="14%"),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        rows = context["object_list"]
        context["open_rows"] = sum(1 for row in rows if row.state == ProposalState.DRAFT)
        return context


class ProposalViewSet(ScopedModelViewSet):
    model = Proposal
    icon = "group"
    name = "mentoring_proposal"
    url_prefix = "mentoring/proposals"
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
        kept = [p for p in super().get_urlpatterns() if p.name in ("index", "index_results")]
        return [
            *kept,
            path("<int:pk>/", PairScreen.as_view(), name="pair"),
            path("bulk/", BulkScreen.as_view(), name="bulk"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{**_NO_CRUD, **kwargs})

    def register_admin_url_finder(self) -> None:
        """None: a proposal is decided about, not edited."""


_NO_CRUD: dict[str, Any] = {
    "add_url_name": None,
    "edit_url_name": None,
    "delete_url_name": None,
    "usage_url_name": None,
    "history_url_name": None,
}


class RunIndexView(ScopedIndexView):
    page_title = "Runs of the matching"

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
    menu_label = "Runs"
    index_view_class = RunIndexView
    form_fields: list[str] = []
    list_filter = ["state"]

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [p for p in super().get_urlpatterns() if p.name in ("index", "index_results")]
        return [
            *kept,
            path("<int:pk>/", RunScreen.as_view(), name="detail"),
            path("<int:pk>/pack/", run_pack, name="pack"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{**_NO_CRUD, **kwargs})

    def register_admin_url_finder(self) -> None:
        """None: a run is looked at, not edited."""
