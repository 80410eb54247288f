"""Step 4, the fairer aims: raise the lowest score first, or the whole sorted list of scores.

chosen = fairest_floor(graph)     # the lowest score as high as it can be, then the highest total
"""

from __future__ import annotations

import numpy as np

from mentoring.matching.arrays import Bools, Ints
from mentoring.matching.assignment import Graph, best_total, most_counted, most_pairs


def fairest_floor(graph: Graph, group: Ints | None = None, floors: Ints | None = None) -> Bools:
    """Most pairs, smallest shortfall, then the highest lowest score, then the highest gain."""
    lowest = highest_floor(graph, group, floors)
    keep = graph.points >= lowest
    chosen = np.zeros(len(graph.rows), dtype=np.bool_)
    chosen[keep] = best_total(graph.only(keep), group, floors)
    return chosen


def highest_floor(graph: Graph, group: Ints | None = None, floors: Ints | None = None) -> int:
    """The highest threshold (thousandths of a point) that costs neither a pair nor a school's floor."""
    levels = np.unique(graph.points)
    if not len(levels):
        return 0
    most = most_pairs(graph)
    counted = most_counted(graph, group, floors)

    def feasible(level: int) -> bool:
        above = graph.only(graph.points >= level)
        return most_pairs(above) == most and most_counted(above, group, floors) == counted

    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if feasible(int(levels[middle])):
            low = middle
        else:
            high = middle - 1
    return int(levels[low])
