"""Notes, goals and tasks: what the two write down for themselves. Nobody else reads it; the trail keeps no words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.stage_models import StageTask, TaskOwner
from mentoring.programmes.wish_models import Goal, GoalProgress

from .models import Relationship
from .services import at_work, locked, note_down, side_of, text_of
from .space_models import Note, TaskTick
from .turns import day_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def _text(text: str) -> str:
    text = text_of(text, most=4000, what="your note")
    if not text:
        raise MentoringError("Please write something first.")
    return text


def add_note(*, pair: Relationship, actor: AbstractBaseUser, uid: uuid.UUID, text: str, shared: bool) -> Note:
    """One of the two writes a note, for themselves or for both. `uid` comes from the form: sent twice it is one note.

    Raises:
        MentoringError: not one of the two, over, empty or too long.
    """
    with transaction.atomic():
        row = locked(pair)
        side = side_of(actor, row)
        before = Note.objects.filter(uid=uid).first()
        if before is not None and (before.relationship_id, before.author) == (row.pk, side):
            return before
        at_work(row)
        if before is not None:
            raise MentoringError("Please open the page again and send it once more.")
        return Note.objects.create(
            relationship=row, uid=uid, author=side, shared=shared, text=_text(text), written_at=timezone.now()
        )


def _own(note: Note, actor: AbstractBaseUser) -> Note:
    row = locked(note.relationship_id)
    side = side_of(actor, row)
    held = Note.objects.select_for_update().filter(pk=note.pk).first()
    if held is None:
        raise MentoringError("This note has been deleted.")
    if held.author != side:
        raise MentoringError("Only the one who wrote a note can change it.")
    return held


def change_note(*, note: Note, actor: AbstractBaseUser, version: int, text: str, shared: bool) -> Note:
    """Raises: MentoringError: not its writer, empty or too long. Stale: changed in another window."""
    text = _text(text)
    with transaction.atomic():
        held = _own(note, actor)
        if (held.text, held.shared) == (text, shared):
            return held
        if held.version != version:
            raise Stale("You changed this note in another window. What is saved now is shown below your text.")
        held.text, held.shared = text, shared
        held.version += 1
        held.save(update_fields=["text", "shared", "version"])
    return held


def delete_note(*, note: Note, actor: AbstractBaseUser) -> None:
    """Raises: MentoringError: not its writer. A note that is gone already is no error."""
    with transaction.atomic():
        if Note.objects.filter(pk=note.pk).exists():
            _own(note, actor).delete()


def set_progress(*, pair: Relationship, actor: AbstractBaseUser, progress: Mapping[int, tuple[str, str]]) -> list[Goal]:
    """The mentee says how far each goal has come: goal id → (as the page showed it, as it is now).

    Raises:
        MentoringError: not the mentee, or no such goal or step. Stale: changed in another window.
    """
    with transaction.atomic():
        row = locked(pair)
        if side_of(actor, row) != EnrolmentRole.MENTEE:
            raise MentoringError("Only the mentee says how far the goals have come.")
        at_work(row)
        goals = {goal.pk: goal for goal in Goal.objects.select_for_update().filter(enrolment_id=row.mentee_id)}
        changed = []
        for pk, (before, after) in progress.items():
            goal = goals.get(pk)
            if goal is None or after not in GoalProgress.values:
                raise MentoringError("Please choose one of the steps for each goal.")
            if after in (goal.progress, before):
                continue
            if goal.progress != before:
                raise Stale(f"“{goal.text}” was changed in another window: {goal.get_progress_display().lower()}.")
            goal.progress = after
            changed.append(goal)
        for goal in changed:
            goal.save(update_fields=["progress"])
        if changed:
            note_down(row, "goals_moved", actor=actor, goals={goal.position: goal.progress for goal in changed})
    return changed


def tick(*, pair: Relationship, actor: AbstractBaseUser, task: StageTask, done: bool) -> None:
    """One of the two ticks a task of an open stage that is theirs, or takes the tick away. Repeating changes nothing.

    Raises:
        MentoringError: not one of the two, over, the other one's task, or a stage that has not opened.
    """
    with transaction.atomic():
        row = locked(pair)
        side = side_of(actor, row)
        at_work(row)
        if task.stage.programme_id != row.cohort.programme_id:
            raise MentoringError("This task belongs to another programme.")
        if task.owner not in (TaskOwner.BOTH, side):
            raise MentoringError(f"This task is the {task.get_owner_display().lower()}’s to tick.")
        if done and not is_open(row, task.stage.opens_week):
            raise MentoringError("This stage has not opened yet.")
        if done:
            TaskTick.objects.get_or_create(relationship=row, task=task, defaults={"by": side, "at": timezone.now()})
        else:
            TaskTick.objects.filter(relationship=row, task=task).delete()


def week_of(row: Relationship) -> int:
    """Weeks since the pair began; -1 before."""
    if row.began_on is None:
        return -1
    return max(0, (day_of(timezone.now()) - row.began_on).days // 7)


def is_open(row: Relationship, opens_week: int) -> bool:
    return week_of(row) >= opens_week
