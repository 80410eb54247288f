"""Handlers' side, in the Wagtail admin: a list without words, and one concern with them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.people.policies import ViewRowsPolicy
from mentoring.relationships.models import RelationshipState
from mentoring.trust import access
from mentoring.trust.policies import handles_concerns
from mentoring.trust.scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet
from mentoring.trust.screens import Screen, number

from . import services
from .models import Concern, ConcernState
from .queries import concerns_for
from .states import CONCERN_MACHINE

#: What the button that leads to a state says.
VERBS = {
    ConcernState.ACKNOWLEDGED: "I have read it",
    ConcernState.OUTSIDE: "It is with an outside process",
    ConcernState.CLOSED: "Close it",
}


POLICY = ViewRowsPolicy(Concern, rows=concerns_for, enters=handles_concerns)


class ConcernIndexView(ScopedIndexView):
    page_title = "Concerns"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "concern",
                label="Concern",
                accessor=str,
                get_url=lambda row: reverse("mentoring_concern:detail", args=[row.pk]),
            ),
            StatusTagColumn(
                "state",
                label="State",
                accessor="get_state_display",
                sort_key="state",
                primary=lambda row: row.state == ConcernState.OPEN,
            ),
            Column("category", label="Kind", accessor="get_category_display"),
            Column("organisation", label="Organisation"),
            Column("programme", label="Programme"),
            Column("created_at", label="Raised", sort_key="created_at"),
        ]


class ConcernScreen(Screen):
    """One concern: its words, its record, and what can be done."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/concern.html"
    header_icon = "warning"
    object: Concern

    def fetch(self, pk: int) -> Concern:
        return access.concern_for_handler(self.request.user, pk)

    def get_page_title(self) -> str:
        return str(self.object)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_concern:index"), "Concerns")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, pair = self.object, self.object.relationship
        held = bool(pair and pair.state == RelationshipState.PAUSED and pair.paused_until is None)
        return super().get_context_data(
            moves=[
                (state.value, VERBS[ConcernState(state)]) for state in CONCERN_MACHINE.moves(row, as_=Actor.HANDLER)
            ],
            pair=pair,
            held=held,
            may_hold=bool(pair and not held and pair.state in (RelationshipState.ACTIVE, RelationshipState.PAUSED)),
            typed=self.request.POST,
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        do, record = request.POST.get("do", ""), request.POST.get("record", "")
        given: dict[str, Any] = {
            "concern": self.object,
            "actor": self.actor,
            "version": number(request.POST.get("version")),
        }
        if do in ConcernState.values:
            services.move_on(to=do, record=record, **given)
            self.say(f"The concern is now “{ConcernState(do).label.lower()}”.")
        elif do == "record":
            services.write_down(record=record, **given)
            self.say("Your line is in the record.")
        elif do == "hold":
            services.suspend(words=request.POST.get("words", ""), **given)
            self.say("The pair is held back. Both have your words, and nothing else.")
        elif do == "go on":
            services.let_go_on(**given)
            self.say("The pair can go on. Both have been told.")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return redirect("mentoring_concern:detail", self.object.pk)


class ConcernViewSet(ScopedModelViewSet):
    model = Concern
    icon = "warning"
    name = "mentoring_concern"
    url_prefix = "mentoring/concerns"
    menu_label = "Concerns"
    kept_views = LIST_ONLY
    form_fields: list[str] = []
    index_view_class = ConcernIndexView
    list_filter = ["state", "category"]
    list_export: list[str] = []

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("<int:pk>/", ConcernScreen.as_view(), name="detail")]
