"""Score and reasons of single pairs that no run proposed: a mentee's own choice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mentoring import matching
from mentoring.programmes.models import Cohort, Enrolment

from .explained import explanation
from .inputs import gather, person_key, rules_of, weights_of
from .settings import config_for

if TYPE_CHECKING:
    from mentoring.matching import Problem

Score = tuple[Decimal, Decimal, dict[str, Any]]
"""Points, evidence, explanation: as a proposal keeps them."""

#: Two people of whom one is in no list any more: nothing can be said of the pair.
UNKNOWN: Score = (Decimal(0), Decimal(0), {"components": [], "reasons": [], "caution": "", "unknown": ""})


class Scores:
    """The people of a cohort as they are now, compared once, when the first pair is asked about."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.problem: Problem | None = None

    def prepare(self) -> Problem:
        if self.problem is None:
            inputs = gather(self.cohort)
            config = config_for(self.cohort, objective="best_total")
            self.problem = matching.prepare(
                inputs.mentees,
                inputs.mentors,
                rules=rules_of(config),
                weights=weights_of(config),
                thesaurus=inputs.thesaurus,
                ladder=inputs.ladder,
            )
        return self.problem

    def of(self, mentee: Enrolment, mentor: Enrolment) -> Score:
        import numpy as np  # with the engine: it takes long to load

        from mentoring.matching.explanation import Pairs, Standing

        market = self.prepare().market
        i = market.row.get(matching.person_key(person_key(mentee.profile_id)))
        j = market.column.get(matching.person_key(person_key(mentor.profile_id)))
        if i is None or j is None:
            return UNKNOWN
        none = np.zeros(1, dtype=np.int64)
        pair = Pairs(market, np.array([i]), np.array([j]), lambda i, j: Standing(none, none, [[]]), {})[0]
        return Decimal(f"{pair.score:.3f}"), Decimal(f"{pair.evidence:.3f}"), explanation(pair, {})
