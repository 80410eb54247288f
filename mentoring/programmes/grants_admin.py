"""Naming coordinators in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import AdminDateInput

from mentoring.errors import MentoringError
from mentoring.people.models import Organisation
from mentoring.trust import access
from mentoring.trust.scoping import LIST_ONLY, ScopedDeleteView, ScopedIndexView, ScopedModelViewSet, ServiceCreateView

from . import grants
from .models import CoordinatorGrant, GrantRole, Programme


class GrantForm(WagtailAdminModelForm):
    email = forms.EmailField(label="Work e-mail", help_text="Of somebody who can sign in here.")

    class Meta:
        model = CoordinatorGrant
        fields = ("programme", "role", "organisation", "expires_on")
        widgets = {"expires_on": AdminDateInput}

    field_order = ["programme", "email", "role", "organisation", "expires_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = access.programmes_for(self.for_user, role=GrantRole.OWNER)
        self.fields["programme"].queryset = owned
        self.fields["organisation"].queryset = organisations_of(owned)
        self.fields["role"].help_text = (
            "A coordinator runs the programme, an owner also its settings. A concern handler reads concerns and "
            "nothing else; a reporter reads sums and no names."
        )

    def clean_email(self) -> str:
        users = get_user_model()
        found = users._default_manager.filter(
            **{f"{users.get_email_field_name()}__iexact": self.cleaned_data["email"]}, is_active=True
        )
        self.user = found.first()
        if self.user is None:
            raise forms.ValidationError("Nobody who can sign in uses this address.")
        return str(self.cleaned_data["email"])

    def _post_clean(self) -> None:
        """The service checks and makes the row."""


def organisations_of(programmes: QuerySet[Programme]) -> QuerySet[Organisation]:
    """Where a programme's people work, what stands above them, and who owns it: a register has fifty thousand more."""
    people = Organisation.objects.filter(profiles__enrolments__cohort__programme__in=programmes)
    return Organisation.objects.filter(
        Q(pk__in=people)
        | Q(pk__in=people.values("parent"))
        | Q(pk__in=people.values("parent__parent"))
        | Q(pk__in=programmes.values("owner_org"))
        | Q(parent__in=programmes.values("owner_org"))
    ).order_by("name")


class GrantCreateView(ServiceCreateView):
    page_title = "Name a coordinator"

    def save_instance(self) -> Any:
        data = self.form.cleaned_data
        return grants.grant(
            programme=data["programme"],
            user=self.form.user,
            role=data["role"],
            actor=self.request.user,
            expires_on=data["expires_on"],
            organisation=data["organisation"],
        )


class GrantDeleteView(ScopedDeleteView):
    page_title = "End"
    success_message = "%(object)s: ended."

    def get_usage(self) -> None:
        return None

    def get_usage_url(self) -> None:
        return None

    def delete_action(self) -> None:
        grants.revoke(grant=self.object, actor=self.request.user)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except MentoringError as error:
            messages.error(request, str(error))
            return redirect(self.get_success_url())


class GrantIndexView(ScopedIndexView):
    page_title = "Coordinators"

    def get_base_queryset(self) -> QuerySet[CoordinatorGrant]:
        return super().get_base_queryset().select_related("organisation")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("user", label="Who", accessor=lambda row: row.user.get_full_name() or str(row.user)),
            Column("role", label="Role", accessor="get_role_display", sort_key="role"),
            Column("programme", label="Programme", sort_key="programme"),
            Column("organisation", label="For the people of", accessor=lambda row: row.organisation or "everybody"),
            Column("expires_on", label="Last day", sort_key="expires_on", accessor=last_day),
        ]


def last_day(row: CoordinatorGrant) -> str:
    if row.expires_on is None:
        return "until ended"
    over = row.expires_on < timezone.localdate()
    return f"{row.expires_on:%-d %B %Y}{' (over)' if over else ''}"


class GrantViewSet(ScopedModelViewSet):
    model = CoordinatorGrant
    icon = "key"
    name = "mentoring_grant"
    url_prefix = "mentoring/coordinators"
    kept_views = (*LIST_ONLY, "add", "delete")
    menu_label = "Coordinators"
    add_view_class = GrantCreateView
    delete_view_class = GrantDeleteView
    index_view_class = GrantIndexView
    list_filter = ["role"]
    list_export = ["user", "programme", "get_role_display", "organisation", "expires_on"]
    export_headings = {"get_role_display": "Role", "organisation": "For the people of", "expires_on": "Last day"}

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return GrantForm
