"""How somebody wants what can wait."""

from __future__ import annotations

from typing import Any

from django import forms

from mentoring.messages.address_models import MailChoice


class MailForm(forms.Form):
    once_a_day = forms.ChoiceField(
        label="What can wait, such as news of the next stage and first reminders",
        choices=[("no", "Each message at once"), ("yes", "One message a day, in the morning")],
        widget=forms.RadioSelect,
        help_text="Offers, dates of meetings and last calls always come at once.",
        error_messages={"required": "Please choose how these messages come."},
    )
    daily_summary = forms.ChoiceField(
        label="A summary of what waits for you as a coordinator",
        choices=[("yes", "On each weekday when something waits"), ("no", "Never")],
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose whether the summary comes."},
    )

    def __init__(self, data: Any = None, *, choice: MailChoice, coordinates: bool) -> None:
        said = {True: "yes", False: "no"}
        initial = {"once_a_day": said[choice.once_a_day], "daily_summary": said[choice.daily_summary]}
        super().__init__(data, initial=initial)
        if not coordinates:
            del self.fields["daily_summary"]
        self.kept = choice

    def chosen(self) -> dict[str, bool]:
        """What was chosen; what was not asked stays as it is."""
        return {
            name: self.cleaned_data[name] == "yes" if name in self.cleaned_data else getattr(self.kept, name)
            for name in ("once_a_day", "daily_summary")
        }
