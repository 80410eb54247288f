"""The form behind every upload of a picture."""

from __future__ import annotations

from typing import Any

from wagtail.images.forms import BaseImageForm


class ImageForm(BaseImageForm):
    """Asks for a description unless the picture is marked as decoration."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "description" in self.fields:
            field = self.fields["description"]
            field.label = "Alternative text"
            field.help_text = "Say what the picture shows, as you would on the telephone. One sentence is enough."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "description" in self.fields and not (cleaned.get("decorative") or cleaned.get("description", "").strip()):
            self.add_error(
                "description",
                "Describe the picture for people who cannot see it, or tick that it is decorative.",
            )
        return cleaned
