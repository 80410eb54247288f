"""Relationships in the Wagtail admin: the list; the screens behind it are `pair_screen` and `bulk`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from mentoring.people.models import Organisation
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship, RelationshipState, Turn
from mentoring.trust import access, filters
from mentoring.trust.scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet

from .bulk import BulkPairScreen
from .pair_screen import PairScreen

LIVE = "live"


def _schools(request: HttpRequest | None) -> QuerySet[Organisation]:
    return filters.organisations_in(access.relationships_for(request.user)) if request else Organisation.objects.none()


class PairFilters(WagtailFilterSet):
    cohort = django_filters.ModelChoiceFilter(queryset=filters.cohorts)
    state = django_filters.ChoiceFilter(choices=[(LIVE, "Not over"), *RelationshipState.choices], method="in_state")
    turn = django_filters.ChoiceFilter(label="Whose turn", choices=Turn.choices)
    school = django_filters.ModelChoiceFilter(label="Organisation", queryset=_schools, method=filters.at_organisation)

    class Meta:
        model = Relationship
        fields = ["cohort", "state", "turn", "school"]

    def in_state(self, queryset: QuerySet[Relationship], name: str, value: str) -> QuerySet[Relationship]:
        return queryset.filter(state__in=RELATIONSHIP_LIVE if value == LIVE else [value])


class PickPairColumn(Column):
    """A checkbox that carries the pair's id and the version it was shown at; only while the pair is not over."""

    cell_template_name = "mentoring/admin/pick_relationship_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, "is_live": instance.state in RELATIONSHIP_LIVE}


class PairIndexView(ScopedIndexView):
    page_title = "Relationships"
    template_name = "mentoring/admin/relationships.html"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            PickPairColumn("pick", label="Pick", width="4%"),
            TitleColumn(
                "pair",
                label="Mentee and mentor",
                accessor=str,
                sort_key="mentee__profile__display_name",
                get_url=lambda row: reverse("mentoring_relationship:pair", args=[row.pk]),
            ),
            Column("cohort", label="Cohort"),
            Column("state", label="State", accessor="get_state_display", sort_key="state"),
            Column("turn", label="Whose turn", accessor="get_turn_display", sort_key="turn"),
            Column("turn_due", label="Until", sort_key="turn_due"),
            Column("expected_end", label="Ends", accessor=_end_of, sort_key="expected_end"),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["live_rows"] = sum(1 for row in context["object_list"] if row.state in RELATIONSHIP_LIVE)
        context["tomorrow"] = timezone.localdate() + dt.timedelta(days=1)
        return context


def _end_of(row: Relationship) -> Any:
    return row.ended_at.date() if row.ended_at else row.expected_end


class PairViewSet(ScopedModelViewSet):
    model = Relationship
    icon = "group"
    name = "mentoring_relationship"
    url_prefix = "mentoring/relationships"
    kept_views = LIST_ONLY
    menu_label = "Relationships"
    index_view_class = PairIndexView
    filterset_class = PairFilters
    search_fields = ["mentee__profile__display_name", "mentor__profile__display_name"]
    search_backend_name = None
    list_per_page = 50
    default_ordering = "turn_due"
    list_export = [
        "mentee.profile.display_name",
        "mentee.profile.organisation.name",
        "mentor.profile.display_name",
        "mentor.profile.organisation.name",
        "cohort",
        "get_state_display",
        "get_turn_display",
        "turn_due",
        "began_on",
        "expected_end",
        "ended_at",
    ]
    export_headings = {
        "mentee.profile.display_name": "Mentee",
        "mentee.profile.organisation.name": "Mentee’s organisation",
        "mentor.profile.display_name": "Mentor",
        "mentor.profile.organisation.name": "Mentor’s organisation",
        "get_state_display": "State",
        "get_turn_display": "Whose turn",
        "turn_due": "Until",
    }
    form_fields: list[str] = []

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", PairScreen.as_view(), name="pair"),
            path("bulk/", BulkPairScreen.as_view(), name="bulk"),
        ]
