"""What stands between a visitor and a host: asked when a visit is asked for, and left out of what is suggested."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.models import Placement
from mentoring.people.exclusion_models import Exclusion
from mentoring.placements.on_record import barred_on_record
from mentoring.placements.ranking import suggest
from mentoring.programmes.models import Enrolment
from mentoring.programmes.wish_models import Avoidance
from tests.mentoring import scenes

from . import visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> visits.Stage:
    return visits.staged()


def excluded(stage: visits.Stage, **sides: Any) -> Exclusion:
    return Exclusion.objects.create(programme=stage.scene.programme, kind="requested", **sides)


def trust_above(place: Any) -> Any:
    trust = scenes.Organisation.objects.create(name="The trust", kind="trust")
    house = scenes.Organisation.objects.create(name="The house", kind="trust", parent=trust)
    place.parent = house
    place.save()
    return trust


def host_wishes(stage: visits.Stage) -> Any:
    row = Enrolment.objects.get(profile=stage.host)
    return Avoidance.objects.create(enrolment=row, person=stage.visitor.profile)


def works_for(stage: visits.Stage) -> None:
    boss = scenes.person("Boss", at=stage.offer.organisation)
    stage.visitor.profile.line_manager = boss
    stage.visitor.profile.save()


BARS: dict[str, Callable[[visits.Stage], Any]] = {
    "visitor and host": lambda s: excluded(s, person=s.visitor.profile, other_person=s.host),
    "host and visitor": lambda s: excluded(s, person=s.host, other_person=s.visitor.profile),
    "visitor and school": lambda s: excluded(s, person=s.visitor.profile, other_organisation=s.offer.organisation),
    "visitor and trust": lambda s: excluded(
        s, person=s.visitor.profile, other_organisation=trust_above(s.offer.organisation)
    ),
    "host and home": lambda s: excluded(s, person=s.host, other_organisation=s.visitor.profile.organisation),
    "host and the trust of home": lambda s: excluded(
        s, person=s.host, other_organisation=trust_above(s.visitor.profile.organisation)
    ),
    "visitor's wish": lambda s: Avoidance.objects.create(enrolment=s.visitor, person=s.host),
    "host's wish": host_wishes,
    "line manager's school": works_for,
}


@pytest.mark.parametrize("bar", BARS)
def test_visit__with_something_between_the_two__is_neither_suggested_nor_asked_for(
    stage: visits.Stage, bar: str
) -> None:
    assert [one.offer for one in suggest(stage.visitor, [stage.offer])] == [stage.offer]
    BARS[bar](stage)
    visitor = Enrolment.objects.get(pk=stage.visitor.pk)
    assert suggest(visitor, [stage.offer]) == []
    with pytest.raises(MentoringError, match="choose another offer"):
        stage.ask(who=visitor)
    assert not Placement.objects.exists()


def test_exclusion__over_or_of_another_programme_or_of_others__bars_nobody(stage: visits.Stage) -> None:
    excluded(
        stage,
        person=stage.host,
        other_person=stage.visitor.profile,
        expires_on=timezone.localdate() - dt.timedelta(days=1),
    )
    other = scenes.programme_with_cohort()
    Exclusion.objects.create(
        programme=other.programme, person=stage.visitor.profile, other_person=stage.host, kind="relative"
    )
    excluded(stage, person=stage.host, other_person=scenes.person("Somebody Else"))
    excluded(stage, person=scenes.person("A Third"), other_organisation=stage.offer.organisation)
    assert stage.ask().pk


def test_record__of_many_offers__costs_no_more_queries(
    stage: visits.Stage, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    excluded(stage, person=stage.visitor.profile, other_organisation=trust_above(stage.offer.organisation))
    offers = [stage.offer]
    for number in range(6):
        host = scenes.person(f"Host {number}")
        scenes.enrolled(stage.scene, host, "mentor")
        offers.append(visits.open_offer(stage.scene, host, stage.days, head_email=f"head.{number}@example.org"))
    with django_assert_max_num_queries(5):  # one of them for each of the three storeys
        assert barred_on_record(stage.visitor, offers) == {stage.offer.pk}


def test_request__of_the_same_visit_on_another_day__says_what_was_asked_for_and_keeps_it(stage: visits.Stage) -> None:
    row = stage.ask()
    with pytest.raises(MentoringError, match=f"asked for this visit already, on {stage.days[0]:%-d %B}"):
        stage.ask(stage.days[1])
    assert [day.date for day in row.days.all()] == stage.days[:1]
    assert Placement.objects.count() == 1
