"""Step 5: why this pair, in parts that sum to its score and in plain sentences.

The numbers are computed for all pairs at once (`Parts`), the sentences when somebody reads a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

from mentoring.matching.arrays import Bools, Floats, Ints
from mentoring.matching.features import Vector
from mentoring.matching.market import NOTHING_KNOWN, Market
from mentoring.matching.people import Mentee, Mentor
from mentoring.matching.result import Alternative, Component, Pair
from mentoring.matching.vocabulary import fold


@dataclass(frozen=True)
class Parts:
    """The parts of many scores: K pairs, C components.

    Attributes:
        value, known, contribution: shape (K, C).  bonus: what the preference added, shape (K,).
        score, evidence: shape (K,). `contribution.sum(axis=1) + bonus == score`, save where nothing is known.
    """

    value: Floats
    known: Bools
    contribution: Floats
    bonus: Floats
    score: Floats
    evidence: Floats


def parts(market: Market, i: Ints, j: Ints) -> Parts:
    """Take the scores of the pairs (i[k], j[k]) apart."""
    known = np.column_stack([f.known.pairs(i, j) for f in market.features])
    value = np.where(known, np.column_stack([f.pairs(i, j) for f in market.features]), 0.0)
    weight = np.array([f.weight for f in market.features])
    total = known @ weight
    contribution = 100.0 * value * weight / np.where(total > 0, total, 1.0)[:, None]
    base = np.where(total > 0, contribution.sum(axis=1), NOTHING_KNOWN)
    score = np.minimum(100.0, base + market.bonus(i, j))
    return Parts(value, known, contribution, score - base, score, total / weight.sum())


@dataclass(frozen=True)
class Standing:
    """How the proposed pairs stand among all others; ranks are None-like (0) where they were not counted."""

    rank_for_mentee: Ints
    rank_for_mentor: Ints
    alternatives: Sequence[Sequence[tuple[int, float]]]


class Pairs(Sequence[Pair]):
    """Explained pairs, each made when it is read."""

    def __init__(
        self,
        market: Market,
        i: Ints,
        j: Ints,
        standing: Callable[[Ints, Ints], Standing],
        waived: dict[tuple[int, int], tuple[str, ...]],
    ) -> None:
        self.market, self.i, self.j, self.waived = market, i, j, waived
        self._standing = standing
        self.parts = parts(market, i, j)
        self.text = Sentences(market)

    @cached_property
    def _plain(self) -> tuple[Any, ...]:
        """The parts as lists, which are read faster one by one than arrays."""
        numbers = self.parts
        every = (numbers.known, numbers.value, numbers.contribution, numbers.bonus, numbers.evidence)
        return tuple(column.tolist() for column in every)

    @cached_property
    def standing(self) -> Standing:
        return self._standing(self.i, self.j)

    def __len__(self) -> int:
        return len(self.i)

    @overload
    def __getitem__(self, at: int) -> Pair: ...
    @overload
    def __getitem__(self, at: slice) -> list[Pair]: ...
    def __getitem__(self, at: int | slice) -> Pair | list[Pair]:
        if isinstance(at, slice):
            return [self._pair(k) for k in range(len(self))[at]]
        return self._pair(range(len(self))[at])

    def __iter__(self) -> Iterator[Pair]:
        return map(self._pair, range(len(self)))

    def scored(self) -> Iterator[tuple[str, str, float]]:
        """(mentee, mentor, score) of every pair, without its sentences."""
        for i, j, score in zip(self.i.tolist(), self.j.tolist(), self.parts.score.tolist(), strict=True):
            yield self.market.mentees[i].key, self.market.mentors[j].key, score

    def _pair(self, k: int) -> Pair:
        i, j = int(self.i[k]), int(self.j[k])
        score = float(self.parts.score[k])
        components = self._components(k, i, j)
        reasons, caution, unknown = self.text.summary(components)
        return Pair(
            mentee=self.market.mentees[i].key,
            mentor=self.market.mentors[j].key,
            score=score,
            evidence=float(self.parts.evidence[k]),
            components=components,
            reasons=reasons,
            caution=caution,
            unknown=unknown,
            rank_for_mentee=int(self.standing.rank_for_mentee[k]) or None,
            rank_for_mentor=int(self.standing.rank_for_mentor[k]) or None,
            alternatives=tuple(
                Alternative(self.market.mentors[other].key, theirs, theirs - score)
                for other, theirs in self.standing.alternatives[k]
            ),
            pinned=(i, j) in self.waived,
            waived=self.waived.get((i, j), ()),
        )

    def _components(self, k: int, i: int, j: int) -> tuple[Component, ...]:
        known, values, contributions, bonus, evidence = (column[k] for column in self._plain)
        made = []
        for f, is_known, value, contribution in zip(self.market.features, known, values, contributions, strict=True):
            if is_known:
                sentence = self.text.known(f.key, i, j, value)
                made.append(Component(f.key, value, f.weight, contribution, sentence))
            else:
                made.append(Component(f.key, None, f.weight, 0.0, _UNKNOWN[f.key]))
        if bonus:
            made.append(Component("preference", 1.0, 0.0, bonus, "The mentee asked for this mentor."))
        if not evidence:
            made.append(
                Component("nothing_known", None, 0.0, NOTHING_KNOWN, "Nothing is known that could be compared.")
            )
        return tuple(made)


_UNKNOWN = {
    "interests": "what they seek and offer",
    "role_step": "how their roles compare",
    "goals": "goals or offer in at least 20 words",
    "phase_context": "phase and kind of setting",
    "time": "when both have time",
    "travel": "how they would meet",
    "candour": "where both work",
    "meaning": "goals or offer in at least 20 words",
}


class Sentences:
    """Plain words for each component. A sentence depends on two people only, never on who reads it."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.goals = next((f for f in market.features if f.key == "goals" and isinstance(f, Vector)), None)
        words = market.thesaurus
        self.label: dict[str, str] = {}  # an unlisted word is shown as the person wrote it
        slug_of: dict[str, str] = {}

        def topics(person: Mentee | Mentor) -> dict[str, int]:
            found: dict[str, int] = {}
            for name, strength in person.interests.items():
                slug = slug_of.get(name)
                if slug is None:
                    listed = words.find(name)
                    slug = slug_of[name] = listed or words.slug(name)
                    self.label.setdefault(slug, words.label(slug) if listed else name)
                found[slug] = max(strength, found.get(slug, 0))
            return found

        self.sought, self.offered = _each(market.mentees, topics), _each(market.mentors, topics)

    def known(self, key: str, i: int, j: int, value: float) -> str:
        mentee, mentor = self.market.mentees[i], self.market.mentors[j]
        if key == "interests":
            return self._interests(i, j)
        if key == "role_step":
            return self._role_step(mentee, mentor, value)
        if key == "goals":
            return self._goals(i, j)
        if key == "phase_context":
            return _phase_context(mentee, mentor)
        if key == "time":
            return f"They share {len(mentee.availability & mentor.availability) / 2:g} hours a fortnight."
        if key == "travel":
            return (
                "They can meet online." if value >= 1 else "They would meet in person, within the journey both accept."
            )
        if key == "candour":
            return _CANDOUR[value]
        return "What they wrote means similar things." if value >= 0.5 else "What they wrote is about other things."

    def _interests(self, i: int, j: int) -> str:
        sought, offered = self.sought(i), self.offered(j)
        words = self.market.thesaurus
        shared = sorted([topic for topic in sought if topic in offered], key=lambda t: (-sought[t], t))
        near = sorted([t for t in sought if t not in offered and words.related(t) & offered.keys()])
        if not shared and not near:
            return "The mentor offers nothing that the mentee asks for."
        told = []
        if shared:
            told.append(f"offers {_listed([self.label[t] for t in shared])}")
        if near:
            told.append(f"offers something close to {_listed([self.label[t] for t in near])}")
        return f"The mentor {' and '.join(told)}, which the mentee asks for."

    def _role_step(self, mentee: Mentee, mentor: Mentor, value: float) -> str:
        ladder = self.market.ladder
        if mentee.rank is None or mentor.rank is None:
            return ""
        gap = ladder.gap((mentee.role_family, mentee.rank), (mentor.role_family, mentor.rank)) or 0.0
        label = ladder.label(mentor.role_family, mentor.rank)
        who = f"The mentor ({label})" if label else "The mentor"
        stands = "stands at the same level" if not gap else f"stands {_steps(gap)}"
        wanted = (
            "" if value < 0.9 else (", where the mentee wants to be" if mentee.aspiration_rank else ", a good distance")
        )
        return f"{who} {stands}{wanted}."

    def _goals(self, i: int, j: int) -> str:
        if self.goals is None:
            return ""
        both = self.goals.left[[i]].multiply(self.goals.right[[j]]).tocoo()
        best = sorted(zip(-both.data, both.col, strict=True))[:3]
        if not best:
            return "Their texts share no telling words."
        return f"Both write about {_listed([self.goals.names[c] for _, c in best])}."

    def summary(self, components: Sequence[Component]) -> tuple[tuple[str, ...], str, str]:
        """(three strongest reasons, one caution, what is unknown)."""
        weak = [c for c in components if c.value is not None and c.value < 0.5 and c.weight > 0 and c.key in _CAUTIOUS]
        caution = max(weak, key=lambda c: c.weight * (1 - (c.value or 0)), default=None)
        warned = "" if caution is None else _caution(caution)
        strong = (c for c in components if c.contribution > 0 and (c.value is None or c.value >= 0.3))
        reasons = sorted((c for c in strong if c.sentence != warned), key=lambda c: -c.contribution)
        blanks = [c.sentence for c in components if c.value is None and c.weight]
        unknown = f"Not known: {_listed(list(dict.fromkeys(blanks)))}." if blanks else ""
        return tuple(c.sentence for c in reasons[:3]), warned, unknown


