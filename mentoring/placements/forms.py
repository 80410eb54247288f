"""Forms of visits: the host's offer, the visitor's request, the heads' answers, the debrief."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils import timezone

from mentoring.people.models import RoleLevel
from mentoring.people.thesaurus import Thesaurus

from .models import ApprovalDecision, CoverStatus
from .offer_models import HostOffer, Session, VisitKind

_DAY = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})\s*(?P<rest>.*)")
_SESSIONS = {
    "": Session.FULL, "full": Session.FULL, "whole day": Session.FULL, "all day": Session.FULL, "am": Session.AM,
    "morning": Session.AM, "pm": Session.PM, "afternoon": Session.PM,
}  # fmt: skip


def read_days(text: str) -> dict[dt.date, str]:
    """Days as a host types them, one a line: "12/03/2027 morning", "2027-03-19".

    Raises:
        ValueError: with a sentence that names the first line that cannot be read.
    """
    found: dict[dt.date, str] = {}
    for line in filter(None, (part.strip() for part in text.splitlines())):
        match = _DAY.fullmatch(line)
        session = _SESSIONS.get(match["rest"].strip(" ,.").casefold()) if match else None
        if match is None or session is None:
            raise ValueError(f"“{line[:60]}” is not a day we can read. Write 12/03/2027, or 12/03/2027 morning.")
        written = match["date"]
        try:
            if "-" in written:
                day = dt.date.fromisoformat(written)
            else:
                number, month, year = (int(part) for part in written.split("/"))
                day = dt.date(year, month, number)
        except ValueError as error:
            raise ValueError(f"“{written}” is not a day in the calendar.") from error
        found[day] = session
    return found


def write_days(offer: HostOffer) -> str:
    """The days still to come, as `read_days` reads them."""
    words = {Session.FULL: "", Session.AM: " morning", Session.PM: " afternoon"}
    today = timezone.localdate()
    return "\n".join(
        f"{row.date:%d/%m/%Y}{words[Session(row.session)]}" for row in offer.dates.all() if row.date > today
    )


class OfferForm(forms.Form):
    """What a host offers."""

    title = forms.CharField(max_length=120, help_text="For example: A day with our SENDCo.")
    kind = forms.ChoiceField(label="What kind of visit", choices=VisitKind.choices)
    summary = forms.CharField(
        label="What a visitor sees",
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Who you are, what a day looks like, what one can learn. Name no children.",
    )
    days_needed = forms.IntegerField(label="Days of one visit", min_value=1, max_value=10, initial=1)
    days = forms.CharField(
        label="Days on which somebody can come",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One a line: 12/03/2027, or 12/03/2027 morning, or 12/03/2027 afternoon.",
    )
    focus = forms.CharField(
        label="Topics that a visitor can learn about",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, such as Behaviour or Timetabling. They decide to whom the visit is suggested.",
    )
    levels = forms.ModelMultipleChoiceField(
        label="Suitable for",
        queryset=RoleLevel.objects.filter(active=True),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="Choose none if anybody can come.",
    )
    conditions = forms.CharField(
        label="Good to know",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Arrival, parking, lunch, what to bring.",
    )
    head_email = forms.EmailField(
        label="Your head’s work e-mail address",
        help_text="They are asked once whether visitors may come, and again for each visit.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, *args: Any, needs_head: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_head:
            del self.fields["head_email"]

    def clean_days(self) -> dict[dt.date, str]:
        try:
            return read_days(self.cleaned_data["days"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_focus(self) -> list[Any]:
        words = Thesaurus.load()
        found = {}
        for line in filter(None, (part.strip() for part in self.cleaned_data["focus"].splitlines())):
            answer = words.topic(line)
            if answer.entry is None:
                near = " or ".join(f"“{topic.label}”" for topic in answer.candidates[:3])
                more = f"Did you mean {near}?" if near else "Please try another word for it."
                raise forms.ValidationError(f"“{line[:60]}” is not a topic we know. {more}")
            found[answer.entry.pk] = answer.entry
        return list(found.values())


class RequestForm(forms.Form):
    """What a visitor asks for."""

    days = forms.MultipleChoiceField(
        label="Which day suits you",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Please choose a day."},
    )
    question_1 = forms.CharField(label="What do you want to learn?", max_length=300)
    question_2 = forms.CharField(label="A second thing", max_length=300, required=False)
    question_3 = forms.CharField(label="A third thing", max_length=300, required=False)
    head_email = forms.EmailField(
        label="Your head’s work e-mail address", help_text="They decide whether you may be away, and about cover."
    )
    rules = forms.BooleanField(
        label="I accept the rules above", error_messages={"required": "Please read and accept the rules of a visit."}
    )

    def __init__(self, *args: Any, days: list[tuple[str, str]] | None, needs_head: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if days is None:  # a suggestion has its days
            del self.fields["days"]
        else:
            self.fields["days"].choices = days  # type: ignore[attr-defined]  # a choice field
        if not needs_head:
            del self.fields["head_email"]

    @property
    def questions(self) -> list[str]:
        return [self.cleaned_data.get(f"question_{number}", "") for number in (1, 2, 3)]


class OfferAnswerForm(forms.Form):
    """A head about an offer."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[("yes", "Yes, visitors may come on these days"), ("no", "No, not this time")],
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose one of the two answers."},
    )
    text = forms.CharField(
        label="Your conditions, or a word with your answer",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Visitors and their heads read it.",
    )


