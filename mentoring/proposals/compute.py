"""One run from what decides it. The site's worker and the command that repeats a run call the same function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mentoring import matching
from mentoring.matching import MatchResult

from .inputs import Inputs, rules_of, weights_of
from .settings import floors_of


def compute(
    inputs: Inputs,
    *,
    config: Mapping[str, Any],
    seed: int,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MatchResult:
    """The same inputs, settings and seed give the same result, wherever and whenever. With visits: a joint plan."""
    if inputs.visits is not None:
        from mentoring.placements.planning import compute_jointly  # visits build on proposals

        return compute_jointly(inputs, config=config, seed=seed, progress=progress)
    return matching.match(
        inputs.mentees,
        inputs.mentors,
        rules=rules_of(dict(config)),
        weights=weights_of(dict(config)),
        floors=floors_of(config),
        objective=config["objective"],
        seed=seed,
        overrides=inputs.overrides,
        thesaurus=inputs.thesaurus,
        ladder=inputs.ladder,
        progress=progress,
        cancelled=cancelled,
    )
