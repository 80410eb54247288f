"""What the matching is told about people: every field of an application, and what stands between two of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mentoring.matching import Ban, Exclusion, Pin, windows
from mentoring.models import Avoidance, Enrolment, Goal, MatchRun, Organisation, Override, Preference, Proposal
from mentoring.models import Exclusion as ExclusionRow
from mentoring.programmes.models import CohortState
from mentoring.proposals import inputs, runs
from mentoring.proposals.gathering import AHEAD, person_key
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(clock: Any) -> scenes.Scene:
    return scenes.ready_to_match(1, 1)


def key(row: Enrolment) -> str:
    return person_key(row.profile_id)


def run(scene: scenes.Scene) -> MatchRun:
    made = runs.start_run(cohort=scene.cohort, actor=scene.coordinator)
    runs.execute_due()
    made.refresh_from_db()
    return made


def test_gather__every_field__arrives_and_survives_json(scene: scenes.Scene) -> None:
    mentee, mentor = scene.mentees[0], scene.mentors[0]
    Enrolment.objects.filter(pk=mentee.pk).update(
        formats="online",
        max_travel_minutes=40,
        availability="Mon 15:30-17:00; A: Wed am",
        submitted_at=timezone.now() - dt.timedelta(weeks=3, days=2),
    )
    Goal.objects.create(enrolment=mentee, position=1, text="Lead a team", benefit="Calmer lessons")
    Organisation.objects.filter(pk=mentee.profile.organisation_id).update(easting=530000, northing=180000)
    Preference.objects.create(enrolment=mentee, mentor=mentor, rank=1)
    Avoidance.objects.create(enrolment=mentor, person=mentee.profile)
    mentor.profile.paused_until = timezone.localdate() + dt.timedelta(days=1)
    mentor.profile.bio = "I was a pilot."
    mentor.profile.save()
    Enrolment.objects.filter(pk=mentor.pk).update(goals="I like questions.", consent_version="old")
    told = inputs.gather(scene.cohort)
    (one,), (other,) = told.mentees, told.mentors
    assert (one.formats, one.max_travel_minutes, one.position) == ("online", 40.0, (530000.0, 180000.0))
    assert one.availability == windows("Mon 15:30-17:00; A: Wed am")
    assert one.text.splitlines()[:2] == ["Lead a team", "Calmer lessons"]
    assert (one.preferences, one.waiting_weeks) == ((key(mentor),), 3.0)
    assert (one.paused, one.consent_current) == (False, True)
    assert other.not_this_person == {key(mentee)}
    assert (other.paused, other.consent_current) == (True, False)
    assert other.text == "I was a pilot.\nI like questions."
    assert inputs.Inputs.from_json(told.to_json()).to_json() == told.to_json()


def test_gather__hours_that_nobody_can_read__are_unknown(scene: scenes.Scene) -> None:
    Enrolment.objects.update(availability="whenever")
    assert inputs.gather(scene.cohort).mentees[0].availability == frozenset()


@pytest.mark.parametrize(("needed", "days", "trained"), [(False, None, True), (True, None, False), (True, 0, True)])
def test_gather__training__counts_where_the_programme_asks_for_it(
    scene: scenes.Scene, needed: bool, days: int | None, trained: bool
) -> None:
    scene.programme.training_needed = needed
    scene.programme.save()
    day = None if days is None else timezone.localdate() + dt.timedelta(days=days)
    Enrolment.objects.filter(as_role="mentor").update(training_completed_on=day)
    scene.cohort.refresh_from_db()
    assert inputs.gather(scene.cohort).mentors[0].trained is trained
    assert (run(scene).state == "complete") is trained


def test_gather__waiting_again_without_fault__is_ahead_of_everybody(scene: scenes.Scene) -> None:
    Enrolment.objects.update(rematch_since=timezone.now() - dt.timedelta(weeks=1))
    assert inputs.gather(scene.cohort).mentees[0].waiting_weeks == AHEAD + 1


def test_gather__pause_is_over_on_its_day__they_are_matched_again(scene: scenes.Scene) -> None:
    profile = scene.mentees[0].profile
    profile.paused_until = timezone.localdate()
    profile.save()
    assert not inputs.gather(scene.cohort).mentees[0].paused


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_gather__exclusion_of_a_trust__holds_both_ways_for_the_schools_below_it(scene: scenes.Scene, side: str) -> None:
    trust = Organisation.objects.create(name="A trust", kind="trust")
    hub = Organisation.objects.create(name="A hub", kind="trust", parent=trust)
    mentee, mentor = scene.mentees[0], scene.mentors[0]
    person, other = (mentee, mentor) if side == "mentee" else (mentor, mentee)
    Organisation.objects.filter(pk=other.profile.organisation_id).update(parent=hub)
    ExclusionRow.objects.create(
        programme=scene.programme, person=person.profile, other_organisation=trust, kind="requested"
    )
    told = inputs.gather(scene.cohort)
    place = f"organisation-{other.profile.organisation_id}"
    assert told.overrides.exclusions == (Exclusion(key(person), place, "requested"),)
    assert run(scene).state == "no_solution"


@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True)])
def test_gather__exclusion_of_a_person__counts_until_its_last_day(scene: scenes.Scene, days: int, counts: bool) -> None:
    ExclusionRow.objects.create(
        programme=scene.programme,
        person=scene.mentors[0].profile,
        other_person=scene.mentees[0].profile,
        kind="relative",
        expires_on=timezone.localdate() + dt.timedelta(days=days),
    )
    assert bool(inputs.gather(scene.cohort).overrides.exclusions) is counts
    assert (run(scene).state == "complete") is not counts


def test_gather__words_on_pairs_and_refusals__become_pins_and_bans(clock: Any) -> None:
    scene = scenes.ready_to_match(2, 2)
    (a, b), (x, y) = scene.mentees, scene.mentors
    given = {"cohort": scene.cohort, "reason": "r"}
    Override.objects.create(mentee=a, mentor=y, kind="force", waived=["role_gap"], **given)
    Override.objects.create(mentee=a, mentor=x, kind="forbid", **given)
    scenes.proposed(scene, 1, 0, state=ProposalState.TURNED_DOWN)
    told = inputs.gather(scene.cohort)
    assert told.overrides.pins == (Pin(key(a), key(y), frozenset({"role_gap"})),)
    assert set(told.overrides.bans) == {Ban(key(a), key(x)), Ban(key(b), key(x))}
    assert inputs.Inputs.from_json(told.to_json()).to_json() == told.to_json()
    made = run(scene)
    assert list(Proposal.objects.filter(run=made).values_list("mentee", "mentor")) == [(a.pk, y.pk)]


def test_run__forced_pair_has_become_impossible__the_others_are_still_matched(clock: Any) -> None:
    scene = scenes.ready_to_match(2, 2)
    a, x = scene.mentees[0], scene.mentors[0]
    Override.objects.create(cohort=scene.cohort, mentee=a, mentor=x, kind="force", reason="r")
    ExclusionRow.objects.create(programme=scene.programme, person=a.profile, other_person=x.profile, kind="concern")
    made = run(scene)
    assert made.state == "complete"
    assert made.warnings[0] == "A pair that you forced could not be kept: this pair is excluded."


def test_gather__whatever_the_size__costs_the_same(clock: Any) -> None:
    counts = []
    for size in (3, 12):
        scene = scenes.ready_to_match(size, size)
        scene.cohort.state = CohortState.MATCHING
        for row in scene.mentees:
            Preference.objects.create(enrolment=row, mentor=scene.mentors[0], rank=1)
        with CaptureQueriesContext(connection) as queries:
            inputs.gather(scene.cohort)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25