class ApprovalForm(forms.Form):
    """A head about one visit. The releasing head also speaks of cover and, once a year, states the checks."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[
            (ApprovalDecision.YES.value, "Yes, I agree"),
            (ApprovalDecision.NO.value, "No, not this time"),
            (ApprovalDecision.QUESTION.value, "I have a question first"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose one of the three answers."},
    )
    text = forms.CharField(
        label="Your conditions, or your question",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The visitor, the host and the coordinator read it. Please name no pupils.",
    )
    cover = forms.ChoiceField(
        label="How are lessons covered?",
        required=False,
        choices=[
            (CoverStatus.NOT_NEEDED.value, "No cover is needed"),
            (CoverStatus.ARRANGED.value, "Cover is arranged"),
            (CoverStatus.ASKED.value, "Cover is still to be arranged"),
        ],
        widget=forms.RadioSelect,
        help_text="Needed with a yes.",
    )
    half_days = forms.ChoiceField(
        label="Half-days of cover, each day", required=False, choices=[("0", "None"), ("1", "One"), ("2", "Two")]
    )
    cost = forms.CharField(
        label="What the cover costs in all, in pounds", required=False, max_length=12, help_text="If you know it."
    )
    statement = forms.BooleanField(label="I make this statement", required=False, help_text="Needed with a yes.")
    name = forms.CharField(
        label="Your name and role", required=False, max_length=300, help_text="Needed with a yes: it is kept with it."
    )

    def __init__(
        self, *args: Any, releasing: bool, needs_statement: bool, most_half_days: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if most_half_days < 2:
            half_days: Any = self.fields["half_days"]
            half_days.choices = half_days.choices[: most_half_days + 1]
            half_days.help_text = "For the half of the day in which they work."
        self.needs_statement = needs_statement
        gone = [] if releasing else ["cover", "half_days", "cost"]
        gone += [] if needs_statement else ["statement", "name"]
        for field in gone:
            del self.fields[field]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("answer") == ApprovalDecision.QUESTION and not given.get("text", "").strip():
            self.add_error("text", "Please write your question.")
        if given.get("answer") == ApprovalDecision.YES:
            if "cover" in self.fields and not given.get("cover"):
                self.add_error("cover", "Please say how lessons are covered.")
            if self.needs_statement and not given.get("statement"):
                self.add_error("statement", "Please confirm the statement, or choose “I have a question first”.")
            if self.needs_statement and not given.get("name", "").strip():
                self.add_error("name", "Please write your name and role: the statement is kept under them.")
        return given


class DebriefForm(forms.Form):
    text = forms.CharField(
        label="What I saw, and what I will try",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Your coordinator can read it. Name no children.",
    )
    presented_on = forms.DateField(
        label="I told my colleagues about it on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="If you have. You can add the day later.",
    )
    share = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, mentor: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mentor:
            self.fields["share"].label = f"{mentor}, your mentor, may read it"
            self.fields[
                "share"
            ].help_text = "It stands beside the notes of your pair. Take the tick away to keep it from them."
        else:
            del self.fields["share"]
