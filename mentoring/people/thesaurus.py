"""What a word means: topics and role levels found by any of their names, never guessed.

    words = Thesaurus.load()                    # two queries
    words.topic("numeracy").entry               # <Interest: Maths and numeracy>
    words.role("DHT").entry                     # <RoleLevel: Deputy headteacher>
    words.role("CEO")                           # entry None, candidates: of a trust, of an arts organisation
    words.topic("knitting circles").candidates  # unknown: what comes near, to choose from

Capitals, accents and punctuation never matter; plurals matter only where both forms are listed ("art", "arts").
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .models import TOPIC_GROUPS, Interest, Organisation, RoleLevel
from .names import fold, fold_loose

Entry = TypeVar("Entry", Interest, RoleLevel, Organisation)


@dataclass(frozen=True)
class Found(Generic[Entry]):
    """The answer about one text: an `entry`, or `candidates` to choose from and whether they are all meant by it."""

    text: str
    entry: Entry | None = None
    candidates: tuple[Entry, ...] = ()
    ambiguous: bool = False

    @property
    def known(self) -> bool:
        return self.entry is not None


class Names(Generic[Entry]):
    """Entries by name. Earlier entries win nothing: one name of two entries is ambiguous and is said to be."""

    def __init__(self, named: Iterable[tuple[Entry, str, Sequence[str]]]) -> None:
        self._labels: dict[str, list[Entry]] = {}
        self._others: dict[str, list[Entry]] = {}
        self._loose: dict[str, list[Entry]] = {}
        self._squeezed: dict[str, list[Entry]] = {}
        entry: Entry
        others: Sequence[str]
        for entry, label, others in named:
            _add(self._labels, fold(label), entry)
            for other in others:
                _add(self._others, fold(other), entry)
            for name in (label, *others):
                _add(self._loose, fold_loose(name), entry)
                _add(self._squeezed, _squeeze(name), entry)

    def find(self, text: str) -> Found[Entry]:
        """By label, then by another name, then by either without plurals, then without spaces ("K.S. 2")."""
        for names, key in (
            (self._labels, fold(text)),
            (self._others, fold(text)),
            (self._loose, fold_loose(text)),
            (self._squeezed, _squeeze(text)),
        ):
            entries = names.get(key) if key else None
            if entries:
                if len(entries) == 1:
                    return Found(text, entries[0])
                return Found(text, None, tuple(entries), ambiguous=True)
        return Found(text, None, self.near(text))

    def entries(self) -> list[Entry]:
        """Each entry once, in the order given."""
        return list({entry.pk: entry for entries in self._labels.values() for entry in entries}.values())

    def near(self, text: str, *, limit: int = 5) -> tuple[Entry, ...]:
        """Entries with a name much like `text`, or sharing its words; to offer, never to take."""
        key = fold_loose(text)
        if not key:
            return ()
        words = set(key.split())
        shared: list[tuple[float, str]] = sorted(
            (-len(words & set(name.split())) / len(words | set(name.split())), name)
            for name in self._loose
            if words & set(name.split())
        )
        close: list[str] = difflib.get_close_matches(key, self._loose, n=limit, cutoff=0.8)
        found: dict[int, Entry] = {}
        for name in (*close, *(name for score, name in shared if score <= -0.3)):
            for entry in self._loose[name]:
                found.setdefault(entry.pk, entry)
        return tuple(found.values())[:limit]


@dataclass(frozen=True)
class Thesaurus:
    """All active topics and role levels, by name, as they were when loaded."""

    topics: Names[Interest]
    audiences: Names[Interest]
    roles: Names[RoleLevel]

    @classmethod
    def load(cls) -> Thesaurus:
        """Two queries. Retired entries are not offered and not found; what uses them keeps them."""
        return cls.of(
            Interest.objects.filter(active=True).order_by("pk"), RoleLevel.objects.filter(active=True).order_by("pk")
        )

    @classmethod
    def of(cls, interests: Iterable[Interest], levels: Iterable[RoleLevel]) -> Thesaurus:
        """From rows at hand, saved or not; each needs a `pk`."""
        every = list(interests)
        return cls(
            topics=Names((i, i.label, i.synonyms) for i in every if i.group in TOPIC_GROUPS),
            audiences=Names((i, i.label, i.synonyms) for i in every if i.group not in TOPIC_GROUPS),
            roles=Names((level, level.label, level.aliases) for level in levels),
        )

    def topic(self, text: str) -> Found[Interest]:
        """What somebody can be interested in; a phase or a kind of setting where no topic has the name."""
        found = self.topics.find(text)
        if found.known or found.ambiguous:
            return found
        audience = self.audiences.find(text)
        return audience if audience.known or audience.ambiguous or not found.candidates else found

    def audience(self, text: str) -> Found[Interest]:
        """A phase or a kind of setting: "KS2", "childminders"."""
        return self.audiences.find(text)

    def role(self, text: str) -> Found[RoleLevel]:
        """A role level by its label or by a job title that is one of its aliases."""
        return self.roles.find(text)


def resolve(text: str, *, words: Thesaurus | None = None) -> Interest | RoleLevel | None:
    """The topic, or else the role, that `text` names; None if unknown or not clear. Two queries without `words`."""
    words = words or Thesaurus.load()
    return words.topic(text).entry or words.role(text).entry


def _squeeze(text: str) -> str:
    return fold(text).replace(" ", "")


def _add(names: dict[str, list[Entry]], key: str, entry: Entry) -> None:
    entries = names.setdefault(key, [])
    if key and entry not in entries:
        entries.append(entry)
