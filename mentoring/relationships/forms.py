"""What the two of a pair fill in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.wish_models import Goal, GoalProgress

from .agreement import Terms
from .check_models import CheckAnswer, GoalsReached
from .ending import REASONS
from .meetings import MOST, moment
from .space_models import Agreement

YES_NO = (("yes", "Yes"), ("no", "No"))
NO_PUPILS = "Please do not name pupils. A concern about a child goes to your safeguarding lead, not here."
ORDINALS = ("First", "Second", "Third")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _choice(label: str, choices: Any, missing: str = "Please choose one.", **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": missing}, **options
    )


class VersionForm(forms.Form):
    """A form that knows which state of things it was opened at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def carry(self, **now: Any) -> None:
        """After a refusal: what was typed stays, the hidden fields say what is there now."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, once posted
        for name, value in now.items():
            data[self.add_prefix(name)] = str(value)
        self.data = data


class AgreementForm(VersionForm):
    contact = forms.CharField(
        label="How do you reach each other?",
        max_length=300,
        help_text="For example: by e-mail, an answer within two working days; a call only when it cannot wait.",
        error_messages={"required": "Please write how you reach each other."},
    )
    every_weeks = forms.IntegerField(
        label="How many weeks from meeting to meeting?",
        min_value=1,
        max_value=26,
        error_messages={"required": "Please give a number of weeks.", "invalid": "Please give a whole number."},
    )
    notice_hours = forms.IntegerField(
        label="How many hours before a meeting do you call it off at the latest?",
        min_value=0,
        max_value=336,
        initial=24,
        error_messages={"required": "Please give a number of hours.", "invalid": "Please give a whole number."},
    )
    review_on = forms.DateField(
        label="When do you look at this again?",
        widget=DateInput,
        error_messages={"required": "Please choose a date.", "invalid": "Please give a date like 2027-06-30."},
    )
    more = forms.CharField(
        label="Anything else you agree?", max_length=1000, required=False, widget=_area(4), help_text=NO_PUPILS
    )

    def __init__(self, *args: Any, agreement: Agreement | None, weeks: int, end: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if agreement is not None:
            for name in Terms.__dataclass_fields__:
                self.initial[name] = getattr(agreement, name)
        else:
            halfway = timezone.localdate() + (end - timezone.localdate()) / 2
            self.initial.update(every_weeks=weeks, review_on=min(halfway, end))
        number = 1 if agreement is None else agreement.number + int(agreement.in_force)
        self.initial["version"] = number

    def terms(self) -> Terms:
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})


class TimesForm(VersionForm):
    """Up to three times; the first is needed."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    day_1 = forms.DateField(widget=DateInput, label="First time: day")
    time_1 = forms.TimeField(widget=TimeInput, label="First time: begins at")
    day_2 = forms.DateField(widget=DateInput, label="Second time: day", required=False)
    time_2 = forms.TimeField(widget=TimeInput, label="Second time: begins at", required=False)
    day_3 = forms.DateField(widget=DateInput, label="Third time: day", required=False)
    time_3 = forms.TimeField(widget=TimeInput, label="Third time: begins at", required=False)
    minutes = forms.IntegerField(
        label="How many minutes?",
        min_value=15,
        max_value=480,
        initial=60,
        error_messages={
            "min_value": "A meeting takes between 15 minutes and 8 hours.",
            "max_value": "A meeting takes between 15 minutes and 8 hours.",
        },
    )
    place = forms.CharField(
        label="Where, or the link",
        max_length=300,
        required=False,
        help_text="You can add it later by moving the meeting.",
    )
    topics = forms.CharField(
        label="What would you like to talk about?",
        max_length=1000,
        required=False,
        widget=_area(3),
        help_text=f"Only the two of you read it. {NO_PUPILS}",
    )

    def __init__(self, *args: Any, moving: bool = False, place: str = "", version: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            day, time = self.fields[f"day_{number}"], self.fields[f"time_{number}"]
            day.error_messages |= {
                "required": "Please give at least one day.",
                "invalid": "Please give a date like 2027-06-30.",
            }
            time.error_messages |= {"required": "Please give a time.", "invalid": "Please give a time like 15:30."}
        if moving:
            del self.fields["minutes"], self.fields["topics"], self.fields["uid"]
            self.initial.update(place=place, version=version)
            self.fields["place"].help_text = ""
        else:
            self.initial["uid"] = uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        times = []
        for number in range(1, MOST + 1):
            names = (f"day_{number}", f"time_{number}")
            if any(name in self.errors for name in names):
                continue
            day, time = (given.get(name) for name in names)
            if day and time is not None:
                try:
                    times.append(moment(day, time))
                except MentoringError as error:
                    self.add_error(names[1], str(error))
            elif day or time is not None:
                missing = names[1] if day else names[0]
                self.add_error(missing, f"{ORDINALS[number - 1]} time: please give both, the day and when it begins.")
        given["times"] = times
        return given


class MarkForm(VersionForm):
    held = _choice("Did the meeting happen?", (("yes", "Yes, we met"), ("no", "No, it did not happen")))
    topics = forms.CharField(
        label="What was it about?",
        max_length=1000,
        required=False,
        widget=_area(3),
        help_text=f"Only the two of you read it; coordinators see that you met, not what was said. {NO_PUPILS}",
    )


class NoteForm(VersionForm):
    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label="Your note",
        max_length=4000,
        widget=_area(5),
        help_text=NO_PUPILS,
        error_messages={
            "required": "Please write something first.",
            "max_length": "Please keep your note below 4,000 characters; it has %(show_value)d.",
        },
    )
    readers = _choice("Who may read it?", (("me", "Only me"), ("both", "Both of us")), initial="me")


