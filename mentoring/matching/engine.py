"""One call that does all: people in, explained proposals out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mentoring.matching import advice
from mentoring.matching.arrays import Ints
from mentoring.matching.board import DenseBoard, Solution
from mentoring.matching.errors import Cancelled, Fault, InvalidInput
from mentoring.matching.explanation import Pairs
from mentoring.matching.market import build_market, fingerprint
from mentoring.matching.people import Mentee, Mentor
from mentoring.matching.result import MatchResult, Pair, Price, Status
from mentoring.matching.settings import Floors, Objective, Overrides, Rules, Weights, Workers, to_plain
from mentoring.matching.terms import certificate, pinned, terms_of
from mentoring.matching.vocabulary import RoleLadder, Thesaurus

VERSION = "1.0"

Progress = Callable[[float, str], None]
"""Told the share of the work done, 0 to 1, and what is being done."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a programme and a coordinator decide, in one value."""

    rules: Rules
    weights: Weights
    overrides: Overrides
    floors: Floors
    thesaurus: Thesaurus
    ladder: RoleLadder

    def to_dict(self) -> dict[str, object]:
        return {
            "rules": to_plain(self.rules),
            "weights": to_plain(self.weights),
            "overrides": to_plain(self.overrides),
            "floors": to_plain(self.floors),
            "thesaurus": self.thesaurus.to_dict(),
            "ladder": self.ladder.to_dict(),
        }


