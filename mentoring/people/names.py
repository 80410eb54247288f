"""One spelling for comparison, so that people, files and editors may write names as they do."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = re.compile(r"['’‘`]")
_NOT_WORDS = re.compile(r"[^\w]+|_+")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """No accents, case, punctuation or double spaces: "St. Mary’s" is "st marys".

    The engine has a rule of its own (`matching.vocabulary.fold`) and the two agree; a test compares them. It is not
    imported, because the models need this at start-up and the engine brings its numerical libraries with it.
    """
    plain = text.casefold() if text.isascii() else _without_accents(text)
    plain = _APOSTROPHES.sub("", plain).replace("&", " and ")
    return " ".join(_NOT_WORDS.sub(" ", plain).split())


def _without_accents(text: str) -> str:
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(letters).casefold()


def _singular(word: str) -> str:
    """A word without its plural ending, well enough to compare; never shown to anybody."""
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


@lru_cache(maxsize=20_000)
def fold_loose(text: str) -> str:
    """As `fold`, and blind to plurals: "Learning Walks" is "learning walk"."""
    return " ".join(_singular(word) for word in fold(text).split())
