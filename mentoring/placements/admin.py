"""Visits in the Wagtail admin: the list, and the calendar of schools and days."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from mentoring.trust import filters
from mentoring.trust.scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet

from .calendar_screen import CalendarView
from .models import Placement, PlacementState
from .move_screen import MoveScreen
from .screens import PlacementScreen


class PlacementFilters(WagtailFilterSet):
    cohort = django_filters.ModelChoiceFilter(queryset=filters.cohorts, field_name="enrolment__cohort")
    state = django_filters.ChoiceFilter(choices=PlacementState.choices)

    class Meta:
        model = Placement
        fields = ["cohort", "state"]


class PlacementIndexView(ScopedIndexView):
    page_title = "Visits"

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().prefetch_related("days", "approvals")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "visitor",
                label="Visitor",
                accessor="enrolment.profile.display_name",
                sort_key="enrolment__profile__display_name",
                get_url=lambda row: reverse("mentoring_placement:detail", args=[row.pk]),
            ),
            Column("host", label="Host", accessor="offer.organisation.name", sort_key="offer__organisation__name"),
            Column("days", label="Days", accessor=lambda row: "; ".join(str(day) for day in row.days.all())),
            Column("heads", label="Heads", accessor=lambda row: ", ".join(str(a) for a in row.approvals.all())),
            Column("state", label="State", accessor="get_state_display", sort_key="state", width="16%"),
        ]


class PlacementViewSet(ScopedModelViewSet):
    model = Placement
    icon = "calendar-alt"
    name = "mentoring_placement"
    url_prefix = "mentoring/visits"
    kept_views = LIST_ONLY
    menu_label = "Visits"
    index_view_class = PlacementIndexView
    filterset_class = PlacementFilters
    search_fields = ["enrolment__profile__display_name", "offer__organisation__name"]
    list_per_page = 50
    form_fields = ["offer"]
    list_export = [
        "enrolment.profile.display_name", "enrolment.profile.organisation.name", "offer.organisation.name",
        "offer.title", "get_state_display", "answer_by",
    ]  # fmt: skip
    export_headings = {
        "enrolment.profile.display_name": "Visitor",
        "enrolment.profile.organisation.name": "From",
        "offer.organisation.name": "Host",
        "offer.title": "Visit",
        "get_state_display": "State",
    }

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("calendar/", CalendarView.as_view(), name="calendar"),
            path("<int:pk>/", PlacementScreen.as_view(), name="detail"),
            path("<int:pk>/move/", MoveScreen.as_view(), name="move"),
        ]
