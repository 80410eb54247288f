"""What members do with what is kept about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.errors import MentoringError
from mentoring.messages.address_models import MailChoice
from mentoring.people.models import Profile
from mentoring.trust import audit

from .erasing import erase
from .gathering import gather
from .package import package

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: What has to be typed to erase oneself.
CONFIRMATION = "erase my data"


def download(*, user: Any, actor: AbstractBaseUser | None) -> bytes:
    """Everything about a person as one zip; that it was made is in the audit trail."""
    made = package(gather(user))
    subject = Profile.objects.filter(user_id=user.pk).first() or user
    audit.record(action="mentoring.person.exported", obj=subject, actor=actor)
    return made


def choose_mail(*, actor: AbstractBaseUser, once_a_day: bool, daily_summary: bool) -> MailChoice:
    row, _ = MailChoice.objects.update_or_create(
        user_id=actor.pk, defaults={"once_a_day": once_a_day, "daily_summary": daily_summary}
    )
    return row


def erase_oneself(*, actor: Any, typed: str) -> None:
    """Raises `MentoringError` if the words were not typed, or the person cannot be erased yet."""
    if " ".join(typed.casefold().split()) != CONFIRMATION:
        raise MentoringError(f"Nothing was erased. To go on, type “{CONFIRMATION}” into the field.")
    erase(user=actor, actor=actor)
