"""“Did you mean …?”: the nearest words that this site itself uses.

Small on purpose: the vocabulary is the titles of public pages and the names of topics, so a guess is always a word
somebody here wrote, never one from a members' page, and a few thousand words need no index. A guess is made only where
nothing was found, and offered only if searching for it finds something (see `views`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from .words import STOP_WORDS, Question, Term, fold, variants, words_of

SHORTEST = 4  # letters; shorter words have too many neighbours
MOST_GUESSED = 4  # words of one search


def vocabulary(texts: Iterable[str]) -> Counter[str]:
    """Words of the given texts, with how often they stand there."""
    return Counter(
        word for text in texts for word in words_of(text) if len(word) >= SHORTEST - 1 and not word.isdigit()
    )


def distance(one: str, other: str, *, at_most: int) -> int:
    """Letters added, left out, changed, or two neighbours swapped. Gives `at_most + 1` as soon as it is more."""
    if abs(len(one) - len(other)) > at_most:
        return at_most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(*row, min(above) + 1) > at_most:  # a swap in the next row starts from the row above this one
            return at_most + 1
        before, above = above, row
    return min(above[-1], at_most + 1)


def nearest(word: str, known: Mapping[str, int]) -> str | None:
    """The known word that `word` most likely stands for, or nothing.

    One slip in words of four and five letters, two in longer ones. Among equals: the same first letter (people rarely
    miss it), then the word this site uses more.
    """
    plain = fold(word)
    if len(plain) < SHORTEST or word.isdigit():
        return None
    limit = 1 if len(plain) <= 5 else 2
    pairs = _pairs(plain)
    best: tuple[int, bool, int, str] | None = None
    for candidate, count in known.items():
        # Each slip spoils at most three pairs of neighbouring letters: what shares too few cannot be near.
        if abs(len(candidate) - len(plain)) > limit or len(pairs & _pairs(candidate)) < len(pairs) - 3 * limit:
            continue
        apart = distance(plain, fold(candidate), at_most=limit)
        if apart <= limit:
            rank = (apart, candidate[0] != plain[0], -count, candidate)
            best = min(best, rank) if best else rank
    return best[3] if best else None


def guess(question: Question, known: Mapping[str, int]) -> Question | None:
    """The question with its unknown words put right, or nothing if none can be."""
    corrected: list[Term] = []
    left = MOST_GUESSED
    for term in question.terms:
        words = []
        for word in term.words:
            better = None
            if left and word not in STOP_WORDS and not any(form in known for form in variants(word)):
                better = nearest(word, known)
                left -= 1
            words.append(better or word)
        corrected.append(Term(tuple(words)))
    if corrected == list(question.terms):
        return None
    understood = Question(typed="", terms=tuple(corrected))
    return Question(typed=understood.key, terms=understood.terms)


def _pairs(word: str) -> set[str]:
    return {word[at : at + 2] for at in range(len(word) - 1)}
