"""Usual hours: a grid of half-days and words for all the rest, kept together in one text.

    text = together({"mon-am", "wed-late"}, "A: Thu 9-12")     # "Mon am; Wed 17:00-19:00; A: Thu 9-12"
    apart(text)                                                # ({"mon-am", "wed-late"}, "A: Thu 9-12")

The text is what `mentoring.matching.windows` reads.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from mentoring.errors import MentoringError
from mentoring.matching import windows

DAYS = (("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday"), ("thu", "Thursday"), ("fri", "Friday"))
PARTS = (("am", "Morning, 8 to 12"), ("pm", "Afternoon, 1 to 5"), ("late", "Evening, 5 to 7"))
_LATE = "17:00-19:00"
MOST = 1000

_TIME = re.compile(r"\b(\d{1,2})(?:[.:](\d{2}))?\s*(am|pm)\b", re.IGNORECASE)
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{2})\b")


def _words(cell: str) -> str:
    day, part = cell.split("-")
    return f"{day.capitalize()} {_LATE if part == 'late' else part}"


#: "mon-am" → "Mon am", in the order of the week.
CELLS = {f"{day}-{part}": _words(f"{day}-{part}") for day, _ in DAYS for part, _ in PARTS}
_BY_WORDS = {words.casefold(): cell for cell, words in CELLS.items()}


def tidy(text: str) -> str:
    """Words as people write them in the spelling that the matching reads: "Monday 3.30pm to 5pm" has 24 hours.

    Raises:
        MentoringError: with a sentence on the part that cannot be read.
    """
    parts = [part.strip() for part in re.split(r"[;,\n]", text)]
    kept = []
    for part in filter(None, parts):
        plain = _DOTTED.sub(r"\1:\2", _TIME.sub(_on_24_hours, part))
        try:
            windows(plain)
        except ValueError as error:
            raise MentoringError(
                f"“{part[:60]}” cannot be read as hours. Write a day and times, like “Mon 15:30-17:00”, one a line."
            ) from error
        kept.append(plain)
    return "; ".join(kept)


def _on_24_hours(found: re.Match[str]) -> str:
    hour, minutes, half = int(found[1]), found[2] or "00", found[3].lower()
    if not 1 <= hour <= 12:
        return found[0]
    return f"{hour % 12 + (12 if half == 'pm' else 0)}:{minutes}"


def together(ticked: Collection[str], text: str) -> str:
    """One text of the ticked cells, in the order of the week, and the tidied words.

    Raises:
        MentoringError: a part that cannot be read, or too much of it.
    """
    grid = [words for cell, words in CELLS.items() if cell in ticked]
    words = [part for part in tidy(text).split("; ") if part and part.casefold() not in map(str.casefold, grid)]
    made = "; ".join([*grid, *words])
    if len(made) > MOST:
        raise MentoringError("That is a lot of hours. Please keep to the ones that repeat from week to week.")
    return made


def apart(text: str) -> tuple[set[str], str]:
    """The cells of the grid that a text ticks, and what else it says, one to a line."""
    cells, rest = set(), []
    for part in filter(None, (p.strip() for p in re.split(r"[;\n]", text))):
        cell = _BY_WORDS.get(part.casefold())
        if cell:
            cells.add(cell)
        else:
            rest.append(part)
    return cells, "\n".join(rest)
