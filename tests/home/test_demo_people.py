"""The demo's eighty people: all there, whole, and the same after a second run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.models import User
from home.demo import organisations, people
from mentoring.people.models import Profile, ProfileInterest
from mentoring.people.thesaurus_load import load_thesaurus

TODAY = dt.date(2026, 9, 1)


def everything() -> list[list[dict[str, Any]]]:
    """Every row that the people consist of, in a fixed order."""
    return [list(model.objects.order_by("pk").values()) for model in (User, Profile, ProfileInterest)]


def test_people__loaded_twice__are_eighty_whole_and_unchanged(db: None) -> None:
    load_thesaurus()
    organisations.load(today=TODAY)
    people.load(today=TODAY)
    before = everything()
    people.load(today=TODAY)
    assert everything() == before

    assert len(people.PEOPLE) == Profile.objects.count() == User.objects.count() == 80
    for person in Profile.objects.select_related("user", "role_level", "line_manager__role_level"):
        assert person.user is not None
        assert person.user.email.endswith("@example.org")
        assert not person.user.has_usable_password()
        assert person.job_title, person
        assert person.bio, person
        assert person.role_level is not None, person
        assert person.profile_interests.exists(), person
        if person.line_manager is not None:
            assert person.line_manager.organisation_id == person.organisation_id, person
            assert person.line_manager.line_manager_id is None, person
    for direction in ("seek", "offer"):
        assert ProfileInterest.objects.filter(direction=direction).values("profile").distinct().count() >= 60
