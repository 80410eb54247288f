"""What members do with their profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.trust import audit

from . import accounts
from .half_days import ALL
from .models import Direction, Profile, ProfileInterest
from .standing import version_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


#: Days.
LONGEST_PAUSE = 366
_PLAIN = ("display_name", "job_title", "bio", "adjustments")
_ROWS = ("organisation", "role_level", "aspiration_level")
#: Without these there is no profile.
NEEDED = ("display_name", "organisation", "job_title")


def save_profile(*, actor: AbstractBaseUser, version: str | None = None, **part: Any) -> Profile:
    """A member writes some of their own profile; from then on imports leave it alone. Repeated, nothing more changes.

    `part`: display_name, organisation, job_title (all three the first time); role_level, aspiration_level,
    line_manager_email, working_pattern; phases; seek, offer: (topic, strength 1 to 3) of each; bio, adjustments,
    paused_until.
    `version`: `version_of` these parts when the form was opened; without it nothing is compared.

    Raises:
        MentoringError: the place of work has closed and was not theirs before, or a value cannot be stored.
        Stale: these parts changed after the form was opened.
    """
    with transaction.atomic():
        # The person's row is locked, not the profile's: two first saves at once would both find no profile.
        get_user_model()._default_manager.select_for_update(no_key=True).get(pk=actor.pk)
        user: Any = actor
        profile = Profile.objects.filter(user_id=actor.pk).first() or Profile(user=user)
        new = profile.pk is None
        stale = version is not None and version != version_of(None if new else profile, part)
        if new and not all(part.get(name) for name in NEEDED):
            raise MentoringError("Please begin with your name, your place of work and your job title.")
        changed = _write_plain(profile, part)
        if "line_manager_email" in part and _set_manager(profile, part["line_manager_email"]):
            changed.append("line_manager")
        profile.edited_by_member_at = timezone.now()
        profile.save()
        if "phases" in part:
            wanted = {phase.pk for phase in part["phases"]}
            if wanted != set(profile.phases.values_list("pk", flat=True)):
                profile.phases.set(wanted)
                changed.append("phases")
        for direction in Direction:
            if direction.value in part:
                topics = {topic.pk: strength for topic, strength in part[direction.value]}
                if _set_interests(profile, direction, topics):
                    changed.append(direction.value)
        if changed and stale:  # not where the same was typed twice
            raise Stale("You saved this page in another window after opening this one.")
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


def _write_plain(profile: Profile, part: dict[str, Any]) -> list[str]:
    """Sets the profile's own fields, unsaved; says which changed."""
    place = part.get("organisation")
    if place is not None and not place.active and profile.organisation_id != place.pk:
        raise MentoringError("This place of work has closed. Please choose another.")
    if place is not None and place.pk == getattr(profile, "organisation_id", None):
        part = {name: value for name, value in part.items() if name != "organisation"}
    until = part.get("paused_until")
    if until not in (None, profile.paused_until) and not 0 <= (until - timezone.localdate()).days <= LONGEST_PAUSE:
        raise MentoringError("A pause ends on a day within the next twelve months.")
    values: dict[str, Any] = {name: str(part[name]).strip() for name in _PLAIN if name in part}
    values |= {f"{name}_id": part[name].pk if part[name] else None for name in _ROWS if name in part}
    if "working_pattern" in part:
        if not 0 <= part["working_pattern"] < ALL:
            raise MentoringError("Please choose from the half-days of a week.")
        values["working_pattern"] = int(part["working_pattern"])
    if "paused_until" in part:
        values["paused_until"] = until
    changed = [name for name, value in values.items() if getattr(profile, name) != value]
    for name, value in values.items():
        setattr(profile, name, value)
    return changed


def _set_manager(profile: Profile, email: str) -> bool:
    """Links the line manager, or notes the address until they have a profile. Nobody but the matching reads it."""
    email = accounts.fold_email(email)
    if email and email == accounts.fold_email(accounts.email_of(profile.user)):
        raise MentoringError("This is your own address. Please give that of the person who manages you, or nothing.")
    manager = accounts.profiles_by_email([email]).get(email) if email else None
    noted = "" if manager else email
    before = (profile.line_manager_id, profile.line_manager_email)
    profile.line_manager, profile.line_manager_email = manager, noted
    return before != (profile.line_manager_id, noted)


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
