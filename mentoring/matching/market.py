"""The two sides, encoded once: scores and rules for any pair, ready for the later steps.

People stand in the order of their keys, so that the order of the input can never matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from mentoring.matching import features, meeting
from mentoring.matching.arrays import Bools, Floats, Ints, PairSet
from mentoring.matching.errors import Fault, InvalidInput
from mentoring.matching.features import Feature, Known
from mentoring.matching.people import Mentee, Mentor, check_people, person_key
from mentoring.matching.rules import Rule, allowed_block, allowed_pairs, build_rules
from mentoring.matching.semantic import Encoder, meaning
from mentoring.matching.settings import Overrides, Rules, Weights
from mentoring.matching.vocabulary import RoleLadder, Thesaurus

BONUS = (10.0, 8.0, 6.0, 4.0, 2.0)
NOTHING_KNOWN = 50.0
"""Score of a pair of which nothing at all is known: the middle, with an evidence of 0."""

P = TypeVar("P", Mentee, Mentor)


@dataclass
class Market:
    """Encoded people. Mentees are numbered 0..n-1, mentors 0..m-1, each in the order of their keys.

    Attributes:
        features: the components with a weight above 0.
        rules: what can bar a pair here.
        demand, places: whole numbers per mentee and per mentor.
    """

    mentees: list[Mentee]
    mentors: list[Mentor]
    features: list[Feature]
    rules: list[Rule]
    weights: Weights
    thesaurus: Thesaurus
    ladder: RoleLadder
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.demand: Ints = np.array([p.demand for p in self.mentees], dtype=np.int64)
        self.places: Ints = np.array([p.places for p in self.mentors], dtype=np.int64)
        weeks = np.array([p.waiting_weeks for p in self.mentees], dtype=np.float64)
        self.waiting: Ints = np.clip(weeks / 4, 0, 15).astype(np.int64)  # four bits: a step per month, up to 15
        self.row = {person_key(p.key): at for at, p in enumerate(self.mentees)}
        self.column = {person_key(p.key): at for at, p in enumerate(self.mentors)}
        wishes = {
            (self.row[person_key(p.key)], self.column[person_key(key)]): bonus
            for p in self.mentees
            for key, bonus in reversed(list(zip(p.preferences, BONUS, strict=False)))
            if person_key(key) in self.column
        }
        self.wished = PairSet(wishes, len(self.mentors))
        self.wished_bonus: Floats = np.array([wishes[pair] for pair in sorted(wishes)], dtype=np.float64)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.mentees), len(self.mentors)

    @cached_property
    def _patterns(self) -> tuple[Ints, Ints, Floats]:
        """(class per mentee, class per mentor, sum of known weights per pair of classes)."""
        left, left_classes = _classes([f.known.left for f in self.features], self.shape[0])
        right, right_classes = _classes([f.known.right for f in self.features], self.shape[1])
        total = np.zeros((len(left_classes), len(right_classes)))
        for at, f in enumerate(self.features):
            total += f.weight * f.known.table[left_classes[:, at][:, None], right_classes[:, at][None, :]]
        return left, right, total

    def known_weight(self, i: Ints, j: Ints) -> Floats:
        left, right, total = self._patterns
        found: Floats = total[left[i], right[j]]
        return found

    def known_or_one(self, i: Ints, j: Ints) -> Floats:
        """What a score's numerator is divided by; 1 where nothing is known."""
        total = self.known_weight(i, j)
        return np.where(total > 0, total, 1.0)

    def nothing_known(self) -> Known | None:
        """The pairs of which nothing at all is known, by the classes of what people left blank; None without any."""
        left, right, total = self._patterns
        return Known(left, right, total <= 0) if (total <= 0).any() else None

    def bonus(self, i: Ints, j: Ints) -> Floats:
        at, held = self.wished.where(i, j)
        return np.where(held, self.wished_bonus[at], 0.0) if len(self.wished) else np.zeros(held.shape)

    def scores(self, i: Ints, j: Ints) -> Floats:
        """Scores 0 to 100 of pairs, preference bonus included; rules are not asked."""
        return np.minimum(100.0, self.base(i, j) + self.bonus(i, j))

    def base(self, i: Ints, j: Ints) -> Floats:
        """Scores before the preference bonus."""
        top = np.zeros(np.broadcast_shapes(i.shape, j.shape))
        for f in self.features:
            top += f.weight * np.where(f.known.pairs(i, j), f.pairs(i, j), 0.0)
        return _divide(top, self.known_weight(i, j))

    def score_block(self) -> Floats:
        """Scores of all pairs, shape (n, m)."""
        top = np.zeros(self.shape)
        for f in self.features:
            top += f.weighted_block()
        left, right, total = self._patterns
        score = _divide(top, total[left].take(right, axis=1))
        if len(self.wished):
            at = (self.wished.rows, self.wished.columns)
            score[at] = np.minimum(100.0, score[at] + self.wished_bonus)
        return score

    def allowed(self, i: Ints, j: Ints) -> Bools:
        return allowed_pairs(self.rules, i, j)

    def allowed_block(self) -> Bools:
        return allowed_block(self.rules, *self.shape)

    def tie_hashes(self, seed: int) -> tuple[Ints, Ints]:
        """A 64-bit number per person that depends on their key and the seed only."""
        return _hashes([p.key for p in self.mentees], seed, b"mentee"), _hashes(
            [p.key for p in self.mentors], seed, b"mentor"
        )


