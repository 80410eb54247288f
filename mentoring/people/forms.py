"""The profile as a member fills it in: four short steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.template.loader import render_to_string
from django.utils import timezone

from mentoring.one_line import validate_one_line

from .half_days import HALVES, WEEKDAYS, WorkingWeek
from .models import Interest, InterestGroup, Organisation, Profile, RoleFamily, RoleLevel
from .queries import find_organisations, place_of
from .services import LONGEST_PAUSE
from .thesaurus import Thesaurus


class StepForm(forms.Form):
    """One step: what it shows first, and what it gives to `services.save_profile`."""

    #: Parts of the profile that this step writes, each with the field that shows it.
    parts: ClassVar[dict[str, str]]

    def __init__(self, data: Any = None, *, profile: Profile | None, name: str = "") -> None:
        self.profile = profile
        super().__init__(data, initial=self.first(profile) if profile else {"display_name": name})

    def first(self, profile: Profile) -> dict[str, Any]:
        return {name: getattr(profile, name) for name in self.base_fields if hasattr(profile, name)}

    def part(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class WhoForm(StepForm):
    """A school is typed, not searched among fifty thousand; unclear words are asked about."""

    parts = {"display_name": "display_name", "organisation": "organisation_text", "job_title": "job_title"}

    display_name = forms.CharField(
        label="Your name",
        max_length=300,
        help_text="As colleagues know you.",
        error_messages={"required": "Write your name."},
        validators=[validate_one_line],
    )
    organisation_text = forms.CharField(
        label="Where you work",
        max_length=300,
        help_text="The name of your school, nursery or organisation. Its URN or postcode helps if there are several.",
        error_messages={"required": "Say where you work."},
    )
    job_title = forms.CharField(
        label="Job title", max_length=200, error_messages={"required": "Say what you do there, in a few words."}
    )

    def __init__(self, data: Any = None, *, profile: Profile | None, name: str = "") -> None:
        super().__init__(data, profile=profile, name=name)
        self.place: Organisation | None = None
        if self.is_bound:
            self._find_place()

    def first(self, profile: Profile) -> dict[str, Any]:
        return {**super().first(profile), "organisation_text": profile.organisation.name}

    def _find_place(self) -> None:
        text = str(self.data.get(self.add_prefix("organisation_text"), ""))
        current = self.profile.organisation if self.profile else None
        if current is not None and text.strip() in (current.name, place_of(current)):
            self.place = current  # whatever namesakes there are, and also when it has closed
            return
        self.place, candidates = find_organisations(text, words=Thesaurus.load())
        if self.place is None and candidates:
            self.fields["organisation"] = forms.ChoiceField(
                label="Which of these is it?",
                choices=[(str(row.pk), place_of(row)) for row in candidates],
                widget=forms.RadioSelect,
                required=False,
            )
            order = list(self.fields)
            order.remove("organisation")
            order.insert(order.index("organisation_text") + 1, "organisation")
            self.order_fields(order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.place is None and cleaned.get("organisation"):
            self.place = Organisation.objects.filter(pk=cleaned["organisation"], active=True).first()
        if self.place is None and cleaned.get("organisation_text"):
            if "organisation" in self.fields:
                self.add_error("organisation", "Please choose your place of work from the list.")
            else:
                self.add_error(
                    "organisation_text",
                    "We do not know this place. Try another spelling or the URN, or ask your coordinator to add it.",
                )
        return cleaned

    def part(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "display_name": given["display_name"],
            "job_title": given["job_title"],
            "organisation": self.place,
        }


class WeekTable(forms.CheckboxSelectMultiple):
    """A box for each half-day, in a table of the week."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        ticked = {str(one) for one in value or []}
        rows = [
            (day, [(2 * at + n, half.label, str(2 * at + n) in ticked) for n, half in enumerate(HALVES)])
            for at, day in enumerate(WEEKDAYS)
        ]
        given = {"name": name, "rows": rows, "halves": HALVES}
        return render_to_string("mentoring/steps/week.html", given)  # whatever renderer of forms the site has


