"""The form behind a session: makes the dates of a series, and checks what publishing needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from wagtail.admin.widgets import AdminDateInput

from .facets import FacetPageForm
from .school_year import REPEAT_LABELS, Repeat, repeated

if TYPE_CHECKING:
    from .session import SessionDate, SessionPage


class SessionPageForm(FacetPageForm):
    """`repeat` and `repeat_until` are stored nowhere: on saving they become rows of dates."""

    repeat = forms.ChoiceField(
        label="Repeats",
        required=False,
        choices=[("", "Does not repeat"), *((rule.value, label) for rule, label in REPEAT_LABELS.items())],
        help_text="Counted from the last date above. Holidays are guessed: look the dates over.",
    )
    repeat_until = forms.DateField(
        label="Until", required=False, widget=AdminDateInput, help_text="The last possible day."
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        repeat, until = cleaned.get("repeat"), cleaned.get("repeat_until")
        rows = [row.cleaned_data for row in self._dates() if row.cleaned_data.get("start")]
        if repeat and not until and "repeat_until" not in self.errors:
            self.add_error("repeat_until", "Say until which day it repeats.")
        if repeat and until and not rows:
            self.add_error("repeat", "Fill in the first date above, so that the others can follow it.")
        elif repeat and until and until <= max(timezone.localtime(row["start"]).date() for row in rows):
            self.add_error("repeat_until", "Choose a day after the last date above.")
        if not self.is_deferred_validation:
            self._check_place(cleaned)
        return cleaned

    def save(self, commit: bool = True) -> SessionPage:
        page: SessionPage = super().save(commit=False)
        repeat, until = self.cleaned_data.get("repeat"), self.cleaned_data.get("repeat_until")
        if repeat and until:
            add_series(page, Repeat(repeat), until)
        if commit:
            page.save()
            self.save_m2m()
        return page

    def _dates(self) -> list[Any]:
        formset = self.formsets.get("dates")
        if formset is None:
            return []
        formset.is_valid()  # fills cleaned_data; the outcome itself is asked for by the whole form
        return [row for row in formset.forms if hasattr(row, "cleaned_data") and not row.cleaned_data.get("DELETE")]

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        """What publishing needs and a draft may lack."""
        at_a_place = cleaned.get("format") in ("in_person", "hybrid")
        if at_a_place and "place_name" in self.fields and not cleaned.get("place_name"):
            self.add_error("place_name", "Say where it happens before you publish, or choose “Online”.")


def add_series(page: SessionPage, repeat: Repeat, until: Any) -> list[SessionDate]:
    """Adds the rows that follow the last date by the rule, as long as that one; a start that exists is left alone."""
    from .session import SessionDate  # the page's module imports this form

    rows = sorted((row for row in page.dates.all() if row.start), key=lambda row: row.start)
    if not rows:
        return []
    last = rows[-1]
    taken = {row.start for row in rows}
    made = []
    for start in repeated(timezone.make_naive(last.start), repeat, until):
        moment = timezone.make_aware(start)
        if moment not in taken:
            length = timezone.make_naive(last.end) - timezone.make_naive(last.start)
            made.append(SessionDate(start=moment, end=timezone.make_aware(start + length)))
    page.dates.add(*made)
    return made
