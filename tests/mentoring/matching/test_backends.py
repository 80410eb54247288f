"""The whole engine gives one outcome hash, whoever does the work and whatever happens to the workers."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.people import market
from mentoring.matching import Ban, MatchResult, Status, Workers, prepare, problem, scan, sparse
from mentoring.matching.sparse import SparseBoard

LEFT, RIGHT = market(140, 110, seed=9, texts=False)


@pytest.fixture(autouse=True)
def _large_market(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small market treated as a large one: several blocks, several rounds."""
    monkeypatch.setattr(problem, "DENSE_PAIRS", 0)
    monkeypatch.setattr(scan, "ROWS", 32)
    monkeypatch.setattr(sparse, "LEAST_SAMPLE", 24)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, worker_dashboard_address=None
    ) as running:
        yield running


def solved(workers: Workers, *, shuffled: bool = False, progress: Callable[[float, str], None] | None = None) -> str:
    pick = random.Random(3)
    left, right = (pick.sample(side, len(side)) if shuffled else side for side in (LEFT, RIGHT))
    asked = prepare(left, right)
    result: MatchResult = asked.solve(workers=workers, progress=progress)
    assert isinstance(asked.board(0), SparseBoard)
    assert result.status is Status.COMPLETE
    assert result.stats["rounds"] > 1
    assert len(result.pairs[0].alternatives) == 3
    if not shuffled and workers.backend == "threads":
        asked.what_if(result, bans=[Ban(result.pairs[0].mentee, result.pairs[0].mentor)])
        assert asked.solve(workers=workers).outcome_hash == result.outcome_hash  # whatever was asked in between
    return result.outcome_hash


@pytest.fixture
def one_thread() -> str:
    return solved(Workers(count=1))


@pytest.mark.parametrize(
    ("workers", "shuffled"),
    [
        (Workers(count=1), True),
        (Workers(count=2), False),
        (Workers(count=2), True),
        (Workers(backend="processes", count=1), False),
        (Workers(backend="processes", count=2), False),
        (Workers(backend="processes", count=2), True),
    ],
    ids=lambda value: f"{value.count} {value.backend}" if isinstance(value, Workers) else ("shuffled" if value else ""),
)
def test_solve__on_one_machine__gives_one_hash(workers: Workers, shuffled: bool, one_thread: str) -> None:
    assert solved(workers, shuffled=shuffled) == one_thread


@pytest.mark.parametrize("shuffled", [False, True])
def test_solve__on_a_dask_cluster__gives_the_same_hash(cluster: Any, shuffled: bool, one_thread: str) -> None:
    workers = Workers(backend="dask", address=cluster.scheduler_address, timeout=60)
    assert solved(workers, shuffled=shuffled) == one_thread


def test_solve__a_dask_worker_is_killed_in_the_middle__gives_the_same_hash(cluster: Any, one_thread: str) -> None:
    killed: list[int] = []

    def kill(share: float, doing: str) -> None:
        if doing == "proving it over all pairs" and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    workers = Workers(backend="dask", address=cluster.scheduler_address, timeout=60)
    assert solved(workers, progress=kill) == one_thread
    assert killed