class GoalsForm(forms.Form):
    """How far each goal has come; each field carries what it was when the page was opened."""

    def __init__(self, *args: Any, goals: Iterable[Goal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = list(goals)
        for goal in self.goals:
            self.fields[f"now_{goal.pk}"] = _choice(
                f"{goal.position}. {goal.text}", GoalProgress.choices, initial=goal.progress, help_text=goal.benefit
            )
            self.fields[f"was_{goal.pk}"] = forms.CharField(
                widget=forms.HiddenInput, initial=goal.progress, required=False
            )

    def progress(self) -> dict[int, tuple[str, str]]:
        given = self.cleaned_data
        return {goal.pk: (given[f"was_{goal.pk}"], given[f"now_{goal.pk}"]) for goal in self.goals}


class PauseForm(VersionForm):
    until = forms.DateField(
        label="Until when?",
        widget=DateInput,
        help_text="On this day it goes on by itself.",
        error_messages={"required": "Please choose a day.", "invalid": "Please give a date like 2027-06-30."},
    )


class EndForm(VersionForm):
    reason = _choice(
        "What comes nearest to the reason?",
        tuple(REASONS.items()),
        "Please tick what comes nearest to the reason. Only the coordinator reads it.",
        help_text="Only the coordinator reads it.",
    )
    note = forms.CharField(
        label="Anything the coordinator should know",
        max_length=1000,
        required=False,
        widget=_area(3),
        help_text=f"Only the coordinator reads it. {NO_PUPILS}",
    )

    def __init__(self, *args: Any, side: EnrolmentRole, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if side == EnrolmentRole.MENTEE:
            self.fields["again"] = _choice(
                "Would you like to wait for another mentor?",
                (("yes", "Yes, please find me another"), ("no", "No, I stop here"), ("", "I will say later")),
                required=False,
            )
        else:
            self.fields["again"] = _choice(
                "Is your place free for another mentee?",
                (("yes", "Yes, keep my place open"), ("no", "No, take one place away")),
                "Please say whether your place is free for another mentee.",
            )

    def again(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["again"])


class NextForm(forms.Form):
    def __init__(self, *args: Any, side: EnrolmentRole, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = side == EnrolmentRole.MENTEE
        self.fields["again"] = _choice(
            "Would you like to wait for another mentor?" if asks else "Is your place free for another mentee?",
            (("yes", "Yes, please"), ("no", "No, I stop here" if asks else "No, take one place away")),
        )


class HelpForm(forms.Form):
    text = forms.CharField(
        label="What can the coordinator do for you?",
        max_length=250,
        widget=_area(3),
        help_text=f"A sentence or two. {NO_PUPILS}",
        error_messages={
            "required": "Please write a sentence, so that the coordinator knows what you need.",
            "max_length": "Please keep it below 250 characters; it has %(show_value)d. Tell the rest in person.",
        },
    )


class CheckForm(forms.Form):
    answer = _choice(
        "Is all well?",
        [(value, label) for value, label in CheckAnswer.choices if value],
        "Please choose one of the three answers.",
    )


class ClosingForm(forms.Form):
    rating = _choice(
        "How good was it for you?",
        (("5", "5, very good"), ("4", "4, good"), ("3", "3, all right"), ("2", "2, not so good"), ("1", "1, not good")),
    )
    goals_reached = _choice("Were the goals reached?", GoalsReached.choices)
    met_enough = _choice("Did you meet often enough?", YES_NO)
    would_again = _choice("Would you do it again, with somebody new?", YES_NO)

    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "rating": int(given["rating"]),
            "goals_reached": given["goals_reached"],
            "met_enough": given["met_enough"] == "yes",
            "would_again": given["would_again"] == "yes",
        }
