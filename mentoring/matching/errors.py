"""What can go wrong, each as an exception whose text a coordinator may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class MatchingError(Exception):
    """Root of everything that this package raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One fault in the input: whose, in which field, what to do about it; `row` where it came from a table."""

    sentence: str
    person: str = ""
    field: str = ""
    row: int | None = None

    def __str__(self) -> str:
        where = ", ".join(filter(None, [f"row {self.row}" if self.row else "", self.person, self.field]))
        return f"{where}: {self.sentence}" if where else self.sentence


class InvalidInput(MatchingError, ValueError):
    """The input cannot be used; `faults` lists every fault found, not only the first."""

    def __init__(self, faults: Sequence[Fault] | str) -> None:
        self.faults = (Fault(faults),) if isinstance(faults, str) else tuple(faults)
        shown = "; ".join(map(str, self.faults[:5]))
        more = f"; and {len(self.faults) - 5} more" if len(self.faults) > 5 else ""
        super().__init__(shown + more)


class Cancelled(MatchingError):
    """The caller's `cancelled()` said so. Nothing is returned: a run gives a whole result or none."""
