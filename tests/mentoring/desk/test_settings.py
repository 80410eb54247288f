"""A programme's settings and stages: owners only, versioned, kept when refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms import model_to_dict
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, Programme, Stage
from mentoring.programmes.settings_form import GROUPS
from mentoring.programmes.stage_models import TaskOwner
from mentoring.programmes.stages import Draft, Task, read_tasks, set_stages, write_tasks
from mentoring.relationships.space_models import TaskTick
from tests.mentoring import scenes
from tests.mentoring.relationships import moments
from tests.signing_in import staff_client_of

pytestmark = pytest.mark.django_db
FIELDS = [name for group in GROUPS for name in group.fields]


def form_of(programme: Programme, **changes: Any) -> dict[str, Any]:
    values = {name: value for name, value in model_to_dict(programme, FIELDS).items() if value not in (None, False)}
    return {**values, "version": programme.version, **changes}


def test_settings__clocks_and_ways__are_saved_with_the_change_in_the_trail() -> None:
    scene = scenes.programme_with_cohort()
    address = reverse("mentoring_programme:edit", args=[scene.programme.pk])
    client = staff_client_of(scene.owner)
    page = client.get(address).content.decode()
    for group in GROUPS:
        assert group.heading in page
    form = form_of(scene.programme, offer_days=5, mentees_choose="on", keep_notes_months=1)
    assert client.post(address, form).status_code == 302
    scene.programme.refresh_from_db()
    assert (scene.programme.offer_days, scene.programme.mentees_choose) == (5, True)
    event = AuditEvent.objects.get(action="mentoring.programme.changed")
    assert (event.before["offer_days"], event.after["offer_days"]) == ("7", "5")


@pytest.mark.parametrize(
    ("changes", "status"), [({"offer_days": 0}, 200), ({"keep_notes_months": 999}, 200), ({"version": 99}, 409)]
)
def test_settings__impossible_or_stale__change_nothing_and_keep_what_was_typed(
    changes: dict[str, Any], status: int
) -> None:
    scene = scenes.programme_with_cohort()
    address = reverse("mentoring_programme:edit", args=[scene.programme.pk])
    answer = staff_client_of(scene.owner).post(address, form_of(scene.programme, title="Typed", **changes))
    assert answer.status_code == status
    assert 'value="Typed"' in answer.content.decode()
    assert Programme.objects.get(pk=scene.programme.pk).title != "Typed"


def test_settings__coordinator__is_not_let_in() -> None:
    scene = scenes.programme_with_cohort()
    client = staff_client_of(scene.coordinator)
    for name in ("edit", "stages"):
        address = reverse(f"mentoring_programme:{name}", args=[scene.programme.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"count": 1, "title-0": "Mine", "version": 1}).status_code == 404
    assert not Stage.objects.exists()


@pytest.mark.parametrize(
    ("line", "task"),
    [
        ("mentee: Write down your goals (14 days)", Task("Write down your goals", TaskOwner.MENTEE, 14)),
        ("Mentor: Read them (3 day)", Task("Read them", TaskOwner.MENTOR, 3)),
        ("Meet", Task("Meet", TaskOwner.BOTH, 14)),
        ("Note: bring tea", Task("Note: bring tea", TaskOwner.BOTH, 14)),
    ],
)
def test_task__as_a_line__is_read(line: str, task: Task) -> None:
    assert read_tasks(f"\n{line}\n") == (task,)


@pytest.mark.parametrize(("text", "sentence"), [("Meet\nmeet", "there twice"), ("x" * 201, "up to 200")])
def test_tasks__that_cannot_be__are_refused(text: str, sentence: str) -> None:
    with pytest.raises(MentoringError, match=sentence):
        read_tasks(text)


def stage_form(programme: Programme, *rows: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {"count": len(rows), "version": programme.version}
    for number, row in enumerate(rows):
        form |= {f"{name}-{number}": value for name, value in row.items()}
    return form


def test_stages__written_changed_and_put_in_another_order__are_kept() -> None:
    scene = scenes.programme_with_cohort()
    programme = scene.programme
    address = reverse("mentoring_programme:stages", args=[programme.pk])
    client = staff_client_of(scene.owner)
    begin = {"title": "Beginning", "week": "0", "tasks": "mentee: Goals (7 days)"}
    middle = {"title": "Middle", "week": "8", "tasks": "Meet"}
    assert client.post(address, stage_form(programme, begin, middle, {"title": ""})).status_code == 302
    first, second = programme.stages.all()
    assert (first.title, second.opens_week, write_tasks(first)) == ("Beginning", 8, "mentee: Goals (7 days)")
    programme.refresh_from_db()
    swapped = stage_form(
        programme, {**middle, "pk": second.pk, "week": "0"}, {**begin, "pk": first.pk, "week": "4", "title": "Later"}
    )
    assert client.post(address, swapped).status_code == 302
    assert [(s.pk, s.title) for s in programme.stages.all()] == [(second.pk, "Middle"), (first.pk, "Later")]
    assert AuditEvent.objects.filter(action="mentoring.programme.stages").count() == 2


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"week-1": "0", "week-0": "4"}, 422, "cannot open before an earlier one"),
        ({"title-1": "", "tasks-1": "Meet"}, 422, "needs a title"),
        ({"week-0": "x"}, 422, "between 0 and 200"),
        ({"version": "77"}, 409, "Somebody changed this programme"),
        ({"pk-0": "999999"}, 409, "not there any more"),
    ],
)
def test_stages__refused__keep_what_was_typed(changes: dict[str, str], status: int, sentence: str) -> None:
    scene = scenes.programme_with_cohort()
    form = stage_form(scene.programme, {"title": "Typed words", "week": "0"}, {"title": "Two", "week": "3"})
    address = reverse("mentoring_programme:stages", args=[scene.programme.pk])
    answer = staff_client_of(scene.owner).post(address, form | changes)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert 'value="Typed words"' in answer.content.decode()
    assert not Stage.objects.exists()


def test_stages__tasks_that_pairs_ticked__stay_when_reworded_and_cannot_go() -> None:
    pair = moments.active()
    programme = pair.cohort.programme
    owner = programme.grants.get(role="owner").user
    stage = moments.stage(pair, 0, "Goals")
    task = stage.tasks.get()
    TaskTick.objects.create(relationship=pair, task=task, by="mentee", at=timezone.now())
    given: dict[str, Any] = {"programme": programme, "actor": owner}
    with pytest.raises(MentoringError, match="have ticked"):
        set_stages(**given, drafts=[], version=programme.version)
    draft = Draft(stage.pk, "Beginning", 0, None, (Task("Goals, in writing"),))
    set_stages(**given, drafts=[draft], version=programme.version)
    task.refresh_from_db()
    assert task.title == "Goals, in writing"
    assert task.ticks.count() == 1
