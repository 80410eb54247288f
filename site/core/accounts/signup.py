"""The one field that allauth does not ask for. Its own module: allauth's forms import it while they are being made."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

NAME_LENGTH = 300


def clean_name(value: str) -> str:
    """One line, trimmed, single spaces: names stand in headers of mails. Any script, any length up to the field's."""
    if any(ord(sign) < 32 or sign in "\x7f\u2028\u2029" for sign in value):
        raise ValidationError("Please write your name on one line.")
    return " ".join(value.split())


class NameField(forms.CharField):
    """A person's name, whole."""

    def __init__(self, label: str = "Your name", help_text: str = "As you would like colleagues to see it.") -> None:
        super().__init__(
            label=label,
            max_length=NAME_LENGTH,
            help_text=help_text,
            error_messages={"required": "Please tell us your name."},
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )

    def clean(self, value: object) -> str:
        return clean_name(super().clean(value))


class NameForm(forms.Form):
    """Base of allauth's sign-up forms."""

    name = NameField()
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: object) -> None:
        """allauth asks for this; the name is stored by AccountAdapter.save_user, in the same INSERT."""
