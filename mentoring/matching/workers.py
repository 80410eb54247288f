"""Where the heavy part runs: threads, processes or a Dask cluster, one function and the same blocks everywhere.

    for at, answer in run(task, shared, blocks, Workers(backend="processes", count=2)):
        ...

`task(shared, *block)` must depend on nothing else, so that a block can be given to another worker when one dies. Each
worker multiplies with one BLAS thread: the blocks are the parallel part, and the sums come out the same everywhere.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cloudpickle
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from mentoring.matching.errors import MatchingError
from mentoring.matching.settings import Workers

Task = Callable[..., Any]
Block = tuple[Any, ...]

MAX_TRIES = 4


def count(workers: Workers) -> int:
    """How many workers there will be on this machine."""
    return workers.count or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(task: Task, shared: Any, blocks: Sequence[Block], workers: Workers) -> Iterator[tuple[int, Any]]:
    """(number of the block, its answer), in the order in which they are done.

    Raises:
        MatchingError: when a block has failed on several workers, or the cluster cannot be reached.
    """
    if workers.backend == "dask":
        yield from _on_dask(task, shared, blocks, workers)
    elif workers.backend == "processes" and count(workers) > 1 and len(blocks) > 1:
        yield from _in_processes(task, shared, blocks, workers)
    else:
        yield from _in_threads(task, shared, blocks, workers)


def _one(task: Task, shared: Any, at: int, block: Block) -> tuple[int, Any]:
    with threadpool_limits(1, user_api="blas"):
        return at, task(shared, *block)


def _in_threads(task: Task, shared: Any, blocks: Sequence[Block], workers: Workers) -> Iterator[tuple[int, Any]]:
    with threadpool_limits(1, user_api="blas"):
        jobs = (delayed(_quiet)(task, shared, at, block) for at, block in enumerate(blocks))
        yield from Parallel(n_jobs=count(workers), prefer="threads", return_as="generator_unordered")(jobs)


def _quiet(task: Task, shared: Any, at: int, block: Block) -> tuple[int, Any]:
    return at, task(shared, *block)  # the limit on BLAS is set once around all threads


_LOADED: dict[str, Any] = {}


def _from_file(path: str, at: int, block: Block) -> tuple[int, Any]:
    """Runs in a process of its own: what is shared is read once per process and kept."""
    if path not in _LOADED:
        _LOADED.clear()
        _LOADED[path] = cloudpickle.loads(Path(path).read_bytes())
    task, shared = _LOADED[path]
    return _one(task, shared, at, block)


def _in_processes(task: Task, shared: Any, blocks: Sequence[Block], workers: Workers) -> Iterator[tuple[int, Any]]:
    """Processes by loky, which gives up when one of them dies: then the blocks still missing start again."""
    from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError

    with TemporaryDirectory(prefix="matching-") as folder:
        path = str(Path(folder) / "shared")
        Path(path).write_bytes(cloudpickle.dumps((task, shared)))
        missing = dict(enumerate(blocks))
        for _ in range(MAX_TRIES):
            try:
                jobs = (delayed(_from_file)(path, at, block) for at, block in list(missing.items()))
                parallel = Parallel(n_jobs=count(workers), backend="loky", return_as="generator_unordered")
                for at, answer in parallel(jobs):
                    del missing[at]
                    yield at, answer
            except (TerminatedWorkerError, BrokenProcessPool):
                continue
            if not missing:
                return
        raise MatchingError(f"{len(missing)} parts of the work failed {MAX_TRIES} times; the workers keep dying.")


def _on_dask(task: Task, shared: Any, blocks: Sequence[Block], workers: Workers) -> Iterator[tuple[int, Any]]:
    """One future per block. A block that errs or outlasts `workers.timeout` is submitted again, to whoever is there."""
    try:
        dask: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise MatchingError("The Dask backend needs the extra: pip install wagtail-mentoring[distributed]") from error
    try:
        client = dask.Client(workers.address, timeout=min(30.0, workers.timeout))
    except (OSError, TimeoutError, ValueError) as error:
        raise MatchingError(f"No Dask scheduler answers at “{workers.address}”.") from error
    with client:
        sent = client.scatter(cloudpickle.dumps((task, shared)), hash=False, broadcast=True)
        tries = dict.fromkeys(range(len(blocks)), 0)
        running: dict[Any, tuple[int, float]] = {}

        def submit(at: int) -> None:
            tries[at] += 1
            if tries[at] > MAX_TRIES:
                raise MatchingError(f"One part of the work failed {MAX_TRIES} times; the workers keep dying.")
            future = client.submit(_from_bytes, sent, at, blocks[at], pure=False, retries=MAX_TRIES)
            running[future] = (at, time.monotonic() + workers.timeout)

        for at in range(len(blocks)):
            submit(at)
        while running:
            try:
                done = dask.wait(list(running), timeout=1.0, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                done = set()
            for future in done:
                at, _ = running.pop(future)
                if future.status == "finished":
                    yield future.result()
                else:
                    submit(at)
            for future, (at, until) in list(running.items()):
                if time.monotonic() > until:
                    running.pop(future)
                    future.cancel(force=True)
                    submit(at)


_UNPACKED: dict[int, Any] = {}


def _from_bytes(packed: bytes, at: int, block: Block) -> tuple[int, Any]:
    """Runs on a Dask worker: what is shared is unpacked once per worker and kept."""
    key = hash(packed)
    if key not in _UNPACKED:
        _UNPACKED.clear()
        _UNPACKED[key] = cloudpickle.loads(packed)
    task, shared = _UNPACKED[key]
    return _one(task, shared, at, block)
