"""Closed days in the Wagtail admin: a list, one stretch at a time, or many pasted lines with a preview."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from mentoring.errors import MentoringError
from mentoring.people.calendar_models import CalendarException
from mentoring.people.half_days import Session
from mentoring.people.models import Organisation
from mentoring.trust import access
from mentoring.trust.scoping import LIST_ONLY, ScopedDeleteView, ScopedIndexView, ScopedModelViewSet, ServiceCreateView
from mentoring.trust.screens import number

from . import closed_days
from .calendar_screen import CalendarScreen
from .closed_days import Line
from .screens import DeskScreen


class DaysForm(WagtailAdminModelForm):
    class Meta:
        model = CalendarException
        fields = ("organisation", "date_from", "date_to", "kind", "session")
        widgets = dict.fromkeys(("date_from", "date_to"), AdminDateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = closed_days.organisations_kept_by(self.for_user)
        self.fields["organisation"].help_text = "Those below it are closed on these days, too."
        self.fields["session"].required = False
        self.fields["session"].help_text = "For example the afternoons of early closure: visits in the morning remain."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["session"] = cleaned.get("session") or Session.FULL
        first, last = cleaned.get("date_from"), cleaned.get("date_to")
        if first and last and last < first:
            self.add_error("date_to", "The last day comes before the first.")
        return cleaned

    def _post_clean(self) -> None:
        """The service checks and makes the row."""


class DaysCreateView(ServiceCreateView):
    page_title = "Add closed days"

    def save_instance(self) -> Any:
        data = self.form.cleaned_data
        line = Line(1, "", data["date_from"], data["date_to"], data["kind"], data["session"])
        closed_days.keep(organisation=data["organisation"], lines=[line], actor=self.request.user)
        return CalendarException.objects.get(**data)


class DaysDeleteView(ScopedDeleteView):
    page_title = "Remove"

    def get_usage(self) -> None:
        return None

    def get_usage_url(self) -> None:
        return None

    def delete_action(self) -> None:
        closed_days.remove(row=self.object, actor=self.request.user)


def _organisations(request: HttpRequest | None) -> QuerySet[Organisation]:
    if request is None:
        return Organisation.objects.none()
    return Organisation.objects.filter(pk__in=access.closed_days_for(request.user).values("organisation"))


class DaysFilters(WagtailFilterSet):
    organisation = django_filters.ModelChoiceFilter(queryset=_organisations)

    class Meta:
        model = CalendarException
        fields = ["organisation", "kind"]


class DaysIndexView(ScopedIndexView):
    page_title = "Closed days"
    add_item_label = "Add closed days"
    default_ordering = "-date_from"

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [
            *super().header_more_buttons,
            HeaderButton("Import a calendar", url=reverse("mentoring_days:import"), icon_name="upload"),
            HeaderButton("Paste many", url=reverse("mentoring_days:paste"), icon_name="list-ul"),
        ]

    def get_edit_url(self, instance: Any) -> None:
        """None: a stretch that is wrong is removed and added again."""

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "organisation", label="Organisation", sort_key="organisation__name", get_url=self.get_delete_url
            ),
            Column("date_from", label="First day", sort_key="date_from"),
            Column("date_to", label="Last day", sort_key="date_to"),
            Column("kind", label="Kind", accessor="get_kind_display", sort_key="kind"),
            Column("session", label="Part of the day", accessor="get_session_display"),
        ]


class PasteScreen(DeskScreen):
    """Lines as a school sends them; first what would be kept, and which lines are not understood."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/closed_days_paste.html"
    page_title = "Paste closed days"
    header_icon = "list-ul"
    lines: list[Line] | None = None

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_days:index"), "Closed days")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            organisations=closed_days.organisations_kept_by(self.request.user).order_by("name"),
            chosen=number(self.request.POST.get("organisation")),
            text=self.request.POST.get("lines", ""),
            lines=self.lines,
            wrong=sum(1 for line in self.lines or [] if line.error),
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse | None:
        kept = closed_days.organisations_kept_by(request.user)
        organisation = kept.filter(pk=number(request.POST.get("organisation"))).first()
        self.lines = closed_days.read_lines(request.POST.get("lines", ""))
        if organisation is None:
            raise MentoringError("Please choose the organisation whose days these are.")
        if request.POST.get("do") != "save":
            return None
        new = closed_days.keep(organisation=organisation, lines=self.lines, actor=self.actor)
        same = len(self.lines) - new
        self.say(f"{new} kept for {organisation}." + (f" {same} were there already." if same else ""))
        return redirect("mentoring_days:index")


class DaysViewSet(ScopedModelViewSet):
    model = CalendarException
    icon = "calendar-alt"
    name = "mentoring_days"
    url_prefix = "mentoring/closed-days"
    kept_views = (*LIST_ONLY, "add", "delete")
    menu_label = "Closed days"
    index_view_class = DaysIndexView
    add_view_class = DaysCreateView
    delete_view_class = DaysDeleteView
    filterset_class = DaysFilters
    list_per_page = 50
    list_export = ["organisation", "date_from", "date_to", "get_kind_display", "get_session_display"]
    export_headings = {"get_kind_display": "Kind", "get_session_display": "Part of the day"}

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return DaysForm

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("paste/", PasteScreen.as_view(), name="paste"),
            path("import/", CalendarScreen.as_view(), name="import"),
        ]
