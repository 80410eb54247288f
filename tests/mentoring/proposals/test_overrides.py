"""Forcing and forbidding pairs: the price is shown exactly, then paid; or refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from mentoring import matching
from mentoring.errors import MentoringError, Stale
from mentoring.matching import Pin
from mentoring.models import AuditEvent, MatchRun, Override, Proposal
from mentoring.programmes import services as enrolments
from mentoring.proposals import inputs, overrides, runs, services
from mentoring.proposals.answers import answer
from mentoring.proposals.desk import Desk
from mentoring.proposals.displacement import Displacement, foresee
from mentoring.proposals.models import OverrideKind, ProposalSource, ProposalState
from mentoring.proposals.offers import approve_and_send
from mentoring.proposals.settings import floors_of
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db

FORCE, FORBID = OverrideKind.FORCE, OverrideKind.FORBID


def finished(scene: scenes.Scene) -> MatchRun:
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    runs.execute_due()
    run.refresh_from_db()
    assert run.outcome_hash, run.message
    return run


def three_and_two() -> tuple[scenes.Scene, MatchRun]:
    """Three mentees, two mentors with one place each: somebody is left over."""
    scene = scenes.ready_to_match(3, 2)
    return scene, finished(scene)


def drafts(scene: scenes.Scene) -> dict[int, int]:
    rows = Proposal.objects.filter(cohort=scene.cohort, state=ProposalState.DRAFT)
    return dict(rows.values_list("mentee", "mentor"))


def seen(scene: scenes.Scene, run: MatchRun, kind: OverrideKind, mentee: int, mentor: int) -> Displacement:
    return foresee(Desk(run, scene.coordinator), kind=kind, mentee=mentee, mentor=mentor)


def unproposed(scene: scenes.Scene) -> tuple[int, int]:
    """A mentee with a pair, and a mentor who is not theirs."""
    mentee, mentor = next(iter(drafts(scene).items()))
    return mentee, next(m.pk for m in scene.mentors if m.pk != mentor)


def left_over(scene: scenes.Scene) -> int:
    return next(row.pk for row in scene.mentees if row.pk not in drafts(scene))


def give(scene: scenes.Scene, run: MatchRun, shown: Displacement, **more: Any) -> Override:
    return overrides.override(
        run=run, kind=shown.kind, mentee=shown.mentee, mentor=shown.mentor, digest=shown.digest,
        **{"actor": scene.coordinator, "reason": "They asked for it.", **more},
    )  # fmt: skip


@pytest.mark.parametrize("objective", ["best_total", "fairest_floor"])
def test_foresee__forced_pair__equals_a_full_solution_from_scratch(objective: str) -> None:
    scene = scenes.ready_to_match(7, 5)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator, objective=objective)
    runs.execute_due()
    run.refresh_from_db()
    frozen = inputs.Inputs.from_json(run.inputs)
    keys = {role: {pk: key for key, pk in people.items()} for role, people in frozen.enrolments.items()}
    for mentee in scene.mentees[:4]:
        for mentor in scene.mentors:
            shown = seen(scene, run, FORCE, mentee.pk, mentor.pk)
            pin = Pin(keys["mentee"][mentee.pk], keys["mentor"][mentor.pk])
            afresh = matching.prepare(
                frozen.mentees, frozen.mentors, rules=inputs.rules_of(run.config),
                weights=inputs.weights_of(run.config),
                overrides=matching.Overrides(pins=(pin,)), floors=floors_of(run.config), thesaurus=frozen.thesaurus,
                ladder=frozen.ladder,
            ).solve(objective=objective, seed=run.seed)  # fmt: skip
            assert shown.result.outcome_hash == afresh.outcome_hash
            assert shown.difference.after.total == pytest.approx(afresh.stats["total"])


def test_foresee__last_place_given_to_another__names_who_loses_with_both_scores() -> None:
    scene, run = three_and_two()
    mentor = next(iter(drafts(scene).values()))
    shown = seen(scene, run, FORCE, left_over(scene), mentor)
    assert [shift.mentee for shift in shown.difference.gained] == [left_over(scene)]
    (lost,) = shown.difference.lost
    assert lost.before_score > 0
    assert lost.after == 0
    assert shown.needs_reason
    assert shown.difference.before.pairs == shown.difference.after.pairs == 2
    assert {(s.before, s.after) for s in shown.difference.schools} == {(0, 1), (1, 0)}
    assert not Override.objects.exists()


def test_override__that_costs_somebody__needs_a_reason_then_does_what_was_shown() -> None:
    scene, run = three_and_two()
    mentor = next(iter(drafts(scene).values()))
    shown = seen(scene, run, FORCE, left_over(scene), mentor)
    with pytest.raises(MentoringError, match="Somebody loses"):
        give(scene, run, shown, reason="  ")
    assert not Override.objects.exists()
    row = give(scene, run, shown)
    forced = Proposal.objects.get(source=ProposalSource.MANUAL)
    assert (forced.mentee_id, forced.mentor_id, forced.state, forced.run) == (row.mentee_id, mentor, "draft", None)
    assert forced.displaced == row.displaced == shown.stored()
    assert forced.explanation["pinned"]
    after = {shift.mentee: shift.after for shift in shown.difference.shifts}
    now = drafts(scene)
    assert all(now.get(mentee, 0) == mentor for mentee, mentor in after.items())
    assert AuditEvent.objects.get(action="mentoring.override.force").reason == "They asked for it."
    assert {e.after["override"] for e in AuditEvent.objects.filter(action="mentoring.proposal.superseded")} == {row.pk}


def test_override__the_same_form_twice__is_one() -> None:
    scene, run = three_and_two()
    shown = seen(scene, run, FORCE, left_over(scene), scene.mentors[0].pk)
    assert give(scene, run, shown).pk == give(scene, run, shown).pk
    assert Proposal.objects.filter(source=ProposalSource.MANUAL).count() == 1
    assert AuditEvent.objects.filter(action="mentoring.override.force").count() == 1


def test_override__plan_changed_after_it_was_shown__is_stale() -> None:
    scene, run = three_and_two()
    loser = left_over(scene)
    shown = seen(scene, run, FORCE, loser, next(iter(drafts(scene).values())))
    other = Proposal.objects.exclude(mentor=shown.mentor).get()
    services.decline(proposal=other, actor=scene.coordinator, version=other.version, note="no")
    with pytest.raises(Stale, match="changed after you looked"):
        give(scene, run, shown)
    assert not Override.objects.exists()


def test_override__forbidden_pair__is_replaced_and_stays_away_from_later_runs() -> None:
    scene = scenes.ready_to_match(2, 2)
    run = finished(scene)
    mentee, mentor = next(iter(drafts(scene).items()))
    shown = seen(scene, run, FORBID, mentee, mentor)
    give(scene, run, shown)
    assert drafts(scene)[mentee] != mentor
    assert len(drafts(scene)) == 2
    assert {p.source for p in Proposal.objects.filter(state=ProposalState.DRAFT)} == {"run"}


def test_override__waivable_rule__needs_a_reason_and_is_set_aside_at_approval() -> None:
    scene, run = three_and_two()
    mentee = scene.mentees[0]
    place = scene.mentors[0].profile.organisation
    mentee.profile.organisation = place
    mentee.profile.save()
    run = finished(scene)
    shown = seen(scene, run, FORCE, mentee.pk, scene.mentors[0].pk)
    assert shown.broken == {"same_organisation": "They work in the same organisation."}
    with pytest.raises(MentoringError, match="sets a rule aside"):
        give(scene, run, shown, reason="")
    row = give(scene, run, shown)
    assert row.waived == ["same_organisation"]
    pair = Proposal.objects.get(source=ProposalSource.MANUAL)
    approved = services.approve(proposal=pair, actor=scene.coordinator, version=pair.version)
    assert approved.state == ProposalState.APPROVED


def test_override__rule_that_always_holds__is_refused_with_its_sentence() -> None:
    scene = scenes.ready_to_match(2, 2)
    scene.mentees[0].profile.line_manager = scene.mentors[0].profile
    scene.mentees[0].profile.save()
    run = finished(scene)
    with pytest.raises(MentoringError, match=r"cannot be forced. One of them manages"):
        seen(scene, run, FORCE, scene.mentees[0].pk, scene.mentors[0].pk)


def test_override__mentor_whose_places_are_approved__is_refused() -> None:
    scene, run = three_and_two()
    pair = Proposal.objects.filter(state=ProposalState.DRAFT)[0]
    services.approve(proposal=pair, actor=scene.coordinator, version=pair.version)
    with pytest.raises(MentoringError, match="has no place that could be given"):
        seen(scene, run, FORCE, left_over_of(scene, run), pair.mentor_id)
    with pytest.raises(MentoringError, match="has a mentor already"):
        other = next(m.pk for m in scene.mentors if m.pk != pair.mentor_id)
        seen(scene, run, FORCE, pair.mentee_id, other)


def left_over_of(scene: scenes.Scene, run: MatchRun) -> int:
    paired = set(run.proposals.values_list("mentee", flat=True))
    return next(row.pk for row in scene.mentees if row.pk not in paired)


def test_override__approved_people__are_never_moved() -> None:
    scene = scenes.ready_to_match(5, 4)
    run = finished(scene)
    pair = Proposal.objects.filter(state=ProposalState.DRAFT)[0]
    services.approve(proposal=pair, actor=scene.coordinator, version=pair.version)
    for mentor in scene.mentors:
        if mentor.pk != pair.mentor_id:
            shown = seen(scene, run, FORCE, left_over_of(scene, run), mentor.pk)
            assert pair.mentee_id not in {shift.mentee for shift in shown.difference.shifts}
            assert pair.mentor_id not in {shift.after for shift in shown.difference.shifts}


def test_override__somebody_withdrew_since__gets_nobody() -> None:
    scene = scenes.ready_to_match(4, 3)
    run = finished(scene)
    gone, mentee = scene.mentors[0], scene.mentees[0]
    enrolments.withdraw(enrolment=gone, actor=scene.coordinator, version=gone.version)
    with pytest.raises(MentoringError, match="no longer ready"):
        seen(scene, run, FORCE, mentee.pk, gone.pk)
    for mentor in scene.mentors[1:]:
        shown = seen(scene, run, FORCE, mentee.pk, mentor.pk)
        assert gone.pk not in {shift.after for shift in shown.difference.shifts}


def test_override__coordinator_whose_own_match_would_change__is_refused() -> None:
    scene, run = three_and_two()
    mine, held_by_me = next(iter(drafts(scene).items()))
    profile = next(row for row in scene.mentees if row.pk == mine).profile
    profile.user = scene.coordinator
    profile.save()
    with pytest.raises(MentoringError, match="may not see"):
        seen(scene, run, FORCE, left_over(scene), held_by_me)
    other = next(m.pk for m in scene.mentors if m.pk != held_by_me)
    shown = foresee(Desk(run, scene.owner), kind=FORCE, mentee=mine, mentor=other)
    with pytest.raises(MentoringError, match="your own match"):
        give(scene, run, shown)


def test_override__coordinator_of_another_programme__is_refused() -> None:
    scene, run = three_and_two()
    other = scenes.programme_with_cohort()
    shown = seen(scene, run, FORCE, left_over(scene), scene.mentors[0].pk)
    with pytest.raises(MentoringError, match="do not coordinate"):
        give(scene, run, shown, actor=other.coordinator)


def test_override__older_run__is_refused() -> None:
    scene, run = three_and_two()
    shown = seen(scene, run, FORCE, left_over(scene), scene.mentors[0].pk)
    finished(scene)
    with pytest.raises(MentoringError, match="newer run"):
        give(scene, run, shown)


def test_override__opposite_word_on_the_pair__must_be_undone_first() -> None:
    scene = scenes.ready_to_match(2, 2)
    run = finished(scene)
    mentee, mentor = next(iter(drafts(scene).items()))
    shown = seen(scene, run, FORBID, mentee, mentor)
    row = give(scene, run, shown)
    again = seen(scene, run, FORCE, mentee, mentor)
    with pytest.raises(MentoringError, match="undo it first"):
        give(scene, run, again)
    overrides.undo(row=row, actor=scene.coordinator)
    give(scene, run, again)
    assert drafts(scene)[mentee] == mentor


def test_undo__forced_pair__goes_if_undecided_and_twice_is_once() -> None:
    scene, run = three_and_two()
    shown = seen(scene, run, FORCE, left_over(scene), scene.mentors[0].pk)
    row = give(scene, run, shown)
    for _ in range(2):
        overrides.undo(row=row, actor=scene.coordinator)
    assert not Override.objects.exists()
    assert Proposal.objects.get(source=ProposalSource.MANUAL).state == ProposalState.SUPERSEDED
    assert AuditEvent.objects.filter(action="mentoring.override.undone").count() == 1


@pytest.mark.parametrize("by", ["coordinator", "mentor"])
def test_forced_pair__refused_afterwards__does_not_come_back_with_the_next_run(by: str) -> None:
    """The later word counts, whoever said it."""
    scene, run = three_and_two()
    mentee, mentor = unproposed(scene)
    give(scene, run, seen(scene, run, FORCE, mentee, mentor))
    pair = Proposal.objects.get(mentee=mentee, mentor=mentor, state=ProposalState.DRAFT)
    if by == "coordinator":
        services.decline(proposal=pair, actor=scene.coordinator, version=pair.version, note="They know each other.")
    else:
        approve_and_send(proposal=pair, actor=scene.coordinator, version=pair.version)
        pair.refresh_from_db()
        answer(proposal=pair, actor=pair.mentor.profile.user, version=pair.version, yes=False, refusal="time")
    assert not Override.objects.exists()
    assert AuditEvent.objects.filter(action="mentoring.override.refused").count() == 1
    finished(scene)
    assert drafts(scene).get(mentee) != mentor
