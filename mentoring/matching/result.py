"""What comes out: pairs with their reasons, the people left over, and proof of how good the whole is."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


class Status(enum.StrEnum):
    """COMPLETE: proven optimal. TIME_LIMIT: the best found, with its proven gap. NO_SOLUTION: nobody is matched."""

    COMPLETE = "complete"
    TIME_LIMIT = "time_limit"
    NO_SOLUTION = "no_solution"


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a score.

    Attributes:
        key: "interests", "role_step", "goals", "phase_context", "time", "travel", "candour", "meaning", "preference".
        value: 0 to 1, or None where it is unknown for this pair.
        weight: as the programme set it; 0 for the preference bonus, which is not weighed.
        contribution: points of the score, 0 to 100; the contributions of a pair sum to its score.
        sentence: for people.
    """

    key: str
    value: float | None
    weight: float
    contribution: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another mentor this mentee could have; `delta` is that score less the score of the proposed pair."""

    mentor: str
    score: float
    delta: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One proposal.

    Attributes:
        score: 0 to 100.  evidence: 0 to 1, the share of the weights for which something is known.
        components: the parts that sum to the score, preference bonus last.
        reasons: at most three sentences, the strongest first.  caution: one sentence or "".
        unknown: one sentence on what is not known, or "".
        rank_for_mentee: 1 if no allowed mentor scores higher; rank_for_mentor likewise; None where not counted.
        alternatives: the best three other mentors.
        pinned: forced by a coordinator, `waived` names the rules broken for it.
    """

    mentee: str
    mentor: str
    score: float
    evidence: float
    components: tuple[Component, ...]
    reasons: tuple[str, ...]
    caution: str
    unknown: str
    rank_for_mentee: int | None = None
    rank_for_mentor: int | None = None
    alternatives: tuple[Alternative, ...] = ()
    pinned: bool = False
    waived: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A person without a partner. `code`: "barred" (no allowed partner), "shortage" (too few places among allowed
    partners), "paused", "not_eligible", "spare" (a mentor whom nobody left needs), ... ; `sentence` says it plainly."""

    key: str
    role: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FloorCertificate:
    """One line of the schools' certificate: eligible mentees, the floor promised, how many were matched."""

    organisation: str
    eligible: int
    floor: int
    matched: int

    @property
    def met(self) -> bool:
        return self.matched >= self.floor


@dataclass(frozen=True, slots=True)
class Price:
    """What the chosen objective costs against "best total", and what it buys."""

    total: float
    best_total: float
    lowest: float
    lowest_at_best_total: float

    @property
    def share_lost(self) -> float:
        return 0.0 if not self.best_total else 1 - self.total / self.best_total


@dataclass(frozen=True, kw_only=True)
class MatchResult:
    """The whole outcome of one run; `to_dict` gives JSON types only.

    Attributes:
        pairs: sorted by mentee key, then mentor key. A lazy sequence: a pair is explained when it is read.
        gap: proven upper bound on what the total score could still gain, as a share of it; 0 is the optimum.
        stats: "matched", "mentees", "places", "total", "mean", "lowest", "seconds", ... numbers only.
        hash_input: makes `input_hash`, which is worked out when it is first read.
        outcome_hash: of the pairs and their scores; one hash for every backend and number of workers.
    """

    status: Status
    objective: str
    seed: int
    pairs: Sequence[Pair]
    unmatched: tuple[Unmatched, ...]
    warnings: tuple[str, ...]
    gap: float
    stats: Mapping[str, float]
    price: Price | None
    certificate: tuple[FloorCertificate, ...]
    hash_input: Callable[[], str] = field(repr=False, compare=False)
    outcome_hash: str
    version: str
    config: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def input_hash(self) -> str:
        """Of everything that can change the result; equal input in any order gives the same."""
        return self.hash_input()

    def mentor_of(self, mentee: str) -> str | None:
        """Key of the (first) mentor proposed for a mentee."""
        return next((mentor for key, mentor, _ in self.scored() if key == mentee), None)

    def scored(self) -> Iterator[tuple[str, str, float]]:
        """(mentee, mentor, score) of every pair, without writing its reasons."""
        scored = getattr(self.pairs, "scored", None)
        return scored() if scored else ((pair.mentee, pair.mentor, pair.score) for pair in self.pairs)

    def to_dict(self) -> dict[str, Any]:
        left_out = ("pairs", "hash_input")
        rest = {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self) if f.name not in left_out}
        return {**rest, "input_hash": self.input_hash, "pairs": [pair.to_dict() for pair in self.pairs]}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)


def plain(value: Any) -> Any:
    """Any value of a result as JSON types."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 9)
    return value
