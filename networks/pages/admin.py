"""What editors see beside the page tree: a list of sessions by date, pupils' work, and warnings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.models import Page
from wagtail.snippets.views.snippets import SnippetViewSet

from .exhibition import Artwork
from .queries import sessions_that_depend_on
from .session import WITH_A_LINK, SessionPage


class SessionIndexView(IndexView):
    """Sessions by their next date, so that the list reads like a calendar; those that are over come last."""

    default_ordering = "next_start"

    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        coming = Q(dates__end__gte=timezone.now(), dates__cancelled=False)
        return super().annotate_queryset(pages.annotate(next_start=Min("dates__start", filter=coming)))

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.ordering == self.default_ordering and not self.is_searching:
            # Databases differ in where they put rows without a date.
            return queryset.order_by(F("next_start").asc(nulls_last=True), "-last_published_at", "pk")
        return super().order_queryset(queryset)


class PagesMenuItem(MenuItem):
    """Only for people who may do something with pages: coordinators of mentoring may not."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(user_has_any_page_permission(request.user))


class SessionListing(PageListingViewSet):
    """All sessions, whatever network or programme they stand under."""

    menu_item_class = PagesMenuItem

    model = SessionPage
    index_view_class = SessionIndexView
    icon = "calendar"
    menu_label = "Sessions"
    menu_order = 150
    add_to_admin_menu = True
    columns = [
        *IndexView.base_columns[:3],
        DateColumn("next_start", label="Next date", width="14%"),
        Column("kind", label="Kind", accessor="get_kind_display", width="12%"),
        Column("format", label="Where", accessor="get_format_display", width="12%"),
        IndexView.base_columns[-1],
    ]


class ArtworkViewSet(SnippetViewSet):
    """Pupils' work. Deleting a work is how consent is withdrawn: the picture goes with it."""

    model = Artwork
    icon = "image"
    menu_label = "Pupils’ work"
    menu_order = 160
    add_to_admin_menu = True
    list_display = ["title", "exhibition", "school", "age_band", "consent_on"]
    list_filter = ["exhibition", "school"]


def warn_about_link(request: HttpRequest, page: Page) -> None:
    """After publishing: an online session without a link works, but somebody must send it by hand."""
    if isinstance(page, SessionPage) and page.format in WITH_A_LINK and not page.online_link:
        messages.warning(request, "This session is online, but it has no link yet. Add it before the first date.")


def sentence_about_sessions(page: Page) -> str:
    """What goes when the page goes: the dates that people may be counting on. Empty when there are none."""
    ahead = sessions_that_depend_on(page)
    if not ahead:
        return ""
    dates = "1 date lies" if ahead == 1 else f"{ahead} dates lie"
    return (
        f"{dates} ahead on this page and below it. They will be cancelled in people’s calendars. "
        "To call off a single date, edit the session and tick “cancelled” instead."
    )


def warn_about_sessions(request: HttpRequest, page: Page) -> None:
    """Before deleting, on the page that asks whether to."""
    sentence = sentence_about_sessions(page) if request.method == "GET" else ""
    if sentence:
        messages.warning(request, sentence)