_CAUTIOUS = frozenset({"interests", "role_step", "phase_context", "time", "travel", "candour"})
_CANDOUR = {
    0.0: "They work in the same school.",
    0.5: "They work in different schools of the same trust.",
    1.0: "They work in different organisations, so they can speak freely.",
}


def _caution(part: Component) -> str:
    """A weak part said as one: the sentence of a part may name only what is good about it."""
    if part.key == "interests" and part.value:
        return f"Only about {100 * part.value:.0f} per cent of what the mentee asks for is offered."
    if part.key == "travel":
        return "They would meet in person, and the journey takes most of the time that both accept."
    return part.sentence


def _phase_context(mentee: Mentee, mentor: Mentor) -> str:
    told = []
    for wanted, had, word in ((mentee.phases, mentor.phases, "phase"), (mentee.contexts, mentor.contexts, "setting")):
        if wanted and had:
            names = {fold(x) for x in had}
            shared = sorted(x for x in wanted if fold(x) in names)
            told.append(f"both know {_listed(shared)}" if shared else f"they share no {word}")
    sentence = " and ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _steps(gap: float) -> str:
    size = f"{abs(gap):g} step{'' if abs(gap) == 1 else 's'}"
    return f"{size} above" if gap > 0 else f"{size} below"


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:4]) + ([f"{len(names) - 4} more"] if len(names) > 4 else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _each(
    people: Sequence[Mentee] | Sequence[Mentor], make: Callable[..., dict[str, int]]
) -> Callable[[int], dict[str, int]]:
    """`make` per person, once, when first asked."""
    made: dict[int, dict[str, int]] = {}

    def of(at: int) -> dict[str, int]:
        if at not in made:
            made[at] = make(people[at])
        return made[at]

    return of
