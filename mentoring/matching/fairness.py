"""Step 4, the fairer aims: raise the lowest score first, or the whole sorted list of scores.

chosen = fairest_floor(graph)     # the lowest score as high as it can be, then the highest total
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import (
    Graph,
    best_total,
    matched_above,
    most_counted,
    most_pairs,
    most_people,
    one_column_per_place,
)


def fairest_floor(graph: Graph, group: Ints | None = None, floors: Ints | None = None) -> Bools:
    """Most people, smallest shortfall, most pairs, then the highest lowest score, then the highest gain."""
    lowest = highest_floor(graph, group, floors)
    keep = graph.points >= lowest
    chosen = np.zeros(len(graph.rows), dtype=np.bool_)
    chosen[keep] = best_total(graph.only(keep), group, floors)
    return chosen


def highest_floor(graph: Graph, group: Ints | None = None, floors: Ints | None = None) -> int:
    """The highest threshold (thousandths of a point) that costs neither a partner nor a school's floor."""
    several = bool((graph.demand > 1).any())
    if not several and (floors is None or not floors.any()):
        return _highest_of_one_each(graph)

    def reached(part: Graph) -> tuple[int, ...]:
        return most_pairs(part), most_people(part) if several else 0, most_counted(part, group, floors)

    most = reached(graph)
    return highest_level(np.unique(graph.points), lambda level: reached(graph.only(graph.points >= level)) == most)


def _highest_of_one_each(graph: Graph) -> int:
    """One partner each and no schools' floors: nobody can have more than their best, which saves half of the tests."""
    repeated, points = one_column_per_place(graph)
    most = matched_above(repeated, points, 0)
    if not most:
        return 0
    best = np.zeros(len(graph.demand), dtype=np.int64)
    np.maximum.at(best, graph.rows, graph.points)
    ceiling = np.sort(best)[-most]
    levels = np.unique(graph.points)
    return highest_level(levels[levels <= ceiling], lambda level: matched_above(repeated, points, level) == most)


def highest_level(levels: Ints, feasible: Callable[[int], bool]) -> int:
    """The last of some ascending levels that is feasible, where feasible ones come first; 0 where there are none."""
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if feasible(int(levels[middle])):
            low = middle
        else:
            high = middle - 1
    return int(levels[low]) if len(levels) else 0
