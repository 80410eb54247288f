"""Forms of the import screens."""

from __future__ import annotations

from typing import Any

from django import forms

from mentoring.people.import_models import ImportJob, ImportKind
from mentoring.people.models import InterestGroup, OrganisationKind, RoleFamily
from mentoring.people.queries import place_of
from mentoring.people.thesaurus import Thesaurus
from mentoring.programmes.models import Cohort
from mentoring.trust.access import cohorts_for

from . import meanings, permissions
from .people_columns import COLUMNS


class CohortField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.programme}: {obj.name}"


class UploadForm(forms.Form):
    """A file and what it is."""

    kind = forms.ChoiceField(label="What is in the file?", choices=ImportKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label="File", help_text="CSV or XLSX, up to 60 MB. Nothing is changed before you have seen it."
    )
    cohort = CohortField(
        label="Enrol into",
        queryset=Cohort.objects.none(),
        required=False,
        empty_label="Nobody is enrolled",
        help_text="For people whose row says “mentee”, “mentor” or “both” in a column “Enrol as”.",
    )
    update_existing = forms.BooleanField(
        label="Also change what people have written about themselves",
        required=False,
        help_text="Without a tick, the profile of a person who has filled it in stays as it is.",
    )

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [(kind.value, kind.label) for kind in ImportKind if permissions.can_import(user, kind)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0][0] if kinds else None
        self.fields["cohort"].queryset = cohorts_for(user).filter(state__in=("draft", "open", "matching"))  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """Which column holds what; one select per field of ours."""

    def __init__(self, *args: Any, job: ImportJob, **options: Any) -> None:
        super().__init__(*args, **options)
        headings = [(heading, heading) for heading in job.headings]
        for column in COLUMNS:
            self.fields[column.name] = forms.ChoiceField(
                label=column.label,
                help_text=column.help_text,
                required=column.required,
                choices=[("", "Not in this file"), *headings],
                initial=job.mapping.get(column.name, ""),
            )


def questions(job: ImportJob, *, most: int = 50) -> list[dict[str, Any]]:
    """Unknown words of the file with what they could mean: [{kind, key, text, rows, name, options, chosen}]."""
    words = Thesaurus.load()
    found: list[dict[str, Any]] = []
    for kind in (meanings.ORGANISATION, meanings.ROLE, meanings.TOPIC):
        for key, entry in sorted(job.choices.get(kind, {}).items()):
            if len(found) >= most:
                return found
            found.append(
                {
                    "kind": kind,
                    "kind_label": meanings.KIND_LABELS[kind],
                    "key": key,
                    "text": entry["text"],
                    "rows": entry["rows"],
                    "name": f"choice-{len(found)}",
                    "options": _options(kind, entry["text"], words),
                    "chosen": _value(entry.get("choice")),
                }
            )
    return found


def _options(kind: str, text: str, words: Thesaurus) -> list[tuple[str, list[tuple[str, str]]]]:
    if kind == meanings.ORGANISATION:
        near = [(f"use:{row.pk}", place_of(row)) for row in meanings.organisations_like(text)]
        new = [(f"create:{value}", f"New: {label}") for value, label in OrganisationKind.choices]
        return [("Is it one of these?", near), ("Create it", new)]
    if kind == meanings.ROLE:
        near = [(f"use:{row.pk}", row.label) for row in words.role(text).candidates]
        every = sorted(words.roles.entries(), key=lambda level: level.label)
        new = [
            (f"create:{family}:{rank}", f"New: {label}, {step}")
            for family, label in RoleFamily.choices
            for rank, step in (
                (10, "beginning"),
                (20, "qualified"),
                (30, "leads some"),
                (40, "senior"),
                (60, "heads it"),
            )
        ]
        leave = [("leave", "Leave it empty")]
        return [("Perhaps", near), ("Or", leave), ("All", [(f"use:{r.pk}", r.label) for r in every]), ("Create", new)]
    near = [(f"use:{row.pk}", row.label) for row in words.topic(text).candidates]
    topics = sorted(words.topics.entries(), key=lambda topic: topic.label)
    new = [(f"create:{value}", f"New: {label}") for value, label in InterestGroup.choices]
    every_topic = [(f"use:{topic.pk}", topic.label) for topic in topics]
    return [("Perhaps", near), ("Or", [("leave", "Leave it out")]), ("Create it", new), ("All", every_topic)]


def _value(choice: dict[str, Any] | None) -> str:
    if not choice:
        return ""
    if choice.get("leave"):
        return "leave"
    if choice.get("use"):
        return f"use:{choice['use']}"
    made = choice["create"]
    if "family" in made:
        return f"create:{made['family']}:{made['rank']}"
    return f"create:{made.get('kind') or made.get('group')}"


def read_choice(kind: str, value: str) -> dict[str, Any] | None:
    """A form value as a choice of `services.answer`; what it does not know, the service refuses."""
    verb, _, rest = value.partition(":")
    if verb == "leave":
        return {"leave": True}
    if verb == "use" and rest.isascii() and rest.isdigit():
        return {"use": int(rest[:18])}
    if verb == "create":
        if kind == meanings.ROLE:
            family, _, rank = rest.partition(":")
            return {"create": {"family": family, "rank": rank}}
        return {"create": {"kind" if kind == meanings.ORGANISATION else "group": rest}}
    return None
