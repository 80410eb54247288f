"""The steps of an application: which there are, what each holds so far, which comes next."""

from __future__ import annotations

from dataclasses import dataclass

from . import forms
from .applying import TO_SEND
from .models import Enrolment, EnrolmentRole


@dataclass(frozen=True)
class Step:
    """One step as its page and the overview show it."""

    slug: str
    title: str
    lead: str
    form: type[forms.StepForm]


GOALS = Step(
    "goals",
    "Your goals",
    "One is enough, three are the most. A mentor is chosen who can help with them.",
    forms.GoalsForm,
)
OFFER = Step("offer", "Your offer", "How many people, and what they should know.", forms.OfferForm)
MEETING = Step("meeting", "Meeting", "In person, online, or as it comes.", forms.MeetingForm)
HOURS = Step(
    "hours",
    "Usual hours",
    "When you could usually meet. A rough idea helps; every meeting is agreed anew.",
    forms.HoursForm,
)
HEAD = Step("head", "Your head’s support", "This programme asks heads before it starts with anybody.", forms.HeadForm)


def steps_of(row: Enrolment) -> list[Step]:
    """In their order. The head is a step only until the application is sent; then they are asked again by hand."""
    if row.as_role == EnrolmentRole.MENTOR:
        return [OFFER, MEETING, HOURS]
    asks = row.cohort.programme.head_support_needed and row.state in TO_SEND
    return [GOALS, MEETING, HOURS, *([HEAD] if asks else [])]


def answers(row: Enrolment) -> dict[str, list[str]]:
    """What was written in each step, as lines to read; no line: nothing yet."""
    said: dict[str, list[str]] = {
        GOALS.slug: [f"{g.text}{f' – so that: {g.benefit}' if g.benefit else ''}" for g in row.goal_set.all()],
        MEETING.slug: [],
        HOURS.slug: [part for part in row.availability.split("; ") if part],
        HEAD.slug: [row.head_email] if row.head_email else [],
    }
    if row.formats:
        said[MEETING.slug].append(row.get_formats_display())
        if row.max_travel_minutes is not None:
            said[MEETING.slug].append(f"Up to {row.max_travel_minutes} minutes one way")
    if row.as_role == EnrolmentRole.MENTOR:
        said[OFFER.slug] = [f"{row.capacity} place{'' if row.capacity == 1 else 's'}"]
        if row.goals:
            said[OFFER.slug].append(row.goals)
        if row.training_completed_on:
            said[OFFER.slug].append(f"Training completed on {row.training_completed_on:%-d %B %Y}")
        if row.cohort.programme.mentees_choose:
            said[OFFER.slug].append("Mentees may see you" if row.shown else "Mentees do not see you")
    elif row.goals:
        said[GOALS.slug].append(row.goals)
    return said
