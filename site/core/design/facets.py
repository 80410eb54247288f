"""Filters of a list as plain data, for `components/facets/facets.html`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FacetOption:
    """One value to choose. `count` is how many results it has; None hides the figure."""

    value: str
    label: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """One group of values under one query parameter `name`. `kind`: checkbox (several) or radio (one)."""

    name: str
    label: str
    options: Sequence[FacetOption]
    kind: str = "checkbox"
    open: bool = False

    @property
    def chosen_count(self) -> int:
        return sum(option.chosen for option in self.options)

    @classmethod
    def of(cls, name: str, label: str, choices: Iterable[tuple[str, str, int | None]], chosen: Iterable[str]) -> Facet:
        """From (value, label, count) triples and the values in the address; unknown values are ignored."""
        wanted = set(chosen)
        return cls(name, label, [FacetOption(value, text, count, value in wanted) for value, text, count in choices])
