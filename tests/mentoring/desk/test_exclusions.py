"""Who must not be matched with whom: named, ended, and what it does to a pair at work."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mentoring.desk.exclusions import end_exclusion, exclude
from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CoordinatorGrant, Exclusion, Organisation
from mentoring.relationships.models import Turn
from mentoring.trust import access
from tests.mentoring import scenes
from tests.mentoring.relationships import moments
from tests.signing_in import staff_client_of
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db

SECRET = "They shared a house once."


def named(scene: scenes.Scene, number: int = 0, **changes: Any) -> Exclusion:
    given: dict[str, Any] = {
        "programme": scene.programme,
        "person": scene.mentees[number].profile,
        "other_person": scene.mentors[number].profile,
        "kind": "relative",
        "reason": SECRET,
        "actor": scene.coordinator,
    }
    return exclude(**{**given, **changes})[0]


def test_exclusion__reason__is_on_its_page_only_and_unreadable_in_the_database() -> None:
    scene = scenes.ready_to_match(2, 2)
    row = named(scene)
    client = staff_client_of(scene.coordinator)
    assert SECRET in client.get(reverse("mentoring_exclusion:one", args=[row.pk])).content.decode()
    assert SECRET not in client.get(reverse("mentoring_exclusion:index")).content.decode()
    assert SECRET not in json.dumps(list(AuditEvent.objects.values("before", "after", "reason")))
    export = client.get(reverse("mentoring_exclusion:index"), {"export": "csv"})
    assert SECRET not in b"".join(export.streaming_content).decode()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM mentoring_exclusion")
        assert "house" not in cursor.fetchone()[0]


def test_exclusion__of_a_pair_at_work__says_so_and_gives_the_turn_to_the_coordinator() -> None:
    scene = moments.scene(2)
    pair = moments.active(scene)
    form = {
        "programme": scene.programme.pk,
        "person": pair.mentor.profile_id,
        "other_person": pair.mentee.profile_id,
        "kind": "line_management",
        "reason": SECRET,
    }
    page = (
        staff_client_of(scene.coordinator).post(reverse("mentoring_exclusion:add"), form, follow=True).content.decode()
    )
    assert "are at work together. It is your turn" in page
    pair.refresh_from_db()
    assert pair.turn == Turn.COORDINATOR
    assert "exclusion" in pair.attention
    assert "management" not in pair.attention


def test_exclusion__of_a_whole_trust__touches_pairs_with_its_schools() -> None:
    scene = moments.scene(1)
    pair = moments.active(scene)
    trust = Organisation.objects.create(name="A Trust", kind="trust")
    Organisation.objects.filter(pk=pair.mentor.profile.organisation_id).update(parent=trust)
    _, touched = exclude(
        programme=scene.programme,
        person=pair.mentee.profile,
        other_organisation=trust,
        kind="requested",
        actor=scene.coordinator,
    )
    assert touched == [pair]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"other_person": None}, "either another person or an organisation"),
        ({"expires_on": dt.date(2001, 1, 1)}, "lies in the past"),
        ({"kind": "relative"}, "stands already"),
    ],
)
def test_exclusion__what_cannot_be__is_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    scene = scenes.ready_to_match(2, 2)
    named(scene)
    with pytest.raises(MentoringError, match=sentence):
        named(scene, **changes)
    with pytest.raises(MentoringError, match="two different people"):
        named(scene, other_person=scene.mentees[0].profile)
    with pytest.raises(MentoringError, match="the other way round"):
        named(scene, person=scene.mentors[0].profile, other_person=scene.mentees[0].profile)
    assert Exclusion.objects.count() == 1


def test_form__refused__keeps_what_was_typed() -> None:
    scene = scenes.ready_to_match(1, 1)
    form = {"programme": scene.programme.pk, "person": scene.mentees[0].profile_id, "kind": "other", "reason": SECRET}
    answer = staff_client_of(scene.coordinator).post(reverse("mentoring_exclusion:add"), form)
    assert answer.status_code == 422
    assert SECRET in answer.content.decode()


def test_exclusion__ended__is_gone_and_in_the_trail_once() -> None:
    scene = scenes.ready_to_match(1, 1)
    row = named(scene)
    answer = staff_client_of(scene.coordinator).post(reverse("mentoring_exclusion:one", args=[row.pk]), {"do": "end"})
    assert answer.status_code == 302
    end_exclusion(exclusion=row, actor=scene.coordinator)
    assert not Exclusion.objects.exists()
    assert AuditEvent.objects.filter(action="mentoring.exclusion.ended").count() == 1


def test_exclusion__about_oneself_or_of_others__is_hidden_and_refused() -> None:
    scene, other = scenes.ready_to_match(2, 2), scenes.ready_to_match(1, 1)
    row = named(scene)
    for user in (other.coordinator, scenes.user("Somebody Else")):
        assert not access.exclusions_for(user).exists()
    client = staff_client_of(other.coordinator)
    address = reverse("mentoring_exclusion:one", args=[row.pk])
    assert client.get(address).status_code == client.post(address, {"do": "end"}).status_code == 404
    with pytest.raises(MentoringError, match="do not coordinate"):
        end_exclusion(exclusion=row, actor=other.coordinator)
    row.person.user = scene.coordinator
    row.person.save()
    assert staff_client_of(scene.coordinator).get(address).status_code == 404
    row.refresh_from_db()
    with pytest.raises(MentoringError, match="about yourself"):
        end_exclusion(exclusion=row, actor=scene.coordinator)


def test_exclusion__grant_for_one_school__covers_one_of_the_two() -> None:
    scene = scenes.ready_to_match(2, 2)
    first, second = named(scene, 0), named(scene, 1)
    user = scenes.user("Nara Row")
    CoordinatorGrant.objects.create(
        programme=scene.programme, user=user, organisation=scene.mentors[0].profile.organisation
    )
    assert set(access.exclusions_for(user)) == {first}
    with pytest.raises(MentoringError, match="does not include these people"):
        end_exclusion(exclusion=second, actor=user)


def test_exclusion__past_its_last_day__is_still_listed_for_who_asks_why() -> None:
    scene = scenes.ready_to_match(1, 1)
    row = named(scene, expires_on=timezone.localdate())
    assert row in access.exclusions_for(scene.coordinator)


def test_list__few_and_many__cost_the_same() -> None:
    costs = []
    for size in (2, 20):
        scene = scenes.ready_to_match(size, size)
        for number in range(size):
            named(scene, number)
        costs.append(warm_cost(staff_client_of(scene.coordinator), reverse("mentoring_exclusion:index")))
    assert len(costs[0]) == len(costs[1])
    assert len(costs[1]) <= 20, str(costs[1])
