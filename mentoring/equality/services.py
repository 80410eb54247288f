"""Keeps, counts and forgets equality answers. No row of the audit trail: who answered is nobody's business."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from mentoring import conf
from mentoring.errors import MentoringError
from mentoring.people.models import Profile
from mentoring.programmes.models import Enrolment, EnrolmentState

from .models import QUESTIONS, EqualityAnswer

#: Only while one of these holds are answers taken: before it nothing is agreed to, after it they are deleted.
ANSWERABLE = frozenset(
    {
        EnrolmentState.SUBMITTED,
        EnrolmentState.RETURNED,
        EnrolmentState.ELIGIBLE,
        EnrolmentState.WAITLISTED,
        EnrolmentState.COMPLETED,
    }
)


def tokens_of(enrolment_id: int) -> list[str]:
    """The keys under which this application's answer may stand: one per secret of the site, the newest first."""
    message = f"equality:{enrolment_id}".encode()
    return [hmac.new(key.encode(), message, hashlib.sha256).hexdigest() for key in conf.encryption_keys()]


def answer(*, enrolment: Enrolment, given: Mapping[str, str]) -> None:
    """Keeps what somebody answered, instead of what they answered before. All empty: nothing is kept.

    Raises:
        MentoringError: an answer that is none of the choices, or an application that is not in the cohort.
    """
    values = {name: given.get(name, "") for name in QUESTIONS}
    for name, choices in QUESTIONS.items():
        if values[name] and values[name] not in choices.values:
            raise MentoringError("Please choose one of the answers, or leave the question out.")
    with transaction.atomic():
        row = Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
        if row.state not in ANSWERABLE:
            raise MentoringError("These questions are for people who take part at the moment.")
        forget([row.pk])
        if any(values.values()):
            EqualityAnswer.objects.create(token=tokens_of(row.pk)[0], cohort_id=row.cohort_id, **values)


def answer_of(enrolment_id: int) -> EqualityAnswer | None:
    """For the person themselves: in their export, on their page."""
    return EqualityAnswer.objects.filter(token__in=tokens_of(enrolment_id)).first()


def answers_of(enrolment_ids: Iterable[int]) -> list[EqualityAnswer]:
    """All answers of one person, in one query. In no order that says which belongs to which application."""
    tokens = [token for pk in enrolment_ids for token in tokens_of(pk)]
    return list(EqualityAnswer.objects.filter(token__in=tokens).order_by("pk"))


def forget(enrolment_ids: Iterable[int]) -> int:
    """Deletes the answers that belong to these applications; says how many there were."""
    tokens = [token for pk in enrolment_ids for token in tokens_of(pk)]
    return EqualityAnswer.objects.filter(token__in=tokens).delete()[0] if tokens else 0


def _enrolment_changed(sender: Any, instance: Enrolment, **kwargs: Any) -> None:
    gone = "created" not in kwargs  # post_delete says nothing of it
    if instance.pk and (gone or instance.state not in ANSWERABLE):
        forget([instance.pk])


def _profile_erased(sender: Any, instance: Profile, **kwargs: Any) -> None:
    if instance.erased_at is not None:
        forget(instance.enrolments.values_list("pk", flat=True))


def connect() -> None:
    """Answers go with the application, whoever ends it and how: nobody has to remember them."""
    post_save.connect(_enrolment_changed, sender=Enrolment, dispatch_uid="mentoring-equality-saved")
    post_delete.connect(_enrolment_changed, sender=Enrolment, dispatch_uid="mentoring-equality-deleted")
    post_save.connect(_profile_erased, sender=Profile, dispatch_uid="mentoring-equality-erased")
