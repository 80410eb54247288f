"""The rules by name: their words, and whether a coordinator may waive them. Brings no numerical library."""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    waivable: bool
    passes: str
    fails: str


WORDING = {
    "same_person": Wording(False, "They are two people.", "This is one and the same person."),
    "excluded": Wording(False, "Nothing on record stands against this pair.", "This pair is excluded."),
    "line_management": Wording(
        False,
        "Neither manages, appraises or assesses the other.",
        "One of them manages, appraises or assesses the other.",
    ),
    "not_this_person": Wording(
        False, "Nothing on record stands against this pair.", "This pair cannot be proposed."
    ),  # the same words as an exclusion's: nobody learns who asked
    "banned": Wording(False, "No coordinator forbade this pair.", "A coordinator forbade this pair."),
    "eligible": Wording(False, "Both are accepted into this cohort.", "One of them is not accepted yet."),
    "paused": Wording(False, "Neither has paused.", "One of them has paused."),
    "consent": Wording(
        False,
        "Both have agreed to the present privacy notice.",
        "One of them has not agreed to the present privacy notice.",
    ),
    "training": Wording(True, "The mentor is trained.", "The mentor has not been trained yet."),
    "same_organisation": Wording(True, "They work in different organisations.", "They work in the same organisation."),
    "same_trust": Wording(True, "They work in different trusts.", "They work in the same trust."),
    "role_gap": Wording(
        True,
        "The step between their roles is within the programme's band.",
        "The step between their roles is outside the programme's band.",
    ),
    "format": Wording(
        True,
        "They can meet in a way that suits both.",
        "One wants to meet online only, the other in person only.",
    ),
    "travel": Wording(
        True,
        "The journey is within what both accept.",
        "They can meet only in person, and the journey is longer than one of them accepts.",
    ),
    "overlap": Wording(
        True, "They share enough hours.", "They share fewer hours a fortnight than the programme asks for."
    ),
    "prior_pair": Wording(
        True,
        "They have not been a pair before, or both want it again.",
        "They were a pair before, and not both of them asked for it again.",
    ),
}
"""Every rule there is, with its words, the gravest first."""
