"""Step 1: people become components, each a value from 0 to 1 for any pair, or unknown.

Two kinds carry everything:

* a `Vector` component is an inner product: interests with thermometer columns for their strength, texts by TF-IDF;
* a `Kernel` component is a function of two small sets of distinct values: role step, phase and context, distance, and
  in `meeting` hours and travel. Its table is one-hot on one side and a kernel row on the other, so it too is an inner
  product.

What is unknown depends on few classes of people (who left which field blank), so the denominator of the score is a
small table. Example, alone on plain people:

    part = interests(mentees, mentors, thesaurus, weight=40)
    part.pairs(np.array([0, 0]), np.array([0, 1]))      # values of two pairs
    part.block()                                        # values of all pairs, mentees x mentors
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from mentoring.matching.arrays import Bools, Floats, Ints, codes
from mentoring.matching.people import Mentee, Mentor
from mentoring.matching.settings import Rules
from mentoring.matching.vocabulary import RoleLadder, Thesaurus, fold

MIN_WORDS = 20
PARENT_CREDIT = 0.5
STRENGTHS = 3
ROLE_SIGMA = 1.0
SMALL_TABLE = 4_000_000
DENSE_COLUMNS = 2_048


@dataclass(frozen=True)
class Known:
    """For which pairs a component says anything: a class per mentee, a class per mentor, a table over classes."""

    left: Ints
    right: Ints
    table: Bools

    @classmethod
    def both(cls, left: Bools, right: Bools) -> Known:
        """Known where both sides filled the field."""
        return cls(left.astype(np.int64), right.astype(np.int64), np.array([[False, False], [False, True]]))

    def pairs(self, i: Ints, j: Ints) -> Bools:
        found: Bools = self.table[self.left[i], self.right[j]]
        return found


class Feature(Protocol):
    """A component of the score over all mentees and all mentors."""

    key: str
    weight: float
    known: Known

    def pairs(self, i: Ints, j: Ints) -> Floats:
        """Values for index arrays that broadcast; meaningless where unknown."""

    def block(self) -> Floats:
        """Values of all pairs, shape (mentees, mentors); meaningless where unknown."""

    def weighted_block(self) -> Floats:
        """Weight times value of all pairs, 0 where unknown."""


@dataclass
class Vector:
    """value(i, j) = left[i] . right[j]. Rows are people; the columns mean the same on both sides."""

    key: str
    weight: float
    known: Known
    left: sparse.csr_matrix
    right: sparse.csr_matrix
    names: list[str] = field(default_factory=list)

    def pairs(self, i: Ints, j: Ints) -> Floats:
        i, j = np.broadcast_arrays(i, j)
        product = self.left[i.ravel()].multiply(self.right[j.ravel()]).sum(axis=1)
        return np.asarray(product, dtype=np.float64).reshape(i.shape)

    def block(self) -> Floats:
        if self.left.shape[1] <= DENSE_COLUMNS:
            product: Floats = self.left.toarray() @ self.right.toarray().T
            return product
        return np.asarray((self.left @ self.right.T).toarray(), dtype=np.float64)

    def weighted_block(self) -> Floats:
        found: Floats = self.weight * self.block()
        known = self.known
        return found if known.table.all() else found * known.table[known.left].take(known.right, axis=1)


@dataclass
class Kernel:
    """value(i, j) = kernel(code of i, code of j), over the distinct values of a field on each side."""

    key: str
    weight: float
    known: Known
    left: Ints
    right: Ints
    shape: tuple[int, int]
    kernel: Callable[[Ints, Ints], Floats]

    def __post_init__(self) -> None:
        self.table: Floats | None = None
        if self.shape[0] * self.shape[1] <= SMALL_TABLE:
            self.table = self.kernel(np.arange(self.shape[0])[:, None], np.arange(self.shape[1])[None, :])

    def pairs(self, i: Ints, j: Ints) -> Floats:
        a, b = self.left[i], self.right[j]
        return self.table[a, b] if self.table is not None else self.kernel(a, b)

    def block(self) -> Floats:
        if self.table is None:
            return self.kernel(self.left[:, None], self.right[None, :])
        return self.table[self.left].take(self.right, axis=1)

    def known_by_code(self) -> Bools:
        """Whether a pair of distinct values is known: people with one value are of one class."""
        left, right = (np.zeros(size, dtype=np.int64) for size in self.shape)
        left[self.left], right[self.right] = self.known.left, self.known.right
        return self.known.table[left[:, None], right[None, :]]

    def weighted_block(self) -> Floats:
        if self.table is None:
            known = self.known.table[self.known.left].take(self.known.right, axis=1)
            return np.where(known, self.weight * self.block(), 0.0)
        table = np.where(self.known_by_code(), self.weight * self.table, 0.0)
        return table[self.left].take(self.right, axis=1)


def interests(mentees: Sequence[Mentee], mentors: Sequence[Mentor], words: Thesaurus, *, weight: float) -> Vector:
    """What share of what the mentee asks for the mentor offers; rare topics count more, relatives count half.

    `sum_t idf_t min(seek_t, offer_t) / sum_t idf_t seek_t`. The minimum of two strengths from 1 to 3 is an inner
    product over three thermometer columns per topic: [at least 1, at least 2, at least 3].
    """
    slug_of = {name: words.slug(name) for side in (mentees, mentors) for p in side for name in p.interests}
    sought = [_slugs(p.interests, slug_of) for p in mentees]
    offered = [_slugs(p.interests, slug_of) for p in mentors]
    seen = Counter(slug for wants in (*sought, *offered) for slug in wants)
    people = len(sought) + len(offered)
    idf = {slug: math.log((1 + people) / (1 + count)) + 1 for slug, count in seen.items()}
    asked = set().union(*sought) if sought else set()

    credit = [{} if not offers else _credit(offers, asked, words) for offers in offered]
    reached = sorted(asked & set().union(*credit)) if credit else []  # what nobody offers meets nothing
    column = {topic: STRENGTHS * at for at, topic in enumerate(reached)}
    left, right = _Rows(), _Rows()
    for wants in sought:
        total = sum(idf[slug] * strength for slug, strength in wants.items())
        for topic, strength in wants.items():
            if topic in column:
                left.add(column[topic], [idf[topic] / total] * strength)
        left.close()
    for offers in credit:
        for topic, steps in offers.items():
            if topic in column:
                right.add(column[topic], steps)
        right.close()
    known = Known.both(np.array([bool(x) for x in sought]), np.array([bool(x) for x in offered]))
    width = max(1, STRENGTHS * len(column))
    return Vector("interests", weight, known, left.matrix(width), right.matrix(width))


def _slugs(interests: Mapping[str, int], slug_of: Mapping[str, str]) -> dict[str, int]:
    """Strength per topic; of two names of one topic the stronger counts."""
    found: dict[str, int] = {}
    for name, strength in interests.items():
        slug = slug_of[name]
        found[slug] = max(strength, found.get(slug, 0))
    return found


def _credit(offers: Mapping[str, int], asked: set[str], words: Thesaurus) -> dict[str, list[float]]:
    """What an offer earns per topic that is asked for, step by step of strength: 1 for itself, a half for relatives."""
    earned: dict[str, list[float]] = {}
    for topic, strength in offers.items():
        for relative in words.related(topic) & asked:
            if strength > len(earned.get(relative, ())):
                earned[relative] = [PARENT_CREDIT] * strength
    for topic, strength in offers.items():
        if topic in asked:
            earned[topic] = [1.0] * strength + earned.get(topic, [])[strength:]
    return earned


class _Rows:
    """A sparse matrix, row by row."""

    def __init__(self) -> None:
        self.columns: list[int] = []
        self.values: list[float] = []
        self.ends = [0]

    def add(self, first: int, values: Sequence[float]) -> None:
        self.columns.extend(range(first, first + len(values)))
        self.values.extend(values)

    def close(self) -> None:
        self.ends.append(len(self.columns))

    def matrix(self, width: int) -> sparse.csr_matrix:
        data = np.array(self.values, dtype=np.float64)
        return sparse.csr_matrix((data, self.columns, self.ends), shape=(len(self.ends) - 1, width))


def goals(mentees: Sequence[Mentee], mentors: Sequence[Mentor], *, weight: float) -> Vector:
    """Cosine of TF-IDF over words and pairs of words; unknown where either text has fewer than 20 words.

    The norm is over every word; columns that occur on one side only are dropped, for they never meet anything.
    """
    texts = [[fold.__wrapped__(p.text) for p in side] for side in (mentees, mentors)]
    enough = [np.array([len(text.split()) >= MIN_WORDS for text in side], dtype=np.bool_) for side in texts]
    known = Known.both(enough[0], enough[1])
    nothing = Vector("goals", weight, known, *(sparse.csr_matrix((len(side), 1)) for side in texts))
    if not weight or not enough[0].any() or not enough[1].any():
        return nothing
    long = [
        [text if use else "" for text, use in zip(side, mask, strict=True)]
        for side, mask in zip(texts, enough, strict=True)
    ]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english", lowercase=False)
    try:
        vectorizer.fit([text for side in long for text in side if text])
    except ValueError:  # only stop words
        return nothing
    left, right = (vectorizer.transform(side) for side in long)
    shared = np.flatnonzero((left.getnnz(axis=0) > 0) & (right.getnnz(axis=0) > 0))
    if not len(shared):
        return nothing
    names = vectorizer.get_feature_names_out()[shared].tolist()
    return Vector("goals", weight, known, left[:, shared].tocsr(), right[:, shared].tocsr(), names)


def role_step(
    mentees: Sequence[Mentee], mentors: Sequence[Mentor], ladder: RoleLadder, rules: Rules, *, weight: float
) -> Kernel:
    """`exp(-(gap - wanted)^2 / 2)` in steps; wanted is the step to the aspiration, else one. 0 outside the rule's band.

    Unknown without a rank on either side, or where the two families cannot be compared.
    """
    left, wants = codes((p.role_family, p.rank, p.aspiration_rank) for p in mentees)
    right, offers = codes((p.role_family, p.rank) for p in mentors)
    values = np.zeros((len(wants), len(offers)))
    known = np.zeros(values.shape, dtype=np.bool_)
    low = -math.inf if rules.min_gap is None else rules.min_gap
    high = math.inf if rules.max_gap is None else rules.max_gap
    for a, (family, rank, aspiration) in enumerate(wants):
        for b, (other, other_rank) in enumerate(offers):
            if rank is None or other_rank is None:
                continue
            gap = ladder.gap((family, rank), (other, other_rank))
            if gap is None:
                continue
            wanted = (aspiration - rank) / ladder.step if aspiration is not None and aspiration > rank else 1.0
            known[a, b] = True
            if low <= gap <= high:
                values[a, b] = math.exp(-((gap - wanted) ** 2) / (2 * ROLE_SIGMA**2))
    return Kernel("role_step", weight, Known(left, right, known), left, right, values.shape, lambda a, b: values[a, b])


def phase_context(mentees: Sequence[Mentee], mentors: Sequence[Mentor], *, weight: float) -> Kernel:
    """Mean of the share of the mentee's phases that the mentor knows and the Jaccard index of their contexts.

    Where only one of the two is known on both sides, it stands alone.
    """
    left, wants = codes((frozenset(map(fold, p.phases)), frozenset(map(fold, p.contexts))) for p in mentees)
    right, offers = codes((frozenset(map(fold, p.phases)), frozenset(map(fold, p.contexts))) for p in mentors)
    sides = [[[value[part] for value in side] for side in (wants, offers)] for part in (0, 1)]
    (phase_l, phase_r), (tag_l, tag_r) = (_one_hot(*part) for part in sides)
    size = [[matrix.sum(axis=1) for matrix in part] for part in ((phase_l, phase_r), (tag_l, tag_r))]

    def kernel(a: Ints, b: Ints) -> Floats:
        phase = _common(phase_l, phase_r, a, b) / np.maximum(1, size[0][0][a])
        both = _common(tag_l, tag_r, a, b)
        jaccard = both / np.maximum(1, size[1][0][a] + size[1][1][b] - both)
        has_phase = (size[0][0][a] > 0) & (size[0][1][b] > 0)
        has_tag = (size[1][0][a] > 0) & (size[1][1][b] > 0)
        total: Floats = (phase * has_phase + jaccard * has_tag) / np.maximum(1, has_phase.astype(int) + has_tag)
        return total

    filled = [np.array([bool(ph) + 2 * bool(t) for ph, t in side], dtype=np.int64) for side in (wants, offers)]
    known = Known(filled[0][left], filled[1][right], (np.arange(4)[:, None] & np.arange(4)) > 0)
    return Kernel("phase_context", weight, known, left, right, (len(wants), len(offers)), kernel)


def _one_hot(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> tuple[Floats, Floats]:
    index = {name: at for at, name in enumerate(sorted(frozenset().union(*left, *right)))}
    out = []
    for side in (left, right):
        matrix = np.zeros((len(side), max(1, len(index))))
        for row, names in enumerate(side):
            matrix[row, [index[name] for name in names]] = 1
        out.append(matrix)
    return out[0], out[1]


def _common(left: Floats, right: Floats, a: Ints, b: Ints) -> Floats:
    """How many columns two rows share, for codes that broadcast; all pairs at once as one product."""
    if a.ndim == 2 and a.shape[1] == 1 and b.shape[0] == 1:
        product: Floats = left[a[:, 0]] @ right[b[0]].T
        return product
    a, b = np.broadcast_arrays(a, b)
    shared: Floats = np.einsum("...k,...k->...", left[a], right[b])
    return shared


def candour(mentees: Sequence[Mentee], mentors: Sequence[Mentor], *, weight: float) -> Kernel:
    """Distance that lets people speak freely: 0 in the same school, a half in the same trust, else 1."""
    left, wants = codes(organisation_of(p) for p in mentees)
    right, offers = codes(organisation_of(p) for p in mentors)
    school, trust = (
        [np.array(x, dtype=np.int64) for x in _number([w[at] for w in wants], [o[at] for o in offers])] for at in (0, 1)
    )

    def kernel(a: Ints, b: Ints) -> Floats:
        return np.where(school[0][a] == school[1][b], 0.0, np.where(trust[0][a] == trust[1][b], 0.5, 1.0))

    known = Known.both(np.array([bool(wants[c][0]) for c in left]), np.array([bool(offers[c][0]) for c in right]))
    return Kernel("candour", weight, known, left, right, (len(wants), len(offers)), kernel)


def organisation_of(person: Mentee | Mentor) -> tuple[str, str]:
    """(school, root of its tree), each in one spelling; blank where unknown."""
    school = fold(person.organisation) or (fold(person.organisation_path[-1]) if person.organisation_path else "")
    return school, fold(person.organisation_path[0]) if person.organisation_path else school


def _number(left: list[str], right: list[str]) -> tuple[list[int], list[int]]:
    numbered, _ = codes([*left, *right])
    return numbered[: len(left)].tolist(), numbered[len(left) :].tolist()