class Problem:
    """The people of one run, encoded once: ready to be solved, asked and changed."""

    def __init__(self, mentees: Sequence[Mentee], mentors: Sequence[Mentor], settings: Settings) -> None:
        self.settings = settings
        self.market = build_market(
            mentees,
            mentors,
            rules=settings.rules,
            weights=settings.weights,
            overrides=settings.overrides,
            thesaurus=settings.thesaurus,
            ladder=settings.ladder,
        )
        self._boards: dict[int, DenseBoard] = {}

    def board(self, seed: int) -> DenseBoard:
        """The numbers of every pair, laid out once per seed."""
        if seed not in self._boards:
            self._boards = {seed: DenseBoard(self.market, seed)}
        return self._boards[seed]

    def input_hash(self) -> str:
        """Of everything that can change the result but the objective and the seed."""
        people = [[p.to_dict() for p in side] for side in (self.market.mentees, self.market.mentors)]
        return fingerprint([VERSION, people, self.settings.to_dict()])

    def solve(
        self,
        *,
        objective: Objective | str = Objective.BEST_TOTAL,
        seed: int = 0,
        workers: Workers | None = None,
        time_limit: float | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> MatchResult:
        """Propose pairs. See `match` for the arguments."""
        started = time.perf_counter()
        goal = _objective(objective)

        def step(share: float, doing: str) -> None:
            if cancelled is not None and cancelled():
                raise Cancelled("The run was cancelled.")
            if progress is not None:
                progress(share, doing)

        step(0.1, "comparing everybody")
        if not all(self.market.shape):
            return self._result(goal, seed, _nothing(), {}, np.zeros(sum(self.market.shape), dtype=np.int64), started)
        pins = pinned(self.market, self.settings.overrides.pins)
        board = self.board(seed)
        step(0.5, "finding the best outcome for all")
        terms = terms_of(self.market, self.settings.floors, pins)
        solution = board.solve(goal, terms)
        best = solution if goal is Objective.BEST_TOTAL else board.solve(Objective.BEST_TOTAL, terms)
        step(0.9, "writing the reasons")
        partners = advice.partner_counts(board.allowed, self.market.places, self.market.demand)
        return self._result(goal, seed, solution, pins, partners, started, best=best)

    def _result(
        self,
        goal: Objective,
        seed: int,
        solution: Solution,
        pins: Mapping[tuple[int, int], tuple[str, ...]],
        partners: Ints,
        started: float,
        best: Solution | None = None,
    ) -> MatchResult:
        market = self.market
        i, j = _with_pins(solution, pins)
        warnings = list(market.warnings)
        if not len(i):
            warnings += advice.no_solution_warnings(market, market.mentees, market.mentors)
        pairs: Sequence[Pair] = ()
        outcome: list[tuple[str, str, int]] = []
        score = np.zeros(0)
        if len(i):
            explained = Pairs(market, i, j, self.board(seed).standing(i, j), dict(pins))
            pairs, score = explained, explained.parts.score
            outcome = [
                (market.mentees[a].key, market.mentors[b].key, round(s * 1e6))
                for a, b, s in zip(i.tolist(), j.tolist(), score.tolist(), strict=True)
            ]
        stats = {
            "mentees": float(market.shape[0]),
            "mentors": float(market.shape[1]),
            "places": float(market.places.sum()),
            "pairs": float(len(i)),
            "matched": float(len(np.unique(i))),
            "total": float(score.sum()),
            "mean": float(score.mean()) if len(i) else 0.0,
            "lowest": float(score.min()) if len(i) else 0.0,
            **solution.notes,
            "seconds": time.perf_counter() - started,
        }
        price = None
        if best is not None and len(i):
            at_best = market.scores(*_with_pins(best, pins))
            price = Price(stats["total"], float(at_best.sum()), stats["lowest"], float(at_best.min()))
        return MatchResult(
            status=Status.NO_SOLUTION if not len(i) else Status.TIME_LIMIT if solution.gap else Status.COMPLETE,
            objective=goal.value,
            seed=seed,
            pairs=pairs,
            unmatched=advice.unmatched(market, i, j, partners),
            warnings=tuple(warnings),
            gap=solution.gap,
            stats=stats,
            price=price,
            certificate=certificate(market, self.settings.floors, i),
            input_hash=self.input_hash(),
            outcome_hash=fingerprint(outcome),
            version=VERSION,
            config={**self.settings.to_dict(), "objective": goal.value, "seed": seed},
        )


def _objective(value: Objective | str) -> Objective:
    try:
        return Objective(value)
    except ValueError:
        known = ", ".join(o.value for o in Objective)
        raise InvalidInput([Fault(field="objective", sentence=f"“{value}” is none of {known}")]) from None


def _nothing() -> Solution:
    return Solution(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def _with_pins(solution: Solution, pins: Mapping[tuple[int, int], tuple[str, ...]]) -> tuple[Ints, Ints]:
    """Pins and solved pairs together, sorted by mentee, then mentor."""
    given = np.array(list(pins), dtype=np.int64).reshape(-1, 2)
    i, j = np.concatenate([given[:, 0], solution.i]), np.concatenate([given[:, 1], solution.j])
    order = np.lexsort((j, i))
    return i[order], j[order]


def prepare(
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    *,
    rules: Rules | None = None,
    weights: Weights | None = None,
    overrides: Overrides | None = None,
    floors: Floors | None = None,
    thesaurus: Thesaurus | None = None,
    ladder: RoleLadder | None = None,
) -> Problem:
    """Encode the people of one run. Repeated rows of one person are dropped with a warning.

    Raises:
        InvalidInput: with every fault found, each naming the person and the field.
    """
    settings = Settings(
        rules=rules or Rules(),
        weights=weights or Weights(),
        overrides=overrides or Overrides(),
        floors=floors or Floors(),
        thesaurus=thesaurus or Thesaurus(),
        ladder=ladder or RoleLadder(),
    )
    return Problem(mentees, mentors, settings)


def match(
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    *,
    rules: Rules | None = None,
    weights: Weights | None = None,
    objective: Objective | str = Objective.BEST_TOTAL,
    seed: int = 0,
    overrides: Overrides | None = None,
    floors: Floors | None = None,
    thesaurus: Thesaurus | None = None,
    ladder: RoleLadder | None = None,
    workers: Workers | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MatchResult:
    """Propose pairs: most people first, then the schools' floors, then the objective.

    Args:
        seed: settles ties between equally good outcomes; the order of the rows never does.
        time_limit: seconds; when they are over, the best found is returned with its proven gap.
        cancelled: asked between steps; when it says True, `Cancelled` is raised and nothing is returned.

    Raises:
        InvalidInput: with every fault found, each naming the person and the field.
        Cancelled: the caller said so.
    """
    problem = prepare(
        mentees,
        mentors,
        rules=rules,
        weights=weights,
        overrides=overrides,
        floors=floors,
        thesaurus=thesaurus,
        ladder=ladder,
    )
    return problem.solve(
        objective=objective,
        seed=seed,
        workers=workers,
        time_limit=time_limit,
        progress=progress,
        cancelled=cancelled,
    )
