"""What members fill in: an application, one short step at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from mentoring.errors import MentoringError

from . import applying, head, hours
from .consent import CONSENT_VERSION
from .models import Enrolment, EnrolmentState, Formats
from .telling import email_of

TOO_LONG = "Please keep this below {most} characters; it has %(show_value)d."


class StepForm(forms.Form):
    """One step of an application: what it shows first, and what it gives to `applying.save_part`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, enrolment: Enrolment) -> None:
        self.enrolment = enrolment
        super().__init__(data, initial={**self.first(enrolment), "version": enrolment.version})

    def first(self, row: Enrolment) -> dict[str, Any]:
        """What the fields show before anything is typed."""
        return {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}

    def part(self) -> dict[str, Any]:
        """The keywords for `applying.save_part`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def _goal(number: int) -> forms.CharField:
    return forms.CharField(
        label="What would you like to get better at?",
        required=number == 1,
        max_length=applying.MOST_WORDS,
        error_messages={
            "required": "Write at least one goal: it helps to find the right person.",
            "max_length": TOO_LONG.format(most=applying.MOST_WORDS),
        },
        help_text="For example: leading a meeting in which everybody speaks." if number == 1 else "",
    )


def _benefit() -> forms.CharField:
    return forms.CharField(
        label="What would your pupils or your setting gain?",
        required=False,
        max_length=applying.MOST_WORDS,
        error_messages={"max_length": TOO_LONG.format(most=applying.MOST_WORDS)},
    )


class GoalsForm(StepForm):
    """One to three goals, each with what it brings, and own words."""

    goal_1, benefit_1 = _goal(1), _benefit()
    goal_2, benefit_2 = _goal(2), _benefit()
    goal_3, benefit_3 = _goal(3), _benefit()
    goals = forms.CharField(
        label="Anything else, in your own words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Please do not name pupils. A concern about a child goes to your safeguarding lead, not here.",
        error_messages={"max_length": TOO_LONG.format(most="2,000")},
    )

    def first(self, row: Enrolment) -> dict[str, Any]:
        shown: dict[str, Any] = {"goals": row.goals}
        for at, goal in enumerate(row.goal_set.all(), start=1):
            shown |= {f"goal_{at}": goal.text, f"benefit_{at}": goal.benefit}
        return shown

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for at in (2, 3):
            if given.get(f"benefit_{at}") and not given.get(f"goal_{at}"):
                self.add_error(f"goal_{at}", "Please write the goal that belongs to this benefit.")
        return given

    def part(self) -> dict[str, Any]:
        given = self.cleaned_data
        rows = [(given[f"goal_{at}"], given[f"benefit_{at}"]) for at in (1, 2, 3)]
        return {"goals": given["goals"], "goal_rows": rows}

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Goals in the order of the page."""
        names = ("First goal", "Second goal", "Third goal")
        return [(name, [self[f"goal_{at}"], self[f"benefit_{at}"]]) for at, name in enumerate(names, start=1)]


class OfferForm(StepForm):
    """What a mentor offers."""

    capacity = forms.IntegerField(
        label="How many mentees could you take on?",
        min_value=0,
        max_value=6,
        help_text="Between 0 and 6. Most people start with one.",
        error_messages={
            "min_value": "Please give a number between 0 and 6.",
            "max_value": "Please give a number between 0 and 6.",
            "invalid": "Please give a whole number between 0 and 6.",
            "required": "Please give a number between 0 and 6.",
        },
    )
    goals = forms.CharField(
        label="What would you like a mentee to know about your offer?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Your topics and your story come from your profile. Please do not name pupils.",
        error_messages={"max_length": TOO_LONG.format(most="2,000")},
    )
    training_completed_on = forms.DateField(
        label="When did you complete mentor training?",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Leave empty if you have not yet.",
        error_messages={"invalid": "Please write the date as day, month and year, like 21/09/2026."},
    )
    shown = forms.BooleanField(
        label="Mentees may see me when they choose",
        required=False,
        help_text="They see your first name, role level, topics and what you wrote here, while you have a place free.",
    )

    def __init__(self, data: Any = None, *, enrolment: Enrolment) -> None:
        super().__init__(data, enrolment=enrolment)
        programme = enrolment.cohort.programme
        if programme.training_needed:
            self.fields[
                "training_completed_on"
            ].help_text = "This programme asks for it before you are matched. Leave empty if you have not done it yet."
        if not programme.mentees_choose:
            del self.fields["shown"]


