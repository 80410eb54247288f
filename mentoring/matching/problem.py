"""The people of one run, encoded once: solved, asked why not, asked what if, asked what would help."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mentoring.matching import advice
from mentoring.matching.arrays import Ints, PairSet
from mentoring.matching.board import Board, Clock, DenseBoard, Solution
from mentoring.matching.errors import Cancelled, Fault, InvalidInput
from mentoring.matching.explanation import Pairs, Standing
from mentoring.matching.groups import GroupBoard, groups_of
from mentoring.matching.market import build_market, fingerprint
from mentoring.matching.people import Mentee, Mentor, check_people, person_key
from mentoring.matching.prices import short_of_places
from mentoring.matching.result import MatchResult, Pair, Price, Status
from mentoring.matching.semantic import Encoder
from mentoring.matching.settings import Ban, Floors, Objective, Overrides, Pin, Rules, Weights, Workers, to_plain
from mentoring.matching.sparse import SparseBoard
from mentoring.matching.terms import Pins, certificate, pinned, terms_of
from mentoring.matching.vocabulary import RoleLadder, Thesaurus
from mentoring.matching.whatif import Check, Difference, WhyNot, costs_in_words, difference

VERSION = "1.0"

DENSE_PAIRS = 4_000_000
"""Up to so many pairs are laid out as matrices; about 30 bytes each."""

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
    encoder: Encoder | None = None

    def to_dict(self) -> dict[str, object]:
        return {
            "rules": to_plain(self.rules),
            "weights": to_plain(self.weights),
            "overrides": to_plain(self.overrides),
            "floors": to_plain(self.floors),
            "thesaurus": self.thesaurus.to_dict(),
            "ladder": self.ladder.to_dict(),
            "encoder": self.encoder.name if self.encoder is not None else "",
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
            encoder=settings.encoder,
        )
        self._boards: dict[int, Board] = {}
        self._capacities: dict[str, int] = {}  # changed by `what_if`
        self._changed = False

    def board(self, seed: int, workers: Workers | None = None, clock: Clock | None = None) -> Board:
        """The numbers of the market, laid out once per seed: every pair, groups of equals, or candidates."""
        if seed not in self._boards:
            self._boards = {seed: self._laid_out(seed, workers or Workers(), clock or Clock())}
        board = self._boards[seed]
        board.attend(workers or Workers(), clock or Clock(), warm=self._changed)
        return board

    def _laid_out(self, seed: int, workers: Workers, clock: Clock) -> Board:
        n, m = self.market.shape
        if n * m <= DENSE_PAIRS:
            return DenseBoard(self.market, seed)
        groups = groups_of(self.market)
        if groups is not None:
            return GroupBoard(self.market, seed, groups, workers, clock)
        return SparseBoard(self.market, seed, workers, clock)

    def input_hash(self) -> str:
        """Of everything that can change the result but the objective and the seed."""
        return fingerprint([VERSION, self._people_hash, self._capacities, self.settings.to_dict()])

    @cached_property
    def _people_hash(self) -> str:
        return fingerprint([[p.to_dict() for p in side] for side in (self.market.mentees, self.market.mentors)])

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
        clock = Clock(started + time_limit if time_limit is not None else math.inf, step)
        board = self.board(seed, workers, clock)
        step(0.4, "finding the best outcome for all")
        terms = terms_of(self.market, self.settings.floors, pins, self.settings.overrides.bans)
        solution = board.solve(goal, terms)
        step(0.95, "writing the reasons")
        result = self._result(goal, seed, solution, pins, board.partner_counts(terms), started)
        step(1.0, "done")
        return result

    def explained(self, pairs: Sequence[tuple[int, int]], pins: Pins, *, seed: int = 0) -> MatchResult:
        """Pairs that were chosen elsewhere (by a joint plan, say), as a result with reasons.

        Args:
            pairs: numbers of mentee and mentor in the market, without the pins.
        """
        started = time.perf_counter()
        if not all(self.market.shape):
            none = np.zeros(sum(self.market.shape), dtype=np.int64)
            return self._result(Objective.BEST_TOTAL, seed, _nothing(), {}, none, started)
        chosen = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        terms = terms_of(self.market, Floors(), pins, self.settings.overrides.bans)
        partners = self.board(seed).partner_counts(terms)
        return self._result(Objective.BEST_TOTAL, seed, Solution(chosen[:, 0], chosen[:, 1]), pins, partners, started)

    def what_if(
        self,
        before: MatchResult,
        *,
        pins: Sequence[Pin] = (),
        bans: Sequence[Ban] = (),
        capacities: Mapping[str, int] | None = None,
        mentors: Sequence[Mentor] = (),
        rules: Rules | None = None,
        weights: Weights | None = None,
        workers: Workers | None = None,
    ) -> Difference:
        """The same run with something changed, solved in full, as a difference to `before`.

        Args:
            before: a result of this problem; its objective and seed are used again.
            pins, bans: on top of those in force.
            capacities: mentor key -> places in all, instead of what the mentor offers.
            mentors: further mentors, who may be hypothetical.

        Raises:
            InvalidInput: a pin that cannot be, an unknown mentor, or a fault in a further mentor.
        """
        if mentors or rules is not None or weights is not None:
            overrides = self._overridden(pins, bans)
            settings = replace(
                self.settings,
                overrides=overrides,
                rules=rules or self.settings.rules,
                weights=weights or self.settings.weights,
            )
            changed = Problem(self.market.mentees, [*self._with_capacities(capacities), *mentors], settings)
        else:
            changed = self._variant(pins, bans, capacities or {})
        after = changed.solve(objective=before.objective, seed=before.seed, workers=workers)
        return difference(before, after, {p.key: p.organisation for p in self.market.mentees})

    def why_not(self, mentee: str, mentor: str, result: MatchResult) -> WhyNot:
        """Why a pair is not in a result: the rule in the way, or what proposing it all the same would change.

        Raises:
            InvalidInput: somebody is not in the cohort.
        """
        i, j = self._find(mentee, mentor)
        at: tuple[Ints, Ints] = (np.array([i]), np.array([j]))
        checks = [(rule, not bool(rule.bars(*at)[0])) for rule in self.market.rules]
        told = tuple(Check(r.key, ok, r.waivable, r.passes if ok else r.fails) for r, ok in checks)
        pair = Pairs(self.market, *at, lambda i, j: Standing(_ZERO, _ZERO, [[]]), {})[0]
        mentee, mentor = pair.mentee, pair.mentor
        if any(a == mentee and b == mentor for a, b, _ in result.scored()):
            return WhyNot("proposed", "This pair is proposed.", told, pair, None)
        broken = next((rule for rule, ok in checks if not ok), None)
        if broken is not None:
            return WhyNot("barred", broken.fails, told, pair, None)
        if not self.market.demand[i] or not self.market.places[j]:
            who = mentee if not self.market.demand[i] else mentor
            return WhyNot("no_demand", f"{who} has no place for another pair.", told, pair, None)
        holders = [a for a, b, _ in result.scored() if b == mentor]
        costs = self.what_if(result, pins=[Pin(mentee, mentor)])
        if len(holders) >= self.market.places[j]:
            verb = "holds the place" if len(holders) == 1 else "hold the places"
            sentence = f"Full: {' and '.join(holders)} {verb}. {costs_in_words(pair, costs)}"
            return WhyNot("full", sentence, told, pair, costs)
        sentence = f"The whole cohort does better otherwise. {costs_in_words(pair, costs)}"
        return WhyNot("elsewhere", sentence, told, pair, costs)

    def advise(self, result: MatchResult) -> advice.Advice:
        """What would help those whom a result leaves over: a rule to waive, a place to add, a mentor to look for."""
        market = self.market
        terms = terms_of(market, Floors(), {}, self.settings.overrides.bans)
        graph = self.board(result.seed).graph(terms)
        index = [(market.row[person_key(a)], market.column[person_key(b)]) for a, b, _ in result.scored()]
        made = PairSet(index, market.shape[1])
        chosen = made.holds(graph.rows, graph.columns)
        short = short_of_places(graph, chosen)
        filled = np.bincount(made.rows, minlength=market.shape[0])
        wanting = [p.eligible and not p.paused and p.consent_current for p in market.mentees]
        left_over = np.flatnonzero((filled < market.demand) & np.array(wanting, dtype=np.bool_))
        return advice.advise(market, left_over, short[1], dense=market.shape[0] * market.shape[1] <= DENSE_PAIRS)

    def _find(self, mentee: str, mentor: str) -> tuple[int, int]:
        i, j = self.market.row.get(person_key(mentee)), self.market.column.get(person_key(mentor))
        if i is None or j is None:
            raise InvalidInput([Fault("this person is not in the cohort", mentee if i is None else mentor)])
        return i, j

    def _overridden(self, pins: Sequence[Pin], bans: Sequence[Ban]) -> Overrides:
        now = self.settings.overrides
        return replace(now, pins=(*now.pins, *pins), bans=(*now.bans, *bans))

    def _with_capacities(self, capacities: Mapping[str, int] | None) -> list[Mentor]:
        mentors = list(self.market.mentors)
        for key, capacity in (capacities or {}).items():
            at = self.market.column.get(person_key(key))
            if at is None:
                raise InvalidInput([Fault("this person is not in the cohort", key)])
            mentors[at] = replace(mentors[at], capacity=capacity)
        return mentors

    def _variant(self, pins: Sequence[Pin], bans: Sequence[Ban], capacities: Mapping[str, int]) -> Problem:
        """The same people with other pins, bans and capacities; all that was laid out is used again."""
        variant = copy.copy(self)
        variant._changed = True
        variant.settings = replace(self.settings, overrides=self._overridden(pins, bans))
        variant._capacities = {**self._capacities, **{person_key(k): v for k, v in capacities.items()}}
        if capacities:
            variant.market = copy.copy(self.market)
            variant.market.mentors = self._with_capacities(capacities)
            check_people(variant.market.mentors)
            variant.market.places = np.array([p.places for p in variant.market.mentors], dtype=np.int64)
        return variant

    def _result(
        self,
        goal: Objective,
        seed: int,
        solution: Solution,
        pins: Pins,
        partners: Ints,
        started: float,
    ) -> MatchResult:
        market = self.market
        i, j = _with_pins((solution.i, solution.j), pins)
        warnings = list(market.warnings)
        if not len(i):
            warnings += advice.no_solution_warnings(market, market.mentees, market.mentors)
        pairs: Sequence[Pair] = ()
        outcome: list[tuple[str, str, int]] = []
        score = np.zeros(0)
        if len(i):
            explained = Pairs(market, i, j, self.board(seed).standing, dict(pins))
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
        if len(i):
            at_best = market.scores(*_with_pins(solution.best or (solution.i, solution.j), pins))
            price = Price(stats["total"], float(at_best.sum()), stats["lowest"], float(at_best.min()))
        return MatchResult(
            status=Status.NO_SOLUTION if not len(i) else Status.TIME_LIMIT if solution.gap else Status.COMPLETE,
            objective=goal.value,
            seed=seed,
            pairs=pairs,
            unmatched=advice.unmatched(market, i, j, partners),
            warnings=tuple(warnings),
            gap=solution.gap / stats["total"] if solution.gap else 0.0,
            stats=stats,
            price=price,
            certificate=certificate(market, self.settings.floors, i),
            hash_input=self.input_hash,
            outcome_hash=fingerprint(outcome),
            version=VERSION,
            config={**self.settings.to_dict(), "objective": goal.value, "seed": seed},
        )


_ZERO: Ints = np.zeros(1, dtype=np.int64)


def _objective(value: Objective | str) -> Objective:
    try:
        return Objective(value)
    except ValueError:
        known = ", ".join(o.value for o in Objective)
        raise InvalidInput([Fault(field="objective", sentence=f"“{value}” is none of {known}")]) from None


def _nothing() -> Solution:
    return Solution(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def _with_pins(pairs: tuple[Ints, Ints], pins: Pins) -> tuple[Ints, Ints]:
    """Pins and solved pairs together, sorted by mentee, then mentor."""
    given = np.array(list(pins), dtype=np.int64).reshape(-1, 2)
    i, j = np.concatenate([given[:, 0], pairs[0]]), np.concatenate([given[:, 1], pairs[1]])
    order = np.lexsort((j, i))
    return i[order], j[order]
