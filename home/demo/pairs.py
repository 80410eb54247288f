"""Pairs of the borough's running cohort at their different moments, made by the real thing, each act at its own time.

The demo's mentee and mentor (see `LOGINS` of the part before) are one of them, half a term on their way.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from mentoring.messages.models import Outbox, OutboxState
from mentoring.people.models import Profile
from mentoring.programmes.models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState, Programme
from mentoring.programmes.stage_models import Stage, StageTask, TaskOwner
from mentoring.programmes.wish_models import Goal, GoalProgress
from mentoring.proposals.models import Answer, Proposal, ProposalSource, ProposalState
from mentoring.relationships import agreement, clocks, ending, meetings, notes, services
from mentoring.relationships.agreement import Terms
from mentoring.relationships.models import Relationship, RelationshipState
from mentoring.relationships.space_models import Agreement
from networks.models import PathwayStagePage

from .mentoring import BOROUGH_SLUG, MENTEE, MENTOR, _enrol
from .times import at

STAGES = (
    ("Getting to know each other", 0, (("Write and sign the agreement", "both"), ("Choose one goal to begin with", "mentee"))),
    ("Watching and asking", 4, (("Visit a lesson or a rehearsal of the other one", "both"), ("Note three questions", "mentee"))),
    ("Trying it out", 10, (("Try one new thing with a class", "mentee"), ("Ask how it went, and listen", "mentor"))),
    ("Passing it on", 20, (("Tell your team what changed", "mentee"),)),
)  # fmt: skip


def load(*, today: date) -> None:
    programme = Programme.objects.filter(slug=BOROUGH_SLUG).first()
    cohort = programme.cohorts.filter(state=CohortState.RUNNING).first() if programme else None
    if programme is None or cohort is None:
        return
    _stages(programme)
    if Agreement.objects.filter(relationship__cohort=cohort).exists():
        return
    begun = Relationship.objects.filter(cohort=cohort, state=RelationshipState.AGREEING).select_related("proposal")
    others = [pair.proposal for pair in begun.order_by("pk")]
    ours = _of_the_log_ins(cohort)
    if ours:
        _half_a_term(ours, today)
    lives = [_quiet, _finished, _half_signed, _ended_by_the_mentor, _asks_for_help]
    for number, proposal in enumerate(others):
        (lives[number] if number < len(lives) else _under_way)(proposal, today)
    clocks.run_due(bars=False)
    # History: these mails went out at the time, nobody gets them now.
    Outbox.objects.filter(programme=programme).update(state=OutboxState.SENT, sent_at=timezone.now(), tries=1)


def on(today: date, days: int, hour: int = 16) -> datetime:
    """A moment of that day; on a weekend the Monday after."""
    day = today + timedelta(days=days)
    day += timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else timedelta()
    return datetime.combine(day, time(hour), timezone.get_default_timezone())


def _stages(programme: Programme) -> None:
    if programme.stages.exists():
        return
    pathway = Page.objects.filter(slug="leading-from-where-you-are").first()
    pages = list(PathwayStagePage.objects.child_of(pathway).live().order_by("path")) if pathway else []
    for number, (title, week, tasks) in enumerate(STAGES):
        page = pages[number].page_ptr if number < len(pages) else None
        stage = Stage.objects.create(programme=programme, position=number + 1, title=title, opens_week=week, page=page)
        for position, (task, owner) in enumerate(tasks, start=1):
            StageTask.objects.create(stage=stage, position=position, title=task, owner=TaskOwner(owner))


def _of_the_log_ins(cohort: Cohort) -> Proposal | None:
    people = {p.user.email: p for p in Profile.objects.filter(user__email__in=[MENTEE.email, MENTOR.email]) if p.user}
    if len(people) < 2:
        return None
    sides = {}
    for email, role in ((MENTEE.email, EnrolmentRole.MENTEE), (MENTOR.email, EnrolmentRole.MENTOR)):
        found = Enrolment.objects.filter(cohort=cohort, profile=people[email], as_role=role).first()
        sides[role] = found or _enrol(cohort, people[email], role, 1, EnrolmentState.ELIGIBLE)
    return Proposal.objects.create(
        cohort=cohort,
        source=ProposalSource.MANUAL,
        mentee=sides[EnrolmentRole.MENTEE],
        mentor=sides[EnrolmentRole.MENTOR],
        state=ProposalState.APPROVED,
        score=Decimal("81.5"),
        evidence=Decimal("0.7"),
        explanation={"reasons": ["Both lead music.", "The mentor stands two steps ahead."]},
        note="They met at the borough’s singing day and asked for each other.",
    )


def _begin(proposal: Proposal, today: date, days: int) -> Relationship:
    """The pair of a proposal, begun on that day: by now, or long ago already."""
    with at(days):
        begun = Relationship.objects.filter(proposal=proposal)
        if begun.update(created_at=timezone.now(), turn_since=timezone.now()):
            return begun.get()
        Proposal.objects.filter(pk=proposal.pk).update(
            state=ProposalState.PUBLISHED, mentee_answer=Answer.YES, mentor_answer=Answer.YES
        )
        proposal.refresh_from_db()
        return services.begin(proposal, actor=_user(proposal.mentor))


def _user(enrolment: Enrolment) -> Any:
    return enrolment.profile.user


def _write(pair: Relationship, today: date, days: int) -> Any:
    with at(days, 17):
        return agreement.write(
            pair=pair,
            actor=_user(pair.mentee),
            number=1,
            terms=Terms(
                contact="By e-mail, with an answer within two working days; a call when it cannot wait.",
                every_weeks=3,
                notice_hours=24,
                review_on=today + timedelta(days=60),
                more="We meet at each other’s places in turn.",
            ),
        )


def _sign(pair: Relationship, today: date, days: int) -> Relationship:
    written = _write(pair, today, days - 2)
    with at(days, 18):
        agreement.sign(pair=pair, actor=_user(pair.mentor), number=1, written_at=written.written_at.isoformat())
    pair.refresh_from_db()
    return pair


def _book(pair: Relationship, today: date, asked: int, meets: int, *, place: str = "", topics: str = "") -> Any:
    times = [on(today, meets), on(today, meets + 1, 8), on(today, meets + 2)]
    with at(asked):
        meeting = meetings.propose(
            pair=pair, actor=_user(pair.mentee), uid=uuid.uuid4(), times=times, place=place, topics=topics
        )
    with at(asked, 19):
        return meetings.pick(meeting=meeting, actor=_user(pair.mentor), version=meeting.version, time=times[0])


def _met(pair: Relationship, today: date, days: int, topics: str, place: str = "Small hall, ground floor") -> None:
    meeting = _book(pair, today, days - 8, days, place=place)
    with at(days + 4):
        meetings.mark(meeting=meeting, actor=_user(pair.mentee), version=meeting.version, held_it=True, topics=topics)


def _half_a_term(proposal: Proposal, today: date) -> None:
    pair = _sign(_begin(proposal, today, -52), today, -46)
    for position, (text, benefit, progress) in enumerate(
        (
            ("Lead the music team’s meetings so that people come back", "Every class sings every week", "under_way"),
            ("Say early when something goes wrong", "Children get the same answer from all of us", "not_started"),
        ),
        start=1,
    ):
        Goal.objects.get_or_create(
            enrolment=pair.mentee,
            position=position,
            defaults={"text": text, "benefit": benefit, "progress": GoalProgress(progress)},
        )
    _met(pair, today, -35, "Who sits in the music team, and why the last meeting fell silent.")
    _met(pair, today, -14, "The first five minutes: a question on the table before anybody sits down.")
    _book(pair, today, -3, 6, place="The theatre’s café", topics="How to hand over the choir without a fight")
    for side, shared, text in (
        (pair.mentee, True, "To try before the next time: begin with a song, not with apologies."),
        (pair.mentee, False, "I talked too much. Next time: two questions, then wait."),
        (pair.mentor, True, "The book we talked about is in the borough’s library, third shelf."),
    ):
        with at(-13):
            notes.add_note(pair=pair, actor=_user(side), uid=uuid.uuid4(), text=text, shared=shared)
    first = StageTask.objects.filter(stage__programme=pair.cohort.programme).select_related("stage").first()
    if first:
        with at(-45):
            notes.tick(pair=pair, actor=_user(pair.mentee), task=first, done=True)


def _quiet(proposal: Proposal, today: date) -> None:
    """Met once, long ago: both are asked whether all is well."""
    _met(_sign(_begin(proposal, today, -70), today, -64), today, -50, "Getting to know each other.")


def _finished(proposal: Proposal, today: date) -> None:
    pair = _sign(_begin(proposal, today, -75), today, -70)
    for days in (-60, -40, -22):
        _met(pair, today, days, "One lesson, looked at together.")
    with at(-12):
        pair = ending.finish(pair=pair, actor=_user(pair.mentee), version=pair.version)
    for days, side in ((-11, pair.mentee), (-9, pair.mentor)):
        with at(days):
            ending.close_with(
                pair=pair, actor=_user(side), rating=5, goals_reached="yes", met_enough=True, would_again=True
            )


def _half_signed(proposal: Proposal, today: date) -> None:
    _write(_begin(proposal, today, -8), today, -5)


def _ended_by_the_mentor(proposal: Proposal, today: date) -> None:
    pair = _sign(_begin(proposal, today, -48), today, -40)
    with at(-6):
        ending.end(
            pair=pair, actor=_user(pair.mentor), version=pair.version, reason="moved", note="A new post from January.",
            again=False,
        )  # fmt: skip


def _asks_for_help(proposal: Proposal, today: date) -> None:
    pair = _sign(_begin(proposal, today, -30), today, -24)
    with at(-2):
        services.ask_help(pair=pair, actor=_user(pair.mentee), text="We cannot find an hour that suits both schools.")


def _under_way(proposal: Proposal, today: date) -> None:
    pair = _sign(_begin(proposal, today, -50), today, -44)
    _met(pair, today, -20, "What each of us brings.")
    _book(pair, today, -4, 9, place="Online")
