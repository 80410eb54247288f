"""Races over a cohort as a whole: words on pairs, the waiting list, people who leave, people who are erased.

Each has a negative control: the same with the lock taken away must go wrong, or the race proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError

from mentoring.errors import MentoringError
from mentoring.models import Enrolment, MatchRun, Outbox, Override, Proposal, Relationship
from mentoring.personal import erasing
from mentoring.programmes import services as programmes
from mentoring.programmes.models import Cohort, CohortState, EnrolmentState
from mentoring.programmes.telling import lock_enrolments
from mentoring.proposals import answers, changes, endings, overrides, runs
from mentoring.proposals.models import OverrideKind, ProposalState
from mentoring.trust import audit
from tests.mentoring import scenes
from tests.support import races

from .test_overrides import drafts, finished, give, seen

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 2
at_the_trail = partial(races.together, doors=[(audit, "record")])
at_the_plan = partial(races.together, doors=[(overrides, "_replan")])
at_the_write = partial(races.together, doors=[(changes, "before_write")])


def unlocked(pk: int) -> Cohort:
    return Cohort.objects.select_related("programme").get(pk=pk)


def is_deadlock(result: Any) -> bool:
    return isinstance(result, OperationalError) and "deadlock" in str(result)


# --- Two words that displace one pair ---------------------------------------------------------


def two_words() -> tuple[scenes.Scene, list[Callable[[], Any]]]:
    """Two mentees without a mentor, each forced to the only one by another coordinator."""
    scene = scenes.ready_to_match(3, 1)
    run = finished(scene)
    (held,) = drafts(scene)
    acts = [
        partial(give, scene, run, seen(scene, run, OverrideKind.FORCE, row.pk, scene.mentors[0].pk), actor=actor)
        for row, actor in zip((m for m in scene.mentees if m.pk != held), (scene.coordinator, scene.owner), strict=True)
    ]
    return scene, acts


def test_race__two_words_displace_one_pair__one_counts_and_the_other_looks_again() -> None:
    for _ in range(ROUNDS):
        scene, acts = two_words()
        results = at_the_plan(*acts)
        assert sorted(isinstance(r, MentoringError) for r in results) == [False, True], results
        assert Override.objects.filter(cohort=scene.cohort).count() == 1
        assert len(drafts(scene)) == 1


def test_race__two_words_displace_one_pair__without_the_lock_one_place_is_forced_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, acts = two_words()
    monkeypatch.setattr(overrides, "lock_cohort", unlocked)
    monkeypatch.setattr(overrides, "lock_enrolments", lambda ids: Enrolment.objects.in_bulk(list(ids)))
    results = at_the_plan(*acts, wait=10)
    assert Override.objects.filter(cohort=scene.cohort).count() == 2, results
    assert len(drafts(scene)) == 2  # of one mentor with one place


# --- The waiting list --------------------------------------------------------------------------


def one_place(monkeypatch: pytest.MonkeyPatch, *states: EnrolmentState) -> tuple[scenes.Scene, list[Enrolment]]:
    scene = scenes.programme_with_cohort()
    Cohort.objects.filter(pk=scene.cohort.pk).update(max_mentees=1)
    return scene, [scenes.enrolled(scene, scenes.person(f"Mentee {s}"), "mentee", state=s) for s in states]


def let_in(scene: scenes.Scene, row: Enrolment) -> Callable[[], Any]:
    return lambda: programmes.accept(enrolment=row, actor=scene.coordinator, version=row.version)


def states(scene: scenes.Scene) -> list[str]:
    return sorted(Enrolment.objects.filter(cohort=scene.cohort).values_list("state", flat=True))


def test_race__two_are_let_in_for_the_last_place__one_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(ROUNDS):
        scene, rows = one_place(monkeypatch, EnrolmentState.SUBMITTED, EnrolmentState.SUBMITTED)
        at_the_trail(*(let_in(scene, row) for row in rows))
        assert states(scene) == ["eligible", "waitlisted"]


def test_race__two_are_let_in_for_the_last_place__without_the_lock_both_are(monkeypatch: pytest.MonkeyPatch) -> None:
    scene, rows = one_place(monkeypatch, EnrolmentState.SUBMITTED, EnrolmentState.SUBMITTED)
    monkeypatch.setattr(programmes, "lock_cohort", unlocked)
    at_the_trail(*(let_in(scene, row) for row in rows), wait=10)
    assert states(scene) == ["eligible", "eligible"]


def leaving_and_coming(monkeypatch: pytest.MonkeyPatch) -> tuple[scenes.Scene, list[Callable[[], Any]], Enrolment]:
    """The place is given back at the moment at which somebody is put on the waiting list for want of it."""
    scene, (held, new) = one_place(monkeypatch, EnrolmentState.ELIGIBLE, EnrolmentState.SUBMITTED)
    leave = partial(programmes.withdraw, enrolment=held, actor=held.profile.user)
    return scene, [leave, let_in(scene, new)], new


def knows(scene: scenes.Scene, row: Enrolment) -> bool:
    """Whether they are in, or heard that there is a place."""
    row.refresh_from_db()
    return (
        row.state == "eligible" or Outbox.objects.filter(template="you_are_next", key__endswith=f":{row.pk}").exists()
    )


def test_race__place_given_back_while_somebody_is_put_on_the_list__they_hear_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(ROUNDS):
        scene, acts, new = leaving_and_coming(monkeypatch)
        for pair in (acts, acts[::-1]):
            results = at_the_trail(*pair)
            assert not any(isinstance(r, OperationalError) for r in results), results
        assert knows(scene, new)


def test_race__place_given_back_while_somebody_is_put_on_the_list__without_the_lock_nobody_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, acts, new = leaving_and_coming(monkeypatch)
    monkeypatch.setattr(programmes, "lock_cohort", unlocked)
    at_the_trail(*acts, wait=10, last=1)
    assert not knows(scene, new)


# --- Leaving while a partner answers -------------------------------------------------------------


def leaving_and_yes() -> tuple[Proposal, list[Callable[[], Any]]]:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    leave = partial(programmes.withdraw, enrolment=pair.mentee, actor=pair.mentee.profile.user)
    yes = partial(answers.answer, proposal=pair, actor=pair.mentor.profile.user, version=pair.version, yes=True)
    return pair, [leave, yes]


def test_race__mentee_leaves_while_the_mentor_says_yes__neither_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the offer was made after the partners of the mentee were looked up."""
    look = endings.partners_of
    for in_time in (True, False):
        pair, acts = leaving_and_yes()
        seen_before: list[int] = []

        def too_early(row: Enrolment, seen: list[int] = seen_before, in_time: bool = in_time) -> list[int]:
            seen.append(row.pk)
            return [] if len(seen) == 1 and not in_time else look(row)

        monkeypatch.setattr(endings, "partners_of", too_early)
        results = at_the_write(*acts, in_turn=True)
        assert not any(isinstance(r, OperationalError) for r in results), results
        pair.refresh_from_db()
        assert (pair.state, pair.mentee.state) == (ProposalState.SUPERSEDED, "withdrawn")
        assert Outbox.objects.filter(key__startswith=f"proposal:{pair.pk}:", template="offer_closed").count() == 1


