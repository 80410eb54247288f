"""What comes to stand against a pair after a run began holds for everything that is still made of that run."""

from __future__ import annotations

from typing import Any

import pytest

from mentoring.errors import MentoringError
from mentoring.models import Avoidance, Enrolment, Exclusion, Organisation, Profile, Proposal
from mentoring.proposals import answers, offers, runs, services
from mentoring.proposals.bars import ON_RECORD, OnRecord, Person
from mentoring.proposals.desk import Desk
from mentoring.proposals.displacement import foresee
from mentoring.proposals.models import OverrideKind, ProposalState
from tests.mentoring import scenes

from .test_overrides import drafts, finished, give, left_over, seen, unproposed

pytestmark = pytest.mark.django_db

FORCE, FORBID = OverrideKind.FORCE, OverrideKind.FORBID


def exclusion(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    Exclusion.objects.create(
        programme=scene.programme, person=mentor.profile, other_person=mentee.profile, kind="relative"
    )


def exclusion_of_the_trust(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    """Two storeys above the mentor's school."""
    trust = Organisation.objects.create(name="A trust", kind="trust")
    hub = Organisation.objects.create(name="A hub", kind="trust", parent=trust)
    Organisation.objects.filter(pk=mentor.profile.organisation_id).update(parent=hub)
    Exclusion.objects.create(
        programme=scene.programme, person=mentee.profile, other_organisation=trust, kind="requested"
    )


def wish_of_the_mentee(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    Avoidance.objects.create(enrolment=mentee, person=mentor.profile)


def wish_of_the_mentor(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    Avoidance.objects.create(enrolment=mentor, person=mentee.profile)


def management(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    Profile.objects.filter(pk=mentee.profile_id).update(line_manager=mentor.profile_id)


def heads_no(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    type(scene.programme).objects.filter(pk=scene.programme.pk).update(head_support_needed=True)
    Enrolment.objects.filter(pk=mentee.pk).update(head_support="no")


def no_training(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    type(scene.programme).objects.filter(pk=scene.programme.pk).update(training_needed=True)


def coordinators_word(scene: scenes.Scene, mentee: Enrolment, mentor: Enrolment) -> None:
    from mentoring.models import Override

    Override.objects.create(cohort=scene.cohort, mentee=mentee, mentor=mentor, kind="forbid", reason="No.")


ON_FILE = [exclusion, exclusion_of_the_trust, wish_of_the_mentee, wish_of_the_mentor]
BARS = [*ON_FILE, management, heads_no, no_training, coordinators_word]
SENTENCES = {
    management: "manages the other",
    heads_no: "did not agree",
    no_training: "has not done the training",
    coordinators_word: "must not be made",
}
each_bar = pytest.mark.parametrize("bar", BARS, ids=lambda bar: bar.__name__)


@each_bar
def test_run__barred_before__does_not_propose_the_pair(bar: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    bar(scene, scene.mentees[0], scene.mentors[0])
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    runs.execute_due()
    run.refresh_from_db()
    assert run.state == "no_solution"
    assert run.unmatched, "the run says so, not a warning that one was left out"
    assert not any("left out" in warning for warning in run.warnings)
    assert not Proposal.objects.exists()


@each_bar
def test_run__barred_while_it_computes__leaves_the_pair_out(bar: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.ready_to_match(1, 1)
    run = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    monkeypatch.setattr(runs, "_before_write", lambda run: bar(scene, scene.mentees[0], scene.mentors[0]))
    runs.execute_due()
    run.refresh_from_db()
    assert run.state == "no_solution"
    assert any("came to stand against it" in warning for warning in run.warnings)
    assert not Proposal.objects.exists()


@each_bar
def test_approve__barred_meanwhile__is_refused(bar: Any) -> None:
    scene = scenes.with_proposals(1)
    pair = Proposal.objects.get()
    bar(scene, pair.mentee, pair.mentor)
    with pytest.raises(MentoringError, match=SENTENCES.get(bar, ON_RECORD)):
        services.approve(proposal=pair, actor=scene.coordinator, version=1)
    assert services.plan_bulk_approval([Proposal.objects.get()], actor=scene.coordinator)[0].done is False


@each_bar
def test_send__barred_meanwhile__is_refused(bar: Any) -> None:
    scene = scenes.with_proposals(1)
    pair = services.approve(proposal=Proposal.objects.get(), actor=scene.coordinator, version=1)
    bar(scene, pair.mentee, pair.mentor)
    with pytest.raises(MentoringError, match=SENTENCES.get(bar, ON_RECORD)):
        offers.send(proposal=pair, actor=scene.coordinator, version=2)


@each_bar
def test_last_yes__barred_meanwhile__begins_nothing(bar: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = scenes.offered(scene)
    bar(scene, pair.mentee, pair.mentor)
    for person in (pair.mentee, pair.mentor):
        row = answers.answer(proposal=pair, actor=person.profile.user, version=pair.version, yes=True)
    assert row.state == ProposalState.SUPERSEDED
    assert not hasattr(Proposal.objects.get(), "relationship")


# --- Words on pairs, after the run ------------------------------------------------------------


@pytest.mark.parametrize("bar", [*ON_FILE, management, heads_no], ids=lambda bar: bar.__name__)
def test_force__barred_since_the_run__is_refused(bar: Any) -> None:
    scene = scenes.ready_to_match(3, 3)
    run = finished(scene)
    mentee, mentor = unproposed(scene)
    people = {row.pk: row for row in (*scene.mentees, *scene.mentors)}
    bar(scene, people[mentee], people[mentor])
    before = drafts(scene)
    with pytest.raises(MentoringError, match=SENTENCES.get(bar, ON_RECORD)):
        give(scene, run, seen(scene, run, FORCE, mentee, mentor))
    assert drafts(scene) == before


@pytest.mark.parametrize("bar", ON_FILE, ids=lambda bar: bar.__name__)
def test_forbid__the_pair_that_would_follow_is_barred_since_the_run__another_way_is_found(bar: Any) -> None:
    scene = scenes.ready_to_match(1, 3)
    run = finished(scene)
    ((mentee, first),) = drafts(scene).items()
    second = seen(scene, run, FORBID, mentee, first).difference.shifts[0].after
    bar(scene, scene.mentees[0], next(row for row in scene.mentors if row.pk == second))
    give(scene, run, seen(scene, run, FORBID, mentee, first))
    assert drafts(scene)[mentee] not in (first, second)


def test_forbid__the_pair_that_would_follow_cannot_be_any_more__asks_for_a_new_run() -> None:
    scene = scenes.ready_to_match(1, 2)
    run = finished(scene)
    ((mentee, first),) = drafts(scene).items()
    management(scene, scene.mentees[0], next(row for row in scene.mentors if row.pk != first))
    with pytest.raises(MentoringError, match="run the matching again"):
        give(scene, run, seen(scene, run, FORBID, mentee, first))
    assert drafts(scene) == {mentee: first}


def test_forced_pair__excluded_later__does_not_come_back_with_the_next_word() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    mentor = next(iter(drafts(scene).values()))
    forced = give(scene, run, seen(scene, run, FORCE, left_over(scene), mentor))
    exclusion(scene, forced.mentee, forced.mentor)
    answer = foresee(Desk(run, scene.coordinator), kind=FORBID, mentee=scene.mentees[0].pk, mentor=mentor)
    assert all((s.mentee, s.after) != (forced.mentee_id, forced.mentor_id) for s in answer.difference.shifts)


def test_on_record__asked_for_all_pairs_at_once__says_what_it_says_of_each() -> None:
    scene = scenes.ready_to_match(3, 3)
    for bar, mentee, mentor in zip(ON_FILE, (0, 1, 2, 0), (0, 1, 2, 1), strict=True):
        bar(scene, scene.mentees[mentee], scene.mentors[mentor])
    rows = Enrolment.objects.filter(cohort=scene.cohort).select_related("profile__organisation")
    mentees, mentors = rows.filter(as_role="mentee"), rows.filter(as_role="mentor")
    known = OnRecord.about((a, b) for a in mentees for b in mentors)
    sides = [[Person(r.pk, r.profile_id, r.profile.organisation_id) for r in side] for side in (mentees, mentors)]
    each = {(a.pk, b.pk) for a in mentees for b in mentors if known.stands_against(scene.programme.pk, a, b)}
    assert known.pairs(scene.programme.pk, *sides) == each
    assert len(each) == 4
