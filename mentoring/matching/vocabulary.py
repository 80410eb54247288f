"""Words of the field: topics with synonyms and parents, and ladders of roles with their equivalences.

Letters alone do not know that "drama" and "theatre" are one subject or that a "Head of School" stands near a
"Headteacher". A curated list does, and an editor can mend it. The lists are data: the site builds them from its
snippets, the command line from a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from mentoring.matching.errors import Fault, InvalidInput


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """One spelling for comparison: no accents, case, punctuation or double spaces ("St. Mary’s" is "st marys")."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    plain = re.sub(r"['’]", "", plain).replace("&", " and ")
    return " ".join(re.sub(r"[^\w]+", " ", plain).split())


@dataclass(frozen=True, kw_only=True)
class Topic:
    """An interest that can be sought or offered. `parent` is the slug of the wider topic, which earns half credit."""

    slug: str
    label: str = ""
    parent: str = ""
    synonyms: tuple[str, ...] = ()


class Thesaurus:
    """Topics by slug, found by any of their names.

    >>> words = Thesaurus([Topic(slug="drama", label="Drama", parent="arts", synonyms=("theatre",))])
    >>> words.find("Theatre")
    'drama'
    """

    def __init__(self, topics: Iterable[Topic] = ()) -> None:
        self.topics: dict[str, Topic] = {topic.slug: topic for topic in topics}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for topic in self.topics.values():  # a topic's own name wins over another's synonym
            names.setdefault(fold(topic.slug), topic.slug)
            names.setdefault(fold(topic.label or topic.slug), topic.slug)
        for topic in self.topics.values():
            for synonym in topic.synonyms:
                names.setdefault(fold(synonym), topic.slug)
        return names

    def find(self, text: str) -> str | None:
        """The slug meant by a label, a synonym or a slug; None if nobody listed it."""
        return self._by_name.get(fold(text))

    def slug(self, text: str) -> str:
        """Like `find`, but an unlisted word becomes a topic of its own under its folded spelling."""
        return self.find(text) or fold(text).replace(" ", "-")

    def label(self, slug: str) -> str:
        topic = self.topics.get(slug)
        return (topic.label or slug) if topic else slug

    def related(self, slug: str) -> frozenset[str]:
        """The parent and the children of a topic: what earns half credit."""
        return self._related.get(slug, frozenset())

    @cached_property
    def _related(self) -> dict[str, frozenset[str]]:
        pairs: dict[str, set[str]] = {}
        for topic in self.topics.values():
            if topic.parent and topic.parent != topic.slug:
                pairs.setdefault(topic.slug, set()).add(topic.parent)
                pairs.setdefault(topic.parent, set()).add(topic.slug)
        return {slug: frozenset(others) for slug, others in pairs.items()}

    def to_dict(self) -> list[dict[str, object]]:
        return [
            {"slug": t.slug, "label": t.label, "parent": t.parent, "synonyms": list(t.synonyms)}
            for _, t in sorted(self.topics.items())
        ]


@dataclass(frozen=True, kw_only=True)
class Role:
    """One rung: `family` "teaching", `rank` 50, `label` "Deputy head", with the other names it goes by."""

    family: str
    rank: float
    label: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RoleLadder:
    """Which roles can be compared, and how far a step is.

    Attributes:
        roles: rungs, for labels in sentences and for finding a role by its title.
        equivalents: pairs ((family, rank), (family, rank)) of rungs that stand at the same height, in both
            directions. Families without one are not comparable: the step is then unknown, never zero.
        step: how much rank makes one step, 10 for ranks 10, 20, 30.
    """

    roles: tuple[Role, ...] = ()
    equivalents: tuple[tuple[tuple[str, float], tuple[str, float]], ...] = ()
    step: float = 10.0
    _names: dict[str, Role] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not self.step > 0:
            raise InvalidInput([Fault(field="step", sentence=f"a step of the ladder must be above 0, not {self.step}")])
        for role in self.roles:
            self._names.setdefault(fold(role.label), role)
        for role in self.roles:
            for alias in role.aliases:
                self._names.setdefault(fold(alias), role)

    def find(self, title: str) -> Role | None:
        """The rung that a job title names, by label or alias; None if unknown, and then it is not guessed."""
        return self._names.get(fold(title)) if title.strip() else None

    def label(self, family: str, rank: float) -> str:
        return next((r.label for r in self.roles if (r.family, r.rank) == (family, rank) and r.label), "")

    @property
    def _same(self) -> Mapping[tuple[str, float], list[tuple[str, float]]]:
        same: dict[tuple[str, float], list[tuple[str, float]]] = {}
        for a, b in self.equivalents:
            same.setdefault(a, []).append(b)
            same.setdefault(b, []).append(a)
        return same

    def rank_in(self, family: str, of: tuple[str, float]) -> float | None:
        """The rank of the rung `of` as seen from `family`; None where the two cannot be compared."""
        if of[0] == family:
            return of[1]
        ranks = sorted(rank for other, rank in self._same.get(of, ()) if other == family)
        return ranks[0] if ranks else None

    def gap(self, mentee: tuple[str, float], mentor: tuple[str, float]) -> float | None:
        """Steps by which the mentor stands above the mentee; None where their families cannot be compared."""
        seen = self.rank_in(mentee[0], mentor)
        if seen is not None:
            return (seen - mentee[1]) / self.step
        seen = self.rank_in(mentor[0], mentee)
        return None if seen is None else (mentor[1] - seen) / self.step

    def to_dict(self) -> dict[str, object]:
        roles = sorted((r.family, r.rank, r.label, list(r.aliases)) for r in self.roles)
        same = sorted(sorted([list(a), list(b)]) for a, b in self.equivalents)
        return {"roles": [list(r) for r in roles], "equivalents": same, "step": self.step}
