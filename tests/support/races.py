"""Several acts at the same moment, each held at a door between its check and its write until all stand there.

A race proves something only beside its negative control: the same with the lock taken away, which must go wrong.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connections

#: Where an act is held: a module and the name of a function in it, which is called when the door opens.
Door = tuple[Any, str]


def together(
    *acts: Callable[[], Any],
    doors: Iterable[Door],
    wait: float = 1.0,
    last: int | None = None,
    in_turn: bool = False,
) -> list[Any]:
    """Runs the acts at once, each in a thread of its own, and gives what each returned or raised.

    Args:
        wait: how long a door stays shut, in seconds. Who waits for our lock never comes to it: that is the point.
        last: which of them then goes on half a second after the others, where it matters.
        in_turn: each begins when the one before stands at a door.
    """
    barrier = threading.Barrier(len(acts))
    arrived = threading.Event()
    results: list[Any] = [None] * len(acts)

    def stand() -> None:
        arrived.set()
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=wait)
            if last is not None and threading.current_thread().name == f"act {last}":
                time.sleep(0.5)

    def held(through: Callable[..., Any]) -> Callable[..., Any]:
        def hold(*args: Any, **values: Any) -> Any:
            stand()
            return through(*args, **values)

        return hold

    def run(index: int) -> None:
        try:
            results[index] = acts[index]()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i,), name=f"act {i}", daemon=True) for i in range(len(acts))]
    with pytest.MonkeyPatch.context() as patch:
        for module, name in doors:
            patch.setattr(module, name, held(getattr(module, name)))
        for thread in threads:
            thread.start()
            if in_turn:
                arrived.wait(timeout=10)
        for thread in threads:
            thread.join(timeout=30)
        assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results
