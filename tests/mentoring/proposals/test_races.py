"""Two decisions at the same moment, with the window between check and write held open.

Each race has a negative control: the same with the locks taken away must go wrong, or the race proves nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, Outbox, Proposal, Relationship
from mentoring.programmes import services as programmes
from mentoring.programmes.models import Enrolment
from mentoring.proposals import answers, changes, clocks, offers, services
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes
from tests.support import races

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
#: Each waits after its checks and before its write.
together = partial(races.together, doors=[(changes, "before_write")])


SIDES = [f"{side}__profile__user" for side in ("mentee", "mentor")]


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(proposal: Proposal) -> Proposal:
        return Proposal.objects.select_related("cohort__programme", "mentee__cohort", "decided_by", *SIDES).get(
            pk=proposal.pk
        )

    for module in (services, offers, clocks):
        monkeypatch.setattr(module, "locked", read)
    monkeypatch.setattr(answers, "locked_with_rivals", lambda proposal: (read(proposal), []))


def approval(pair: Proposal, actor: Any) -> Callable[[], Any]:
    return lambda: services.approve(proposal=pair, actor=actor, version=1)


def two_mentees_one_place(scene: scenes.Scene) -> list[Callable[[], Any]]:
    pairs = [scenes.proposed(scene, 0, 0), scenes.proposed(scene, 1, 0)]
    return [approval(pair, scene.coordinator) for pair in pairs]


def approvals_audited() -> int:
    return AuditEvent.objects.filter(action="mentoring.proposal.approved").count()


def test_race__last_place_of_a_mentor__is_given_once() -> None:
    for _ in range(ROUNDS):
        scene = scenes.ready_to_match(2, 1)
        results = together(*two_mentees_one_place(scene))
        assert sorted(isinstance(r, MentoringError) for r in results) == [False, True], results
        assert "has no place left" in str(next(r for r in results if isinstance(r, MentoringError)))
        assert Proposal.objects.filter(cohort=scene.cohort, state=ProposalState.APPROVED).count() == 1


def test_race__last_place_of_a_mentor__without_the_lock_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch)
    scene = scenes.ready_to_match(2, 1)
    together(*two_mentees_one_place(scene))
    assert Proposal.objects.filter(state=ProposalState.APPROVED).count() == 2


def test_race__two_coordinators_approve_one_pair__it_is_approved_and_audited_once() -> None:
    for round_ in range(1, ROUNDS + 1):
        scene = scenes.with_proposals(1)
        pair = Proposal.objects.get(cohort=scene.cohort)
        together(approval(pair, scene.coordinator), approval(pair, scene.owner))
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
    )
    assert approvals_audited() == 2


def test_race__crossing_pairs_of_two_mentors__never_block_each_other() -> None:
    """The rows are locked in one order, so that two approvals cannot wait for each other for ever."""
    for _ in range(ROUNDS):
        scene = scenes.ready_to_match(2, 2, capacity=2)
        pairs = [scenes.proposed(scene, 0, 1), scenes.proposed(scene, 1, 0), scenes.proposed(scene, 0, 0)]
        results = together(
            *(approval(pair, scene.coordinator) for pair in pairs),
        )
        assert all(isinstance(r, (Proposal, MentoringError)) for r in results), results
        for mentor in Enrolment.objects.filter(cohort=scene.cohort, as_role="mentor"):
            assert mentor.proposals_as_mentor.filter(state="approved").count() <= mentor.capacity


# --- Answers --------------------------------------------------------------------------------


def yes(pair: Proposal, side: str) -> Callable[[], Any]:
    user = getattr(pair, side).profile.user
    return lambda: answers.answer(proposal=pair, actor=user, version=pair.version, yes=True)


def test_race__both_say_yes_at_once__they_are_one_pair() -> None:
    for _ in range(ROUNDS):
        pair = scenes.offered(scenes.ready_to_match(1, 1))
        results = together(yes(pair, "mentee"), yes(pair, "mentor"))
        assert all(isinstance(r, Proposal) for r in results), results
        pair.refresh_from_db()
        assert (pair.state, pair.version) == (ProposalState.PUBLISHED, 5)
        assert Relationship.objects.filter(proposal=pair).count() == 1


def test_race__both_say_yes_at_once__without_the_lock_nothing_comes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    without_locks(monkeypatch)
    together(yes(pair, "mentee"), yes(pair, "mentor"))
    pair.refresh_from_db()
    assert (pair.state, pair.mentee_answer, pair.mentor_answer) == (ProposalState.OFFERED, "yes", "yes")


def two_for_one_place(capacity: int = 1) -> list[Proposal]:
    """The mentor said yes to two, then cut their places to one."""
    scene = scenes.ready_to_match(2, 1, capacity=2)
    pairs = [scenes.offered(scene, i, 0) for i in range(2)]
    for pair in pairs:
        yes(pair, "mentor")()
        pair.refresh_from_db()
    Enrolment.objects.filter(pk=scene.mentors[0].pk).update(capacity=capacity)
    return pairs


def test_race__two_mentees_say_yes_to_the_last_place__one_gets_it() -> None:
    for _ in range(ROUNDS):
        pairs = two_for_one_place()
        results = together(*(yes(pair, "mentee") for pair in pairs))
        states = sorted(Proposal.objects.filter(pk__in=[p.pk for p in pairs]).values_list("state", flat=True))
        assert states == ["published", "superseded"], results
        assert Relationship.objects.filter(proposal__in=pairs).count() == 1


def test_race__two_mentees_say_yes_to_the_last_place__without_the_lock_both_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pairs = two_for_one_place()
    without_locks(monkeypatch)
    together(*(yes(pair, "mentee") for pair in pairs))
    assert Relationship.objects.filter(proposal__in=pairs).count() == 2


def leaving(pair: Proposal) -> Callable[[], Any]:
    return lambda: programmes.withdraw(enrolment=pair.mentee, actor=pair.mentee.profile.user)


def test_race__approval_and_the_mentee_leaving__nobody_who_left_is_held() -> None:
    for _ in range(ROUNDS):
        scene = scenes.with_proposals(1)
        pair = Proposal.objects.get(cohort=scene.cohort)
        together(approval(pair, scene.coordinator), leaving(pair), last=0)
        pair.refresh_from_db()
        assert pair.mentee.state == "withdrawn"
        assert pair.state == ProposalState.SUPERSEDED


def test_race__approval_and_the_mentee_leaving__without_the_lock_holds_one_who_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_locks(monkeypatch)
    scene = scenes.with_proposals(1)
    pair = Proposal.objects.get()
    together(approval(pair, scene.coordinator), leaving(pair), last=0)
    pair.refresh_from_db()
    assert (pair.mentee.state, pair.state) == ("withdrawn", ProposalState.APPROVED)


def on_its_last_day() -> Proposal:
    """Half answered, and its time is over."""
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    yes(pair, "mentor")()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Proposal.objects.filter(pk=pair.pk).update(answer_by=yesterday, clock_on=yesterday)
    pair.refresh_from_db()
    return pair


def test_race__last_answer_and_the_clock__it_is_a_pair_or_lapsed_and_never_both() -> None:
    for number in range(ROUNDS):
        pair = on_its_last_day()
        together(yes(pair, "mentee"), clocks.run_due_offers, last=number % 2)
        pair.refresh_from_db()
        begun = Relationship.objects.filter(proposal=pair).exists()
        assert (pair.state, begun) in ((ProposalState.PUBLISHED, True), (ProposalState.LAPSED, False))
        assert Outbox.objects.filter(key__startswith=f"proposal:{pair.pk}:", template="offer_lapsed").exists() != begun


def test_race__last_answer_and_the_clock__without_the_lock_is_a_pair_that_lapsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = on_its_last_day()
    without_locks(monkeypatch)
    together(yes(pair, "mentee"), clocks.run_due_offers, last=1)
    pair.refresh_from_db()
    assert pair.state == ProposalState.LAPSED
    assert Relationship.objects.filter(proposal=pair).exists()


def test_race__many_clocks_at_once__remind_and_lapse_each_offer_once() -> None:
    scene = scenes.ready_to_match(3, 3)
    pairs = [scenes.offered(scene, i, i) for i in range(3)]
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Proposal.objects.filter(cohort=scene.cohort).update(answer_by=yesterday, clock_on=yesterday)
    together(*[clocks.run_due_offers] * 3)
    assert Outbox.objects.filter(template="offer_lapsed").count() == 6
    lapses = AuditEvent.objects.filter(action="mentoring.proposal.lapsed", object_id__in=[str(p.pk) for p in pairs])
    assert lapses.count() == 3
