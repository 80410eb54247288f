"""Coordinators, members and the clock act at random on a small cohort; a plain model says what must come of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mentoring.desk import exclusions
from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, Enrolment, Exclusion, MatchRun, Outbox, Override, Proposal, Relationship
from mentoring.programmes import applying
from mentoring.programmes import services as programmes
from mentoring.proposals import answers, clocks, offers, overrides, runs, services
from mentoring.proposals.desk import Desk
from mentoring.proposals.displacement import foresee
from mentoring.proposals.models import OverrideKind, RunState
from mentoring.proposals.places import taken_places
from mentoring.relationships import ending
from mentoring.relationships.models import RELATIONSHIP_LIVE
from tests.mentoring import scenes
from tests.support.database import rewind_numbers

from .plain_model import APPROVED, DRAFT, HOLDS, OFFERED, PUBLISHED, REJECTED, SIDES, SUPERSEDED, Model, Row

pytestmark = pytest.mark.django_db

SIZE = 3
INDEX = st.integers(min_value=0, max_value=SIZE - 1)
PICK = st.integers(min_value=0, max_value=60)
SIDE = st.sampled_from(SIDES)
#: Mostly the version that is shown, sometimes one that never was.
STALE = st.sampled_from([0, 0, 0, 7])


def has(*states: str) -> Callable[[Any], bool]:
    return lambda machine: any(row.state in states for row in machine.model.rows.values())


def everything_of(scene: scenes.Scene) -> list[Any]:
    """What people of a programme would notice: rows, lines in the trail, mails."""
    cohort, programme = scene.cohort, scene.programme
    return [
        list(Proposal.objects.filter(cohort=cohort).order_by("pk").values()),
        list(Relationship.objects.filter(cohort=cohort).order_by("pk").values()),
        list(Enrolment.objects.filter(cohort=cohort).order_by("pk").values()),
        list(Override.objects.filter(cohort=cohort).order_by("pk").values("mentee", "mentor", "kind")),
        AuditEvent.objects.filter(programme_id=programme.pk).count(),
        list(Outbox.objects.filter(programme=programme).order_by("pk").values("key", "state")),
    ]


class Pairs(RuleBasedStateMachine):
    """Three mentees, three mentors with one or two places, every pair proposed; and next door another programme."""

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(dt.datetime(2027, 1, 11, 9, tzinfo=ZoneInfo("Europe/London")), tick=False)
        self.clock = self.travel.start()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        rewind_numbers()
        scenes.count_again()
        self.next_door = scenes.ready_to_match(2, 1, capacity=2)
        scenes.agreed(self.next_door, 0, 0)
        scenes.proposed(self.next_door, 1, 0)
        self.theirs = everything_of(self.next_door)
        self.scene = scenes.ready_to_match(SIZE, SIZE)
        for number, mentor in enumerate(self.scene.mentors):
            mentor.capacity = 1 + number % 2
            mentor.save()
        self.model = Model([m.capacity for m in self.scene.mentors], self.scene.programme.offer_days)
        for i in range(SIZE):
            for j in range(SIZE):
                self.add(scenes.proposed(self.scene, i, j))
        self.run: MatchRun | None = None
        self.runs = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.travel.stop()

    # --- Between the two worlds

    def add(self, row: Proposal, *, forced: bool = False) -> Row:
        numbers = {e.pk: n for people in (self.scene.mentees, self.scene.mentors) for n, e in enumerate(people)}
        made = Row(row.pk, numbers[row.mentee_id], numbers[row.mentor_id], forced=forced)
        self.model.rows[row.pk] = made
        return made

    def among(self, number: int, *states: str) -> Row:
        rows = [row for row in self.model.rows.values() if row.state in states]
        return rows[number % len(rows)]

    def attempt(self, allowed: bool, act: Callable[[], Any]) -> bool:
        """Does the act. Both worlds agree whether it may be done; what is refused changes nothing."""
        before = everything_of(self.scene)
        try:
            act()
        except MentoringError as refusal:
            assert not allowed, f"refused: {refusal}"
            assert everything_of(self.scene) == before
            return False
        assert allowed, "done, and should have been refused"
        return True

    def twice_is_once(self, job: Callable[[], Any]) -> None:
        before = everything_of(self.scene)
        job()
        assert everything_of(self.scene) == before

    def user(self, side: str, number: int) -> Any:
        people = self.scene.mentees if side == "mentee" else self.scene.mentors
        return people[number].profile.user

    @initialize(begun=st.integers(min_value=0, max_value=4), mentor=INDEX)
    def begin(self, begun: int, mentor: int) -> None:
        """So many steps have been gone already: matched, an offer, a yes, a pair, and an offer beside it."""
        if begun:
            self.match_again()
        if begun > 1:
            row = next(row for row in self.model.live() if row.mentor == mentor % 2 + 1)
            self.do_approve_and_send(row)
            for side in SIDES[: begun - 2]:
                self.do_answer(row, side, yes=True)
        if begun > 3 and any(row.state == DRAFT for row in self.model.live()):
            self.do_approve_and_send(self.among(0, DRAFT))

    # --- Coordinators

    @precondition(has(DRAFT))
    @rule(number=PICK, stale=STALE)
    def approve(self, number: int, stale: int) -> None:
        self.do_approve(self.among(number, DRAFT), stale)

    @precondition(has(APPROVED))
    @rule(number=PICK, stale=STALE)
    def send(self, number: int, stale: int) -> None:
        self.do_send(self.among(number, APPROVED), stale)

    @precondition(has(DRAFT))
    @rule(number=PICK, stale=STALE)
    def approve_and_send(self, number: int, stale: int) -> None:
        self.do_approve_and_send(self.among(number, DRAFT), stale)

    @precondition(has(DRAFT, APPROVED, OFFERED))
    @rule(number=PICK, stale=STALE)
    def decline(self, number: int, stale: int) -> None:
        self.do_decline(self.among(number, DRAFT, APPROVED, OFFERED), stale)

    @rule(number=PICK)
    def whatever_with_any_row(self, number: int) -> None:
        """Also what makes no sense any more: buttons of a page that was left open."""
        row = list(self.model.rows.values())[number % len(self.model.rows)]
        acts = (self.do_approve, self.do_send, self.do_approve_and_send, self.do_decline)
        if number % 7 < len(acts):
            acts[number % 7](row)
        else:
            self.do_answer(row, SIDES[number % 2], yes=number % 3 > 0)

    def do_approve(self, row: Row, stale: int = 0) -> None:
        allowed = not stale and self.model.may_approve(row)
        if self.attempt(allowed, lambda: self.by_coordinator(services.approve, row, stale)):
            self.model.change(row, APPROVED)

    def do_send(self, row: Row, stale: int = 0) -> None:
        allowed = not stale and self.model.may_send(row)
        if self.attempt(allowed, lambda: self.by_coordinator(offers.send, row, stale)):
            self.model.send(row, timezone.localdate(), Proposal.objects.get(pk=row.pk).answer_by)

    def do_approve_and_send(self, row: Row, stale: int = 0) -> None:
        allowed = not stale and self.model.may_approve(row)
        if self.attempt(allowed, lambda: self.by_coordinator(offers.approve_and_send, row, stale)):
            self.model.change(row, APPROVED)
            self.model.send(row, timezone.localdate(), Proposal.objects.get(pk=row.pk).answer_by)

    def do_decline(self, row: Row, stale: int = 0) -> None:
        held, taken = row.state in HOLDS, self.model.taken(row.mentor)
        allowed = not stale and row.state in (DRAFT, *HOLDS)
        if self.attempt(allowed, lambda: self.by_coordinator(services.decline, row, stale, note="no")):
            self.model.close(row, REJECTED)
            assert self.places_taken(row.mentor) == taken - held

    def by_coordinator(self, act: Callable[..., Any], row: Row, stale: int = 0, **more: Any) -> None:
        act(
            proposal=Proposal.objects.get(pk=row.pk),
            actor=more.pop("actor", self.scene.coordinator),
            version=row.version + stale,
            **more,
        )

    @rule(number=PICK)
    def coordinator_of_another_programme(self, number: int) -> None:
        row = list(self.model.rows.values())[number % len(self.model.rows)]
        stranger = self.next_door.coordinator
        for act, more in ((services.approve, {}), (offers.send, {}), (services.decline, {"note": "no"})):
            self.attempt(False, lambda act=act, more=more: self.by_coordinator(act, row, actor=stranger, **more))
        self.attempt(False, lambda: runs.start_run(cohort=self.scene.cohort, actor=stranger))

    @rule(i=INDEX, j=INDEX)
    def exclude(self, i: int, j: int) -> None:
        def act() -> None:
            exclusions.exclude(
                programme=self.scene.programme,
                person=self.scene.mentors[j].profile,
                other_person=self.scene.mentees[i].profile,
                kind="relative",
                actor=self.scene.coordinator,
            )

        if self.attempt((i, j) not in self.model.excluded, act):
            self.model.excluded.add((i, j))

    @precondition(lambda self: self.model.excluded)
    @rule(number=PICK)
    def end_an_exclusion(self, number: int) -> None:
        i, j = sorted(self.model.excluded)[number % len(self.model.excluded)]
        people = {"person": self.scene.mentors[j].profile, "other_person": self.scene.mentees[i].profile}
        row = Exclusion.objects.get(programme=self.scene.programme, **people)
        exclusions.end_exclusion(exclusion=row, actor=self.scene.coordinator)
        self.model.excluded.remove((i, j))

    # --- Members

    @precondition(has(OFFERED))
    @rule(number=PICK, side=SIDE, yes=st.sampled_from([True, True, True, False]), stale=STALE)
    def answer(self, number: int, side: str, yes: bool, stale: int) -> None:
        self.do_answer(self.among(number, OFFERED), side, yes=yes, stale=stale)

    def do_answer(self, row: Row, side: str, *, yes: bool, stale: int = 0) -> None:
        said = "yes" if yes else "no"
        again = row.answers[side] == said and row.state in ((OFFERED, PUBLISHED) if yes else ("turned_down",))
        allowed = again or (row.state == OFFERED and not stale)

        def act() -> None:
            answers.answer(
                proposal=Proposal.objects.get(pk=row.pk), actor=self.user(*row.person(side)),
                version=row.version + stale, yes=yes, refusal="" if yes else "time",
            )  # fmt: skip

        taken = self.model.taken(row.mentor)
        if self.attempt(allowed, act) and not again:
            self.model.answer(row, side, yes)
            if not yes:
                assert self.places_taken(row.mentor) == taken - 1

    @rule(j=INDEX, places=st.integers(min_value=0, max_value=2))
    def mentor_changes_places(self, j: int, places: int) -> None:
        row = Enrolment.objects.get(pk=self.scene.mentors[j].pk)

        def act() -> None:
            applying.save_part(enrolment=row, actor=self.user("mentor", j), version=row.version, capacity=places)

        if self.attempt(("mentor", j) not in self.model.gone, act):
            self.model.capacity[j] = places

    @rule(side=SIDE, number=INDEX, really=st.sampled_from([False, False, True]))
    def withdraw(self, side: str, number: int, really: bool) -> None:
        if not really:
            return
        people = self.scene.mentees if side == "mentee" else self.scene.mentors
        again = (side, number) in self.model.gone
        leave = lambda: programmes.withdraw(enrolment=people[number], actor=self.user(side, number))  # noqa: E731
        leave()
        if not again:
            self.model.leave(side, number)
        self.twice_is_once(leave)

    @precondition(lambda self: self.model.paired)
    @rule(number=PICK, side=SIDE)
    def end_a_pair(self, number: int, side: str) -> None:
        i, j = sorted(self.model.paired)[number % len(self.model.paired)]
        pair = Relationship.objects.get(
            mentee=self.scene.mentees[i], mentor=self.scene.mentors[j], state__in=RELATIONSHIP_LIVE
        )
        actor = self.user(side, i if side == "mentee" else j)
        end = lambda: ending.end(pair=pair, actor=actor, version=pair.version, reason="time", again=True)  # noqa: E731
        taken = self.model.taken(j)
        end()
        self.model.paired.remove((i, j))
        assert self.places_taken(j) == taken - 1
        self.twice_is_once(end)

    # --- The clock and the matching

    @rule(days=st.integers(min_value=1, max_value=5))
    def days_pass(self, days: int) -> None:
        self.clock.shift(dt.timedelta(days=days))
        clocks.run_due_offers()
        self.model.clock(timezone.localdate())
        self.twice_is_once(clocks.run_due_offers)

    @precondition(lambda self: self.runs < 3)
    @rule()
    def match_again(self) -> None:
        model = self.model
        self.runs += 1
        waiting = any(not model.is_held(i) and ("mentee", i) not in model.gone for i in range(SIZE))
        room = any(model.taken(j) < model.capacity[j] and ("mentor", j) not in model.gone for j in range(SIZE))
        started: list[MatchRun] = []

        def start() -> None:
            started.append(runs.start_run(cohort=self.scene.cohort, actor=self.scene.coordinator))

        if not self.attempt(waiting and room, start):
            return
        runs.execute_due()
        self.twice_is_once(runs.execute_due)
        model.run()
        self.run = MatchRun.objects.get(pk=started[0].pk)
        for row in Proposal.objects.filter(run=self.run).order_by("pk"):
            made = self.add(row)
            assert model.may_be_proposed(made.pair)
            assert not model.is_held(made.mentee)
        for j in range(SIZE):
            drafts = sum(row.state == DRAFT and row.mentor == j for row in model.rows.values())
            assert drafts <= max(0, model.capacity[j] - model.taken(j))

    @precondition(lambda self: self.run is not None and self.run.state == RunState.COMPLETE)
    @rule(i=INDEX, j=INDEX, kind=st.sampled_from(OverrideKind))
    def word_on_a_pair(self, i: int, j: int, kind: OverrideKind) -> None:
        if self.model.excluded and i == j:
            i, j = min(self.model.excluded)
        model, pair = self.model, (i, j)
        mentee, mentor = self.scene.mentees[i].pk, self.scene.mentors[j].pk
        assert self.run is not None
        impossible = kind == OverrideKind.FORCE and (not model.may_meet(pair) or model.is_held(i))
        impossible = impossible or (pair in model.words and model.words[pair] != kind)
        before, again = everything_of(self.scene), pair in model.words

        def give() -> None:
            overrides.override(
                run=self.run, kind=kind, mentee=mentee, mentor=mentor, actor=self.scene.coordinator,
                digest=shown.digest, reason="They asked for it.",
            )  # fmt: skip

        try:
            shown = foresee(Desk(self.run, self.scene.coordinator), kind=kind, mentee=mentee, mentor=mentor)
            give()
        except MentoringError:
            assert everything_of(self.scene) == before
            return
        assert not impossible
        if again:
            assert everything_of(self.scene) == before
            return
        model.words[pair] = kind.value
        numbers = {row.pk: n for n, row in enumerate(self.scene.mentees)}
        changed = [numbers[shift.mentee] for shift in shown.difference.shifts]
        for row in sorted(model.live(), key=lambda row: row.pk):
            if row.state == DRAFT and row.mentee in changed:
                model.close(row, SUPERSEDED)
        for shift in shown.difference.shifts:
            if shift.after:
                row = self.add(Proposal.objects.get(mentee=shift.mentee, mentor=shift.after, state=DRAFT))
                row.forced = kind == OverrideKind.FORCE and row.pair == pair
                model.trail.append((row.pk, "proposed"))
                assert model.may_meet(row.pair), "a pair that is barred was proposed"
        self.twice_is_once(give)

    @precondition(lambda self: self.model.words)
    @rule(number=PICK)
    def take_a_word_back(self, number: int) -> None:
        i, j = sorted(self.model.words)[number % len(self.model.words)]
        word = Override.objects.get(mentee=self.scene.mentees[i], mentor=self.scene.mentors[j])
        take_back = lambda: overrides.undo(row=word, actor=self.scene.coordinator)  # noqa: E731
        take_back()
        for row in self.model.live():
            if row.pair == (i, j) and row.forced and row.state == DRAFT and self.model.words[i, j] == "force":
                self.model.close(row, SUPERSEDED)
        del self.model.words[i, j]
        self.twice_is_once(take_back)

    # --- What must hold after every act

    def places_taken(self, j: int) -> int:
        mentor = self.scene.mentors[j].pk
        return taken_places([mentor]).get(mentor, 0)

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        fields = ("pk", "state", "version", "mentee_answer", "mentor_answer")
        rows = Proposal.objects.filter(cohort=self.scene.cohort).order_by("pk").values_list(*fields)
        model = [
            (row.pk, row.state, row.version, row.answers["mentee"], row.answers["mentor"])
            for row in sorted(self.model.rows.values(), key=lambda row: row.pk)
        ]
        assert list(rows) == model
        pairs = Relationship.objects.filter(cohort=self.scene.cohort, state__in=RELATIONSHIP_LIVE)
        numbers = {e.pk: n for people in (self.scene.mentees, self.scene.mentors) for n, e in enumerate(people)}
        paired = [(numbers[a], numbers[b]) for a, b in pairs.values_list("mentee", "mentor")]
        assert sorted(paired) == sorted(self.model.paired)

    @invariant()
    def places_are_given_once(self) -> None:
        for j in range(SIZE):
            assert self.places_taken(j) == self.model.taken(j)
        held = [row.mentee for row in self.model.rows.values() if row.state in HOLDS]
        held += [pair[0] for pair in self.model.paired]
        assert len(held) == len(set(held))
        live = [row.pair for row in self.model.live()]
        assert len(live) == len(set(live))

    @invariant()
    def every_change_has_one_line_in_the_trail(self) -> None:
        ids = [str(pk) for pk in self.model.rows]
        events = AuditEvent.objects.filter(object_type="mentoring.proposal", object_id__in=ids)
        lines = sorted(events.values_list("object_id", "action"))
        assert lines == sorted((str(pk), f"mentoring.proposal.{action}") for pk, action in self.model.trail)

    @invariant()
    def everybody_got_their_mails_and_no_others(self) -> None:
        keys = Outbox.objects.filter(programme=self.scene.programme, key__startswith="proposal:")
        assert set(keys.values_list("key", flat=True)) == self.model.mails
        begun = Outbox.objects.filter(programme=self.scene.programme, template="pair_begun").count()
        assert begun == 2 * sum(row.state == PUBLISHED for row in self.model.rows.values())

    @invariant()
    def next_door_nothing_changed(self) -> None:
        assert everything_of(self.next_door) == self.theirs


def test_pairs__any_order_of_acts__keeps_what_must_hold() -> None:
    run_state_machine_as_test(
        Pairs,
        settings=settings(
            max_examples=12 if connection.vendor == "sqlite" else 6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
