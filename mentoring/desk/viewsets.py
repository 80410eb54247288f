"""Where the desk's own screens hang in the admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import path
from django.urls.resolvers import URLPattern
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from mentoring.trust.policies import runs_something

from .screens import TodayScreen
from .waiting import WaitingScreen


class DeskMenuItem(MenuItem):
    """Shown to whoever runs a programme."""

    def is_shown(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_authenticated and (user.is_superuser or runs_something(user)))


class TodayViewSet(ViewSet):
    name = "mentoring_today"
    url_prefix = "mentoring/today"
    icon = "calendar-check"
    menu_label = "Today"
    menu_item_class = DeskMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", TodayScreen.as_view(), name="index")]


class WaitingViewSet(ViewSet):
    name = "mentoring_waiting"
    url_prefix = "mentoring/waiting"
    icon = "list-ol"
    menu_label = "Waiting lists"
    menu_item_class = DeskMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", WaitingScreen.as_view(), name="index")]
