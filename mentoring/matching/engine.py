"""One call that does all: people in, explained proposals out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mentoring.matching.people import Mentee, Mentor
from mentoring.matching.problem import Problem, Progress, Settings
from mentoring.matching.result import MatchResult
from mentoring.matching.semantic import Encoder
from mentoring.matching.settings import Floors, Objective, Overrides, Rules, Weights, Workers
from mentoring.matching.vocabulary import RoleLadder, Thesaurus


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
    encoder: Encoder | None = None,
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
        encoder=encoder,
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
    encoder: Encoder | None = None,
    workers: Workers | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MatchResult:
    """Propose pairs: most people first, then the schools' floors, then the objective.

    Args:
        encoder: for the component `meaning` (see `mentoring.matching.semantic`); needed if it has a weight.
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
        encoder=encoder,
    )
    return problem.solve(
        objective=objective,
        seed=seed,
        workers=workers,
        time_limit=time_limit,
        progress=progress,
        cancelled=cancelled,
    )
