"""Reads: the pair's space for its two, what happened for coordinators, sums of the closing answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone

from mentoring.people.models import Profile
from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.stage_models import Stage, StageTask, TaskOwner
from mentoring.programmes.wish_models import Goal
from mentoring.trust.models import AuditEvent

from .check_models import CheckAnswer, ClosingAnswer, GoalsReached
from .meeting_models import Meeting, MeetingState
from .mine import Mine
from .models import Relationship
from .notes import week_of
from .space_models import Agreement, Note, TaskTick
from .turns import Facts

#: How many of what lies behind are shown before "all of them".
RECENT = 5
#: Closing answers are shown only summed over at least so many.
LEAST = 5


@dataclass
class Space:
    """All that the pair's page shows."""

    mine: Mine
    agreement: Agreement | None
    unsigned: Agreement | None
    goals: list[Goal]
    proposed: list[Meeting]
    to_come: list[Meeting]
    behind: list[Meeting]
    more_behind: int
    notes: list[Note]
    stages: list[StageNow] = field(default_factory=list)


@dataclass
class StageNow:
    """A stage as a pair stands to it."""

    stage: Stage
    is_open: bool
    opens_on: dt.date | None
    tasks: list[TaskNow]

    @property
    def left(self) -> int:
        return sum(not task.done for task in self.tasks)


@dataclass
class TaskNow:
    task: StageTask
    done: bool
    due: dt.date | None
    mine: bool


def space(pair: Relationship, side: EnrolmentRole) -> Space:
    """Ten queries or fewer, whatever a pair has written and met."""
    meetings = list(pair.meetings.exclude(state=MeetingState.CANCELLED))
    facts = Facts(
        list(pair.agreements.all()),
        [m for m in meetings if m.state != MeetingState.MISSED],
        list(pair.checks.all()),
        set(pair.closing_answers.values_list("role", flat=True)),
    )
    now = timezone.now()
    behind = [m for m in meetings if m.start and m.end and m.end <= now]
    return Space(
        mine=Mine(pair, side, facts),
        agreement=next((a for a in facts.agreements if a.in_force), None),
        unsigned=facts.unsigned,
        goals=list(Goal.objects.filter(enrolment_id=pair.mentee_id)),
        proposed=[m for m in meetings if m.options],
        to_come=sorted(
            (m for m in meetings if m.state == "booked" and m.end and m.end > now), key=lambda m: str(m.start)
        ),
        behind=behind[:RECENT],
        more_behind=max(0, len(behind) - RECENT),
        notes=list(notes_for(pair, side)[:3]),
        stages=stages_of(pair, side),
    )


def notes_for(pair: Relationship, side: str) -> QuerySet[Note]:
    """What one of the two may read: their own, and what the other one shared."""
    return pair.notes.filter(Q(author=side) | Q(shared=True))


def stages_of(pair: Relationship, side: str) -> list[StageNow]:
    """The programme's stages with this pair's ticks. Four queries at most, two without stages."""
    ticked = set(TaskTick.objects.filter(relationship=pair).values_list("task_id", flat=True))
    week = week_of(pair)
    found = []
    for stage in (
        pair.cohort.programme.stages.select_related("page").prefetch_related("tasks").order_by("opens_week", "position")
    ):
        opens = pair.began_on + dt.timedelta(weeks=stage.opens_week) if pair.began_on else None
        tasks = tasks_now(stage, side, opens=opens, ticked=ticked)
        found.append(StageNow(stage, week >= stage.opens_week, opens, tasks))
    return found


def tasks_now(stage: Stage, side: str, *, opens: dt.date | None, ticked: Collection[int]) -> list[TaskNow]:
    """The tasks of a stage that opens on a day, as one side sees them."""
    return [
        TaskNow(
            task,
            task.pk in ticked,
            opens + dt.timedelta(days=task.due_days) if opens else None,
            task.owner in (TaskOwner.BOTH, side),
        )
        for task in stage.tasks.all()
    ]


# --- What happened -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happened:
    """One line of a pair's timeline."""

    at: dt.datetime
    sentence: str
    who: str


