"""What a person typed, made into words that every search backend reads the same way.

Nothing of what was typed reaches a backend but letters and digits: quotes, operators, control characters and query
syntax of any kind are left out here, once, so that no backend has to be trusted with them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 200  # of what was typed; the rest is not searched for, and the page says so
MAX_TERMS = 12

#: Words that say nothing about a page. They are left out unless nothing else was typed.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about all am an and any are as at be been but by can could do does for from get has have how i if in into is
        it its me my near no not of on or our should so some than that the their them there these they this to us was
        we were what when where which who why will with would you your
        """,
    )
)

_WORD = re.compile(r"[^\W_]+")
_PHRASE = re.compile(r'"([^"]*)"')
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_IRREGULAR = {
    "child": "children",
    "person": "people",
    "man": "men",
    "woman": "women",
    "curriculum": "curricula",
    "analysis": "analyses",
}
_IRREGULAR_BACK = {plural: single for single, plural in _IRREGULAR.items()}


@dataclass(frozen=True)
class Term:
    """One thing to look for: a word, or several words that must stand side by side (`phrase`)."""

    words: tuple[str, ...]

    @property
    def phrase(self) -> bool:
        return len(self.words) > 1

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Question:
    """A search as understood: its terms in the order typed, and what was shown to the reader.

    `typed` is fit for display and for the search box (no control characters, single spaces, at most
    `MAX_CHARACTERS`); `cut` says that more was typed than was read.
    """

    typed: str
    terms: tuple[Term, ...]
    cut: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for term in self.terms for word in term.words)

    @property
    def key(self) -> str:
        """The same for searches that mean the same: lower case, only words, quotes kept."""
        return " ".join(f'"{term.text}"' if term.phrase else term.text for term in self.terms)


def clean(text: str) -> str:
    """Text fit to show and to search for: one line, no control, format, surrogate or private characters."""
    kept = "".join(
        " " if character.isspace() or unicodedata.category(character) == "Cc" else character
        for character in text
        if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(unicodedata.normalize("NFKC", kept).split())


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in order. Apostrophes end no word: "children's" is `children`."""
    bare = re.sub(r"['’]s\b", "", text.lower())
    return _WORD.findall(bare)


def read(typed: str) -> Question:
    """Understand a search. Never raises; what holds no word gives a question without terms."""
    # Far more than is read is thrown away before any work is done on it: `q` may be as long as a server lets through.
    shown = clean(typed[: MAX_CHARACTERS * 4])
    cut = len(shown) > MAX_CHARACTERS or len(typed) > MAX_CHARACTERS * 4
    if len(shown) > MAX_CHARACTERS:
        whole, space, _ = shown[: MAX_CHARACTERS + 1].rpartition(" ")  # no half words
        shown = whole if space else shown[:MAX_CHARACTERS]

    terms: list[Term] = []
    plain_at = 0
    text = shown.translate(_CURLY)
    for match in _PHRASE.finditer(text):
        terms += [Term((word,)) for word in words_of(text[plain_at : match.start()])]
        phrase = tuple(words_of(match.group(1)))
        if phrase:
            terms.append(Term(phrase))
        plain_at = match.end()
    terms += [Term((word,)) for word in words_of(text[plain_at:])]

    unique = list(dict.fromkeys(terms))
    telling = [term for term in unique if term.phrase or term.words[0] not in STOP_WORDS]
    kept = telling or unique
    return Question(typed=shown, terms=tuple(kept[:MAX_TERMS]), cut=cut or len(kept) > MAX_TERMS)


def fold(word: str) -> str:
    """A word without case and accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _bases(word: str) -> list[str]:
    """What a word may be a form of: `planning` -> `plan`, `plane`; `studies` -> `study`."""
    found: list[str] = []
    for ending, least in (("ing", 6), ("ed", 5)):
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(word) >= least and any(letter in "aeiouy" for letter in stem):
            found += [stem, stem + "e"]
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls":
                found.append(stem[:-1])
    if word.endswith("ies") and len(word) > 4:
        found.append(word[:-3] + "y")
    elif word.endswith(("ses", "xes", "zes", "ches", "shes")):
        found += [word[:-2], word[:-1]]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found.append(word[:-1])
    return found


def _inflections(word: str) -> list[str]:
    """Forms of a base word: `plan` -> `plans`, `planning`, `planned`. Some are no words; that costs nothing."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        found = [word + "es"]
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        found = [word[:-1] + "ies"]
    else:
        found = [word + "s"]
    stem = word[:-1] if word.endswith("e") else word
    if (
        stem == word
        and len(stem) > 2
        and stem[-1] not in "aeiouwxyls"
        and stem[-2] in "aeiou"
        and stem[-3] not in "aeiou"
    ):
        found += [stem + stem[-1] + "ing", stem + stem[-1] + "ed"]
    else:
        found += [stem + "ing", stem + "ed"]
    return found


def variants(word: str) -> tuple[str, ...]:
    """A word and its other forms, the word itself first: singular and plural, -ing and -ed.

    Databases disagree about stemming (PostgreSQL's depends on its configuration, SQLite's FTS5 has none by default),
    so the forms are asked for by name: the same pages are found on both, and what matched can be marked exactly.
    """
    forms = [word]
    if other := _IRREGULAR.get(word) or _IRREGULAR_BACK.get(word):
        forms.append(other)
    elif len(word) >= 3 and word.isascii() and word.isalpha():
        bases = _bases(word)
        forms += bases
        for base in [word, *bases]:
            if len(base) >= 3:
                forms += _inflections(base)
    return tuple(dict.fromkeys(forms))