def test_race__mentee_leaves_while_the_mentor_says_yes__partner_not_locked_first_is_a_deadlock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, acts = leaving_and_yes()
    monkeypatch.setattr(endings, "lock_with_partners", lambda *rows: lock_enrolments(row.pk for row in rows))
    results = at_the_write(*acts, in_turn=True)
    assert any(is_deadlock(r) for r in results), results


# --- A cohort that is called off at the last yes ---------------------------------------------------


def last_yes_and_end() -> tuple[Proposal, list[Callable[[], Any]]]:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    pair = answers.answer(proposal=pair, actor=pair.mentee.profile.user, version=pair.version, yes=True)
    Cohort.objects.filter(pk=pair.cohort_id).update(state=CohortState.MATCHING)
    cohort = Cohort.objects.get(pk=pair.cohort_id)
    yes = partial(answers.answer, proposal=pair, actor=pair.mentor.profile.user, version=pair.version, yes=True)
    end = partial(
        programmes.move_cohort,
        cohort=cohort,
        to=CohortState.CANCELLED,
        actor=pair.decided_by,
        version=cohort.version,
        reason="Too few mentors.",
    )
    return pair, [yes, end]


def outcome(pair: Proposal) -> tuple[str, int]:
    pairs = Relationship.objects.filter(cohort=pair.cohort_id).count()
    return Cohort.objects.get(pk=pair.cohort_id).state, pairs


