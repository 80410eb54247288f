"""What a person agrees to when they take part. A change of wording is a new version; old rows keep theirs."""

from __future__ import annotations

CONSENT_VERSION = "2026-11"

CONSENT_POINTS = (
    "The coordinators of this programme see my profile and what I write here, to find a good match.",
    "My match sees my name, role, organisation and the reasons for the match when we are asked whether we want it, "
    "and my work e-mail address once we have both said yes.",
    "A computer suggests pairs from roles, topics, goals and hours. A person decides, and I can ask why.",
    "I can withdraw at any time on this site. My application is deleted some months after the cohort ends; "
    "the privacy notice says when.",
)

#: Earlier wordings that still count, because the change between them and the present one was only of words.
STILL_GOOD: frozenset[str] = frozenset()


def is_current(version: str) -> bool:
    """Whether somebody who agreed to this version has agreed to what happens today."""
    return version == CONSENT_VERSION or version in STILL_GOOD
