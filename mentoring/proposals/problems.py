"""A run's people, encoded once and kept in this process for the next question: answers then take a blink.

What is kept can be made again from the run's row at any time, so that nothing is lost with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mentoring import matching
from mentoring.errors import MentoringError
from mentoring.matching import MatchResult, Overrides

from .inputs import Inputs, rules_of, weights_of
from .models import MatchRun
from .settings import floors_of

if TYPE_CHECKING:
    from mentoring.matching import Problem

#: Problems kept; each of 500 × 500 people holds about 20 MB.
KEEP = 4


@dataclass(frozen=True)
class Prepared:
    """A run's problem without pins and bans, and its solution."""

    problem: Problem
    base: MatchResult


_kept: OrderedDict[tuple[object, ...], Prepared] = OrderedDict()
_lock = threading.Lock()


def prepared(run: MatchRun, *, gone: Iterable[str] = ()) -> Prepared:
    """The problem of a finished run.

    Args:
        gone: "role:key" of people who left the cohort since; they take part in nothing any more.

    Raises:
        MentoringError: the run has no people kept.
    """
    left = frozenset(gone)
    key = (run.pk, run.input_hash, len((run.inputs or {}).get("forgotten", ())), left)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = _prepare(run, left)
    with _lock:
        _kept[key] = made
        while len(_kept) > KEEP:
            _kept.popitem(last=False)
    return made


def _prepare(run: MatchRun, gone: frozenset[str]) -> Prepared:
    if not run.inputs or not run.outcome_hash:
        raise MentoringError("This run has no outcome that could be asked: please choose one that is complete.")
    inputs = Inputs.from_json(run.inputs)
    problem = matching.prepare(
        [replace(m, eligible=False) if f"mentee:{m.key}" in gone else m for m in inputs.mentees],
        [replace(m, eligible=False) if f"mentor:{m.key}" in gone else m for m in inputs.mentors],
        rules=rules_of(run.config),
        weights=weights_of(run.config),
        # Pins and bans are read afresh with each question: a word that was taken back no longer counts.
        overrides=Overrides(exclusions=inputs.overrides.exclusions),
        floors=floors_of(run.config),
        thesaurus=inputs.thesaurus,
        ladder=inputs.ladder,
    )
    base = problem.solve(objective=run.config.get("objective", "best_total"), seed=run.seed)
    return Prepared(problem, base)


def forget_all() -> None:
    """Empties the store: for tests, and after somebody was erased."""
    with _lock:
        _kept.clear()
