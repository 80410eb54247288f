"""Exclusions in the Wagtail admin. The reason is on the page of one exclusion, and nowhere else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from mentoring.errors import MentoringError
from mentoring.people.exclusion_models import Exclusion
from mentoring.people.models import Profile
from mentoring.programmes.grants_admin import organisations_of
from mentoring.trust import access
from mentoring.trust.scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet, ServiceCreateView
from mentoring.trust.screens import Screen

from . import exclusions
from .exclusions_screen import ExclusionsFileScreen


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.display_name}, {obj.organisation.name}"


class ExclusionForm(WagtailAdminModelForm):
    person = PersonField(queryset=Profile.objects.none(), label="Who")
    other_person = PersonField(
        queryset=Profile.objects.none(), required=False, label="Not with this person", empty_label="Nobody"
    )

    class Meta:
        model = Exclusion
        fields = ("programme", "person", "other_person", "other_organisation", "kind", "reason", "expires_on")
        widgets = {"expires_on": AdminDateInput, "reason": forms.Textarea(attrs={"rows": 3})}
        labels = {"other_organisation": "or with nobody of this organisation", "expires_on": "Last day"}
        help_texts = {
            "reason": "Kept encrypted. Coordinators of the programme read it on the exclusion’s page, nowhere else.",
            "other_organisation": "Holds for everybody there and below it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = access.programmes_for(self.for_user)
        people = access.profiles_for(self.for_user).order_by("display_name")
        self.fields["programme"].queryset = programmes
        if programmes.count() == 1:
            self.fields["programme"].initial = programmes.first()
        self.fields["person"].queryset = people
        self.fields["other_person"].queryset = people
        self.fields["other_organisation"].queryset = organisations_of(programmes)

    def _post_clean(self) -> None:
        """The service checks and makes the row."""


class ExclusionCreateView(ServiceCreateView):
    page_title = "Add an exclusion"

    def save_instance(self) -> Any:
        row, self.touched = exclusions.exclude(**self.form.cleaned_data, actor=self.request.user)
        return row

    def get_success_message(self, instance: Any) -> str:
        return f"{instance}: they are not matched from now on."

    def form_valid(self, form: Any) -> Any:
        response = super().form_valid(form)
        for pair in getattr(self, "touched", []):
            messages.warning(self.request, f"{pair} are at work together. It is your turn to decide about them.")
        return response

    def get_success_url(self) -> str:
        return reverse("mentoring_exclusion:index")


class ExclusionIndexView(ScopedIndexView):
    page_title = "Exclusions"

    def get_base_queryset(self) -> QuerySet[Exclusion]:
        rows = super().get_base_queryset().defer("reason")
        return rows.select_related("person", "other_person", "other_organisation", "programme", "created_by")

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        button = HeaderButton("Import a file", url=reverse("mentoring_exclusion:import"), icon_name="upload")
        return [*super().header_more_buttons, button]

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "person",
                label="Who",
                accessor="person.display_name",
                sort_key="person__display_name",
                get_url=lambda row: reverse("mentoring_exclusion:one", args=[row.pk]),
            ),
            Column("other", label="Not with", accessor=lambda row: row.other_person or row.other_organisation),
            Column("kind", label="Kind", accessor="get_kind_display", sort_key="kind"),
            Column("expires_on", label="Last day", accessor=lambda row: row.expires_on or "until ended"),
            Column("programme", label="Programme"),
        ]


class ExclusionScreen(Screen):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/exclusion.html"
    header_icon = "minus-inverse"
    object: Exclusion

    def fetch(self, pk: int) -> Exclusion:
        return access.exclusion_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return str(self.object)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_exclusion:index"), "Exclusions")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            exclusion=row,
            decision=exclusions.can_exclude(self.request.user, row.programme_id, row.person, row.other_person),
            pairs=exclusions.live_pairs(row).select_related("mentee__profile", "mentor__profile"),
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") != "end":
            raise MentoringError("Please choose one of the buttons.")
        label = str(self.object)
        exclusions.end_exclusion(exclusion=self.object, actor=self.actor)
        self.say(f"{label}: ended. They may be matched again.")
        return redirect("mentoring_exclusion:index")


class ExclusionViewSet(ScopedModelViewSet):
    model = Exclusion
    icon = "minus-inverse"
    name = "mentoring_exclusion"
    url_prefix = "mentoring/exclusions"
    kept_views = (*LIST_ONLY, "add")
    menu_label = "Exclusions"
    index_view_class = ExclusionIndexView
    add_view_class = ExclusionCreateView
    list_filter = ["kind"]
    search_fields = ["person__display_name", "other_person__display_name", "other_organisation__name"]
    search_backend_name = None
    list_export: list[str] = []

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return ExclusionForm

    def get_urlpatterns(self) -> list[URLPattern]:
        file = path("import/", ExclusionsFileScreen.as_view(), name="import")
        return [*super().get_urlpatterns(), file, path("<int:pk>/", ExclusionScreen.as_view(), name="one")]