#: action → sentence; `{…}` are values that the trail kept. Nothing here was written by one of the two to the other.
_SENTENCES = {
    "began": "Both said yes. The pair exists",
    "agreement_written": "Version {number} of the agreement written and signed",
    "agreement_signed": "Version {number} of the agreement signed",
    "agreement_dropped": "Version {number} of the agreement was not signed in time and does not count",
    "active": "Both have signed: under way",
    "paused": "Paused until {until}",
    "resumed": "Goes on after the pause",
    "meeting_proposed": "Times for a meeting proposed",
    "meeting_times_changed": "Other times for a meeting proposed",
    "meeting_booked": "Meeting booked{when}",
    "meeting_moved": "Meeting moved{when}",
    "meeting_held": "Meeting held{when}",
    "meeting_missed": "Meeting did not happen{when}",
    "meeting_cancelled": "Meeting called off{when}",
    "stage_opened": "A stage opened",
    "goals_moved": "Progress of goals noted",
    "check_asked": "Asked both whether all is well",
    "check_answered": "Answered whether all is well: {answer}",
    "check_unanswered": "No answer whether all is well",
    "help_asked": "Asked the coordinator for help",
    "bar_found": "Something has changed that would forbid the pair",
    "handed_back": "Seen to; the turn handed back",
    "extended": "Last day moved to {until}",
    "closing": "Closing: both asked how it was",
    "closing_answered": "Closing questions answered",
    "completed": "Completed",
    "ended": "Ended early",
    "next_chosen": "Said what comes next",
    "lapsed": "Lapsed: the agreement was not signed by both in time",
    "reopened": "Opened again",
}
_WHO = {"mentee": "The mentee", "mentor": "The mentor", "coordinator": "A coordinator", "clock": "The clock"}


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def timeline(pair: Relationship) -> list[Happened]:
    """What happened, the newest first, from the trail and the meetings' dates. Two queries; no word of the two."""
    events = AuditEvent.objects.filter(object_type=pair._meta.label_lower, object_id=str(pair.pk))
    starts: dict[Any, Any] = dict(pair.meetings.values_list("pk", "start"))
    parties = {pair.mentee.profile.user_id: "mentee", pair.mentor.profile.user_id: "mentor"}
    found = []
    for event in events:
        action = event.action.removeprefix("mentoring.relationship.")
        values = _Values(event.after)
        start = starts.get(values.get("meeting", 0))
        values["when"] = f" ({timezone.localtime(start):%-d %B %Y, %H:%M})" if start else ""
        if "until" in event.after:
            values["until"] = f"{dt.date.fromisoformat(event.after['until']):%-d %B %Y}"
        if "answer" in event.after:
            values["answer"] = CheckAnswer(event.after["answer"]).label.lower()
        who = str(event.after.get("by") or "")
        if who not in _WHO:
            who = "clock" if event.actor_id is None else parties.get(event.actor_id, "coordinator")
        found.append(Happened(event.at, _SENTENCES.get(action, action).format_map(values), _WHO[who]))
    return found


# --- Sums ----------------------------------------------------------------------------------------------------


def closing_sums(pairs: QuerySet[Relationship]) -> dict[str, dict[str, Any] | None]:
    """Per side, what the closing answers of these pairs say together; None where fewer than five have answered."""
    rows = (
        ClosingAnswer.objects.filter(relationship__in=pairs)
        .order_by()
        .values("role")
        .annotate(
            answers=Count("pk"),
            rating=Avg("rating"),
            reached=Count("pk", filter=Q(goals_reached=GoalsReached.YES)),
            partly=Count("pk", filter=Q(goals_reached=GoalsReached.PARTLY)),
            met_enough=Count("pk", filter=Q(met_enough=True)),
            would_again=Count("pk", filter=Q(would_again=True)),
        )
    )
    sums: dict[str, dict[str, Any] | None] = dict.fromkeys(EnrolmentRole.values)
    for row in rows:
        if row["answers"] >= LEAST:
            sums[row.pop("role")] = row
    return sums


def feed_meetings(profile: Profile) -> Iterable[Meeting]:
    """What a member's calendar shows: own meetings with a time, from half a year back; lately cancelled ones too."""
    now = timezone.now()
    own = Q(relationship__mentee__profile=profile) | Q(relationship__mentor__profile=profile)
    return (
        Meeting.objects.filter(own, start__gte=now - dt.timedelta(days=180))
        .exclude(state=MeetingState.PROPOSED)
        .exclude(state=MeetingState.CANCELLED, changed_at__lt=now - dt.timedelta(days=60))
        .select_related("relationship__mentee__profile", "relationship__mentor__profile")
        .order_by("start", "pk")
    )
