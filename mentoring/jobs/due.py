"""What is due, and doing it. Every job keeps its own truth in its own row; this only goes round and knocks.

A kind of work registers once, when Django starts:

    from mentoring.jobs import due
    due.register("imports", run_due_imports)        # () -> how many it did
"""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

Work = Callable[[], int]
"""Does what is due now and says how many it did. Safe to call from many processes at once; never raises for one row."""

_works: dict[str, Work] = {}


def register(name: str, work: Work) -> None:
    """Adds a kind of work, or replaces the one of that name."""
    _works[name] = work


def run_due() -> dict[str, int]:
    """Does everything that is due once over. A kind that fails is logged and does not stop the others."""
    done: dict[str, int] = {}
    for name, work in _works.items():
        try:
            done[name] = work()
        except Exception:
            logger.exception("The work “%s” failed and will be tried again.", name)
            done[name] = 0
    return done


def run_until_nothing_is_due(limit: int = 100) -> dict[str, int]:
    """Repeats `run_due` while something was done: a finished run queues mail, which is then due."""
    total: dict[str, int] = {}
    for _ in range(limit):
        done = run_due()
        for name, count in done.items():
            total[name] = total.get(name, 0) + count
        if not any(done.values()):
            break
    return total
