"""The stages of a programme and what is to do in each, written as an owner would list them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from mentoring.errors import MentoringError, Stale
from mentoring.trust import audit

from . import permissions
from .models import Programme
from .stage_models import Stage, StageTask, TaskOwner

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MOST = 20
_TASK = re.compile(r"^(?:(mentee|mentor|both)\s*:\s*)?(.+?)(?:\s*\((\d{1,3})\s*days?\))?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Task:
    title: str
    owner: TaskOwner = TaskOwner.BOTH
    due_days: int = 14


@dataclass(frozen=True, slots=True)
class Draft:
    """One stage as the form has it. `pk` None: a new one."""

    pk: int | None
    title: str
    opens_week: int
    page_id: int | None
    tasks: tuple[Task, ...]


def read_tasks(text: str) -> tuple[Task, ...]:
    """Lines as “mentee: Write down your goals (14 days)”; without a name both do it, without days it is a fortnight.

    Raises:
        MentoringError: a line without words, too long, or said twice.
    """
    found: dict[str, Task] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        read = _TASK.match(line)
        title = read[2].strip() if read else ""
        if not title or len(title) > 200:
            raise MentoringError(f"Please write each task in up to 200 characters: “{line[:60]}”.")
        if title.casefold() in found:
            raise MentoringError(f"The task “{title}” is there twice.")
        owner = TaskOwner((read[1] or "both").lower()) if read else TaskOwner.BOTH
        found[title.casefold()] = Task(title, owner, int(read[3]) if read and read[3] else 14)
    return tuple(found.values())


def write_tasks(stage: Stage) -> str:
    """The tasks of a stage as `read_tasks` reads them."""
    return "\n".join(f"{task.owner}: {task.title} ({task.due_days} days)" for task in stage.tasks.all())


def set_stages(*, programme: Programme, drafts: Sequence[Draft], actor: AbstractBaseUser, version: int) -> Programme:
    """The stages in this order, and no others. Tasks that stay keep what pairs have ticked.

    Raises:
        MentoringError: not the owner, no title, too many, or something that pairs have ticked would go.
        Stale: changed since the form was opened.
    """
    decision = permissions.can_grant(actor, programme)
    if not decision:
        raise MentoringError("Only the programme’s owner writes its stages.")
    _check(drafts)
    with transaction.atomic():
        row = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        if row.version != version:
            raise Stale("Somebody changed this programme after you opened it. Your entries are kept below.")
        known = {stage.pk: stage for stage in row.stages.prefetch_related("tasks")}
        before = _facts(row)
        kept = {draft.pk for draft in drafts if draft.pk}
        if not kept <= set(known):
            raise Stale("One of these stages is not there any more. Please open the page again.")
        for pk, stage in known.items():
            if pk not in kept:
                _refuse_if_ticked(stage.tasks.all())
                stage.delete()
        row.stages.update(position=_far_away())
        for position, draft in enumerate(drafts, start=1):
            _write(row, known.get(draft.pk or 0), position, draft)
        row.version += 1
        row.save(update_fields=["version"])
        audit.record(
            action="mentoring.programme.stages",
            obj=row,
            actor=actor,
            programme=row,
            before=before,
            after=_facts(row),
        )
    return row


def _far_away() -> Any:
    """Positions are unique: while they change places, the old ones step aside."""
    from django.db.models import F

    return F("position") + 1000


def _check(drafts: Sequence[Draft]) -> None:
    if len(drafts) > MOST:
        raise MentoringError(f"Please keep to {MOST} stages at most.")
    for number, draft in enumerate(drafts, start=1):
        if not draft.title or len(draft.title) > 200:
            raise MentoringError(f"Stage {number} needs a title of up to 200 characters.")
        if not 0 <= draft.opens_week <= 200:
            raise MentoringError(f"Stage {number} opens in a week between 0 and 200.")
    weeks = [draft.opens_week for draft in drafts]
    if weeks != sorted(weeks):
        raise MentoringError("A later stage cannot open before an earlier one. Please put the weeks in order.")


def _refuse_if_ticked(tasks: Any) -> None:
    ticked = tasks.filter(ticks__isnull=False).first()
    if ticked is not None:
        raise MentoringError(f"Pairs have ticked “{ticked}” already, so it stays. You can reword it instead.")


def _write(programme: Programme, stage: Stage | None, position: int, draft: Draft) -> None:
    stage = stage or Stage(programme=programme)
    stage.position, stage.title, stage.opens_week, stage.page_id = (
        position,
        draft.title,
        draft.opens_week,
        draft.page_id,
    )
    stage.save()
    old = list(stage.tasks.all())
    by_title = {task.title.casefold(): task for task in old}
    # A task whose words changed keeps its place in the list, and with it what was ticked.
    spare = [t for t in old if t.title.casefold() not in {task.title.casefold() for task in draft.tasks}]
    for number, task in enumerate(draft.tasks, start=1):
        row = by_title.get(task.title.casefold()) or (spare.pop(0) if spare else StageTask(stage=stage))
        row.title, row.owner, row.due_days, row.position = task.title, task.owner, task.due_days, number
        row.save()
    gone = stage.tasks.filter(pk__in=[task.pk for task in spare])
    _refuse_if_ticked(gone)
    gone.delete()


def _facts(programme: Programme) -> dict[str, Any]:
    return {"stages": [[s.title, s.opens_week] for s in programme.stages.order_by("position")]}
