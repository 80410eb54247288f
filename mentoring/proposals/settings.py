"""What a programme decides about its matching: weights of the score, rules, and what one run is given of them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from mentoring.errors import MentoringError, Stale
from mentoring.matching import Floors, InvalidInput, Rules, Weights
from mentoring.matching.settings import to_plain
from mentoring.programmes.models import Cohort, Programme
from mentoring.trust import audit
from mentoring.trust.access import owns_programme

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

OBJECTIVES = {
    "best_total": "Best total: the highest scores over all",
    "fairest_floor": "Fairest: first raise the weakest match, then the total",
}

#: Parts of the score as forms name them. `meaning` is not among them: it needs a model that the site does not load.
WEIGHTS = {
    "interests": "Topics asked for and offered",
    "role_step": "Step between the roles",
    "goals": "Goals and experience, in words",
    "phase_context": "Phase and setting",
    "time": "Hours in common",
    "travel": "Travel",
    "candour": "Distance from one’s own line",
}

#: What rules a programme can bend, in words; the engine's other rules always hold.
RULES = {
    "same_organisation": "People of one place",
    "min_gap": "Least step",
    "max_gap": "Widest step",
    "min_overlap_hours": "Hours that two people must share, per fortnight",
    "bar_prior_pairs": "Former pairs",
}


def check_weights(given: Mapping[str, Any]) -> dict[str, float]:
    """Weights as numbers, every part named.

    Raises:
        MentoringError: with a sentence on the first weight that cannot be.
    """
    found: dict[str, float] = {}
    for key, label in WEIGHTS.items():
        raw = str(given.get(key, "0")).strip().replace(",", ".") or "0"
        try:
            value = float(raw)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and 0 <= value <= 100):
            raise MentoringError(f"“{label}” needs a weight from 0 to 100, not “{raw[:20]}”.")
        found[key] = value
    if not any(found.values()):
        raise MentoringError("At least one weight must be above 0: otherwise every pair would look the same.")
    return found


def check_rules(given: Mapping[str, Any]) -> dict[str, Any]:
    """Rules as the engine takes them; what is not named keeps the engine's own value.

    Raises:
        MentoringError: with a sentence on what cannot be.
    """
    known = {f.name for f in dataclasses.fields(Rules)}
    plain = {key: value for key, value in given.items() if key in known}
    try:
        made = Rules(**{**plain, "off": frozenset(plain.get("off", ()))})
    except (InvalidInput, TypeError, ValueError) as error:
        raise MentoringError("The rules cannot be kept like this: please check the steps and the hours.") from error
    return to_plain(made)


def weights_for(programme: Programme) -> dict[str, float]:
    """The programme's weights; the engine's own where it set none."""
    kept = {key: value for key, value in (programme.weights or {}).items() if key in WEIGHTS}
    return check_weights({**to_plain(Weights()), **kept}) if kept else to_plain(Weights())


def rules_for(programme: Programme) -> dict[str, Any]:
    """The programme's rules; training is asked for where the programme says so."""
    return {**check_rules(programme.rules or {}), "training_required": programme.training_needed}


def matching_in_words(programme: Programme) -> dict[str, list[tuple[str, str]]]:
    """The programme's weights and rules as a coordinator reads them."""
    weights, rules = weights_for(programme), rules_for(programme)
    places = {"school": "may not meet", "trust": "of one trust may not meet", "allowed": "may meet"}
    gap = {key: "open" if rules[key] is None else f"{rules[key]:g}" for key in ("min_gap", "max_gap")}
    return {
        "weights": [(label, f"{weights.get(key, 0):g}") for key, label in WEIGHTS.items() if weights.get(key)],
        "rules": [
            (RULES["same_organisation"], places[rules["same_organisation"]]),
            ("Steps that a mentor stands above", f"{gap['min_gap']} to {gap['max_gap']}"),
            (RULES["min_overlap_hours"], f"{rules['min_overlap_hours']:g}"),
            (
                RULES["bar_prior_pairs"],
                "not again, unless both want it" if rules["bar_prior_pairs"] else "may meet again",
            ),
            ("Training of mentors", "needed" if rules["training_required"] else "not asked for"),
        ],
    }


def config_for(cohort: Cohort, *, objective: str, floor_percent: int | None = None) -> dict[str, Any]:
    """Everything a run is told besides its people, to be frozen beside them.

    Raises:
        MentoringError: an aim or a share that cannot be.
    """
    if objective not in OBJECTIVES:
        raise MentoringError("Please choose one of the two aims.")
    floor = cohort.floor_percent if floor_percent is None else floor_percent
    if not 0 <= floor <= 100:
        raise MentoringError("The fair share of each school is a number from 0 to 100.")
    return {
        "objective": objective,
        "weights": weights_for(cohort.programme),
        "rules": rules_for(cohort.programme),
        "floor_percent": floor,
    }


def floors_of(config: Mapping[str, Any]) -> Floors:
    return Floors(share=int(config.get("floor_percent") or 0) / 100)


def change_matching(
    *,
    programme: Programme,
    actor: AbstractBaseUser,
    version: int,
    weights: Mapping[str, Any],
    rules: Mapping[str, Any] | None = None,
) -> Programme:
    """An owner sets what later runs weigh and forbid. Runs that are done keep what they were given.

    Raises:
        MentoringError: not theirs, or values that cannot be. Stale: the programme changed meanwhile.
    """
    if not owns_programme(actor, programme.pk):
        raise MentoringError("Only the programme’s owner changes weights and rules.")
    new_weights = check_weights(weights)
    with transaction.atomic():
        row = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
        new_rules = row.rules if rules is None else check_rules(rules)
        if (weights_for(row), row.rules) == (new_weights, new_rules):
            return row
        if row.version != version:
            raise Stale("Somebody changed this programme after you opened it. Your entries are kept below.")
        before = {"weights": row.weights, "rules": row.rules}
        row.weights, row.rules = new_weights, new_rules
        row.version += 1
        row.save(update_fields=["weights", "rules", "version"])
        audit.record(
            action="mentoring.programme.matching_changed",
            obj=row,
            actor=actor,
            programme=row,
            before=before,
            after={"weights": row.weights, "rules": row.rules},
        )
    return row
