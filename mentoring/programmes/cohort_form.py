"""A cohort's dates, places and fair share. More places than before: whoever waits for one hears of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from wagtail.admin.widgets import AdminDateInput

from mentoring.errors import MentoringError
from mentoring.trust import access, audit
from mentoring.trust.scoping import ScopedCreateView
from mentoring.trust.versions import VersionedEditView, VersionedForm

from .models import Cohort, GrantRole
from .room import fewer_than_taken, tell_of_more

_DATES = ("apply_from", "apply_to", "start", "end")
_FIELDS = ("name", *_DATES, "max_mentees", "floor_percent")
#: More than any trust has staff: whoever types it has slipped.
MOST_PLACES = 9999


class CohortChangeForm(VersionedForm):
    max_mentees = forms.IntegerField(
        label="Places for mentees",
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text="Beyond these, whoever is accepted joins the waiting list. Empty: no limit.",
        error_messages={
            "invalid": "Write a whole number, or leave it empty for no limit.",
            "min_value": "At least one place; leave it empty for no limit. To take nobody, do not open the cohort.",
            "max_value": f"At most {MOST_PLACES:,} places; leave it empty for no limit.",
        },
    )
    floor_percent = forms.IntegerField(
        label="Fair share of each school, per cent",
        required=False,
        min_value=0,
        max_value=100,
        help_text="So many of each school’s accepted mentees are matched before scores count, as far as mentors "
        "allow. Each run of the matching starts from it and may change it. 0: off.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Write a number from 0 to 100."),
    )

    class Meta:
        model = Cohort
        fields = _FIELDS
        labels = {
            "apply_from": "Applications open on",
            "apply_to": "Last day to apply",
            "start": "First day",
            "end": "Last day",
        }
        widgets = dict.fromkeys(_DATES, AdminDateInput)

    def clean_max_mentees(self) -> int | None:
        most: int | None = self.cleaned_data["max_mentees"]
        if self.instance.pk:
            sentence = fewer_than_taken(self.instance, most)
            if sentence:
                raise forms.ValidationError(sentence)
        return most

    def clean_floor_percent(self) -> int:
        return self.cleaned_data["floor_percent"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for first, last, sentence in (
            ("apply_from", "apply_to", "Applications must not close before they open."),
            ("start", "end", "The last day must not come before the first."),
        ):
            if cleaned.get(first) and cleaned.get(last) and cleaned[first] > cleaned[last]:
                self.add_error(last, sentence)
        return cleaned


class CohortForm(CohortChangeForm):
    class Meta(CohortChangeForm.Meta):
        fields = ("programme", *_FIELDS)  # type: ignore[assignment]  # one more

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = access.programmes_for(self.for_user, role=GrantRole.OWNER)


class CohortCreateView(ScopedCreateView):
    def save_instance(self) -> Any:
        saved = super().save_instance()
        audit.record(
            action="mentoring.cohort.created",
            obj=saved,
            actor=self.request.user,
            programme=saved.programme,
            after=self.form.plain_values(saved),
        )
        return saved


class CohortEditView(VersionedEditView):
    audit_action = "mentoring.cohort.changed"
    told = 0

    def programme_of(self, instance: Any) -> Any:
        return instance.programme

    def save_instance(self) -> Any:
        """Nobody comes in between the count of those who are in and the new number of places: the row is locked."""
        with transaction.atomic():
            now = Cohort.objects.select_for_update(no_key=True).get(pk=self.object.pk)
            sentence = fewer_than_taken(now, self.form.cleaned_data["max_mentees"])
            if sentence:
                raise MentoringError(sentence)
            saved = super().save_instance()
            self.told = tell_of_more(saved, before=now.max_mentees)
        return saved

    def get_success_message(self) -> str:
        said = str(super().get_success_message())
        if not self.told:
            return said
        who = "One person" if self.told == 1 else f"{self.told} people"
        return f"{said} {who} on the waiting list heard of the room: let them in under “Waiting lists”."
