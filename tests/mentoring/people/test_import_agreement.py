"""What an import may not do by itself: enrol people who have not agreed, or rename things for the whole site."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import User
from mentoring.errors import MentoringError
from mentoring.people.import_models import ImportJob
from mentoring.people.imports import services
from mentoring.people.imports.people_scope import ChangeScope
from mentoring.people.models import Interest, Organisation, Profile, RoleLevel
from mentoring.programmes.models import Cohort, CohortState, EnrolmentState
from mentoring.trust.models import AuditEvent
from tests.mentoring import scenes

from .files import people_file, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> User:
    Organisation.objects.create(name="Hillside Primary", kind="school", urn="100001")
    RoleLevel.objects.create(label="Teacher", family="teaching", rank=20, aliases=["Class teacher"])
    user: User = scenes.programme_with_cohort(state=CohortState.OPEN).coordinator
    return user


def preview(*rows: list[str], actor: Any = None, **options: Any) -> ImportJob:
    job = services.upload(kind="people", file=people_file(*rows), actor=actor, **options)
    return services.request_preview(job=job, actor=actor)


def test_people__enrolled_without_their_agreement__is_refused_with_what_to_do(coordinator: User) -> None:
    cohort = Cohort.objects.get()
    job = preview(person(**{"Enrol as": "mentee"}), actor=coordinator, cohort=cohort)
    with pytest.raises(MentoringError, match="have agreed to take part"):
        services.request_apply(job=job, actor=coordinator)
    assert not Profile.objects.exists()
    services.request_apply(job=job, actor=coordinator, agreement_held=True)
    assert AuditEvent.objects.filter(action="mentoring.import.agreement_held", actor=coordinator).count() == 1


def test_answers__of_a_coordinator__count_for_their_file_and_teach_the_site_nothing(coordinator: User) -> None:
    topic = Interest.objects.create(label="Coaching", group="leadership")
    job = preview(person(Interests="Coching"), actor=coordinator)
    job = services.answer(job=job, answers=[("topic", "coching", {"use": topic.pk})], actor=coordinator)
    services.request_apply(job=services.request_preview(job=job, actor=coordinator), actor=coordinator)
    topic.refresh_from_db()
    assert topic.synonyms == []
    assert Profile.objects.get().profile_interests.get().interest == topic


def test_scope__a_draft_of_an_application__opens_nothing_and_bars_nothing() -> None:
    here, elsewhere = scenes.programme_with_cohort(), scenes.programme_with_cohort()
    profile = scenes.person("Amara Obi")

    def may_change() -> bool:
        return ChangeScope.of(here.coordinator, [profile]).may_change(profile)

    row = scenes.enrolled(here, profile, "mentee", state=EnrolmentState.DRAFT)
    assert not may_change()
    row.state = EnrolmentState.ELIGIBLE
    row.save()
    assert may_change()
    other = scenes.enrolled(elsewhere, profile, "mentee", state=EnrolmentState.DRAFT)
    assert may_change()
    other.state = EnrolmentState.SUBMITTED
    other.save()
    assert not may_change()
