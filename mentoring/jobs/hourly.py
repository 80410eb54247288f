"""Once an hour: for clocks that count in days, while a worker that is awake asks every few seconds."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.utils import timezone

#: Seconds after which a round that was begun and not ended is begun again.
PATIENCE = 300


def once_an_hour(name: str, work: Callable[[], int]) -> Callable[[], int]:
    """`work`, as `mentoring.jobs.due.register` takes it: gone round with at most once in each hour of the site's clock.

    The mark stands in the cache. One that is lost or doubled costs a round in vain, nothing else: `work` finds for
    itself what is due. A round that fails, or whose process is killed, is made up for after some minutes.
    """

    def when_due() -> int:
        mark = f"mentoring:hourly:{name}:{timezone.localtime():%Y%m%d%H}"
        if not cache.add(mark, "going round", PATIENCE):
            return 0
        done = work()
        cache.set(mark, "done", 2 * 3600)
        return done

    return when_due
