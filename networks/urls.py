"""Addresses of the networks beside their pages: feeds."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .pages import feeds

app_name = "networks"
urlpatterns: list[URLPattern] = [
    path("calendar/sessions.ics", feeds.all_sessions, name="calendar"),
    path("calendar/<int:pk>.ics", feeds.sessions_of, name="calendar_of"),
    path("feeds/sessions.xml", feeds.SessionFeed(), name="session_feed"),
]
