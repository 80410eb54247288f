"""Moments of a pair's life, made in a line."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from mentoring.models import Goal, Meeting, Relationship, Stage, StageTask
from mentoring.programmes.models import CohortState
from mentoring.proposals.models import Answer, ProposalState
from mentoring.relationships import agreement, ending, meetings, services
from mentoring.relationships.agreement import Terms
from tests.mentoring import scenes


def scene(pairs: int = 1, *, capacity: int = 1) -> scenes.Scene:
    """A running cohort of `pairs` mentees and mentors, who are not pairs yet."""
    made = scenes.ready_to_match(pairs, pairs, capacity=capacity)
    made.cohort.state = CohortState.RUNNING
    made.cohort.save()
    return made


def agreeing(made: scenes.Scene | None = None, mentee: int = 0, mentor: int = 0) -> Relationship:
    """Both have just said yes."""
    made = made or scene()
    proposal = scenes.proposed(made, mentee, mentor, state=ProposalState.PUBLISHED)
    proposal.mentee_answer = proposal.mentor_answer = Answer.YES
    proposal.save()
    return services.begin(proposal, actor=mentee_of_scene(made, mentee))


def mentee_of_scene(made: scenes.Scene, number: int) -> Any:
    return made.mentees[number].profile.user


def terms(pair: Relationship, **changes: Any) -> Terms:
    values: dict[str, Any] = {
        "contact": "By e-mail",
        "every_weeks": 4,
        "notice_hours": 24,
        "review_on": timezone.localdate() + dt.timedelta(days=60),
    }
    return Terms(**(values | changes))


def active(made: scenes.Scene | None = None, mentee: int = 0, mentor: int = 0) -> Relationship:
    """Both have signed."""
    pair = agreeing(made, mentee, mentor)
    sign_both(pair, 1)
    pair.refresh_from_db()
    return pair


def sign_both(pair: Relationship, number: int, **changes: Any) -> None:
    written = agreement.write(pair=pair, actor=mentee(pair), number=number, terms=terms(pair, **changes))
    agreement.sign(pair=pair, actor=mentor(pair), number=number, written_at=written.written_at.isoformat())


def mentee(pair: Relationship) -> Any:
    return pair.mentee.profile.user


def mentor(pair: Relationship) -> Any:
    return pair.mentor.profile.user


def coordinator(pair: Relationship) -> Any:
    return pair.cohort.programme.grants.get(role="coordinator").user


def in_days(days: float, hour: int = 16) -> dt.datetime:
    """So many days from now, on the hour, local time."""
    day = timezone.localtime() + dt.timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def proposed(pair: Relationship, *days: float, by: Any = None, **values: Any) -> Meeting:
    return meetings.propose(
        pair=pair,
        actor=by or mentee(pair),
        uid=uuid.uuid4(),
        times=[in_days(day) for day in days or (7, 8, 9)],
        **values,
    )


def booked(pair: Relationship, days: float = 7, **values: Any) -> Meeting:
    meeting = proposed(pair, days, **values)
    return meetings.pick(meeting=meeting, actor=mentor(pair), version=meeting.version, time=in_days(days))


def held(pair: Relationship, *, days_ago: float = 7) -> Meeting:
    """A meeting of the past, as it stands after both are done with it."""
    return Meeting.objects.create(
        relationship=pair,
        state="held",
        proposed_by="mentee",
        start=in_days(-days_ago),
        changed_at=timezone.now(),
        place="Room 4",
        topics="How to open a staff meeting",
    )


def closing(made: scenes.Scene | None = None) -> Relationship:
    pair = active(made)
    return ending.finish(pair=pair, actor=mentee(pair), version=pair.version)


ANSWERS: dict[str, Any] = {"rating": 4, "goals_reached": "yes", "met_enough": True, "would_again": True}


def stage(pair: Relationship, week: int = 0, *tasks: str, title: str = "Beginning") -> Stage:
    programme = pair.cohort.programme
    row = Stage.objects.create(programme=programme, position=programme.stages.count() + 1, title=title, opens_week=week)
    for number, owner in enumerate(tasks, start=1):
        StageTask.objects.create(stage=row, position=number, title=f"Task {number} of {title}", owner=owner)
    return row


def goal(pair: Relationship, text: str = "Lead a meeting well") -> Goal:
    return Goal.objects.create(
        enrolment=pair.mentee, position=pair.mentee.goal_set.count() + 1, text=text, benefit="Calmer mornings"
    )
