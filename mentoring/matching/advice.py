"""What to say about those who are left over, and what would help them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import Graph, most_pairs
from mentoring.matching.market import Market
from mentoring.matching.result import Unmatched, plain
from mentoring.matching.rules import allowed_block

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
        return Unmatched(person.key, "mentor", "barred", "No mentee is allowed for this person.")
    return Unmatched(person.key, "mentor", "spare", "Everybody who could be placed has been placed elsewhere.")


def no_solution_warnings(market: Market, mentees: Sequence[object], mentors: Sequence[object]) -> list[str]:
    """One sentence on why nobody is matched at all."""
    if not mentees or not mentors:
        return [f"There are no {'mentees' if not mentees else 'mentors'} in this cohort yet."]
    if not market.places.any():
        return ["No mentor has a place to give."]
    if not market.demand.any():
        return ["No mentee asks for a mentor."]
    return ["Every pair is barred by a rule."]


@dataclass(frozen=True, slots=True)
class Recruit:
    """A kind of mentor that is missing: how many unmatched mentees one such mentor could be matched with."""

    role_family: str
    rank: float | None
    interests: tuple[str, ...]
    mentees: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What would help those who are left over.

    Attributes:
        unplaceable: mentees whom no rule lets meet anybody with a place.
        waive: rule key -> how many more mentees would be matched if this rule alone were waived; the best first.
        one_more_place: mentor key -> how many more mentees one more place with them would match; only those that help.
        recruit: kinds of mentors to look for, the most useful first.
        topics: topics sought by those left over, with (seekers left over, offers of them in the cohort).
    """

    unplaceable: tuple[str, ...]
    waive: dict[str, int]
    one_more_place: dict[str, int]
    recruit: tuple[Recruit, ...]
    topics: dict[str, tuple[int, int]]

    def to_dict(self) -> dict[str, Any]:
        return {name: plain(getattr(self, name)) for name in self.__slots__}


def advise(market: Market, left_over: Ints, short_columns: Bools, *, dense: bool) -> Advice:
    """What would help.

    Args:
        left_over: mentees with an unmet wish who may be matched at all.
        short_columns: mentors all of whose places are contested, as a mask: one more place there is one more pair.
        dense: whether the market is small enough to try each rule.
    """
    places = np.flatnonzero(market.places > 0)
    open_rows = [int(i) for i in left_over if not market.allowed(np.array([i]), places).any()]
    gained = _gained_by_waiving(market) if dense and len(left_over) else {}
    return Advice(
        unplaceable=tuple(market.mentees[i].key for i in open_rows),
        waive=gained,
        one_more_place={market.mentors[j].key: 1 for j in np.flatnonzero(short_columns)} if len(left_over) else {},
        recruit=_recruits(market, left_over),
        topics=_topics(market, left_over),
    )


def _gained_by_waiving(market: Market) -> dict[str, int]:
    """How many more pairs each waivable rule, taken away alone, would allow; rules that gain nothing are left out."""

    def pairs(without: str) -> int:
        rules = [rule for rule in market.rules if rule.key != without]
        rows, columns = np.nonzero(allowed_block(rules, *market.shape))
        nothing = np.zeros(len(rows), dtype=np.int64)
        return most_pairs(Graph(rows, columns, nothing, nothing, market.demand, market.places))

    now = pairs("")
    gains = {rule.key: pairs(rule.key) - now for rule in market.rules if rule.waivable}
    return {key: gain for key, gain in sorted(gains.items(), key=lambda item: (-item[1], item[0])) if gain > 0}


def _recruits(market: Market, left_over: Ints) -> tuple[Recruit, ...]:
    """Those left over, grouped by the role their mentor would ideally have."""
    groups: dict[tuple[str, float | None], list[int]] = {}
    for i in left_over.tolist():
        person = market.mentees[i]
        rank = person.aspiration_rank if person.aspiration_rank is not None else person.rank
        step = market.ladder.step if person.aspiration_rank is None else 0.0
        groups.setdefault((person.role_family, None if rank is None else rank + step), []).append(i)
    found = []
    for (family, rank), rows in groups.items():
        words = Counter(market.thesaurus.slug(name) for i in rows for name in market.mentees[i].interests)
        topics = tuple(sorted(words, key=lambda t: (-words[t], t))[:3])
        label = "" if rank is None else market.ladder.label(family, rank) or f"rank {rank:g}"
        who = " ".join(
            filter(None, ["one more mentor", f"in {family}" if family else "", f"at {label}" if label else ""])
        )
        offers = f" who offers {', '.join(market.thesaurus.label(t) for t in topics)}" if topics else ""
        count = f"{len(rows)} mentee{'' if len(rows) == 1 else 's'}"
        found.append(
            Recruit(family, rank, topics, len(rows), f"Look for {who}{offers}: it would suit {count} left over.")
        )
    return tuple(sorted(found, key=lambda r: (-r.mentees, r.role_family, r.rank or 0)))


def _topics(market: Market, left_over: Ints) -> dict[str, tuple[int, int]]:
    sought = Counter(market.thesaurus.slug(t) for i in left_over.tolist() for t in market.mentees[i].interests)
    offers = Counter(market.thesaurus.slug(t) for p in market.mentors for t in p.interests)
    return {topic: (count, offers[topic]) for topic, count in sorted(sought.items(), key=lambda x: (-x[1], x[0]))}
