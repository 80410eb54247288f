"""Back among those who wait, and out of the cohort at the end."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from mentoring.models import AuditEvent, Enrolment
from mentoring.programmes import services
from mentoring.programmes.models import CohortState, EnrolmentState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Enrolment:
    return scenes.ready_to_match(1, 1).mentees[0]


def test_back_to_pool__no_doing_of_theirs__they_come_first_from_the_first_time_on(row: Enrolment, clock: Any) -> None:
    first = services.back_to_pool(row, first=True)
    since = timezone.now()
    clock.shift(3600)
    again = services.back_to_pool(row, first=True)
    assert (first.rematch_since, again.rematch_since) == (since, since)
    assert (again.state, again.version) == (EnrolmentState.ELIGIBLE, 2)
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["mentoring.enrolment.back_in_pool"]


def test_back_to_pool__their_own_wish__they_wait_like_everybody(row: Enrolment) -> None:
    services.complete(row)
    done = services.back_to_pool(row, first=False)
    assert (done.state, done.rematch_since) == (EnrolmentState.ELIGIBLE, None)


@pytest.mark.parametrize("state", [EnrolmentState.WITHDRAWN, EnrolmentState.DECLINED, EnrolmentState.WAITLISTED])
def test_back_to_pool__not_in_the_pool_before__stays_out(row: Enrolment, state: EnrolmentState) -> None:
    Enrolment.objects.update(state=state)
    assert services.back_to_pool(row, first=True).state == state
    assert not AuditEvent.objects.exists()


def test_back_to_pool__cohort_is_closing__nobody_waits_any_more(row: Enrolment) -> None:
    services.complete(row)
    row.cohort.state = CohortState.CLOSING
    row.cohort.save()
    assert services.back_to_pool(row, first=True).state == EnrolmentState.COMPLETED


def test_complete__twice__is_one_line_in_the_trail(row: Enrolment) -> None:
    services.complete(row)
    assert services.complete(row).version == 2
    assert AuditEvent.objects.count() == 1
