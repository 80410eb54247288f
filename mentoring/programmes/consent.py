"""What a person agrees to when they take part. A change of wording is a new version; old rows keep theirs."""

from __future__ import annotations

CONSENT_VERSION = "2026-09"

CONSENT_POINTS = (
    "The coordinators of this programme see my profile and what I write here, to find a good match.",
    "My match sees my name, role, organisation and work e-mail address once a coordinator has approved us.",
    "A computer suggests pairs from roles, interests and goals. A person decides, and I can ask why.",
    "I can withdraw at any time on this site. My application is deleted six months after the cohort ends.",
)
