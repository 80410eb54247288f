"""Runs: who may start one, what a killed worker leaves, and that the same people give the same bytes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from mentoring import matching
from mentoring.errors import MentoringError
from mentoring.matching import groups, problem, scan
from mentoring.models import AuditEvent, Enrolment, MatchRun, Outbox, Proposal
from mentoring.programmes.models import CohortState, EnrolmentState
from mentoring.proposals import inputs, queries, runs, services
from mentoring.proposals.models import ProposalState, RunState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def finished(scene: scenes.Scene) -> MatchRun:
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    runs.execute_due()
    run.refresh_from_db()
    return run


class Killed(BaseException):
    """As a signal would: nothing catches it."""


def killed_at(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    monkeypatch.setattr(runs if where != "match" else matching, where, die)


@pytest.mark.parametrize(
    ("mentees", "mentors", "sentence"),
    [(0, 0, "Nobody is ready"), (0, 2, "No mentee is waiting"), (2, 0, "No mentor has a free place")],
)
def test_start__nobody_on_a_side__is_refused_with_a_sentence(mentees: int, mentors: int, sentence: str) -> None:
    scene = scenes.ready_to_match(mentees, mentors)
    with pytest.raises(MentoringError, match=sentence):
        runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    assert not MatchRun.objects.exists()


@pytest.mark.parametrize("state", [s for s in CohortState if s not in ("open", "matching", "running")])
def test_start__cohort_in_another_state__is_refused(state: CohortState) -> None:
    scene = scenes.ready_to_match(1, 1)
    scene.cohort.state = state
    scene.cohort.save()
    with pytest.raises(MentoringError, match="cannot run while"):
        runs.start_run(cohort=scene.cohort, actor=scene.coordinator)


def test_start__coordinator_of_another_programme__is_refused() -> None:
    scene, other = scenes.ready_to_match(1, 1), scenes.programme_with_cohort()
    with pytest.raises(MentoringError, match="do not coordinate"):
        runs.start_run(cohort=scene.cohort, actor=other.coordinator)


def test_start__twice__is_one_run() -> None:
    scene = scenes.ready_to_match(1, 1)
    assert (
        runs.start_run(cohort=scene.cohort, actor=scene.coordinator).pk
        == runs.start_run(cohort=scene.cohort, actor=scene.owner).pk
    )


def test_run__one_of_each__proposes_the_pair() -> None:
    run = finished(scenes.ready_to_match(1, 1))
    assert (run.state, run.proposals.count(), run.unmatched) == (RunState.COMPLETE, 1, [])


def test_run__everybody_at_one_school__has_no_solution_and_says_why() -> None:
    scene = scenes.programme_with_cohort()
    school = scenes.school()
    scenes.enrolled(scene, scenes.person("Ann", at=school), "mentee")
    scenes.enrolled(scene, scenes.person("Ben", at=school, rank=30), "mentor")
    run = finished(scene)
    assert run.state == RunState.NO_SOLUTION
    assert {row["enrolment"] for row in run.unmatched} == set(Enrolment.objects.values_list("pk", flat=True))
    assert all(row["sentence"] for row in run.unmatched)
    assert not Proposal.objects.exists()


def test_run__barred_pairs__are_never_proposed() -> None:
    scene = scenes.ready_to_match(2, 2)
    scene.mentees[0].profile.line_manager = scene.mentors[0].profile
    scene.mentees[0].profile.save()
    scene.mentees[1].profile.line_manager_email = scene.mentors[1].profile.user.email.upper()
    scene.mentees[1].profile.save()
    run = finished(scene)
    assert {(p.mentee_id, p.mentor_id) for p in run.proposals.all()} == {
        (scene.mentees[0].pk, scene.mentors[1].pk),
        (scene.mentees[1].pk, scene.mentors[0].pk),
    }


def test_run__declined_pair__is_not_proposed_again_and_approved_people_are_left_alone() -> None:
    scene = scenes.ready_to_match(2, 2)
    first, second = finished(scene).proposals.order_by("pk")
    services.approve(proposal=first, actor=scene.coordinator, version=1)
    services.decline(proposal=second, actor=scene.coordinator, version=1, note="no")
    run = finished(scene)
    assert run.state == RunState.NO_SOLUTION
    first.refresh_from_db()
    assert first.state == ProposalState.APPROVED


def test_run__a_newer_one__supersedes_undecided_pairs() -> None:
    scene = scenes.ready_to_match(2, 2)
    old = finished(scene)
    new = finished(scene)
    assert set(old.proposals.values_list("state", flat=True)) == {"superseded"}
    assert set(new.proposals.values_list("state", flat=True)) == {"draft"}


def test_run__components__add_up_to_the_score() -> None:
    for pair in finished(scenes.ready_to_match(6, 6)).proposals.all():
        assert sum(part["contribution"] for part in pair.explanation["components"]) == pytest.approx(
            float(pair.score), abs=1e-3
        )


@pytest.mark.parametrize("where", ["gather", "_before_write", "match"])
def test_run__worker_killed__leaves_no_proposal_and_is_taken_up_again(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    scene = scenes.ready_to_match(2, 2)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    with monkeypatch.context() as patch:
        killed_at(patch, where)
        with pytest.raises(Killed):
            runs.execute_due()
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.RUNNING, 1)
    assert not Proposal.objects.exists()
    assert runs.execute_due() == 0, "while the lease runs nobody else takes it"
    MatchRun.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert runs.execute_due() == 1
    run.refresh_from_db()
    assert (run.state, run.attempts, run.proposals.count()) == (RunState.COMPLETE, 2, 2)


def test_run__worker_killed_inside_the_last_transaction__leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.ready_to_match(2, 2)
    runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    with monkeypatch.context() as patch:
        killed_at(patch, "_report")
        with pytest.raises(Killed), transaction.atomic():
            runs.execute_due()
    assert not Proposal.objects.exists()
    assert not Outbox.objects.exists()
    assert not AuditEvent.objects.filter(action="mentoring.run.complete").exists()


def test_run__worker_killed_every_time__fails_after_a_few_attempts_and_says_so(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MENTORING_RUN_ATTEMPTS = 2
    scene = scenes.ready_to_match(1, 1)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    with monkeypatch.context() as patch:
        killed_at(patch, "_before_write")
        for _ in range(2):
            with pytest.raises(Killed):
                runs.execute_due()
            MatchRun.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    runs.execute_due()
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "stopped 2 times" in run.message
    assert not Proposal.objects.exists()
    assert list(Outbox.objects.values_list("template", "recipient")) == [("run_finished", scene.coordinator.email)]
    assert runs.start_run(cohort=scene.cohort, actor=scene.coordinator).pk != run.pk


def test_run__taken_over_by_another_worker__the_slow_one_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.ready_to_match(1, 1)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    monkeypatch.setattr(runs, "_before_write", lambda run: MatchRun.objects.update(lease_token="another"))
    runs.execute_due()
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    assert not Proposal.objects.exists()


def test_cancel__while_it_waits__is_over_at_once() -> None:
    scene = scenes.ready_to_match(1, 1)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    for _ in range(2):
        run = runs.cancel_run(run=run, actor=scene.coordinator)
    assert run.state == RunState.CANCELLED
    assert runs.execute_due() == 0
    assert AuditEvent.objects.filter(action="mentoring.run.cancelled").count() == 1


def test_cancel__at_the_last_moment__proposes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.ready_to_match(1, 1)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    monkeypatch.setattr(runs, "_before_write", lambda run: runs.cancel_run(run=run, actor=scene.coordinator))
    runs.execute_due()
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert not Proposal.objects.exists()


def test_run__somebody_withdraws_meanwhile__is_left_out_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.ready_to_match(2, 2)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    gone = scene.mentees[0].pk
    monkeypatch.setattr(
        runs, "_before_write", lambda run: Enrolment.objects.filter(pk=gone).update(state=EnrolmentState.WITHDRAWN)
    )
    runs.execute_due()
    run.refresh_from_db()
    assert run.proposals.count() == 1
    assert not run.proposals.filter(mentee=gone).exists()
    assert any("left the cohort" in warning for warning in run.warnings)


def test_inputs__frozen_and_read_again__are_the_same() -> None:
    scene = scenes.ready_to_match(3, 2)
    taken = inputs.gather(scene.cohort)
    again = inputs.Inputs.from_json(taken.to_json())
    assert (again.mentees, again.mentors, again.overrides) == (taken.mentees, taken.mentors, taken.overrides)
    assert again.to_json() == taken.to_json()


def test_run__same_people_with_their_rows_in_another_order__gives_the_same_bytes() -> None:
    """The same profiles are enrolled anew, the last first."""
    scene = scenes.ready_to_match(6, 5)
    first = finished(scene)
    pack = queries.pack(first)
    Proposal.objects.all().delete()
    rows = list(Enrolment.objects.order_by("-pk"))
    Enrolment.objects.all().delete()
    for row in rows:
        row.pk = None
        row.save(force_insert=True)
    second = finished(scene)
    assert second.outcome_hash == first.outcome_hash != ""
    assert second.input_hash == first.input_hash
    assert '"pairs": [\n  {' in pack
    assert queries.pack(second) == pack


def test_run__one_worker_or_two_and_rows_in_another_order__is_one_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a market too large to be laid out, where the work is spread over workers."""
    monkeypatch.setattr(problem, "DENSE_PAIRS", 0)
    monkeypatch.setattr(groups, "MOST_PAIRS_OF_GROUPS", 0)
    monkeypatch.setattr(scan, "ROWS", 4)
    scene = scenes.ready_to_match(14, 9)
    match, asked = matching.match, list[int]()
    outcomes = set()
    for count, shuffled in ((1, False), (2, False), (2, True), (1, True)):
        if shuffled:
            rows = list(Enrolment.objects.order_by("-pk"))
            Proposal.objects.all().delete()
            Enrolment.objects.all().delete()
            for row in rows:
                row.pk = None
                row.save(force_insert=True)

        def with_workers(*people: Any, count: int = count, **settings: Any) -> matching.MatchResult:
            asked.append(count)
            return match(*people, workers=matching.Workers(count=count), **settings)

        monkeypatch.setattr(matching, "match", with_workers)
        run = finished(scene)
        assert run.state == RunState.COMPLETE
        outcomes.add((run.outcome_hash, run.input_hash, run.proposals.count()))
    assert asked == [1, 2, 2, 1]
    assert len(outcomes) == 1


def test_gather__many_people__costs_no_more_queries(django_assert_num_queries: Any) -> None:
    small, large = scenes.ready_to_match(2, 2), scenes.ready_to_match(20, 20)
    for scene in (small, large):
        with django_assert_num_queries(18):
            inputs.gather(scene.cohort)
