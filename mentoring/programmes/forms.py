"""What members fill in."""

from __future__ import annotations

from typing import Any

from django import forms

from .consent import CONSENT_VERSION
from .models import Enrolment, EnrolmentRole


class ApplicationForm(forms.Form):
    """Asking for a mentor, or offering to be one."""

    goals = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "Please keep this below 2,000 characters; it has %(show_value)d."},
    )
    capacity = forms.IntegerField(
        label="How many mentees could you take on?",
        min_value=0,
        max_value=6,
        initial=1,
        help_text="Between 0 and 6. Most people start with one.",
        error_messages={
            "min_value": "Please give a number between 0 and 6.",
            "max_value": "Please give a number between 0 and 6.",
            "invalid": "Please give a whole number between 0 and 6.",
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agreed = forms.BooleanField(
        label="I have read this and want to take part",
        error_messages={"required": "Please tick this if you want to take part."},
    )
    consent_version = forms.CharField(widget=forms.HiddenInput, initial=CONSENT_VERSION, required=False)

    def __init__(self, *args: Any, as_role: EnrolmentRole, enrolment: Enrolment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goals = self.fields["goals"]
        if as_role == EnrolmentRole.MENTEE:
            del self.fields["capacity"]
            goals.label = "What would you like to get better at?"
            goals.help_text = (
                "One to three goals. For each, say what your pupils or your setting would gain. "
                "Please do not name pupils. A concern about a child goes to your safeguarding lead, not here."
            )
            goals.error_messages["required"] = "Please write at least one sentence: it helps to find the right person."
        else:
            goals.label = "What would you like a mentee to know about your offer?"
            goals.help_text = "Your topics and your story come from your profile. Please do not name pupils."
            goals.required = False
        if enrolment is not None:
            for name in ("agreed", "consent_version"):
                del self.fields[name]
            self.initial.update(goals=enrolment.goals, capacity=enrolment.capacity, version=enrolment.version)

    def clean_consent_version(self) -> str:
        given = str(self.cleaned_data.get("consent_version") or "")
        if given != CONSENT_VERSION:
            raise forms.ValidationError("The wording changed while you were writing. Please read it again.")
        return given
