"""Naming coordinators in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls.resolvers import URLPattern
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from mentoring.errors import MentoringError
from mentoring.trust import access
from mentoring.trust.scoping import ScopedCreateView, ScopedDeleteView, ScopedModelViewSet

from . import grants
from .models import CoordinatorGrant, GrantRole


class GrantForm(WagtailAdminModelForm):
    email = forms.EmailField(label="Work e-mail", help_text="Of somebody who can sign in here.")

    class Meta:
        model = CoordinatorGrant
        fields = ("programme", "role", "expires_on")
        widgets = {"expires_on": AdminDateInput}

    field_order = ["programme", "email", "role", "expires_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = access.programmes_for(self.for_user, role=GrantRole.OWNER)
        self.fields["programme"].queryset = owned

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


class GrantCreateView(ScopedCreateView):
    page_title = "Name a coordinator"

    def save_instance(self) -> Any:
        data = self.form.cleaned_data
        return grants.grant(
            programme=data["programme"],
            user=self.form.user,
            role=data["role"],
            actor=self.request.user,
            expires_on=data["expires_on"],
        )

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)
        except MentoringError as error:
            form.add_error(None, str(error))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def get_success_buttons(self) -> list[Any]:
        return []


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


class GrantViewSet(ScopedModelViewSet):
    model = CoordinatorGrant
    icon = "key"
    name = "mentoring_grant"
    url_prefix = "mentoring/coordinators"
    menu_label = "Coordinators"
    add_view_class = GrantCreateView
    delete_view_class = GrantDeleteView
    list_display = ["user", "programme", "role", "expires_on"]
    list_filter = ["role"]
    list_export = ["user", "programme", "get_role_display", "expires_on"]
    export_headings = {"get_role_display": "Role"}

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return GrantForm

    def get_urlpatterns(self) -> list[URLPattern]:
        return [p for p in super().get_urlpatterns() if p.name in ("index", "index_results", "add", "delete")]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(
            **{"edit_url_name": None, "usage_url_name": None, "history_url_name": None, **kwargs}
        )

    def register_admin_url_finder(self) -> None:
        """None: a grant is given and ended, not edited."""
