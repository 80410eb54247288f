"""A cohort’s places for mentees and its fair share, as its coordinators set them; who hears of more places."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.models import AuditEvent, Cohort, Enrolment, Outbox
from mentoring.programmes.models import CohortState, EnrolmentState
from mentoring.programmes.room import has_place
from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
FIELDS = ("name", "apply_from", "apply_to", "start", "end", "max_mentees", "floor_percent")


def client_of(user: Any) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def save(scene: scenes.Scene, **changes: Any) -> Any:
    row = Cohort.objects.get(pk=scene.cohort.pk)
    values = {name: value for name, value in model_to_dict(row, FIELDS).items() if value is not None}
    form = {**values, "version": row.version, **changes}
    return client_of(scene.coordinator).post(reverse("mentoring_cohort:edit", args=[row.pk]), form)


@pytest.fixture
def full() -> scenes.Scene:
    """Two places, both taken, three who wait."""
    scene = scenes.ready_to_match(2, 1)
    scene.cohort.max_mentees = 2
    scene.cohort.save()
    for number, name in enumerate(("First", "Second", "Third")):
        row = scenes.enrolled(scene, scenes.person(name), "mentee", state=EnrolmentState.WAITLISTED)
        Enrolment.objects.filter(pk=row.pk).update(submitted_at=timezone.now() + dt.timedelta(minutes=number))
    return scene


def heard() -> list[str]:
    rows = Outbox.objects.filter(template="you_are_next").order_by("pk").values_list("recipient", flat=True)
    return [address.split(".")[0] for address in rows]


def test_places_and_share__set_on_the_form__are_kept_with_a_line_in_the_trail() -> None:
    scene = scenes.ready_to_match(2, 1)
    page = client_of(scene.coordinator).get(reverse("mentoring_cohort:edit", args=[scene.cohort.pk])).content.decode()
    assert "Places for mentees" in page
    assert "Fair share of each school, per cent" in page
    assert save(scene, max_mentees="12", floor_percent="40").status_code == 302
    row = Cohort.objects.get(pk=scene.cohort.pk)
    assert (row.max_mentees, row.floor_percent) == (12, 40)
    event = AuditEvent.objects.get(action="mentoring.cohort.changed")
    assert (event.before["max_mentees"], event.after["max_mentees"]) == ("", "12")
    assert save(scene, max_mentees="", floor_percent="").status_code == 302
    row.refresh_from_db()
    assert (row.max_mentees, row.floor_percent) == (None, 0)


def test_places__of_a_new_cohort__are_set_with_it() -> None:
    scene = scenes.programme_with_cohort()
    today = timezone.localdate()
    form = {"programme": scene.programme.pk, "name": "Spring", "max_mentees": "30", "floor_percent": "50"}
    days = dict.fromkeys(("apply_from", "apply_to", "start", "end"), today.isoformat())
    assert client_of(scene.owner).post(reverse("mentoring_cohort:add"), {**form, **days}).status_code == 302
    row = Cohort.objects.get(name="Spring")
    assert (row.max_mentees, row.floor_percent) == (30, 50)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"max_mentees": "0"}, "At least one place"),
        ({"max_mentees": "-3"}, "At least one place"),
        ({"max_mentees": "100000"}, "At most 9,999 places"),
        ({"max_mentees": "many"}, "Write a whole number"),
        ({"max_mentees": "1"}, "2 mentees are in already"),
        ({"floor_percent": "101"}, "a number from 0 to 100"),
        ({"floor_percent": "-1"}, "a number from 0 to 100"),
        ({"floor_percent": "half"}, "a number from 0 to 100"),
    ],
)
def test_places_and_share__that_cannot_be__are_refused_and_kept_on_the_form(
    full: scenes.Scene, changes: dict[str, str], sentence: str
) -> None:
    answer = save(full, name="Typed", **changes)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert 'value="Typed"' in page
    assert f'value="{next(iter(changes.values()))}"' in page
    row = Cohort.objects.get(pk=full.cohort.pk)
    assert (row.name, row.max_mentees, row.floor_percent) == ("Autumn", 2, 0)


def test_places__somebody_came_in_while_the_form_was_checked__is_refused_under_the_lock(
    full: scenes.Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mentoring.programmes.cohort_form.CohortChangeForm.clean_max_mentees", lambda form: 1)
    answer = save(full, max_mentees="1")
    assert answer.status_code == 422
    assert "2 mentees are in already" in answer.content.decode()
    assert Cohort.objects.get(pk=full.cohort.pk).max_mentees == 2


@pytest.mark.parametrize(
    ("places", "names"),
    [("2", []), ("3", ["first"]), ("4", ["first", "second"]), ("40", ["first", "second", "third"]), ("", None)],
)
def test_places__raised__as_many_of_the_waiting_list_hear_in_order(
    full: scenes.Scene, places: str, names: list[str] | None
) -> None:
    answer = save(full, max_mentees=places)
    assert answer.status_code == 302
    expected = ["first", "second", "third"] if names is None else names
    assert heard() == expected
    waiting = Enrolment.objects.filter(cohort=full.cohort, state=EnrolmentState.WAITLISTED)
    assert waiting.count() == 3, "letting in is a decision"
    full.cohort.refresh_from_db()
    row = waiting.select_related("cohort").order_by("submitted_at")[0]
    assert has_place(row) == bool(expected)


def test_places__raised_twice__each_time_the_next_ones_hear(full: scenes.Scene) -> None:
    save(full, max_mentees="3")
    save(full, max_mentees="4")
    save(full, max_mentees="4", name="Another name")
    assert heard() == ["first", "second"]


def test_places__raised__whoever_raised_them_reads_how_many_heard(full: scenes.Scene) -> None:
    client = client_of(full.coordinator)
    row = Cohort.objects.get(pk=full.cohort.pk)
    form = {**model_to_dict(row, FIELDS), "max_mentees": "4", "version": row.version}
    page = client.post(reverse("mentoring_cohort:edit", args=[row.pk]), form, follow=True).content.decode()
    assert "2 people on the waiting list heard of the room" in page


def test_places__raised_when_the_cohort_is_over__nobody_hears(full: scenes.Scene) -> None:
    Cohort.objects.update(state=CohortState.CLOSED)
    save(full, max_mentees="4")
    assert heard() == []
