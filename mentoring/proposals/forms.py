"""What somebody fills in who turns an offer down."""

from __future__ import annotations

from django import forms

from .models import Refusal


class RefusalForm(forms.Form):
    """Why not. Only the coordinator reads it."""

    refusal = forms.ChoiceField(
        label="Why? Only the coordinator reads this, to find you a better match.",
        choices=Refusal.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Please tick a reason. “I would rather not say” is one, too."},
    )
    text = forms.CharField(
        label="Anything the coordinator should know",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A concern about a child goes to your designated safeguarding lead, not here.",
    )
