"""The visitor's choice of colours."""

from django import forms


class AppearanceForm(forms.Form):
    """Light, dark, or as the device says."""

    theme = forms.ChoiceField(
        label="Colours",
        choices=[("", "As my device"), ("light", "Light"), ("dark", "Dark")],
        widget=forms.RadioSelect,
        required=False,
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)
