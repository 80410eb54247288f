"""A run repeated from its file alone: no database, the same pairs, the same hashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mentoring import matching
from mentoring.errors import MentoringError
from mentoring.matching import MatchResult
from mentoring.proposals.compute import compute
from mentoring.proposals.inputs import Inputs

NEEDED = ("config", "seed", "code_version", "input_hash", "outcome_hash", "inputs", "pairs")


@dataclass(frozen=True)
class Repeat:
    """What the run said then, and what it says now."""

    result: MatchResult
    same_input: bool
    same_outcome: bool
    same_pairs: bool
    same_version: bool

    @property
    def agrees(self) -> bool:
        return self.same_input and self.same_outcome


def repeat(pack: Any) -> Repeat:
    """Runs the matching again on what `mentoring.proposals.queries.pack` wrote.

    Raises:
        MentoringError: the file is not such a pack.
    """
    missing = [key for key in NEEDED if not isinstance(pack, dict) or key not in pack]
    if missing:
        raise MentoringError(f"This is not the file of a run: it has no “{missing[0]}”.")
    if not pack["inputs"]:
        raise MentoringError("This run never began: its file holds no people.")
    try:
        inputs = Inputs.from_json({**pack["inputs"], "enrolments": {}})
        result = compute(inputs, config=pack["config"], seed=int(pack["seed"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MentoringError(f"The file of the run cannot be read: {error}") from error
    except matching.MatchingError as error:
        raise MentoringError(f"The matching refuses what the file holds: {error}") from error
    then = {(row["mentee"], row["mentor"], row["score"]) for row in pack["pairs"]}
    now = {(pair.mentee, pair.mentor, f"{round(pair.score, 3):.3f}") for pair in result.pairs}
    return Repeat(
        result=result,
        same_input=result.input_hash == pack["input_hash"],
        same_outcome=result.outcome_hash == pack["outcome_hash"],
        same_pairs=then <= now,
        same_version=result.version == pack["code_version"],
    )
