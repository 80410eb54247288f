"""Why a result matches: a stretch of its text with the matched words marked.

Texts are cut into parts, plain or marked, and a template writes the parts: nothing here builds markup, so nothing of a
page's or a visitor's text can become any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .words import fold

LENGTH = 240  # characters of an excerpt, about three lines
LEAD = 60  # characters before the first match

_TOKEN = re.compile(r"[^\W_]+")
Sequences = set[tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """A piece of text, marked if it matched."""

    text: str
    marked: bool = False


def folded(sequences: Iterable[tuple[str, ...]]) -> Sequences:
    """What to mark, without case and accents."""
    return {tuple(fold(word) for word in words) for words in sequences}


def spans(text: str, wanted: Sequences) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where a text matches: start, end and the words found there, in order; the longest match wins at each place."""
    tokens = [(match.start(), match.end(), fold(match.group())) for match in _TOKEN.finditer(text)]
    longest = max(map(len, wanted), default=0)
    found: list[tuple[int, int, tuple[str, ...]]] = []
    at = 0
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            words = tuple(token[2] for token in tokens[at : at + length])
            if words in wanted:
                found.append((tokens[at][0], tokens[at + length - 1][1], words))
                at += length
                break
        else:
            at += 1
    return found


def marked(text: str, wanted: Sequences) -> list[Part]:
    """The whole text with its matches marked."""
    parts: list[Part] = []
    at = 0
    for start, end, _ in spans(text, wanted):
        if start > at:
            parts.append(Part(text[at:start]))
        parts.append(Part(text[start:end], marked=True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:]))
    return parts


def excerpt(text: str, wanted: Sequences, *, length: int = LENGTH) -> list[Part]:
    """About `length` characters around the place with the most different matches; nothing where nothing matches."""
    text = " ".join(text.split())
    found = spans(text, wanted)
    if not found:
        return []
    best = max(
        (start for start, _, _ in found),
        key=lambda start: (len({words for s, e, words in found if s >= start and e <= start + length - LEAD}), -start),
    )
    begin = max(0, best - LEAD)
    if begin:
        begin = text.find(" ", begin, best) + 1 or best
    end = min(len(text), begin + length)
    if end < len(text):
        cut = text.rfind(" ", best, end)
        end = cut if cut > best else end
    parts = marked(text[begin:end], wanted)
    if begin:
        parts.insert(0, Part("… "))
    if end < len(text):
        parts.append(Part(" …"))
    return parts


def matches(text: str, wanted: Sequences) -> set[tuple[str, ...]]:
    """Which of the wanted words a text holds."""
    return {words for _, _, words in spans(text, wanted)}
