"""The panel on the admin's first page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from mentoring.programmes.models import EnrolmentRole, EnrolmentState
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_dashboard__coordinator__sees_own_cohorts_and_what_waits(client: Client) -> None:
    scene = scenes.programme_with_cohort("Mine")
    other = scenes.programme_with_cohort("Somebody else’s")
    for number in range(3):
        state = EnrolmentState.ELIGIBLE if number else EnrolmentState.SUBMITTED
        scenes.enrolled(scene, scenes.person(), EnrolmentRole.MENTEE, state=state)
    sign_in(client, scene.coordinator)

    words = client.get("/admin/").content.decode()

    assert "Your cohorts" in words
    assert f"{scene.cohort}</a></th><td>{scene.cohort.get_state_display()}</td><td>1</td>" in words
    assert str(other.cohort.programme) not in words


def test_dashboard__administrator_without_any_cohort__has_no_panel(client: Client, make_user: Any) -> None:
    sign_in(client, make_user("root@example.org", is_superuser=True))

    assert "Your cohorts" not in client.get("/admin/").content.decode()
