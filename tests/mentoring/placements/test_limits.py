"""What a day allows: both calendars, one visitor per host and day, one release per home and day, who may not meet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.models import HostOffer, Placement, PlacementDay
from mentoring.placements import moves
from tests.mentoring import scenes

from . import visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> visits.Stage:
    return visits.staged()


def another(stage: visits.Stage, **fields: Any) -> Any:
    return scenes.enrolled(stage.scene, scenes.person(**fields), "mentee")


def test_day__with_a_visitor__is_taken_for_the_next(stage: visits.Stage) -> None:
    stage.ask()
    with pytest.raises(MentoringError, match="has just been taken"):
        stage.ask(who=another(stage))
    stage.offer.organisation.max_visitors_per_day = 2
    stage.offer.organisation.save()
    stage.offer.refresh_from_db()
    assert stage.ask(who=another(stage)).pk


def test_home__with_somebody_away__lets_no_second_go(stage: visits.Stage) -> None:
    stage.ask()
    colleague = another(stage, at=stage.visitor.profile.organisation)
    host = scenes.person("Other Host")
    scenes.enrolled(stage.scene, host, "mentor")
    elsewhere = visits.open_offer(stage.scene, host, stage.days)
    other = visits.Stage(stage.scene, colleague, host, elsewhere, stage.days)
    with pytest.raises(MentoringError, match="already has somebody away"):
        other.ask()
    assert other.ask(stage.days[1]).pk


@pytest.mark.parametrize("whose", ["home", "host"])
def test_day__closed_in_a_calendar_of_the_trust_above__is_refused(stage: visits.Stage, whose: str) -> None:
    place = stage.visitor.profile.organisation if whose == "home" else stage.offer.organisation
    trust = scenes.Organisation.objects.create(name="The trust", kind="trust")
    place.parent = trust
    place.save()
    trust.calendar_exceptions.create(date_from=stage.days[0], date_to=stage.days[0], kind="inset")
    with pytest.raises(MentoringError, match="has no visits on"):
        stage.ask()
    assert stage.ask(stage.days[1]).pk


def test_closed_day__that_only_forbids_hosting__lets_people_go(stage: visits.Stage) -> None:
    stage.visitor.profile.organisation.calendar_exceptions.create(
        date_from=stage.days[0], date_to=stage.days[0], kind="exams", no_release=False
    )
    assert stage.ask().pk


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"questions": ["  "]}, "one to three things"),
        ({"questions": list("abcd")}, "one to three things"),
        ({"questions": ["x" * 301]}, "below 300"),
        ({"rules_accepted": False}, "accept the rules"),
        ({"head_email": "nobody"}, "head’s work e-mail"),
        ({"head_email": ""}, "head’s work e-mail"),
    ],
)
def test_request__with_something_missing__is_refused_and_nothing_is_kept(
    stage: visits.Stage, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(MentoringError, match=sentence):
        stage.ask(**change)
    assert not Placement.objects.exists()


def test_request__on_a_day_not_offered_or_past__is_refused(stage: visits.Stage) -> None:
    with pytest.raises(MentoringError, match="does not offer"):
        stage.ask(visits.working_day(weekday=4))
    with pytest.raises(MentoringError, match="still to come"):
        stage.ask(timezone.localdate())
    with pytest.raises(MentoringError, match="takes 1 day"):
        stage.ask(*stage.days[:2])


def test_request__where_one_manages_the_other__is_refused(stage: visits.Stage) -> None:
    stage.visitor.profile.line_manager = stage.host
    stage.visitor.profile.save()
    with pytest.raises(MentoringError, match="manages the other"):
        stage.ask()


def test_request__to_ones_own_school__is_refused(stage: visits.Stage) -> None:
    stage.visitor.profile.organisation = stage.offer.organisation
    stage.visitor.profile.save()
    with pytest.raises(MentoringError, match="where you work"):
        stage.ask()


def test_move__to_a_day_that_is_taken__changes_nothing(stage: visits.Stage) -> None:
    row = stage.ask()
    stage.ask(stage.days[1], who=another(stage))
    with pytest.raises(MentoringError, match="has just been taken"):
        moves.move_visit(placement=row, actor=stage.scene.coordinator, days=[stage.days[1]], version=row.version)
    assert [day.date for day in row.days.all()] == stage.days[:1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"words": {"title": "", "summary": "x"}}, "title"),
        ({"words": {"title": "T" * 121, "summary": "x"}}, "below 120"),
        ({"days_needed": 11}, "between one and ten"),
        ({"dates": {}}, "at least as many days"),
        ({"dates": {dt.date(2020, 1, 6): "full"}}, "is over"),
        ({"head_email": "x"}, "head’s work e-mail"),
    ],
)
def test_offer__that_cannot_stand__is_refused(change: dict[str, Any], sentence: str) -> None:
    scene = scenes.programme_with_cohort()
    host = scenes.person()
    scenes.enrolled(scene, host, "mentor")
    with pytest.raises(MentoringError, match=sentence):
        visits.open_offer(scene, host, [visits.working_day()], **change)
    assert not HostOffer.objects.exists()


def test_offer__on_a_weekend__is_refused() -> None:
    scene = scenes.programme_with_cohort()
    host = scenes.person()
    scenes.enrolled(scene, host, "mentor")
    with pytest.raises(MentoringError, match="is a Saturday"):
        visits.open_offer(scene, host, [visits.working_day(weekday=5)])


def test_database__refuses_what_no_visit_may_be(stage: visits.Stage) -> None:
    row = stage.ask()
    for wrong in (
        lambda: PlacementDay.objects.create(placement=row, date=stage.days[0]),
        lambda: row.days.update(cover_half_days=3),
        lambda: row.days.update(cover_cost=-1),
        lambda: Placement.objects.filter(pk=row.pk).update(state="completed"),
        lambda: HostOffer.objects.filter(pk=stage.offer.pk).update(head_agreed_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
