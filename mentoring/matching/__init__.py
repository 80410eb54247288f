"""The matching engine: who works with whom. Pure Python and arrays; it knows nothing of Django or of any website.

    from mentoring.matching import Mentee, Mentor, match

    result = match(
        [Mentee(key="ada@example.org", role_family="teaching", rank=20, interests={"behaviour": 3})],
        [Mentor(key="bea@example.org", role_family="teaching", rank=30, interests={"behaviour": 2})],
    )
    for pair in result.pairs:
        print(pair.mentee, pair.mentor, round(pair.score), pair.reasons)

`match` does everything in one call. `prepare` gives a `Problem`, which answers more questions about the same people:
`problem.solve(...)`, `problem.why_not(...)`, `problem.what_if(...)`. `docs/matching.md` explains each step.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mentoring.matching.errors import Cancelled, InvalidInput, MatchingError
from mentoring.matching.people import Mentee, Mentor, Person, half_days, person_key, windows
from mentoring.matching.result import (
    Alternative,
    Component,
    FloorCertificate,
    MatchResult,
    Pair,
    Price,
    Status,
    Unmatched,
)
from mentoring.matching.settings import (
    Ban,
    Exclusion,
    Floors,
    Objective,
    Overrides,
    Pin,
    Rules,
    Weights,
    Workers,
)
from mentoring.matching.vocabulary import Role, RoleLadder, Thesaurus, Topic

if TYPE_CHECKING:
    from mentoring.matching.advice import Advice, Recruit
    from mentoring.matching.engine import match, prepare
    from mentoring.matching.problem import Problem
    from mentoring.matching.whatif import Change, Check, Difference, WhyNot

# What needs the numerical libraries comes when first asked for: they take seconds and 130 MB to load, which every
# management command and web process would otherwise pay.
_LATER = {
    **dict.fromkeys(("Advice", "Recruit"), "advice"),
    **dict.fromkeys(("match", "prepare"), "engine"),
    "Problem": "problem",
    **dict.fromkeys(("Change", "Check", "Difference", "WhyNot"), "whatif"),
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"mentoring.matching.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Advice",
    "Alternative",
    "Ban",
    "Cancelled",
    "Change",
    "Check",
    "Component",
    "Difference",
    "Exclusion",
    "FloorCertificate",
    "Floors",
    "InvalidInput",
    "MatchResult",
    "MatchingError",
    "Mentee",
    "Mentor",
    "Objective",
    "Overrides",
    "Pair",
    "Person",
    "Pin",
    "Price",
    "Problem",
    "Recruit",
    "Role",
    "RoleLadder",
    "Rules",
    "Status",
    "Thesaurus",
    "Topic",
    "Unmatched",
    "Weights",
    "WhyNot",
    "Workers",
    "half_days",
    "match",
    "person_key",
    "prepare",
    "windows",
]
