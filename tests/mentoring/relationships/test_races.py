"""Two acts on one pair at the same moment, with the window between check and write held open.

Each race has a negative control: the same with the lock taken away must go wrong, or the race proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, Enrolment, Meeting, Relationship
from mentoring.relationships import agreement, clocks, ending, meetings, services
from mentoring.relationships.services import WITH_PEOPLE
from tests.support import races

from . import moments

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 2
#: How long the door stays open, in seconds: for somebody who waits for our lock, and where nobody locks.
WAIT = 0.3
NO_LOCKS = 10.0
MODULES = (services, ending, meetings, agreement, clocks)
together = partial(races.together, doors=[(module, "before_write") for module in MODULES], wait=WAIT)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(pair: Relationship | int, *, people: bool = False) -> Relationship:
        pk = pair if isinstance(pair, int) else pair.pk
        return Relationship.objects.select_related(*WITH_PEOPLE).get(pk=pk)

    def read_meeting(meeting: Meeting) -> tuple[Relationship, Meeting]:
        row = read(meeting.relationship_id)
        held = Meeting.objects.get(pk=meeting.pk)
        held.relationship = row
        return row, held

    for module in MODULES:
        monkeypatch.setattr(module, "locked", read, raising=False)
    monkeypatch.setattr(meetings, "_locked", read_meeting)


def audited(pair: Relationship, *actions: str) -> int:
    names = [f"mentoring.relationship.{action}" for action in actions]
    return AuditEvent.objects.filter(object_id=str(pair.pk), action__in=names).count()


def two_picks() -> tuple[Relationship, list[Callable[[], Any]]]:
    """The same person in two windows, two different times."""
    pair = moments.active()
    meeting = moments.proposed(pair, 7, 8)
    picker = moments.mentor(pair)

    def pick(days: int) -> Callable[[], Any]:
        return lambda: meetings.pick(meeting=meeting, actor=picker, version=1, time=moments.in_days(days))

    return pair, [pick(7), pick(8)]


def test_race__two_picks_of_different_times__one_is_booked() -> None:
    for _ in range(ROUNDS):
        pair, acts = two_picks()
        results = together(*acts)
        assert sorted(isinstance(r, MentoringError) for r in results) == [False, True], results
        assert audited(pair, "meeting_booked", "meeting_moved") == 1


def test_race__two_picks_of_different_times__without_the_lock_both_are_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    pair, acts = two_picks()
    without_locks(monkeypatch)
    together(*acts, wait=NO_LOCKS)
    assert audited(pair, "meeting_booked", "meeting_moved") == 2


def end_and_finish() -> tuple[Relationship, list[Callable[[], Any]]]:
    pair = moments.active()
    return pair, [
        lambda: ending.end(pair=pair, actor=moments.mentor(pair), version=pair.version, reason="time", again=True),
        lambda: ending.finish(pair=pair, actor=moments.mentee(pair), version=pair.version),
    ]


def test_race__end_against_close__one_of_them_happens() -> None:
    for _ in range(ROUNDS):
        pair, acts = end_and_finish()
        results = together(*acts)
        assert sorted(isinstance(r, MentoringError) for r in results) == [False, True], results
        pair.refresh_from_db()
        assert pair.version == 3
        assert audited(pair, "ended", "closing") == 1
        assert (pair.state == "ended") == (pair.ended_at is not None)


def test_race__end_against_close__without_the_lock_both_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    pair, acts = end_and_finish()
    without_locks(monkeypatch)
    together(*acts, wait=NO_LOCKS)
    assert audited(pair, "ended", "closing") == 2


def locked_whole(ids: Iterable[int]) -> dict[int, Enrolment]:
    """`lock_enrolments` as it would be without `no_key`."""
    rows = Enrolment.objects.filter(pk__in=list(ids)).order_by("-as_role", "pk").select_for_update()
    return {row.pk: row for row in rows}


def finish_then_end() -> list[Any]:
    """Finishing holds the pair when ending, which holds the enrolments, comes to wait for it."""
    _, acts = end_and_finish()
    return together(*reversed(acts), wait=1, in_turn=True)


def test_race__end_comes_while_the_pair_is_finished__neither_waits_for_ever() -> None:
    finished, ended = finish_then_end()
    assert isinstance(finished, Relationship), finished
    assert isinstance(ended, MentoringError), ended


def test_race__end_comes_while_the_pair_is_finished__with_whole_locks_both_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "lock_enrolments", locked_whole)
    results = finish_then_end()
    assert any(isinstance(r, OperationalError) and "deadlock" in str(r) for r in results), results


def stage_due() -> Relationship:
    pair = moments.active()
    moments.stage(pair, 0)
    return pair


def test_race__two_clocks_at_once__tell_of_a_stage_once() -> None:
    for _ in range(ROUNDS):
        pair = stage_due()
        results = together(clocks.run_due, clocks.run_due)
        assert sorted(results) == [0, 1]
        assert audited(pair, "stage_opened") == 1


def test_race__two_clocks_at_once__without_the_lock_tell_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = stage_due()
    without_locks(monkeypatch)
    together(clocks.run_due, clocks.run_due, wait=NO_LOCKS)
    assert audited(pair, "stage_opened") == 2


def test_race__both_answer_the_closing_questions__it_completes_once() -> None:
    for _ in range(ROUNDS):
        pair = moments.closing()
        acts = [
            lambda who=who, pair=pair: ending.close_with(pair=pair, actor=who, **moments.ANSWERS)
            for who in (moments.mentee(pair), moments.mentor(pair))
        ]
        results = together(*acts)
        assert not any(isinstance(r, Exception) for r in results), results
        pair.refresh_from_db()
        assert pair.state == "completed"
        assert audited(pair, "completed") == 1


def test_race__both_answer_the_closing_questions__without_the_lock_nobody_completes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = moments.closing()
    people = moments.mentee(pair), moments.mentor(pair)
    without_locks(monkeypatch)
    together(
        *(lambda who=who: ending.close_with(pair=pair, actor=who, **moments.ANSWERS) for who in people),
        wait=NO_LOCKS,
    )
    pair.refresh_from_db()
    assert pair.state == "closing"  # each saw only their own answer
