"""What may have ended between confirming an import and the work being done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.models import CoordinatorGrant, ImportJob, Organisation, Profile
from mentoring.people.import_models import ImportState
from mentoring.people.imports import services, work
from tests.mentoring import scenes

from .files import people_file, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmed() -> Any:
    """A coordinator's import, confirmed but not yet worked on."""
    scene = scenes.with_proposals(2)
    Organisation.objects.get_or_create(name="Larkfield Primary School", kind="school")
    job = services.upload(kind="people", file=people_file(person()), actor=scene.coordinator)
    job = services.request_preview(job=job, actor=scene.coordinator)
    assert job.state == ImportState.PREVIEWED
    job.state = ImportState.APPLYING
    job.save()
    return job


def test_apply__grant_ended_since__changes_nothing_and_says_why(confirmed: ImportJob) -> None:
    before = Profile.objects.count()
    CoordinatorGrant.objects.update(expires_on=timezone.localdate() - dt.timedelta(1))
    work.apply(confirmed)
    confirmed.refresh_from_db()
    assert Profile.objects.count() == before
    assert confirmed.state == ImportState.PREVIEWED
    assert "may not import" in confirmed.message


def test_apply__grant_still_there__is_applied(confirmed: ImportJob) -> None:
    work.apply(confirmed)
    confirmed.refresh_from_db()
    assert confirmed.state == ImportState.APPLIED


def test_account_of_the_uploader__is_deleted__the_upload_goes_with_it(confirmed: ImportJob) -> None:
    assert confirmed.created_by is not None
    confirmed.created_by.delete()
    assert not ImportJob.objects.filter(pk=confirmed.pk).exists()
