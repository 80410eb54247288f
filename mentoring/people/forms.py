"""The profile as a member fills it in."""

from __future__ import annotations

from typing import Any

from django import forms

from mentoring.one_line import validate_one_line

from .imports.people_columns import split_topics
from .models import Direction, Interest, InterestGroup, Organisation, Profile, RoleFamily, RoleLevel
from .queries import find_organisations, place_of
from .thesaurus import Thesaurus

MOST_TOPICS = 12
_TOPICS_HELP = (
    "One topic a line, such as Coaching, Phonics or Headship. "
    "Add (3) after what matters most to you and (1) after what matters least."
)


class ProfileForm(forms.Form):
    """Everything by words: a school is typed, not searched among fifty thousand; unclear words are asked about."""

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
    seek = forms.CharField(
        label="I would like help with", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_TOPICS_HELP
    )
    offer = forms.CharField(
        label="I can help with", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_TOPICS_HELP
    )
    bio = forms.CharField(
        label="About you",
        required=False,
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Up to 1,200 characters. Name no children. A worry about a child goes to your safeguarding lead.",
    )

    def __init__(self, *args: Any, profile: Profile | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.profile = profile
        self.words = Thesaurus.load()
        levels = _levels(profile)
        for name in ("role_level", "aspiration_level"):
            self.fields[name].choices = levels  # type: ignore[attr-defined]
        self.place: Organisation | None = None
        if self.is_bound:
            self._find_place()

    def _find_place(self) -> None:
        text = str(self.data.get(self.add_prefix("organisation_text"), ""))
        current = self.profile.organisation if self.profile else None
        if current is not None and text.strip() in (current.name, place_of(current)):
            self.place = current  # whatever namesakes there are, and also when it has closed
            return
        self.place, candidates = find_organisations(text, words=self.words)
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
        for name in (Direction.SEEK.value, Direction.OFFER.value):
            cleaned[name] = self._topics(name, cleaned.get(name, ""))
        level, step = cleaned.get("role_level"), cleaned.get("aspiration_level")
        by_pk = {str(row.pk): row for row in RoleLevel.objects.filter(pk__in=[pk for pk in (level, step) if pk])}
        cleaned["role_level"], cleaned["aspiration_level"] = by_pk.get(level or ""), by_pk.get(step or "")
        return cleaned

    def _topics(self, name: str, text: str) -> list[tuple[Interest, int]]:
        try:
            named = split_topics(text)
        except ValueError as error:
            self.add_error(name, str(error))
            return []
        kept = {}
        if self.profile is not None:  # a retired topic stays with those who have it
            kept = {row.interest.label: row.interest for row in self.profile.profile_interests.all()}
        found: dict[int, tuple[Interest, int]] = {}
        for topic_text, strength in named:
            answer = self.words.topic(topic_text)
            topic = kept.get(topic_text) or answer.entry
            if topic is not None:
                found[topic.pk] = (topic, max(strength, found.get(topic.pk, (topic, 0))[1]))
            elif answer.candidates:
                near = " or ".join(f"“{topic.label}”" for topic in answer.candidates[:3])
                self.add_error(name, f"“{topic_text[:60]}” is not a topic we know. Did you mean {near}?")
            else:
                self.add_error(name, f"“{topic_text[:60]}” is not a topic we know. The list below has all of them.")
        if len(found) > MOST_TOPICS:
            self.add_error(name, f"Please keep to {MOST_TOPICS} topics: the fewer, the better the match.")
        return list(found.values())


def initial(profile: Profile | None, *, name: str) -> dict[str, Any]:
    """What the form shows first: the profile, or only the name of the account."""
    if profile is None:
        return {"display_name": name}
    shown: dict[str, list[str]] = {"seek": [], "offer": []}
    for row in profile.profile_interests.all():
        shown[row.direction].append(row.interest.label + (f" ({row.strength})" if row.strength != 2 else ""))
    return {
        "display_name": profile.display_name,
        "organisation_text": profile.organisation.name,
        "job_title": profile.job_title,
        "role_level": profile.role_level_id or "",
        "aspiration_level": profile.aspiration_level_id or "",
        "phases": [phase.pk for phase in profile.phases.all()],
        "bio": profile.bio,
        **{direction: "\n".join(lines) for direction, lines in shown.items()},
    }


def _levels(profile: Profile | None) -> list[Any]:
    own = {profile.role_level_id, profile.aspiration_level_id} if profile else set()
    groups: dict[str, list[tuple[str, str]]] = {}
    for level in RoleLevel.objects.order_by("family", "rank", "label"):
        if level.active or level.pk in own:
            groups.setdefault(str(RoleFamily(level.family).label), []).append((str(level.pk), level.label))
    return [("", "Not sure"), *groups.items()]
