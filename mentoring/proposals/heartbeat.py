"""Signs of life of a worker that does a run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections
from django.utils import timezone

from mentoring import conf
from mentoring.jobs.leases import keep

from .models import MatchRun

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has the run now; this one stops and writes nothing."""


class Beat:
    """Signs of life: the lease is prolonged and progress written at each step, and every second in between."""

    def __init__(self, run: MatchRun) -> None:
        self.run = run
        self.percent, self.step = run.progress, run.step
        self.lost = self.stop_asked = False
        self._asked_at = 0.0

    def write(self) -> None:
        now = timezone.now()
        changes = {"progress": min(100, self.percent), "step": self.step[:120], "heartbeat_at": now}
        if not keep(self.run, seconds=conf.lease_seconds(), **changes):
            self.lost = True

    def say(self, percent: int, step: str) -> None:
        self.percent, self.step = percent, step
        self.write()
        if self.lost:
            raise LeaseLost

    def cancelled(self) -> bool:
        """Asked often; looks at the row twice a second."""
        now = time.monotonic()
        if now - self._asked_at > 0.5:
            self._asked_at = now
            self.stop_asked = bool(
                MatchRun.objects.filter(pk=self.run.pk).values_list("cancel_requested", flat=True).first()
            )
        return self.stop_asked or self.lost


@contextmanager
def heartbeat(run: MatchRun) -> Iterator[Beat]:
    """While it is entered, the run's lease is kept and its progress written."""
    beat = Beat(run)
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(1.0):
            try:
                beat.write()
            except Exception:
                logger.warning("A heartbeat of run %s was not written.", run.pk, exc_info=True)
        connections.close_all()

    ticker: threading.Thread | None = None
    # Inside somebody's transaction, or on a database that lives in this connection's memory, another connection
    # would see nothing or wait for ever; there the steps alone are the sign of life.
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]  # SQLite's
    if not connection.in_atomic_block and not in_memory:
        ticker = threading.Thread(target=tick, name=f"mentoring-run-{run.pk}", daemon=True)
        ticker.start()
    try:
        yield beat
    finally:
        stop.set()
        if ticker is not None:
            ticker.join(timeout=5)
