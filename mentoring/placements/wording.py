"""What visitors accept and what employers state. A change of wording is a new version; old rows keep theirs."""

from __future__ import annotations

RULES_VERSION = "2026-11"
RULES_OF_ENGAGEMENT = (
    "I am a guest: I sign in at reception with photo identity and stay with my host.",
    "I am never alone with children, and I take no photographs.",
    "I write about what adults do. I name no child and copy no pupil data.",
    "What I hear in confidence stays there, unless somebody may be at risk: then I tell the safeguarding lead.",
    "If I cannot come, I tell my host and my coordinator at once.",
)

STATEMENT_VERSION = "2026-11"
STATEMENT = (
    "The appropriate checks for this person’s role have been made and seen by us as their employer, "
    "and we know of no reason why they should not visit another school."
)
#: How long a statement counts where nobody says less.
VALID_DAYS = 365

REASONS_TO_CANCEL = {
    "ill": "Illness",
    "cover": "Cover could not be found",
    "inspection": "An inspection or an emergency at school",
    "changed": "Plans changed",
    "left": "Left the school or the programme",
    "other": "Something else",
}
