"""One finished run, one coordinator, and every question the workbench asks of the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentoring.errors import MentoringError
from mentoring.matching import Ban, InvalidInput, MatchResult, Mentor, Pin, Rules, Weights, person_key
from mentoring.programmes.models import EnrolmentRole

from .bars import ON_RECORD
from .cast import Cast
from .models import MatchRun
from .problems import Prepared, prepared
from .standing import Standing, standing

if TYPE_CHECKING:
    from mentoring.matching import Check, Problem
    from mentoring.trust.access import AnyUser


class Desk:
    """A run as it can be asked today: its frozen people, and what was decided since.

    Raises:
        MentoringError: the run has no outcome.
    """

    def __init__(self, run: MatchRun, user: AnyUser) -> None:
        if not run.outcome_hash or not run.inputs:
            raise MentoringError("This run has no outcome that could be asked: please choose one that is complete.")
        self.run, self.user = run, user

    @cached_property
    def cast(self) -> Cast:
        return Cast(self.run, self.user)

    @cached_property
    def standing(self) -> Standing:
        return standing(self.run)

    @cached_property
    def _prepared(self) -> Prepared:
        return prepared(self.run, gone=self.standing.gone)

    @property
    def problem(self) -> Problem:
        return self._prepared.problem

    @cached_property
    def today(self) -> MatchResult:
        """The best outcome under all that was decided."""
        return self.solve()

    def solve(
        self,
        *,
        pins: Sequence[Pin] = (),
        bans: Sequence[Ban] = (),
        capacities: Mapping[str, int] | None = None,
        mentors: Sequence[Mentor] = (),
        weights: Weights | None = None,
        rules: Rules | None = None,
    ) -> MatchResult:
        """An exact solution with something changed on top of what stands.

        Raises:
            MentoringError: what was asked cannot be, in a sentence with names.
        """
        now = self.standing
        banned = {(ban.mentee, ban.mentor) for ban in bans}
        forced = {(pin.mentee, pin.mentor) for pin in pins}
        try:
            return self.problem.what_if(
                self._prepared.base,
                pins=(*(p for p in now.pins if (p.mentee, p.mentor) not in banned | forced), *pins),
                bans=(*(b for b in now.bans if (b.mentee, b.mentor) not in forced), *bans),
                capacities={**now.capacities, **(capacities or {})},
                mentors=mentors,
                weights=weights,
                rules=rules,
            ).result
        except InvalidInput as error:
            raise MentoringError(self.cast.speak(_first(error))) from error

    def checks(self, mentee: int, mentor: int) -> list[Check]:
        """Every rule, asked for one pair of enrolments.

        Raises:
            MentoringError: one of the two was not in the run.
        """
        from mentoring.matching import Check

        market = self.problem.market
        i, j = market.row.get(person_key(self._mentee(mentee))), market.column.get(person_key(self._mentor(mentor)))
        if i is None or j is None:
            raise MentoringError("One of the two was not in this run: please run the matching again to include them.")
        at = np.array([i]), np.array([j])
        told = ((rule, not bool(rule.bars(*at)[0])) for rule in market.rules)
        checks = [Check(r.key, ok, r.waivable, r.passes if ok else r.fails) for r, ok in told]
        if self.keys(mentee, mentor) in self.standing.barred and all(c.passed or c.waivable for c in checks):
            checks.insert(0, Check("excluded", False, False, ON_RECORD))  # since the run began
        return checks

    def keys(self, mentee: int, mentor: int) -> tuple[str, str]:
        """The engine's keys of two enrolments."""
        return self._mentee(mentee), self._mentor(mentor)

    def _mentee(self, enrolment: int) -> str:
        return self.cast.key(EnrolmentRole.MENTEE, enrolment) or ""

    def _mentor(self, enrolment: int) -> str:
        return self.cast.key(EnrolmentRole.MENTOR, enrolment) or ""


def _first(error: InvalidInput) -> str:
    fault = error.faults[0]
    return f"{fault.person + ': ' if fault.person else ''}{fault.sentence}."
