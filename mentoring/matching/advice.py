"""What to say about those who are left over, and what would help them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.market import Market
from mentoring.matching.result import Unmatched
from mentoring.matching.rules import first_barring

_PERSONAL = {
    "eligible": ("not_eligible", "Not accepted into this cohort yet."),
    "paused": ("paused", "Has paused."),
    "consent": ("consent", "Has not agreed to the present privacy notice."),
    "training": ("training", "Has not been trained yet."),
}


def unmatched(market: Market, matched_rows: Ints, matched_columns: Ints, partners: Ints) -> tuple[Unmatched, ...]:
    """Everybody without a partner, each with the reason.

    Args:
        matched_rows, matched_columns: indices that have at least one partner.
        partners: number of allowed partners per mentee and then per mentor, shape (n + m,).
    """
    n = market.shape[0]
    left = np.setdiff1d(np.arange(n), matched_rows)
    right = np.setdiff1d(np.arange(market.shape[1]), matched_columns)
    found = [_mentee(market, int(i), int(partners[i])) for i in left]
    found += [_mentor(market, int(j), int(partners[n + j])) for j in right]
    return tuple(found)


def _mentee(market: Market, i: int, partners: int) -> Unmatched:
    person = market.mentees[i]
    if not person.eligible or person.paused or not person.consent_current:
        key = "eligible" if not person.eligible else "paused" if person.paused else "consent"
        return Unmatched(person.key, "mentee", *_PERSONAL[key])
    if not market.demand[i]:
        return Unmatched(person.key, "mentee", "no_demand", "Asks for no mentor at present.")
    if not market.places.sum():
        return Unmatched(person.key, "mentee", "no_mentors", "No mentor in this cohort has a place to give.")
    if not partners:
        return Unmatched(person.key, "mentee", "barred", _barred_sentence(market, i))
    sentence = f"Every place with the {partners} mentor{'' if partners == 1 else 's'} allowed for this person is taken."
    return Unmatched(person.key, "mentee", "shortage", sentence)


def _barred_sentence(market: Market, i: int) -> str:
    """Which rule stands in the way of most mentors."""
    columns = np.flatnonzero(market.places)
    counts = [(int(rule.bars(np.array([i]), columns).sum()), -at) for at, rule in enumerate(market.rules)]
    most, at = max(counts, default=(0, 0))
    if not most:
        return "No mentor is allowed for this person."
    rule = market.rules[-at]
    return f"No mentor is allowed for this person; the rule that stands most in the way: {rule.fails}"


def _mentor(market: Market, j: int, partners: int) -> Unmatched:
    person = market.mentors[j]
    if not person.eligible or person.paused or not person.consent_current:
        key = "eligible" if not person.eligible else "paused" if person.paused else "consent"
        return Unmatched(person.key, "mentor", *_PERSONAL[key])
    if not market.places[j]:
        return Unmatched(person.key, "mentor", "full", "Has no place left to give.")
    if not partners:
        rows = np.arange(market.shape[0])
        rule = first_barring(market.rules, 0, j) if len(rows) == 1 else None
        why = f": {rule.fails}" if rule else "."
        return Unmatched(person.key, "mentor", "barred", f"No mentee is allowed for this person{why}")
    return Unmatched(person.key, "mentor", "spare", "Everybody who could be placed has been placed elsewhere.")


def partner_counts(allowed: Bools, places: Ints, demand: Ints) -> Ints:
    """Allowed partners with something to give, per mentee and then per mentor."""
    return np.concatenate([(allowed & (places > 0)).sum(axis=1), (allowed & (demand > 0)[:, None]).sum(axis=0)])


def no_solution_warnings(market: Market, mentees: Sequence[object], mentors: Sequence[object]) -> list[str]:
    """One sentence on why nobody is matched at all."""
    if not mentees or not mentors:
        return [f"There are no {'mentees' if not mentees else 'mentors'} in this cohort yet."]
    if not market.places.any():
        return ["No mentor has a place to give."]
    if not market.demand.any():
        return ["No mentee asks for a mentor."]
    return ["Every pair is barred by a rule."]
