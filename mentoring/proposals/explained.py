"""What a proposal keeps of the engine's reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mentoring.matching import Pair


def explanation(pair: Pair, mentors: Mapping[str, int]) -> dict[str, Any]:
    """A pair's reasons in JSON types; other mentors by enrolment (`mentors`: engine's key → enrolment)."""
    plain = pair.to_dict()
    for key in ("mentee", "mentor", "score", "evidence"):
        plain.pop(key)
    for other in plain["alternatives"]:
        other["mentor"] = mentors.get(other["mentor"])
    return plain
