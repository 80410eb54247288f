"""One function, the same blocks, whoever does them: also when a worker dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from mentoring.matching.errors import MatchingError
from mentoring.matching.settings import Workers
from mentoring.matching.workers import run


def square(shared: int, number: int) -> int:
    return shared + number * number


def die_once(shared: str, number: int) -> int:
    """The first worker that comes to block 2 dies with it."""
    mark = Path(shared) / "died"
    if number == 2 and not mark.exists():
        mark.write_text("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("workers", [Workers(count=1), Workers(count=2), Workers(backend="processes", count=2)])
def test_run__any_backend__gives_every_answer_once(workers: Workers) -> None:
    assert dict(run(square, 10, [(n,) for n in range(7)], workers)) == {n: 10 + n * n for n in range(7)}


def test_run__a_process_is_killed__its_blocks_are_done_by_another(tmp_path: Path) -> None:
    workers = Workers(backend="processes", count=2)
    assert dict(run(die_once, str(tmp_path), [(n,) for n in range(5)], workers)) == {n: n for n in range(5)}
    assert (tmp_path / "died").exists()


def test_run__no_scheduler_at_the_address__says_so() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(MatchingError, match="No Dask scheduler answers"):
        list(run(square, 1, [(1,)], Workers(backend="dask", address="tcp://127.0.0.1:9", timeout=1)))


def test_run__dask_worker_is_killed__the_outcome_is_the_same(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, worker_dashboard_address=None
    ) as cluster:
        workers = Workers(backend="dask", address=cluster.scheduler_address, timeout=60)
        assert dict(run(die_once, str(tmp_path), [(n,) for n in range(5)], workers)) == {n: n for n in range(5)}
    assert (tmp_path / "died").exists()
