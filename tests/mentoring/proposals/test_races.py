"""Two decisions at the same moment, with the window between check and write held open.

Each race has a negative control: the same with the locks taken away must go wrong, or the race proves nothing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, Proposal
from mentoring.programmes.models import Enrolment
from mentoring.proposals import services
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def together(*acts: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Runs the acts at once; each waits, after its checks and before its write, until all are there (or a second)."""
    barrier = threading.Barrier(len(acts))

    def hold(row: Proposal) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):  # the others wait for our lock: that is the point
            barrier.wait(timeout=1)

    monkeypatch.setattr(services, "_before_write", hold)
    results: list[Any] = [None] * len(acts)

    def run(index: int) -> None:
        try:
            results[index] = acts[index]()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(proposal: Proposal) -> Proposal:
        return Proposal.objects.select_related(
            "cohort__programme", "mentee__profile__user", "mentor__profile__user", "mentee__cohort", "decided_by"
        ).get(pk=proposal.pk)

    monkeypatch.setattr(services, "_locked", read)


def approval(pair: Proposal, actor: Any) -> Callable[[], Any]:
    return lambda: services.approve(proposal=pair, actor=actor, version=1)


def two_mentees_one_place(scene: scenes.Scene) -> list[Callable[[], Any]]:
    pairs = [scenes.proposed(scene, 0, 0), scenes.proposed(scene, 1, 0)]
    return [approval(pair, scene.coordinator) for pair in pairs]


def approvals_audited() -> int:
    return AuditEvent.objects.filter(action="mentoring.proposal.approved").count()


def test_race__last_place_of_a_mentor__is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(ROUNDS):
        scene = scenes.ready_to_match(2, 1)
        results = together(*two_mentees_one_place(scene), monkeypatch=monkeypatch)
        assert sorted(isinstance(r, MentoringError) for r in results) == [False, True], results
        assert "has no place left" in str(next(r for r in results if isinstance(r, MentoringError)))
        assert Proposal.objects.filter(cohort=scene.cohort, state=ProposalState.APPROVED).count() == 1


def test_race__last_place_of_a_mentor__without_the_lock_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch)
    scene = scenes.ready_to_match(2, 1)
    together(*two_mentees_one_place(scene), monkeypatch=monkeypatch)
    assert Proposal.objects.filter(state=ProposalState.APPROVED).count() == 2


def test_race__two_coordinators_approve_one_pair__it_is_approved_and_audited_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for round_ in range(1, ROUNDS + 1):
        scene = scenes.with_proposals(1)
        pair = Proposal.objects.get(cohort=scene.cohort)
        together(approval(pair, scene.coordinator), approval(pair, scene.owner), monkeypatch=monkeypatch)
        pair.refresh_from_db()
        assert pair.version == 2
        assert approvals_audited() == round_


def test_race__two_coordinators_approve_one_pair__without_the_lock_is_audited_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_locks(monkeypatch)
    scene = scenes.with_proposals(1)
    pair = Proposal.objects.get()
    together(
        approval(pair, scene.coordinator),
        approval(pair, scene.owner),
        monkeypatch=monkeypatch,
    )
    assert approvals_audited() == 2


def test_race__crossing_pairs_of_two_mentors__never_block_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are locked in one order, so that two approvals cannot wait for each other for ever."""
    for _ in range(ROUNDS):
        scene = scenes.ready_to_match(2, 2, capacity=2)
        pairs = [scenes.proposed(scene, 0, 1), scenes.proposed(scene, 1, 0), scenes.proposed(scene, 0, 0)]
        results = together(
            *(approval(pair, scene.coordinator) for pair in pairs),
            monkeypatch=monkeypatch,
        )
        assert all(isinstance(r, (Proposal, MentoringError)) for r in results), results
        for mentor in Enrolment.objects.filter(cohort=scene.cohort, as_role="mentor"):
            assert mentor.proposals_as_mentor.filter(state="approved").count() <= mentor.capacity
