"""What would become of each row: the words that a planner of people or of schools speaks."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from mentoring.people.import_models import FATES_LEFT, RowFate

from .reader import Row

#: [field, old, new], as people read it.
Change = list[str]
T = TypeVar("T")


@dataclass(slots=True)
class Planned:
    """One row’s fate, and in `work` what its planner needs to carry it out."""

    line: int
    fate: RowFate
    key: str = ""
    label: str = ""
    changes: list[Change] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    original: list[str] = field(default_factory=list)
    work: Any = None

    @property
    def left_behind(self) -> bool:
        return self.fate in FATES_LEFT

    def digest(self) -> bytes:
        """The same for the same fate: what the preview showed is compared with what applying finds."""
        return digest(self.fate.value, self.changes)


def digest(fate: str, changes: Iterable[Iterable[str]]) -> bytes:
    text = json.dumps([fate, [list(change) for change in changes]], ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


class Planner(Protocol):
    """Judges rows without writing, and writes what it judged. One planner serves one pass over the file."""

    @property
    def places(self) -> Iterable[int]:
        """Which cells of a row it looks at."""

    def plan(self, rows: Iterable[Row]) -> Iterator[Planned]:
        """Every row’s fate, in order."""

    def write(self, batch: list[Planned]) -> None:
        """Carries out the rows of `batch` that are new or changed, inside the caller’s transaction."""

    def finish(self) -> dict[str, int]:
        """What can only be done when all rows are written; counts of what else was made."""


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
