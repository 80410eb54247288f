"""Questions a coordinator asks: why not this pair, what would it change, whom do we miss.

Every answer is a full and exact solution of the changed problem, never an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mentoring.matching.result import MatchResult, Pair, plain


@dataclass(frozen=True, slots=True)
class Change:
    """One mentee whose pair differs: `before` and `after` are mentor keys, "" for none, with their scores."""

    mentee: str
    before: str
    before_score: float
    after: str
    after_score: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Two results side by side.

    Attributes:
        gained: mentees who had nobody and now have.  lost: the reverse.  moved: another mentor than before.
        total, lowest, matched: (before, after).
        schools: organisation -> (matched before, matched after), where they differ.
    """

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    moved: tuple[Change, ...]
    total: tuple[float, float]
    lowest: tuple[float, float]
    matched: tuple[int, int]
    schools: dict[str, tuple[int, int]]
    result: MatchResult

    @property
    def anybody_loses(self) -> bool:
        """Whether somebody is left without a mentor or has a lower score; accepting it then needs a reason."""
        return bool(self.lost) or any(change.after_score < change.before_score - 1e-9 for change in self.moved)

    def to_dict(self) -> dict[str, Any]:
        """JSON types; the new result itself is left out."""
        return {name: plain(getattr(self, name)) for name in self.__slots__ if name != "result"}


def difference(before: MatchResult, after: MatchResult, schools: dict[str, str]) -> Difference:
    """What changes from one result to another.

    Args:
        schools: mentee key -> organisation, for the shares of schools.
    """
    old, new = _by_mentee(before), _by_mentee(after)
    changes = []
    for mentee in sorted(old.keys() | new.keys()):
        was, now = old.get(mentee, {}), new.get(mentee, {})
        gone, come = sorted(was.keys() - now.keys()), sorted(now.keys() - was.keys())
        for at in range(max(len(gone), len(come))):
            a, b = (side[at] if at < len(side) else "" for side in (gone, come))
            changes.append(Change(mentee, a, was.get(a, 0.0), b, now.get(b, 0.0)))
    share: dict[str, tuple[int, int]] = {}
    for name in sorted({schools.get(mentee, "") for mentee in old.keys() | new.keys()} - {""}):
        counts = tuple(sum(1 for mentee in side if schools.get(mentee) == name) for side in (old, new))
        if counts[0] != counts[1]:
            share[name] = (counts[0], counts[1])
    return Difference(
        gained=tuple(c for c in changes if not c.before),
        lost=tuple(c for c in changes if not c.after),
        moved=tuple(c for c in changes if c.before and c.after),
        total=(before.stats["total"], after.stats["total"]),
        lowest=(before.stats["lowest"], after.stats["lowest"]),
        matched=(int(before.stats["matched"]), int(after.stats["matched"])),
        schools=share,
        result=after,
    )


def _by_mentee(result: MatchResult) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for mentee, mentor, score in result.scored():
        found.setdefault(mentee, {})[mentor] = score
    return found


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, asked for one pair."""

    rule: str
    passed: bool
    waivable: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a pair is not proposed.

    Attributes:
        code: "proposed", "barred", "full", "elsewhere" or "no_demand".
        sentence: the answer in plain words.
        checks: every rule with its sentence, for a pair that a rule bars or might.
        pair: the pair explained, with the score it would have.
        costs: what proposing it all the same would change; None where a rule stands in the way.
    """

    code: str
    sentence: str
    checks: tuple[Check, ...]
    pair: Pair
    costs: Difference | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "sentence": self.sentence,
            "checks": [plain(check) for check in self.checks],
            "pair": self.pair.to_dict(),
            "costs": None if self.costs is None else self.costs.to_dict(),
        }


def costs_in_words(pair: Pair, costs: Difference) -> str:
    """What proposing a pair all the same would do, in one or two sentences."""
    points = costs.total[0] - costs.total[1]
    told = (
        f"Proposing it would cost the cohort {points:.0f} points"
        if points >= 0.5
        else "Proposing it would cost nothing"
    )
    others = [c for c in (*costs.lost, *costs.moved) if c.mentee != pair.mentee]
    worse = sorted((c for c in others if c.after_score < c.before_score), key=lambda c: c.after_score - c.before_score)
    if worse:
        first = worse[0]
        instead = f"{first.after_score:.0f} instead of {first.before_score:.0f}" if first.after else "nobody"
        told += f" and leave {first.mentee} with {instead}"
        if len(worse) > 1:
            told += f"; {len(worse) - 1} more would be worse off"
    return told + "."
