"""Addresses beside the pages: RSS of the news, robots and the map of the site."""

from django.urls import path
from django.urls.resolvers import URLPattern
from wagtail.contrib.sitemaps.views import sitemap

from home import feeds

urlpatterns: list[URLPattern] = [
    path("feeds/news.xml", feeds.NewsFeed(), name="news_feed"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": feeds.SiteMap}}, name="sitemap"),
]
