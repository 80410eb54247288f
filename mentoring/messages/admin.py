"""Outgoing mail in the Wagtail admin: what went, what waits, what failed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from mentoring.errors import MentoringError
from mentoring.trust import access
from mentoring.trust.scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet
from mentoring.trust.screens import Screen

from . import services
from .address_models import FailingAddress
from .models import Outbox, OutboxState


class OutboxIndexView(ScopedIndexView):
    page_title = "Outgoing mail"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "subject",
                label="Subject",
                get_url=lambda row: reverse("mentoring_outbox:message", args=[row.pk]),
            ),
            Column("recipient", label="To", sort_key="recipient"),
            StatusTagColumn(
                "state",
                label="State",
                accessor="get_state_display",
                sort_key="state",
                primary=lambda row: row.state == OutboxState.FAILED,
            ),
            Column("tries", label="Tries"),
            Column("created_at", label="Written", sort_key="created_at"),
        ]


class MessageScreen(Screen):
    """One message as it goes out; a button where it failed."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/message.html"
    header_icon = "mail"
    object: Outbox

    def fetch(self, pk: int) -> Outbox:
        return access.message_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return self.object.subject

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_outbox:index"), "Outgoing mail")]

    def act(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") != "again":
            raise MentoringError("Please choose one of the buttons.")
        services.try_again(message=self.object, actor=self.actor)
        self.say("The message is in the queue again.")
        return redirect("mentoring_outbox:message", self.object.pk)


class OutboxViewSet(ScopedModelViewSet):
    model = Outbox
    icon = "mail"
    name = "mentoring_outbox"
    url_prefix = "mentoring/mail"
    menu_label = "Outgoing mail"
    kept_views = LIST_ONLY
    form_fields: list[str] = []
    index_view_class = OutboxIndexView
    list_filter = ["state", "template"]
    search_fields = ["recipient", "subject"]
    list_per_page = 50
    list_export = ["created_at", "recipient", "subject", "get_state_display", "tries", "error"]
    export_headings = {"get_state_display": "State"}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("<int:pk>/", MessageScreen.as_view(), name="message")]


class FailingIndexView(ScopedIndexView):
    page_title = "Addresses that fail"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("email", label="Address", sort_key="email"),
            Column("times", label="Times"),
            Column("came_back", label="How", accessor=lambda row: "Sent back" if row.came_back else "Refused at once"),
            Column("first_at", label="Since", sort_key="first_at"),
            Column("last_at", label="Last", sort_key="last_at"),
            Column("error", label="What the mail server said"),
        ]


class FailingViewSet(ScopedModelViewSet):
    """People change their own address; a coordinator sees here whom to reach another way."""

    model = FailingAddress
    icon = "warning"
    name = "mentoring_failing"
    url_prefix = "mentoring/failing"
    menu_label = "Addresses that fail"
    kept_views = LIST_ONLY
    form_fields: list[str] = []
    index_view_class = FailingIndexView
    search_fields = ["email"]
    list_export = ["email", "times", "came_back", "first_at", "last_at", "error"]
