"""A grant that is ended, at the same moment as something else about it, with the window held open.

Each race has a negative control: the same with the lock taken away must go wrong, or the race proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CoordinatorGrant
from mentoring.programmes import grants
from mentoring.trust import audit
from tests.mentoring import scenes
from tests.support import races

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

#: Each waits before its line in the trail.
together = partial(races.together, doors=[(audit, "record")])


def two_owners_end_each_other() -> tuple[scenes.Scene, list[Callable[[], Any]]]:
    """Neither may end their own grant, so that a programme is never without an owner; at once they might."""
    scene = scenes.programme_with_cohort()
    second = scenes.user("Second owner")
    grants.grant(programme=scene.programme, user=second, role="owner", actor=scene.owner)
    rows = {row.user_id: row for row in CoordinatorGrant.objects.filter(programme=scene.programme, role="owner")}
    return scene, [
        lambda: grants.revoke(grant=rows[second.pk], actor=scene.owner),
        lambda: grants.revoke(grant=rows[scene.owner.pk], actor=second),
    ]


def owners_left(scene: scenes.Scene) -> int:
    return CoordinatorGrant.objects.filter(programme=scene.programme, role="owner").count()


def test_race__two_owners_end_each_others_grants__one_owner_is_left() -> None:
    for _ in range(2):
        scene, acts = two_owners_end_each_other()
        results = together(*acts, wait=0.3)
        assert sorted(isinstance(r, MentoringError) for r in results) == [False, True], results
        assert owners_left(scene) == 1
        assert AuditEvent.objects.filter(action="mentoring.grant.ended", programme=scene.programme).count() == 1


def test_race__two_owners_end_each_others_grants__without_the_lock_nobody_owns_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, acts = two_owners_end_each_other()
    monkeypatch.setattr(grants, "_lock", lambda programme_id: None)
    results = together(*acts, wait=10)
    assert results == [None, None]
    assert owners_left(scene) == 0
