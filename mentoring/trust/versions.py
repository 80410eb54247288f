"""Edit forms that notice when somebody else has saved meanwhile: 409, with what was typed and what changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http.response import HttpResponseBase
from wagtail.admin.forms.models import WagtailAdminModelForm

from mentoring.errors import MentoringError, Stale

from . import audit
from .scoping import ScopedEditView


class VersionedForm(WagtailAdminModelForm):
    """Carries the version it was opened at. The model has an integer `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version if self.instance.pk else 0

    def plain_values(self, instance: Any) -> dict[str, str]:
        """What the audit trail keeps of the fields on this form."""
        return {name: str(getattr(instance, name, "") or "") for name in self.fields if name != "version"}


class VersionedEditView(ScopedEditView):
    """Saves only onto the version that the form was opened at, and writes the audit row with the change."""

    audit_action = ""

    def programme_of(self, instance: Any) -> Any:
        return instance

    def save_instance(self) -> Any:
        model, form = self.model, self.form
        with transaction.atomic():
            now = model._default_manager.select_for_update(no_key=True).get(pk=self.object.pk)
            if form.cleaned_data.get("version") != now.version:
                self.present = now
                raise Stale("Somebody saved this after you opened it. Your entries are kept below; nothing was saved.")
            before = form.plain_values(now)
            form.instance.version = now.version + 1
            saved = super().save_instance()
            audit.record(
                action=self.audit_action,
                obj=saved,
                actor=self.request.user,
                programme=self.programme_of(saved),
                before=before,
                after=form.plain_values(saved),
            )
        return saved

    def form_valid(self, form: Any) -> HttpResponseBase:
        try:
            return super().form_valid(form)
        except Stale as stale:
            self.object.refresh_from_db()
            form.add_error(None, str(stale))
            for name, value in form.plain_values(self.present).items():
                if name in form.changed_data and str(form.cleaned_data.get(name) or "") != value:
                    form.add_error(name, f"Now saved here: {value or 'nothing'}.")
            status = 409
        except MentoringError as error:
            form.add_error(None, str(error))
            status = 422
        self.produced_error_message = self.get_error_message()
        response = self.form_invalid(form)
        response.status_code = status
        return response
