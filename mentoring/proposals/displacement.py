"""What forcing or forbidding a pair would do to everybody else: worked out exactly, before anybody decides."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from mentoring.errors import MentoringError
from mentoring.matching import Ban, MatchResult, Pair, Pin
from mentoring.programmes.models import EnrolmentRole

from .cast import Cast, organisation_names
from .desk import Desk
from .models import OverrideKind
from .standing import WAIVABLE, Made

NOBODY = 0
IMAGINED = -1


def signed(number: float, digits: int = 0) -> str:
    """ "+3", "−2" or "0": a change as people write it."""
    text = f"{abs(number):.{digits}f}"
    if not float(text):
        return "0"
    return f"{'+' if number > 0 else '−'}{text}"


@dataclass(frozen=True, slots=True)
class Shift:
    """One mentee whose pair changes; enrolments (`NOBODY`, `IMAGINED`), and the two scores."""

    mentee: int
    before: int
    before_score: float
    after: int
    after_score: float

    @property
    def change(self) -> str:
        """ "gained", "lost" or "moved"."""
        if not self.before:
            return "gained"
        return "moved" if self.after else "lost"

    @property
    def loses(self) -> bool:
        return self.after_score < self.before_score - 1e-9

    def to_dict(self) -> dict[str, Any]:
        return {
            "change": self.change,
            "mentee": self.mentee,
            "before": self.before,
            "before_score": round(self.before_score, 3),
            "after": self.after,
            "after_score": round(self.after_score, 3),
        }


@dataclass(frozen=True, slots=True)
class SchoolShare:
    """How many of a school's mentees have a mentor, before and after."""

    name: str
    before: int
    after: int
    mentees: int


@dataclass(frozen=True)
class Side:
    """The plan as a whole, on one side of the change."""

    pairs: int
    total: float
    lowest: float

    @property
    def mean(self) -> float:
        return self.total / self.pairs if self.pairs else 0.0


@dataclass(frozen=True)
class Difference:
    """Two plans side by side."""

    shifts: tuple[Shift, ...]
    before: Side
    after: Side
    schools: tuple[SchoolShare, ...]

    def of(self, change: str) -> list[Shift]:
        return [shift for shift in self.shifts if shift.change == change]

    @property
    def gained(self) -> list[Shift]:
        return self.of("gained")

    @property
    def lost(self) -> list[Shift]:
        return self.of("lost")

    @property
    def moved(self) -> list[Shift]:
        return self.of("moved")

    @property
    def table(self) -> list[tuple[str, str, str, str]]:
        """(what, now, then, change) of the whole plan, in words."""
        a, b = self.before, self.after
        rows = (
            ("Mentees with a mentor", a.pairs, b.pairs, 0),
            ("Lowest score", a.lowest, b.lowest, 0),
            ("Mean score", a.mean, b.mean, 1),
            ("All scores together", a.total, b.total, 0),
        )
        return [(what, f"{x:.{d}f}", f"{y:.{d}f}", signed(y - x, d)) for what, x, y, d in rows]

    @property
    def anybody_loses(self) -> bool:
        """Whether somebody is left without a mentor, or has one with a lower score."""
        return any(shift.loses for shift in self.shifts)


@dataclass(frozen=True)
class Displacement:
    """An override that is not made yet, with its price."""

    kind: OverrideKind
    mentee: int
    mentor: int
    difference: Difference
    broken: dict[str, str]
    """Waivable rule → its sentence."""
    result: MatchResult
    exists: bool
    """The pair is a draft already (of a force)."""

    @property
    def needs_reason(self) -> bool:
        return bool(self.broken) or self.difference.anybody_loses

    @property
    def digest(self) -> str:
        """Of what was shown: a form that carries another one is stale."""
        shown = [self.kind, self.mentee, self.mentor, sorted(self.broken), self.stored()]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]

    def stored(self) -> list[dict[str, Any]]:
        """What is kept of it: enrolments and scores, no names."""
        return [shift.to_dict() for shift in self.difference.shifts]

    def explained(self, cast: Cast) -> dict[int, Pair]:
        """Mentee's enrolment → the engine's pair with its reasons, for those whose pair is new."""
        new = {(shift.mentee, shift.after) for shift in self.difference.shifts if shift.after}
        if self.kind == OverrideKind.FORCE:
            new.add((self.mentee, self.mentor))
        found = {}
        for at, (a, b, _) in enumerate(self.result.scored()):
            mentee = cast.enrolment(EnrolmentRole.MENTEE, a) or NOBODY
            if (mentee, cast.enrolment(EnrolmentRole.MENTOR, b)) in new:
                found[mentee] = self.result.pairs[at]
        return found


