"""The form on which a member raises a concern."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from .models import ConcernCategory
from .queries import About


class ConcernForm(forms.Form):
    about = forms.ChoiceField(
        label="What is it about?",
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose what it is about."},
    )
    category = forms.ChoiceField(
        label="What kind of concern is it?",
        choices=ConcernCategory.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose the kind that fits best."},
    )
    text = forms.CharField(
        label="What happened?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="In your own words: what, when, who was there. Please do not name pupils.",
        error_messages={"required": "Please write what happened, in your own words."},
    )
    nonce = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def __init__(self, *args: Any, topics: list[About], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = {topic.key: topic for topic in topics}
        self.fields["about"].choices = [(topic.key, topic.label) for topic in topics]  # type: ignore[attr-defined]
        self.initial.setdefault("nonce", uuid.uuid4().hex)

    @property
    def topic(self) -> About:
        return self.topics[self.cleaned_data["about"]]
