"""The two, a coordinator and the clock act at random on a pair; a plain model says what must hold after every act."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, Meeting, Outbox, Relationship
from mentoring.proposals.places import places_left
from mentoring.relationships import agreement, checks, clocks, ending, meetings, services
from mentoring.relationships.models import RELATIONSHIP_LIVE

from . import moments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PEOPLE = st.sampled_from(["mentee", "mentor", "coordinator", "stranger"])
SIDES = st.sampled_from(["mentee", "mentor"])
START = dt.datetime(2027, 1, 11, 9, tzinfo=dt.UTC)


class Life(RuleBasedStateMachine):
    """One pair. The model knows its state, who has signed and answered, and the meeting."""

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        self.scene = moments.scene(2)
        pair = moments.agreeing(self.scene)
        self.pk = pair.pk
        self.people = {
            "mentee": moments.mentee(pair),
            "mentor": moments.mentor(pair),
            "coordinator": self.scene.coordinator,
            "stranger": self.scene.mentees[1].profile.user,
        }
        self.state = "agreeing"
        self.answered: set[str] = set()
        self.meeting: int | None = None

    @property
    def pair(self) -> Relationship:
        return Relationship.objects.get(pk=self.pk)

    def attempt(self, allowed: bool, act: Callable[[], object]) -> bool:
        """Does the act; the model and the services must agree whether it may be done. Refused: nothing was written."""
        before = (AuditEvent.objects.count(), Outbox.objects.count(), self.rows())
        try:
            act()
        except MentoringError as error:
            assert not allowed, error
            assert (AuditEvent.objects.count(), Outbox.objects.count(), self.rows()) == before
            return False
        assert allowed
        return True

    def rows(self) -> list[Any]:
        return [
            list(Relationship.objects.values()),
            list(Meeting.objects.values("pk", "state", "options", "start", "version")),
        ]

    @rule(side=SIDES, weeks=st.integers(1, 3))
    def agree(self, side: str, weeks: int) -> None:
        pair = self.pair
        latest = pair.agreements.first()
        if latest is not None and not latest.in_force and latest.waits_for == side and self.state in RELATIONSHIP_LIVE:
            act = lambda: agreement.sign(  # noqa: E731
                pair=pair, actor=self.people[side], number=latest.number, written_at=latest.written_at.isoformat()
            )
            if self.attempt(True, act) and self.state == "agreeing":
                self.state = "active"
            return
        number = 1 if latest is None else latest.number + int(latest.in_force)
        review = timezone.localdate() + dt.timedelta(days=1)
        terms = moments.terms(pair, every_weeks=weeks, review_on=review)
        self.attempt(
            self.state in RELATIONSHIP_LIVE and review <= pair.expected_end,
            lambda: agreement.write(pair=pair, actor=self.people[side], number=number, terms=terms),
        )

    @rule(who=PEOPLE, stale=st.booleans())
    def pause(self, who: str, stale: bool) -> None:
        pair = self.pair
        until = timezone.localdate() + dt.timedelta(days=10)
        allowed = self.state == "active" and who != "stranger" and not stale and until < pair.expected_end
        version = pair.version - int(stale)
        if stale and pair.paused_until == until and self.state == "paused":
            return  # the very form that did it, once more
        if self.attempt(
            allowed, lambda: services.pause(pair=pair, actor=self.people[who], version=version, until=until)
        ):
            self.state = "paused"

    @rule(who=PEOPLE)
    def resume(self, who: str) -> None:
        pair = self.pair
        allowed = who != "stranger" and self.state in ("paused", "active")
        if self.attempt(allowed, lambda: services.resume(pair=pair, actor=self.people[who], version=pair.version)):
            self.state = "active"

    @rule(who=PEOPLE)
    def finish(self, who: str) -> None:
        pair = self.pair
        if self.state == "closing":
            return
        allowed = self.state == "active" and who != "stranger"
        if self.attempt(allowed, lambda: ending.finish(pair=pair, actor=self.people[who], version=pair.version)):
            self.state, self.answered = "closing", set()

    @rule(side=SIDES)
    def answer_closing(self, side: str) -> None:
        pair = self.pair
        allowed = self.state == "closing" or side in self.answered
        if (
            self.attempt(allowed, lambda: ending.close_with(pair=pair, actor=self.people[side], **moments.ANSWERS))
            and self.state == "closing"
        ):
            self.answered.add(side)
            if self.answered == {"mentee", "mentor"}:
                self.state = "completed"

    @rule(who=PEOPLE, again=st.booleans())
    def end(self, who: str, again: bool) -> None:
        pair = self.pair
        allowed = self.state in RELATIONSHIP_LIVE and who != "stranger"
        if self.attempt(
            allowed,
            lambda: ending.end(pair=pair, actor=self.people[who], version=pair.version, reason="time", again=again),
        ):
            self.state = "ended"

    @rule(who=PEOPLE)
    def reopen(self, who: str) -> None:
        pair = self.pair
        fresh = pair.ended_at is not None and timezone.now() <= pair.ended_at + ending.REOPEN
        pair.mentor.refresh_from_db()
        room = pair.mentor.capacity > 0
        allowed = who == "coordinator" and self.state in ("ended", "lapsed") and fresh and room
        if self.attempt(allowed, lambda: ending.reopen(pair=pair, actor=self.people[who], version=pair.version)):
            self.state = "active" if pair.began_on else "agreeing"

    @rule(side=SIDES)
    def propose(self, side: str) -> None:
        pair = self.pair
        waits = pair.meetings.filter(state="proposed").exists()
        allowed = self.state in ("agreeing", "active", "paused") and not waits
        times = [timezone.now() + dt.timedelta(days=3), timezone.now() + dt.timedelta(days=4)]
        self.attempt(
            allowed,
            lambda: meetings.propose(pair=pair, actor=self.people[side], uid=uuid.uuid4(), times=times),
        )

    @rule(side=SIDES, index=st.integers(0, 1))
    def pick(self, side: str, index: int) -> None:
        meeting = Meeting.objects.filter(relationship=self.pk, state="proposed").first()
        if meeting is None:
            return
        time = meeting.times[index]
        allowed = (
            self.state in ("agreeing", "active", "paused") and meeting.proposed_by != side and time > timezone.now()
        )
        self.attempt(
            allowed,
            lambda: meetings.pick(meeting=meeting, actor=self.people[side], version=meeting.version, time=time),
        )

    @rule(side=SIDES, held=st.booleans())
    def mark(self, side: str, held: bool) -> None:
        meeting = Meeting.objects.filter(relationship=self.pk, state="booked").first()
        if meeting is None or meeting.start is None:
            return
        allowed = meeting.start <= timezone.now()
        self.attempt(
            allowed,
            lambda: meetings.mark(meeting=meeting, actor=self.people[side], version=meeting.version, held_it=held),
        )

    @rule(side=SIDES)
    def ask_help_and_hand_back(self, side: str) -> None:
        pair = self.pair
        live = self.state in RELATIONSHIP_LIVE
        if self.attempt(live, lambda: services.ask_help(pair=pair, actor=self.people[side], text="Help")):
            assert self.pair.turn == "coordinator"
            services.hand_back(pair=pair, actor=self.people["coordinator"], attention=self.pair.attention)

    @rule(side=SIDES, word=st.sampled_from(["fine", "help"]))
    def answer_check(self, side: str, word: str) -> None:
        check = self.pair.checks.filter(closed_at=None).first()
        if check is None or check.answer_of(side):
            return
        self.attempt(True, lambda: checks.answer(check=check, side=side, answer=word))

    @rule(days=st.sampled_from([1, 6, 21, 60]))
    def time_passes(self, days: int) -> None:
        self.clock.shift(dt.timedelta(days=days))
        clocks.run_due()
        before = (AuditEvent.objects.count(), Outbox.objects.count())
        assert clocks.run_due() == 0
        assert (AuditEvent.objects.count(), Outbox.objects.count()) == before
        now = self.pair.state
        assert (self.state, now) in {
            (self.state, self.state),
            ("agreeing", "lapsed"),
            ("paused", "active"),
            ("active", "closing"),
            ("paused", "closing"),
            ("closing", "completed"),
        }
        if now == "closing" and self.state != "closing":
            self.answered = set()
        self.state = now

    @invariant()
    def the_row_is_as_the_model_says(self) -> None:
        assert self.pair.state == self.state

    @invariant()
    def a_live_pair_has_an_owner_and_a_last_day(self) -> None:
        pair = self.pair
        if self.state in RELATIONSHIP_LIVE:
            assert pair.turn != "nobody"
            assert pair.turn_due is not None
        elif pair.turn == "nobody":
            assert pair.turn_due is None

    @invariant()
    def an_end_frees_exactly_the_place(self) -> None:
        pair = self.pair
        pair.mentor.refresh_from_db()
        assert places_left(pair.mentor) == (0 if self.state in RELATIONSHIP_LIVE else pair.mentor.capacity)

    @invariant()
    def nothing_is_booked_when_it_is_over(self) -> None:
        if self.state not in RELATIONSHIP_LIVE:
            to_come = Meeting.objects.filter(relationship=self.pk, state="booked", start__gt=timezone.now())
            assert not to_come.exists()

    def teardown(self) -> None:
        self.travel.stop()


def test_pair__any_order_of_acts__keeps_what_must_hold() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=8, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
