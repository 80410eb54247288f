"""Feeds at fixed addresses: calendars, and RSS for sessions. Page addresses cannot hold a dot; these can."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import feedgenerator, timezone
from django.utils.cache import patch_response_headers
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from wagtail.models import Page

from .calendar import entries_of, feed
from .cards import Occasion, with_parents
from .network import NetworkPage
from .pathway import PathwayPage
from .programme import ProgrammePage
from .queries import upcoming_dates
from .visible import visible

CACHED = 300  # seconds
ITEMS = 50


def base_url(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def calendar_response(request: HttpRequest, page: Page | None, name: str) -> HttpResponse:
    body = feed(entries_of(page), name=name, base_url=base_url(request))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{slugify(name)}.ics"'
    patch_response_headers(response, CACHED)
    return response


@require_safe
def all_sessions(request: HttpRequest) -> HttpResponse:
    """Every public session."""
    return calendar_response(request, None, f"{settings.WAGTAIL_SITE_NAME} sessions")


@require_safe
def sessions_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The sessions of one network, CPD programme or pathway, by the page's id (which no change of title touches)."""
    page = visible(Page.objects.filter(pk=pk)).first()
    if page is None or not isinstance(page.specific_deferred, NetworkPage | ProgrammePage | PathwayPage):
        raise Http404
    return calendar_response(request, page, page.title)


class SessionFeed(Feed):
    """The next dates, as news."""

    feed_type = feedgenerator.Rss201rev2Feed
    description = "The next sessions, soonest first."

    def title(self) -> str:
        return f"{settings.WAGTAIL_SITE_NAME}: sessions"

    def link(self) -> str:
        return "/"

    def items(self) -> list[Occasion]:
        return with_parents(upcoming_dates().filter(cancelled=False)[:ITEMS])

    def item_title(self, item: Any) -> str:
        return f"{item.title}, {item.start.day} {item.start:%B %Y, %H:%M}"

    def item_description(self, item: Any) -> str:
        return f"{item.kind}. {item.where}. {item.cost}. {item.summary}"

    def item_link(self, item: Any) -> str:
        return item.url or "/"

    def item_guid(self, item: Any) -> str:
        return f"{item.url}#{timezone.localtime(item.start):%Y-%m-%dT%H:%M}"

    item_guid_is_permalink = False