def test_race__cohort_called_off_at_the_last_yes__never_leaves_a_pair_in_it() -> None:
    for _ in range(ROUNDS):
        pair, acts = last_yes_and_end()
        results = at_the_trail(*acts, in_turn=True)
        assert outcome(pair) in {("matching", 1), ("cancelled", 0)}, results


def test_race__cohort_called_off_at_the_last_yes__without_the_lock_the_pair_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair, acts = last_yes_and_end()
    monkeypatch.setattr(programmes, "lock_enrolments", lambda ids: {})
    results = at_the_trail(*acts, in_turn=True, wait=10)
    assert outcome(pair) == ("cancelled", 1), results


# --- Erasing -----------------------------------------------------------------------------------


def partners_both_ways() -> tuple[list[Relationship], list[Callable[[], Any]]]:
    """Two who are pairs in two cohorts, each the mentor of the other once; their rows stand in opposite order."""
    ann, bea = scenes.person("Ann Arbour"), scenes.person("Bea Birch")
    one, two = scenes.programme_with_cohort(), scenes.programme_with_cohort()
    scenes.enrolled(one, ann, "mentee")
    scenes.enrolled(two, bea, "mentee")
    scenes.enrolled(one, bea, "mentor")
    scenes.enrolled(two, ann, "mentor")
    pairs = [scenes.agreed(scene) for scene in (one, two)]
    erase = [partial(erasing.erase, user=who.user, actor=who.user) for who in (ann, bea)]
    return [Relationship.objects.get(proposal=pair) for pair in pairs], erase


def test_race__two_partners_erase_themselves__both_are_gone_and_pairs_end_once() -> None:
    for _ in range(ROUNDS):
        pairs, acts = partners_both_ways()
        results = at_the_trail(*acts)
        assert not any(isinstance(r, Exception) for r in results), results
        rows = Relationship.objects.filter(pk__in=[pair.pk for pair in pairs])
        assert set(rows.values_list("state", flat=True)) == {"ended"}
        ends = audit.AuditEvent.objects.filter(action="mentoring.relationship.ended")
        assert ends.filter(object_id__in=[str(pair.pk) for pair in pairs]).count() == 2


def test_race__two_partners_erase_themselves__locking_as_they_go_is_a_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    _, acts = partners_both_ways()
    monkeypatch.setattr(erasing, "_hold", lambda profile: None)
    assert any(is_deadlock(r) for r in at_the_trail(*acts))


def being_read() -> tuple[str, MatchRun, list[Callable[[], Any]]]:
    """A run has read its people and not kept them yet; one of them is erased."""
    scene = scenes.ready_to_match(2, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "knock", lambda: None)  # else it would be done here and now
        run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    who = scene.mentees[0].profile
    return who.display_name, run, [runs.execute_due, partial(erasing.erase, user=who.user, actor=who.user)]


def kept_of(run: MatchRun) -> str:
    run.refresh_from_db()
    pairs = list(Proposal.objects.filter(run=run).values("explanation", "note"))
    return json.dumps([run.inputs, run.unmatched, run.warnings, run.message, pairs])


at_the_reading = partial(races.together, doors=[(runs, "_before_keeping"), (erasing.matching, "forget_all")])


def test_race__erased_while_a_run_reads__leaves_no_name_in_it() -> None:
    for _ in range(ROUNDS):
        name, run, acts = being_read()
        results = at_the_reading(*acts, in_turn=True)
        assert not any(isinstance(r, Exception) for r in results), results
        assert name not in kept_of(run)
        assert run.state == "complete", run.message


def test_race__erased_while_a_run_reads__without_the_lock_the_name_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    name, run, acts = being_read()
    monkeypatch.setattr(runs, "_lock", lambda run: MatchRun.objects.get(pk=run.pk))
    results = at_the_reading(*acts, in_turn=True, wait=10, last=0)
    assert not any(isinstance(r, Exception) for r in results), results
    assert name in kept_of(run)


def test_race__erased_while_a_run_is_written__leaves_no_pair_and_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for order in (0, 1):
        name, run, acts = being_read()
        results = races.together(*acts, doors=[(runs, "_before_write"), (erasing.matching, "forget_all")], last=order)
        assert [isinstance(r, Exception) for r in results] == [False, False], results
        assert results[0] == 1
        assert name not in kept_of(run)
        live = Proposal.objects.filter(run=run, state=ProposalState.DRAFT)
        assert not live.exclude(mentee__state="eligible").exists()
