"""“Is all well?”: asked of both when nothing was heard of a pair for long, answered by one click each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.programmes.models import EnrolmentRole

from .check_models import Check, CheckAnswer
from .models import Relationship
from .services import call_coordinator, locked, note_down, tell_one
from .turns import calendar_of, settle

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

SALT = "mentoring.check"


def token_for(check: Check, side: str) -> str:
    """What the mail's links carry: it answers this one question, for this one person, while it is open."""
    return signing.dumps([check.pk, str(side)], salt=SALT)


def find(token: str) -> tuple[Check, EnrolmentRole]:
    """Raises: Http404: not one of ours, or not any more."""
    try:
        pk, side = signing.loads(token, salt=SALT, max_age=dt.timedelta(days=60))
        check = Check.objects.select_related("relationship__cohort__programme").filter(pk=pk).first()
        role = EnrolmentRole(side)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404("There is nothing here, or it is not yours to see.") from error
    if check is None:
        raise Http404("There is nothing here, or it is not yours to see.")
    return check, role


def ask(row: Relationship) -> Check:
    """Asks both. The caller holds the pair's lock and knows that it is quiet."""
    now = timezone.now()
    due = calendar_of(row).add(timezone.localdate(), row.cohort.programme.answer_days)
    check = Check.objects.create(relationship=row, asked_at=now, due=due)
    note_down(row, "check_asked", actor=None, due=due.isoformat())
    settle(row)
    for side in EnrolmentRole.values:
        path = reverse("mentoring:check", args=[token_for(check, side)])
        tell_one(row, side, "pair_check", key=f"check:{check.pk}", path=path, due=due)
    return check


def answer(*, check: Check, side: str, answer: str, actor: AbstractBaseUser | None = None) -> Check:
    """One of the two answers, once. “Fine” of both closes the question; “help” and “end” call the coordinator at once.

    Raises:
        MentoringError: answered otherwise before, or the question is closed.
    """
    if answer not in (CheckAnswer.FINE, CheckAnswer.HELP, CheckAnswer.END):
        raise MentoringError("Please choose one of the three answers.")
    with transaction.atomic():
        row = locked(check.relationship_id)
        held = Check.objects.select_for_update().get(pk=check.pk)
        before = held.answer_of(side)
        if before == answer:
            return held
        if before:
            raise MentoringError(f"You have answered already: “{CheckAnswer(before).label}”.")
        if held.closed_at is not None:
            raise MentoringError("Thank you. This question is closed; nothing more is needed.")
        field = f"{side}_answer"
        setattr(held, field, answer)
        if answer != CheckAnswer.FINE or held.mentee_answer == held.mentor_answer == CheckAnswer.FINE:
            held.closed_at = timezone.now()
        held.save(update_fields=[field, "closed_at"])
        note_down(row, "check_answered", actor=actor, by=side, answer=answer)
        if answer != CheckAnswer.FINE:
            who = f"The {EnrolmentRole(side).label.lower()}"
            wish = "asks for help" if answer == CheckAnswer.HELP else "would like to end"
            call_coordinator(row, f"{who} {wish}.", key=f"check:{held.pk}:{side}")
        settle(row)
    return held


def give_up(row: Relationship, check: Check) -> None:
    """The clock: not both have answered in time. The caller holds the pair's lock."""
    check.closed_at = timezone.now()
    check.save(update_fields=["closed_at"])
    silent = [role.label.lower() for role in EnrolmentRole if not check.answer_of(role)]
    who = " and ".join(silent)
    call_coordinator(row, f"No meeting for a long time, and no answer by the {who}.", key=f"check:{check.pk}:silent")
    note_down(row, "check_unanswered", actor=None, silent=silent)
    settle(row)
