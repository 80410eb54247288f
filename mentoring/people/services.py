"""What members do with their profile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.trust import audit

from . import accounts
from .models import Direction, Interest, Organisation, Profile, ProfileInterest, RoleLevel

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def save_profile(
    *,
    actor: AbstractBaseUser,
    display_name: str,
    organisation: Organisation,
    job_title: str,
    role_level: RoleLevel | None = None,
    aspiration_level: RoleLevel | None = None,
    phases: Iterable[Interest] = (),
    seek: Iterable[tuple[Interest, int]] = (),
    offer: Iterable[tuple[Interest, int]] = (),
    bio: str = "",
) -> Profile:
    """A member writes their own profile; from then on imports leave it alone. Repeated, it changes nothing more.

    Raises `MentoringError` if the place of work has closed and was not theirs before.
    """
    with transaction.atomic():
        # The person's row is locked, not the profile's: two first saves at once would both find no profile.
        get_user_model()._default_manager.select_for_update().get(pk=actor.pk)
        user: Any = actor
        profile = Profile.objects.filter(user_id=actor.pk).first() or Profile(user=user)
        if not organisation.active and profile.organisation_id != organisation.pk:
            raise MentoringError("This place of work has closed. Please choose another.")
        new = profile.pk is None
        values = {
            "display_name": display_name.strip(),
            "organisation_id": organisation.pk,
            "job_title": job_title.strip(),
            "role_level_id": role_level.pk if role_level else None,
            "aspiration_level_id": aspiration_level.pk if aspiration_level else None,
            "bio": bio.strip(),
        }
        changed = [name for name, value in values.items() if getattr(profile, name) != value]
        for name, value in values.items():
            setattr(profile, name, value)
        profile.edited_by_member_at = timezone.now()
        profile.save()
        wanted = {phase.pk for phase in phases}
        if wanted != set(profile.phases.values_list("pk", flat=True)):
            profile.phases.set(wanted)
            changed.append("phases")
        for direction, pairs in ((Direction.SEEK, seek), (Direction.OFFER, offer)):
            if _set_interests(profile, direction, {topic.pk: strength for topic, strength in pairs}):
                changed.append(direction.value)
        if new:
            _meet_reports(profile)
        if new or changed:
            audit.record(
                action="mentoring.profile.created" if new else "mentoring.profile.changed",
                obj=profile,
                actor=actor,
                after={"fields": sorted(changed)},
            )
    return profile


def _set_interests(profile: Profile, direction: Direction, wanted: dict[int, int]) -> bool:
    rows = profile.profile_interests.filter(direction=direction)
    if dict(rows.values_list("interest_id", "strength")) == wanted:
        return False
    rows.delete()
    ProfileInterest.objects.bulk_create(
        ProfileInterest(profile=profile, interest_id=pk, direction=direction, strength=strength)
        for pk, strength in wanted.items()
    )
    return True


def _meet_reports(profile: Profile) -> None:
    """Those who named this person as line manager before they were here are linked now."""
    email = accounts.fold_email(accounts.email_of(profile.user))
    if email:
        waiting = Profile.objects.filter(line_manager__isnull=True, line_manager_email=email).exclude(pk=profile.pk)
        waiting.update(line_manager=profile, line_manager_email="")
