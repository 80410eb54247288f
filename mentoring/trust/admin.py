"""The audit trail in the Wagtail admin, for owners of a programme: read and search, nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import Column

from .models import AuditEvent
from .scoping import ScopedIndexView, ScopedModelViewSet


def _who(row: AuditEvent) -> str:
    if row.actor_id is None:
        return "the clock"
    return str(row.actor or "somebody who has left")


class AuditIndexView(ScopedIndexView):
    page_title = "Audit trail"

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().select_related("actor", "programme")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("at", label="When", sort_key="at"),
            Column(
                "actor", label="Who", accessor=lambda row: row.actor or ("somebody gone" if row.actor_id else "clock")
            ),
            Column("action", label="What", sort_key="action"),
            Column("object_label", label="To what"),
            Column("programme", label="Programme"),
            Column("reason", label="Why"),
        ]


class AuditViewSet(ScopedModelViewSet):
    model = AuditEvent
    icon = "history"
    name = "mentoring_audit"
    url_prefix = "mentoring/audit"
    menu_label = "Audit trail"
    index_view_class = AuditIndexView
    list_filter = ["action"]
    search_fields = ["action", "object_label", "reason"]
    list_per_page = 50
    list_export = ["at", "actor_id", "action", "object_type", "object_id", "object_label", "before", "after", "reason"]
    form_fields: list[str] = []

    def get_urlpatterns(self) -> list[URLPattern]:
        return [p for p in super().get_urlpatterns() if p.name in ("index", "index_results")]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        none = dict.fromkeys(["add_url_name", "edit_url_name", "delete_url_name", "usage_url_name", "history_url_name"])
        return super().get_common_view_kwargs(**{**none, **kwargs})

    def register_admin_url_finder(self) -> None:
        """None: the trail is only read."""
