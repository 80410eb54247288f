"""The editors' report."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, reverse
from wagtail.admin.auth import permission_denied
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies.pages import PagePermissionPolicy

from .models import MissedSearch


def may_read(user: Any) -> bool:
    """Whoever may write, edit or publish some page can do something about what is missing."""
    return PagePermissionPolicy().user_has_any_permission(user, {"add", "change", "publish"})


class MissedSearchesView(ReportView):
    """Wordings that found nothing, the most frequent first."""

    model = MissedSearch
    page_title = "Searches without results"
    header_icon = "search"
    template_name = "search/missed/report.html"
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    index_url_name = "missed_searches"
    index_results_url_name = "missed_searches_results"
    is_searchable = True
    search_fields = ["term"]
    default_ordering = "-total"
    paginate_by = 50
    columns = [
        Column("term", label="Searched for", sort_key="term"),
        NumberColumn("total", label="Searches", sort_key="total"),
        DateColumn("last", label="Last on", sort_key="last"),
    ]
    list_export = ["term", "total", "last"]
    export_headings = {"term": "Searched for", "total": "Searches", "last": "Last on"}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read(request.user):
            return permission_denied(request)
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet:
        return MissedSearch.objects.order_by().values("term").annotate(total=Sum("searches"), last=Max("day"))


class MissedSearchesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_read(request.user)


def urls() -> list:
    return [
        path("reports/missed-searches/", MissedSearchesView.as_view(), name="missed_searches"),
        path(
            "reports/missed-searches/results/",
            MissedSearchesView.as_view(results_only=True),
            name="missed_searches_results",
        ),
    ]


def menu_item() -> MissedSearchesItem:
    return MissedSearchesItem(
        "Searches without results", reverse("missed_searches"), name="missed-searches", icon_name="search", order=1310
    )
