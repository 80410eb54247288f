"""RSS of the news, and what robots are told."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import feedgenerator, timezone
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap

from home.pages.news import NewsPage
from networks.pages.visible import visible

ITEMS = 30


class NewsFeed(Feed):
    """The newest pieces of news."""

    feed_type = feedgenerator.Rss201rev2Feed
    description = "News of networks, sessions and pathways."

    def title(self) -> str:
        return f"{settings.WAGTAIL_SITE_NAME}: news"

    def link(self) -> str:
        return "/"

    def items(self) -> list[NewsPage]:
        return list(visible(NewsPage.objects.all()).defer("body").order_by("-dated", "-pk")[:ITEMS])

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return str(item.summary)

    def item_link(self, item: Any) -> str:
        return item.url or "/"

    def item_pubdate(self, item: Any) -> datetime:
        return timezone.make_aware(datetime.combine(item.dated, time(9)))


class SiteMap(Sitemap):
    """All public pages, without fetching each as its own type: none of ours adds addresses of its own."""

    def items(self) -> Any:
        root = self.get_wagtail_site().root_page
        return visible(root.get_descendants(inclusive=True)).order_by("path")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What is not for search engines, and where the map is."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /account/",
        "Disallow: /mentoring/",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
