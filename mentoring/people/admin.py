"""Organisations, role levels, topics, people and imports in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from mentoring.trust.scoping import ScopedDeleteView, ScopedIndexView, ScopedInspectView, ScopedModelViewSet

from .admin_forms import OrganisationForm, RoleLevelForm, TopicForm
from .imports.admin import ImportViewSet
from .models import Interest, Organisation, Profile, RoleLevel


class WordsViewSet(ScopedModelViewSet):
    """Rows that editors of a group keep: the group's permissions decide, as for Wagtail's own snippets."""

    form_class: type[forms.ModelForm[Any]]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Any]]:
        return self.form_class

    def get_permissions_to_register(self) -> Any:
        return ModelViewSet.get_permissions_to_register(self)


class RetireView(ScopedDeleteView):
    """Deletes what nothing points at; what is in use, or came with the thesaurus, is retired instead."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row: Any = self.object
        if getattr(row, "loaded", None):
            messages.error(request, f"“{row}” came with the thesaurus and would come back. Untick “active” instead.")
            return redirect(self.get_error_url(row))
        used = _uses(row)
        if used:
            messages.error(request, f"“{row}” is in use ({used}). Untick “active” instead.")
            return redirect(self.get_error_url(row))
        return super().post(request, *args, **kwargs)

    def get_error_url(self, row: Model) -> str:
        return reverse(self.edit_url_name, args=[row.pk])


def _uses(row: Model) -> str:
    """Which kinds of rows point at `row`, in words; "" if none does."""
    found: list[str] = []
    for relation in row._meta.related_objects:
        name = relation.get_accessor_name()
        if relation.on_delete is not None and name and getattr(row, name, None) is not None:
            related: Any = relation.related_model
            count = related._default_manager.filter(**{relation.field.name: row}).count()
            if count:
                found.append(
                    f"{count} {related._meta.verbose_name if count == 1 else related._meta.verbose_name_plural}"
                )
    return ", ".join(found)


class OrganisationIndexView(ScopedIndexView):
    page_title = "Organisations"
    default_ordering = "name"

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().select_related("parent")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("name", label="Name", get_url=self.get_edit_url, sort_key="name"),
            Column("kind", label="Kind", accessor="get_kind_display", sort_key="kind"),
            Column("parent", label="Part of"),
            Column("postcode", label="Postcode", sort_key="postcode"),
            Column("urn", label="URN", sort_key="urn"),
            BooleanColumn("active", label="Active", sort_key="active"),
        ]


class OrganisationViewSet(WordsViewSet):
    model = Organisation
    icon = "home"
    name = "mentoring_organisation"
    url_prefix = "mentoring/organisations"
    menu_label = "Organisations"
    index_view_class = OrganisationIndexView
    delete_view_class = RetireView
    form_class = OrganisationForm
    search_fields = ["name", "urn", "postcode"]
    search_backend_name = None
    list_filter = ["kind", "phase", "active"]
    list_export = ["name", "kind", "parent", "urn", "phase", "local_authority", "postcode", "active"]
    export_filename = "organisations"


class RoleLevelIndexView(ScopedIndexView):
    page_title = "Role levels"
    default_ordering = "family"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("label", label="Level", get_url=self.get_edit_url, sort_key="label"),
            Column("family", label="Family", accessor="get_family_display", sort_key="family"),
            Column("rank", label="Rank", sort_key="rank"),
            Column("aliases", label="Other titles", accessor=lambda row: len(row.aliases)),
            BooleanColumn("active", label="Active", sort_key="active"),
        ]


class RoleLevelViewSet(WordsViewSet):
    model = RoleLevel
    icon = "order"
    name = "mentoring_level"
    url_prefix = "mentoring/levels"
    menu_label = "Role levels"
    index_view_class = RoleLevelIndexView
    delete_view_class = RetireView
    form_class = RoleLevelForm
    search_fields = ["label", "aliases"]
    search_backend_name = None
    list_filter = ["family", "active"]
    list_export = ["label", "family", "rank", "aliases", "active"]
    export_filename = "role-levels"


class TopicIndexView(ScopedIndexView):
    page_title = "Topics"
    default_ordering = "label"

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().select_related("parent").annotate(members=Count("profile_interests"))

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("label", label="Topic", get_url=self.get_edit_url, sort_key="label"),
            Column("group", label="Group", accessor="get_group_display", sort_key="group"),
            Column("parent", label="Wider topic"),
            Column("synonyms", label="Other words", accessor=lambda row: ", ".join(row.synonyms[:4])),
            Column("members", label="In profiles", sort_key="members"),
            BooleanColumn("active", label="Active", sort_key="active"),
        ]


class TopicViewSet(WordsViewSet):
    model = Interest
    icon = "tag"
    name = "mentoring_topic"
    url_prefix = "mentoring/topics"
    menu_label = "Topics"
    index_view_class = TopicIndexView
    delete_view_class = RetireView
    form_class = TopicForm
    search_fields = ["label", "synonyms"]
    search_backend_name = None
    list_filter = ["group", "active"]
    list_export = ["label", "slug", "group", "parent", "synonyms", "active"]
    export_filename = "topics"


class ProfileIndexView(ScopedIndexView):
    page_title = "People"
    default_ordering = "display_name"

    def get_inspect_url(self, instance: Any) -> str:
        return reverse(
            "mentoring_person:inspect", args=[instance.pk]
        )  # listed rows are allowed rows; opening asks again

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().select_related("organisation", "role_level")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("display_name", label="Name", get_url=self.get_inspect_url, sort_key="display_name"),
            Column("job_title", label="Job title", sort_key="job_title"),
            Column("organisation", label="Organisation", sort_key="organisation__name"),
            Column("role_level", label="Role level"),
        ]


class ProfileInspectView(ScopedInspectView):
    """A person as their coordinator sees them. Profiles belong to people: nobody else changes them here."""


class ProfileViewSet(ScopedModelViewSet):
    model = Profile
    icon = "user"
    name = "mentoring_person"
    url_prefix = "mentoring/people"
    menu_label = "People"
    index_view_class = ProfileIndexView
    inspect_view_class = ProfileInspectView
    inspect_view_enabled = True
    inspect_view_fields = [
        "display_name", "job_title", "organisation", "role_level", "aspiration_level", "phases", "interests", "bio",
    ]  # fmt: skip
    form_fields: list[str] = []

    def get_urlpatterns(self) -> list[URLPattern]:
        """Looking only: profiles belong to people, and nobody else changes them here."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
        ]

    search_fields = ["display_name", "job_title", "organisation__name"]
    search_backend_name = None
    list_filter = ["role_level"]
    list_export = ["display_name", "job_title", "organisation", "role_level"]
    export_filename = "people"


class PeopleGroup(ModelViewSetGroup):
    menu_label = "People"
    menu_icon = "group"
    menu_order = 260
    items = (ProfileViewSet, ImportViewSet, OrganisationViewSet, RoleLevelViewSet, TopicViewSet)
