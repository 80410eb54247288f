"""Organisations and what they belong to: a school, its hub, its trust."""

from __future__ import annotations

from collections.abc import Iterable

from .models import Organisation


def above(place_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Each organisation with all it belongs to, itself included. A query per storey, and a house has few."""
    parents: dict[int, int | None] = {}
    asked = set(place_ids)
    wanted = set(asked)
    while wanted:
        found = dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "parent"))
        parents.update(found)
        wanted = {parent for parent in found.values() if parent is not None} - parents.keys()
    houses: dict[int, frozenset[int]] = {}
    for place in asked:
        seen: list[int] = []
        at: int | None = place
        while at is not None and at not in seen:
            seen.append(at)
            at = parents.get(at)
        houses[place] = frozenset(seen)
    return houses