def build_market(
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    *,
    rules: Rules,
    weights: Weights,
    overrides: Overrides,
    thesaurus: Thesaurus,
    ladder: RoleLadder,
    encoder: Encoder | None = None,
) -> Market:
    """Check, drop repeated rows, encode.

    Raises:
        InvalidInput: with every fault found.
    """
    check_people([*mentees, *mentors])
    warnings: list[str] = []
    left, right = _distinct(mentees, "mentee", warnings), _distinct(mentors, "mentor", warnings)
    every: list[Feature] = [
        features.interests(left, right, thesaurus, weight=weights.interests),
        features.role_step(left, right, ladder, rules, weight=weights.role_step),
        features.goals(left, right, weight=weights.goals),
        features.phase_context(left, right, weight=weights.phase_context),
        meeting.time(left, right, rules, weight=weights.time),
        meeting.travel(left, right, rules, weight=weights.travel),
        features.candour(left, right, weight=weights.candour),
    ]
    if weights.meaning:
        if encoder is None:
            raise InvalidInput([Fault(field="meaning", sentence="its weight is above 0, but no encoder is given")])
        every.append(meaning(left, right, encoder, weight=weights.meaning))
    return Market(
        mentees=left,
        mentors=right,
        features=[f for f in every if f.weight],
        rules=build_rules(left, right, rules, overrides, ladder),
        weights=weights,
        thesaurus=thesaurus,
        ladder=ladder,
        warnings=warnings,
    )


def _distinct(people: Sequence[P], role: str, warnings: list[str]) -> list[P]:
    """One record per person, in the order of keys. Of repeated rows the first in the order of their content stays."""
    by_key: dict[str, P] = {}
    repeated: dict[str, set[str]] = {}
    for person in people:
        key = person_key(person.key)
        if key in by_key:
            if by_key[key] is person or by_key[key] == person:
                repeated.setdefault(key, set())
                continue
            texts = repeated.setdefault(key, {_content(by_key[key])})
            texts.add(_content(person))
            by_key[key] = min(by_key[key], person, key=_content)
        else:
            by_key[key] = person
    for key in sorted(repeated):
        kept = "; the rows differ, please check which is right" if len(repeated[key]) > 1 else ""
        warnings.append(f"{role} {key} stands in the list more than once; counted once{kept}")
    return [by_key[key] for key in sorted(by_key)]


def _content(person: Mentee | Mentor) -> str:
    return json.dumps(person.to_dict(), sort_keys=True, ensure_ascii=False)


def _classes(columns: list[Ints], size: int) -> tuple[Ints, Ints]:
    """Number the distinct rows of several columns: (class per row, (classes, columns))."""
    if not columns:
        return np.zeros(size, dtype=np.int64), np.zeros((1, 0), dtype=np.int64)
    distinct, inverse = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return np.asarray(inverse, dtype=np.int64).ravel(), distinct


def _divide(top: Floats, below: Floats) -> Floats:
    known = below > 0
    if known.all():
        return 100.0 * top / below
    return np.where(known, 100.0 * top / np.where(known, below, 1.0), NOTHING_KNOWN)


def _hashes(keys: Sequence[str], seed: int, side: bytes) -> Ints:
    salt = str(seed).encode()[:60]
    digest = (hashlib.blake2b(person_key(k).encode(), digest_size=8, key=salt, person=side).digest() for k in keys)
    return np.frombuffer(b"".join(digest), dtype=np.int64)


def fingerprint(value: Any) -> str:
    """A short hash of JSON types, the same on every machine."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