class RoleForm(StepForm):
    """Where somebody stands, where they want to go, and when they are at work."""

    parts = {
        name: name for name in ("role_level", "aspiration_level", "phases", "line_manager_email", "working_pattern")
    }

    role_level = forms.ChoiceField(
        label="Role level", required=False, help_text="The nearest to what you do. It decides who can mentor whom."
    )
    aspiration_level = forms.ChoiceField(
        label="Next step", required=False, help_text="The role you would like to grow into, if you know."
    )
    phases = forms.ModelMultipleChoiceField(
        label="Phases you work with",
        queryset=Interest.objects.filter(group=InterestGroup.PHASE, active=True, parent=None),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    line_manager_email = forms.EmailField(
        label="Your line manager’s work e-mail address",
        required=False,
        help_text="You two are never matched. They are not told, and nobody is shown it.",
        error_messages={"invalid": "Please write an e-mail address, or leave it empty."},
    )
    working_pattern = forms.TypedMultipleChoiceField(
        label="When you work, if part-time",
        choices=[
            (str(2 * at + n), f"{day} {half.label.lower()}")
            for at, day in enumerate(WEEKDAYS)
            for n, half in enumerate(HALVES)
        ],
        coerce=int,
        widget=WeekTable,
        required=False,
        help_text=(
            "Tick the half-days on which you work; you are offered visits on these only. Leave all boxes empty if you "
            "work the whole week."
        ),
    )

    def __init__(self, data: Any = None, *, profile: Profile | None, name: str = "") -> None:
        super().__init__(data, profile=profile, name=name)
        levels = _levels(profile)
        for field in ("role_level", "aspiration_level"):
            self.fields[field].choices = levels  # type: ignore[attr-defined]

    def first(self, profile: Profile) -> dict[str, Any]:
        manager = profile.line_manager
        known = str(getattr(manager.user, manager.user.get_email_field_name(), "")) if manager and manager.user else ""
        return {
            "role_level": profile.role_level_id or "",
            "aspiration_level": profile.aspiration_level_id or "",
            "phases": [phase.pk for phase in profile.phases.all()],
            "line_manager_email": known or profile.line_manager_email,
            "working_pattern": [str(number) for number in profile.working_week.numbers],
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned.get("role_level"), cleaned.get("aspiration_level")]
        by_pk = {str(row.pk): row for row in RoleLevel.objects.filter(pk__in=[pk for pk in chosen if pk])}
        cleaned["role_level"], cleaned["aspiration_level"] = (by_pk.get(pk or "") for pk in chosen)
        cleaned["working_pattern"] = WorkingWeek.of(cleaned.get("working_pattern") or ())
        return cleaned


class YouForm(StepForm):
    """In own words, what helps, and whether to be left alone for now."""

    parts = {name: name for name in ("bio", "adjustments", "paused_until")}

    bio = forms.CharField(
        label="About you",
        required=False,
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Up to 1,200 characters. Name no children. A worry about a child goes to your safeguarding lead.",
    )
    adjustments = forms.CharField(
        label="What makes meetings easier for you",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "A quiet room, captions, a break in the middle. Kept encrypted. Only your coordinator reads it, and only "
            "once you are matched."
        ),
    )
    paused_until = forms.DateField(
        label="Pause until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Until this day you are not matched and get only messages that cannot wait. Empty: no pause.",
        error_messages={"invalid": "Please write the date as day, month and year, like 21/09/2026."},
    )

    def clean_paused_until(self) -> Any:
        until = self.cleaned_data["paused_until"]
        same = self.profile is not None and until == self.profile.paused_until
        if until is not None and not same and not 0 < (until - timezone.localdate()).days <= LONGEST_PAUSE:
            raise forms.ValidationError("A pause ends on a day within the next twelve months.")
        return until


def _levels(profile: Profile | None) -> list[Any]:
    own = {profile.role_level_id, profile.aspiration_level_id} if profile else set()
    groups: dict[str, list[tuple[str, str]]] = {}
    for level in RoleLevel.objects.order_by("family", "rank", "label"):
        if level.active or level.pk in own:
            groups.setdefault(str(RoleFamily(level.family).label), []).append((str(level.pk), level.label))
    return [("", "Not sure"), *groups.items()]
