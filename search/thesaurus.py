"""Other words for the same thing: what a search is widened by, and which topics lie near it.

The thesaurus is `mentoring.Interest` (labels with their synonyms), the same rows that pages are tagged with. It is
small (hundreds of rows), read once per search, and never cached: an editor's new synonym works at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from mentoring.people.models import Interest

from .words import Question, Term, fold, variants, words_of

LONGEST_LABEL = 5  # words; a longer synonym is not looked for inside a search
MOST_ALTERNATIVES = 12  # synonyms that one term is widened by


@dataclass(frozen=True)
class Entry:
    """One topic as the search needs it."""

    pk: int
    slug: str
    label: str
    group: str
    parent: int | None
    synonyms: tuple[str, ...]
    active: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label, *self.synonyms)


@dataclass(frozen=True)
class Widened:
    """One term of a search with everything that counts as a match for it.

    `own` are the term's own forms; `others` the synonyms' words, each a tuple of words that stand side by side;
    `labels` the synonyms as they are written, for the reader; `topics` the topics that the term names. A `loose` term
    is a name of several words typed without quotes: all of its words, anywhere on the page, are a match too.
    """

    term: Term
    own: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()
    labels: tuple[str, ...] = ()
    topics: frozenset[int] = frozenset()
    loose: bool = False

    def marks(self) -> set[tuple[str, ...]]:
        """Everything that is marked as a match in a text: sequences of words."""
        own = {(form,) for form in self.own}
        if self.loose:
            own |= {(form,) for word in self.term.words for form in variants(word)}
        return own | ({self.term.words} if self.term.phrase and not self.loose else set()) | set(self.others)


@dataclass
class Thesaurus:
    """All topics, by number and by each of their names."""

    entries: dict[int, Entry]
    by_name: dict[tuple[str, ...], list[Entry]] = field(init=False)
    by_slug: dict[str, Entry] = field(init=False)
    children: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_name = defaultdict(list)
        self.by_slug = {entry.slug: entry for entry in self.entries.values()}
        self.children = defaultdict(list)
        for entry in self.entries.values():
            if entry.parent is not None:
                self.children[entry.parent].append(entry.pk)
            for name in entry.names:
                key = _key(words_of(name))
                if key and entry not in self.by_name[key]:
                    self.by_name[key].append(entry)

    @classmethod
    def load(cls) -> Thesaurus:
        """One query."""
        rows = Interest.objects.order_by("pk").values_list(
            "pk", "slug", "label", "group", "parent_id", "synonyms", "active"
        )
        return cls(
            {
                pk: Entry(pk, slug, label, group, parent, _strings(synonyms), active)
                for pk, slug, label, group, parent, synonyms, active in rows
            }
        )

    def narrower(self, pk: int) -> frozenset[int]:
        """A topic and all topics below it."""
        found: set[int] = set()
        ahead = [pk]
        while ahead:
            here = ahead.pop()
            if here not in found:
                found.add(here)
                ahead += self.children.get(here, [])
        return frozenset(found)

    def widen(self, question: Question) -> list[Widened]:
        """Each term of a question with its synonyms. Neighbouring words that are one name are taken together.

        "early reading games" with a topic *Phonics* (synonym "early reading") gives two: "early reading" (also
        phonics) and "games". The words of a joined name may stand apart on a page: only phrases typed in quotes, and
        synonyms of several words, must stand side by side.
        """
        widened: list[Widened] = []
        terms = list(question.terms)
        while terms:
            for length in range(min(LONGEST_LABEL, len(terms)), 0, -1):
                joined = tuple(word for term in terms[:length] for word in term.words)
                entries = self.by_name.get(_key(joined), [])
                if entries and (length == 1 or not any(term.phrase for term in terms[:length])):
                    widened += self._with_synonyms(terms[:length], joined, entries)
                    del terms[:length]
                    break
            else:
                term = terms.pop(0)
                widened.append(Widened(term, own=() if term.phrase else variants(term.words[0])))
        return widened

    def _with_synonyms(self, terms: list[Term], joined: tuple[str, ...], entries: list[Entry]) -> list[Widened]:
        others: dict[tuple[str, ...], str] = {}
        for entry in entries:
            for name in entry.names:
                words = tuple(words_of(name))
                if words and _key(words) != _key(joined):
                    others.setdefault(words, name)
        # "Theatre company" finds nothing that "theatre" does not: only the shortest of such names is asked for.
        telling = {words: name for words, name in others.items() if not _covered(words, [joined, *others])}
        kept = dict(list(telling.items())[:MOST_ALTERNATIVES])
        return [
            Widened(
                term=Term(joined),
                own=variants(joined[0]) if len(joined) == 1 else (),
                others=tuple(kept),
                labels=tuple(dict.fromkeys(kept.values())),
                topics=frozenset(entry.pk for entry in entries),
                loose=len(joined) > 1 and not terms[0].phrase,
            )
        ]

    def near(self, words: Iterable[str], *, at_most: int = 6, among: Iterable[int] | None = None) -> list[Entry]:
        """Active topics whose names share a word with the search or are spelt like it, the nearest first."""
        wanted = {fold(form) for word in words for form in variants(word)}
        typed = [fold(word) for word in words if len(word) >= 4]
        allowed = set(among) if among is not None else None
        scored: list[tuple[float, str, Entry]] = []
        for entry in self.entries.values():
            if not entry.active or (allowed is not None and entry.pk not in allowed):
                continue
            names = {fold(word) for name in entry.names for word in words_of(name) if len(word) >= 3}
            score = float(len(names & wanted))
            if not score:
                score = max((_alike(word, name) for word in typed for name in names), default=0.0)
            if score >= 0.7:
                scored.append((-score, entry.label, entry))
        return [entry for _, _, entry in sorted(scored, key=lambda item: item[:2])[:at_most]]


def _alike(one: str, other: str) -> float:
    """Likeness of two words from 0 to 1, nothing where they cannot be alike."""
    if abs(len(one) - len(other)) > 3 or one[:1] != other[:1]:
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _key(words: Iterable[str]) -> tuple[str, ...]:
    """Names that differ in case, accents or a plural's s are one: the key that both share."""
    return tuple(_single(fold(word)) for word in words)


def _covered(name: tuple[str, ...], others: Iterable[tuple[str, ...]]) -> bool:
    """Whether another, shorter name stands inside this one."""
    key = _key(name)
    for other in others:
        inner = _key(other)
        places = range(len(key) - len(inner) + 1)
        if len(inner) < len(key) and any(key[at : at + len(inner)] == inner for at in places):
            return True
    return False


def _single(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _strings(value: object) -> tuple[str, ...]:
    """Synonyms as stored; anything that is no text (a JSON field takes all) is left out."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
