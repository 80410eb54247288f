"""A part of a profile as it stands: in words for its owner, and as a version that a form carries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from . import accounts
from .models import Direction, Profile


def in_words(value: Any) -> str:
    """A value of one part: of a form, or of the profile."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (list, tuple)) or hasattr(value, "all"):
        rows = value.all() if hasattr(value, "all") else value
        return ", ".join(sorted(f"{row[0]} ({row[1]})" if isinstance(row, tuple) else str(row) for row in rows))
    return str(value)


def stands(profile: Profile | None, names: Iterable[str]) -> dict[str, str]:
    """What these parts hold now, each in words; without a profile nothing."""
    return {name: in_words(_value(profile, name)) if profile else "" for name in sorted(names)}


def _value(profile: Profile, name: str) -> Any:
    if name in Direction.values:
        rows = profile.profile_interests.filter(direction=name).select_related("interest")
        return [(row.interest, row.strength) for row in rows]
    if name == "line_manager_email":
        manager = profile.line_manager
        return accounts.email_of(manager.user) if manager and manager.user else profile.line_manager_email
    return profile.working_week if name == "working_pattern" else getattr(profile, name)


def version_of(profile: Profile | None, names: Iterable[str]) -> str:
    """Another one whenever one of these parts changes, by whatever hand; other parts have no say in it."""
    if profile is None:
        return "new"
    held = json.dumps(stands(profile, names), sort_keys=True)
    return hashlib.sha256(held.encode()).hexdigest()[:32]