def foresee(desk: Desk, *, kind: OverrideKind, mentee: int, mentor: int) -> Displacement:
    """What forcing or forbidding this pair would change. Writes nothing.

    Raises:
        MentoringError: it cannot be: a rule that always holds, somebody who is held, the coordinator's own match.
    """
    keys = desk.keys(mentee, mentor)
    checks = desk.checks(mentee, mentor)
    _free(desk, kind, mentee, mentor)
    broken = [check for check in checks if not check.passed]
    if kind == OverrideKind.FORCE:
        firm = next((check for check in broken if not check.waivable), None)
        if firm is not None:
            raise MentoringError(f"This pair cannot be forced. {firm.sentence} That rule always holds.")
        result = desk.solve(pins=[Pin(*keys, WAIVABLE)])
    else:
        result = desk.solve(bans=[Ban(*keys)])
    now = desk.standing.now()
    made = plan_of(result, desk.cast)
    difference = compare(now, made, desk)
    own = [s for s in difference.shifts if {s.mentee, s.before, s.after} - {NOBODY} - desk.cast.people.keys()]
    if own:
        raise MentoringError("This would change a match that you may not see. Another coordinator must decide.")
    draft = now.get(mentee)
    return Displacement(
        kind=kind,
        mentee=mentee,
        mentor=mentor,
        difference=difference,
        broken={check.rule: check.sentence for check in broken} if kind == OverrideKind.FORCE else {},
        result=result,
        exists=draft is not None and draft.mentor == mentor,
    )


def _free(desk: Desk, kind: OverrideKind, mentee: int, mentor: int) -> None:
    """Nobody who is held is moved: an approval is undone first, by whoever answers for it."""
    now, cast = desk.standing, desk.cast
    name = {pk: cast.people[pk].name if pk in cast.people else "This person" for pk in (mentee, mentor)}
    held = now.held.get(mentee)
    if held is not None and (kind == OverrideKind.FORCE or held.mentor == mentor):
        raise MentoringError(
            f"{name[mentee]} has a mentor already, approved or asked: undo that pair first, then come back."
        )
    keys = desk.keys(mentee, mentor)
    for role, pk, key in ((EnrolmentRole.MENTEE, mentee, keys[0]), (EnrolmentRole.MENTOR, mentor, keys[1])):
        if f"{role.value}:{key}" in now.gone:
            raise MentoringError(f"{name[pk]} is no longer ready to be matched.")
    if kind != OverrideKind.FORCE:
        return
    others = [pin for pin in now.pins if (pin.mentee, pin.mentor) != keys]
    if any(pin.mentee == keys[0] for pin in others):
        raise MentoringError(f"{name[mentee]} is forced to another mentor already: take that word back first.")
    if sum(1 for pin in others if pin.mentor == keys[1]) >= now.places[keys[1]]:
        raise MentoringError(
            f"{name[mentor]} has no place that could be given: pairs that are approved, asked or forced hold "
            "every place. Undo one of them first."
        )


def plan_of(result: MatchResult, cast: Cast) -> dict[int, Made]:
    """A result in enrolments; a mentor who does not exist is `IMAGINED`."""
    made = {}
    for a, b, score in result.scored():
        mentee, mentor = cast.enrolment(EnrolmentRole.MENTEE, a), cast.enrolment(EnrolmentRole.MENTOR, b)
        if mentee is not None:
            made[mentee] = Made(mentee, mentor or IMAGINED, score)
    return made


def compare(before: dict[int, Made], after: dict[int, Made], desk: Desk) -> Difference:
    """Who gains, loses and moves from one plan to another; the worst first."""
    shifts = []
    for mentee in before.keys() | after.keys():
        was, now = before.get(mentee), after.get(mentee)
        if was and now and was.mentor == now.mentor:
            continue
        shifts.append(
            Shift(
                mentee,
                was.mentor if was else NOBODY,
                was.score if was else 0.0,
                now.mentor if now else NOBODY,
                now.score if now else 0.0,
            )
        )
    shifts.sort(key=lambda s: (s.after_score - s.before_score, s.mentee))
    return Difference(tuple(shifts), _side(before), _side(after), _schools(before, after, desk))


def _side(plan: dict[int, Made]) -> Side:
    scores = [made.score for made in plan.values()]
    return Side(len(scores), sum(scores), min(scores, default=0.0))


def _schools(before: dict[int, Made], after: dict[int, Made], desk: Desk) -> tuple[SchoolShare, ...]:
    cast = desk.cast
    school = {
        cast.enrolment(EnrolmentRole.MENTEE, person.key): person.organisation for person in desk.problem.market.mentees
    }
    counts = [Counter(school.get(mentee, "") for mentee in plan) for plan in (before, after)]
    mentees = Counter(school.values())
    changed = sorted(key for key in counts[0].keys() | counts[1].keys() if key and counts[0][key] != counts[1][key])
    names = organisation_names(changed, cast.places)
    return tuple(
        SchoolShare(names.get(key, "A place that is no longer here"), counts[0][key], counts[1][key], mentees[key])
        for key in changed
    )