class MeetingForm(StepForm):
    """How to meet, and how far."""

    formats = forms.ChoiceField(
        label="How would you like to meet?",
        choices=[*Formats.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose how you would like to meet."},
    )
    max_travel_minutes = forms.IntegerField(
        label="Longest journey to a meeting, in minutes one way",
        required=False,
        min_value=0,
        max_value=240,
        help_text="Leave empty if distance does not matter, or if you meet online only.",
        error_messages={
            "min_value": "Please give minutes between 0 and 240.",
            "max_value": "Please give minutes between 0 and 240.",
            "invalid": "Please give whole minutes, such as 45.",
        },
    )


class HoursForm(StepForm):
    """The grid, and words for what does not fit it."""

    grid = forms.MultipleChoiceField(
        label="Usual hours", required=False, choices=list(hours.CELLS.items()), widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label="Or write, or paste, your hours",
        required=False,
        max_length=hours.MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=(
            "One day a line, such as “Mon 15:30-17:00”. Begin with “A:” or “B:” for every other week. "
            "What you ticked above is added."
        ),
        error_messages={"max_length": TOO_LONG.format(most="1,000")},
    )

    def first(self, row: Enrolment) -> dict[str, Any]:
        cells, words = hours.apart(row.availability)
        return {"grid": sorted(cells), "words": words}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                given["availability"] = hours.together(given["grid"], given["words"])
            except MentoringError as error:
                self.add_error("words", str(error))
        return given

    def part(self) -> dict[str, Any]:
        return {"availability": self.cleaned_data["availability"]}

    @property
    def table(self) -> list[dict[str, Any]]:
        """Rows of the grid: a day, and a cell for each part of it with its box's name, id and whether it is ticked."""
        ticked = set(self["grid"].value() or ())
        return [
            {
                "day": label,
                "cells": [
                    {"value": cell, "label": f"{label}, {part_label}", "ticked": cell in ticked}
                    for part, part_label in hours.PARTS
                    for cell in (f"{day}-{part}",)
                ],
            }
            for day, label in hours.DAYS
        ]

    @cached_property
    def columns(self) -> list[str]:
        return [label for _, label in hours.PARTS]


class HeadForm(StepForm):
    """Whom to ask for support."""

    head_email = forms.CharField(
        label="Your head’s work e-mail address",
        max_length=254,
        help_text=(
            "They get one message with a link, need no account, and answer yes, no or with a question. If you are the "
            "head, give the address of the person you answer to."
        ),
        error_messages={"required": "Give your head’s address: this programme asks them to agree."},
    )

    def __init__(self, data: Any = None, *, enrolment: Enrolment) -> None:
        super().__init__(data, enrolment=enrolment)
        if not applying.needs_head(enrolment):
            field = self.fields["head_email"]
            field.required = False
            field.help_text = f"{field.help_text} Leave empty if nobody has to agree; the coordinator then decides."

    def clean_head_email(self) -> str:
        given = str(self.cleaned_data["head_email"]).strip()
        if not given:
            return given
        try:
            return head.clean_head_email(given, own=email_of(self.enrolment.profile))
        except MentoringError as error:
            raise forms.ValidationError(str(error)) from error


class SendForm(forms.Form):
    """Reading what taking part means, agreeing, sending; with an answer where a question came back."""

    reply = forms.CharField(
        label="Your answer to the coordinator",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": TOO_LONG.format(most="1,000")},
    )
    adult = forms.BooleanField(label="I am 18 or over")
    agreed = forms.BooleanField(
        label="I have read this and want to take part",
        error_messages={"required": "Please tick this if you want to take part."},
    )
    consent_version = forms.CharField(widget=forms.HiddenInput, initial=CONSENT_VERSION, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, enrolment: Enrolment) -> None:
        super().__init__(data, initial={"version": enrolment.version, "reply": enrolment.reply})
        contact = enrolment.cohort.programme.contact_email
        self.fields["adult"].error_messages["required"] = applying.ADULTS_ONLY.format(contact=contact)
        if enrolment.state != EnrolmentState.RETURNED:
            del self.fields["reply"]

    def clean_consent_version(self) -> str:
        given = str(self.cleaned_data.get("consent_version") or "")
        if given != CONSENT_VERSION:
            raise forms.ValidationError("The wording changed while you were writing. Please read it again.")
        return given
