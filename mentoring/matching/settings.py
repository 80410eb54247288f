"""What a programme decides: rules, weights, objective, and a coordinator's pins, bans and exclusions."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mentoring.matching.errors import Fault, InvalidInput


class Objective(enum.StrEnum):
    """What is maximised once most people are matched and the schools' floors are met.

    BEST_TOTAL: the sum of scores. FAIREST_FLOOR: first the lowest score, then the sum.
    LEXIMIN: first the lowest score, then the second lowest, and so on.
    """

    BEST_TOTAL = "best_total"
    FAIREST_FLOOR = "fairest_floor"
    LEXIMIN = "leximin"


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each component counts, 0 to 100 each, at least one above 0. Only the proportions matter.

    `meaning` belongs to the optional sentence encoder (`mentoring.matching.semantic`) and is off by default.
    """

    interests: float = 40
    role_step: float = 20
    goals: float = 10
    phase_context: float = 10
    time: float = 10
    travel: float = 5
    candour: float = 5
    meaning: float = 0

    def __post_init__(self) -> None:
        faults = [
            Fault(field=key, sentence=f"the weight of {key} must be between 0 and 100, not {value}")
            for key, value in self.items()
            if isinstance(value, bool) or not (math.isfinite(value) and 0 <= value <= 100)
        ]
        if not faults and not any(value for _, value in self.items()):
            faults = [Fault("at least one weight must be above 0")]
        if faults:
            raise InvalidInput(faults)

    def items(self) -> Iterator[tuple[str, float]]:
        """(component key, weight), in the order of the table of components."""
        return ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self))


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What bars a pair, however well it would score. `docs/matching.md` lists each rule with its sentences.

    Attributes:
        same_organisation: bar pairs from the same "school" (default), the same "trust" (any shared organisation in
            the two paths), or "allowed".
        min_gap, max_gap: steps that a mentor must stand above the mentee, where their roles are comparable;
            None leaves that side open.
        training_required: bar mentors who are not trained.
        min_overlap_hours: hours per fortnight that two people must share, where both gave hours; 0 turns it off.
        needed_hours: hours per fortnight at which the time component is full.
        bar_prior_pairs: bar a pair that worked together before, unless both want it again.
        minutes_per_km: turns the straight line between two places into a journey.
        off: keys of waivable rules that this programme does not use.
    """

    same_organisation: Literal["school", "trust", "allowed"] = "school"
    min_gap: float | None = 0
    max_gap: float | None = 5
    training_required: bool = True
    min_overlap_hours: float = 1.0
    needed_hours: float = 2.0
    bar_prior_pairs: bool = True
    minutes_per_km: float = 2.4
    off: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        faults = []
        if self.same_organisation not in ("school", "trust", "allowed"):
            sentence = f"same_organisation must be school, trust or allowed, not “{self.same_organisation}”"
            faults.append(Fault(field="same_organisation", sentence=sentence))
        for name in ("min_gap", "max_gap"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                faults.append(Fault(field=name, sentence=f"{name} must be a number or left open"))
        for name in ("min_overlap_hours", "needed_hours", "minutes_per_km"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                faults.append(Fault(field=name, sentence=f"{name} must be 0 or more, not {value}"))
        if not faults and self.min_gap is not None and self.max_gap is not None and self.min_gap > self.max_gap:
            faults.append(Fault(field="min_gap", sentence="min_gap must not be above max_gap"))
        if faults:
            raise InvalidInput(faults)


@dataclass(frozen=True)
class Pin:
    """A coordinator forces this pair. `waive` names the waivable rules that may be broken for it."""

    mentee: str
    mentor: str
    waive: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ban:
    """A coordinator forbids this pair."""

    mentee: str
    mentor: str


@dataclass(frozen=True)
class Exclusion:
    """Two sides that must not meet, in either direction. Each side names a person or an organisation by key."""

    a: str
    b: str
    kind: str = "other"


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """What a coordinator has decided by hand, and what is on record between people."""

    pins: tuple[Pin, ...] = ()
    bans: tuple[Ban, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Floors:
    """Each school's fair share: at least `share` of its eligible mentees matched, rounded down.

    Attributes:
        share: between 0 and 1; 0 turns the floors off.
        by_organisation: another share for single organisations, by key.
    """

    share: float = 0.0
    by_organisation: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in {"share": self.share, **self.by_organisation}.items():
            if not (math.isfinite(value) and 0 <= value <= 1):
                raise InvalidInput([Fault(field=name, sentence=f"a floor must be between 0 and 1, not {value}")])


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Where the heavy part runs. The result is the same, to the last bit, for every choice.

    Attributes:
        backend: "threads" or "processes" on this machine, "dask" on the cluster at `address`.
        count: how many; 0 means one per core.
        address: of a Dask scheduler, for instance "tcp://10.0.0.5:8786".
        timeout: seconds that one task may take before its block is given to another worker.
    """

    backend: Literal["threads", "processes", "dask"] = "threads"
    count: int = 0
    address: str = ""
    timeout: float = 600.0


def to_plain(settings: Any) -> dict[str, Any]:
    """Any of these dataclasses as JSON types, for freezing beside a run."""
    plain: dict[str, Any] = {}
    for f in dataclasses.fields(settings):
        value = getattr(settings, f.name)
        if isinstance(value, frozenset):
            value = sorted(value)
        elif isinstance(value, tuple):
            value = [to_plain(v) if dataclasses.is_dataclass(v) else v for v in value]
        elif isinstance(value, Mapping):
            value = dict(value)
        plain[f.name] = value
    return plain
