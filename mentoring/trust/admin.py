"""The audit trail in the Wagtail admin, for owners of a programme: read and search, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column

from mentoring.programmes.models import GrantRole, Programme

from . import access
from .models import AuditEvent
from .scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet


def _who(row: AuditEvent) -> str:
    if row.actor_id is None:
        return "the clock"
    return str(row.actor or "somebody who has left")


def _events(request: HttpRequest | None) -> QuerySet[AuditEvent]:
    return access.events_for(request.user) if request else AuditEvent.objects.none()


def _actors(request: HttpRequest | None) -> QuerySet[Any]:
    """Whoever did something that this owner may read; nobody else is offered."""
    return get_user_model()._default_manager.filter(pk__in=_events(request).order_by().values("actor_id"))


def _programmes(request: HttpRequest | None) -> QuerySet[Programme]:
    return access.programmes_for(request.user, role=GrantRole.OWNER) if request else Programme.objects.none()


def _distinct(field: str) -> Callable[[], list[tuple[str, str]]]:
    """Choices from what stands in the trail. Kinds of acts and objects are no secret; rows are scoped."""

    def choices() -> list[tuple[str, str]]:
        values = AuditEvent.objects.order_by(field).values_list(field, flat=True).distinct()
        return [(value, _in_words(value)) for value in values]

    return choices


def _in_words(value: str) -> str:
    """“mentoring.proposal.approved” → “Proposal: approved”; “mentoring.matchrun” → “Matchrun”."""
    parts = value.removeprefix("mentoring.").replace("_", " ").split(".")
    return ": ".join([parts[0].capitalize(), *parts[1:]])


class AuditFilters(WagtailFilterSet):
    action = django_filters.MultipleChoiceFilter(
        label="What", choices=_distinct("action"), widget=CheckboxSelectMultiple
    )
    object_type = django_filters.ChoiceFilter(label="To what kind of thing", choices=_distinct("object_type"))
    actor = django_filters.ModelChoiceFilter(label="Who", queryset=_actors, method="by")
    at = django_filters.DateFromToRangeFilter(label="When", widget=DateRangePickerWidget)
    programme = django_filters.ModelChoiceFilter(queryset=_programmes)

    class Meta:
        model = AuditEvent
        fields = ["action", "object_type", "actor", "at", "programme"]

    def by(self, queryset: QuerySet[AuditEvent], name: str, value: Any) -> QuerySet[AuditEvent]:
        return queryset.filter(actor_id=value.pk)


class AuditIndexView(ScopedIndexView):
    page_title = "Audit trail"

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().select_related("actor", "programme")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("at", label="When", sort_key="at"),
            Column("actor", label="Who", accessor=_who),
            Column("action", label="What", accessor=lambda row: _in_words(row.action), sort_key="action"),
            Column("object_label", label="To what"),
            Column("programme", label="Programme"),
            Column("reason", label="Why"),
        ]


class AuditViewSet(ScopedModelViewSet):
    model = AuditEvent
    icon = "history"
    name = "mentoring_audit"
    url_prefix = "mentoring/audit"
    kept_views = LIST_ONLY
    menu_label = "Audit trail"
    index_view_class = AuditIndexView
    filterset_class = AuditFilters
    search_fields = ["action", "object_label", "reason"]
    search_backend_name = None
    list_per_page = 50
    list_export = ["at", "actor_id", "action", "object_type", "object_id", "object_label", "before", "after", "reason"]
    form_fields: list[str] = []
