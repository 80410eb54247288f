"""The settings of a programme, in groups that an owner understands. Versioned: a stale form changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.urls import reverse
from wagtail.admin.widgets.button import HeaderButton

from mentoring.one_line import validate_one_line
from mentoring.trust.versions import VersionedEditView, VersionedForm

from .models import Programme


class ProgrammeForm(VersionedForm):
    class Meta:
        model = Programme
        fields = ("title", "slug", "owner_org", "pathway_page", "contact_email", "active")

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"])
        validate_one_line(title)  # it stands in the subject of every mail of the programme
        return title


@dataclass(frozen=True)
class Group:
    heading: str
    help: str
    fields: tuple[str, ...]


GROUPS = (
    Group(
        "The programme",
        "A cohort opens only with a contact address and a privacy notice.",
        ("title", "contact_email", "pathway_page", "privacy_page", "active"),
    ),
    Group(
        "How it works",
        "What people are asked for, and who chooses. A change counts from now on; offers already out stay as they are.",
        ("mentees_choose", "mentors_agree_once", "training_needed", "head_support_needed"),
    ),
    Group(
        "Clocks",
        "How long people have before they are reminded and, in the end, the clock acts. Clocks count working days of "
        "each school and skip its closed days. A clock that runs already keeps its last day.",
        ("offer_days", "agreement_days", "answer_days", "quiet_weeks", "meet_every_weeks", "min_meetings"),
    ),
    Group(
        "How long things are kept",
        "Afterwards they are erased, or names are taken out. Agree these with whoever looks after data protection.",
        ("keep_applications_months", "keep_pairs_months", "keep_notes_months"),
    ),
)


class ProgrammeChangeForm(ProgrammeForm):
    """What an owner may change; the owning organisation and the address stay."""

    class Meta:
        model = Programme
        fields = tuple(name for group in GROUPS for name in group.fields)
        labels = {
            "pathway_page": "Page about it",
            "active": "Switched on",
            "mentees_choose": "Mentees may choose",
            "mentors_agree_once": "Mentors agree once, when they enrol",
            "training_needed": "Mentors need training",
            "head_support_needed": "Heads are asked to agree",
            "offer_days": "Days to answer an offer",
            "agreement_days": "Days to write the agreement",
            "answer_days": "Days to answer “is all well?”",
            "quiet_weeks": "Quiet weeks before a pair is asked",
            "meet_every_weeks": "Weeks between meetings",
            "min_meetings": "Meetings of a complete relationship",
            "keep_applications_months": "Months for unmatched applications",
            "keep_pairs_months": "Months for relationships",
            "keep_notes_months": "Months for notes",
        }

    def groups(self) -> Iterator[tuple[Group, list[BoundField]]]:
        for group in GROUPS:
            yield group, [self[name] for name in group.fields]


class ProgrammeEditView(VersionedEditView):
    audit_action = "mentoring.programme.changed"
    template_name = "mentoring/admin/programme.html"

    @property
    def header_buttons(self) -> list[Any]:
        stages = reverse("mentoring_programme:stages", args=[self.object.pk])
        mails = reverse("mentoring_programme:mails", args=[self.object.pk])
        matching = reverse("mentoring_programme:matching", args=[self.object.pk])
        return [
            *super().header_buttons,
            HeaderButton("Stages and tasks", url=stages, icon_name="list-ol"),
            HeaderButton("Words of mails", url=mails, icon_name="mail"),
            HeaderButton("Weights and rules", url=matching, icon_name="sliders"),
        ]
