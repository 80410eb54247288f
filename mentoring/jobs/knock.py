"""The knock on the door after a commit: somebody should look whether work is due.

A lost knock loses nothing: the rows are the truth, and the next knock or the next `run_due` finds them.
"""

from __future__ import annotations

import threading
import time

from django.db import connections, transaction

from mentoring import conf

from . import due

#: A thread stays awake this long after its last work, in seconds, for what is to be tried again shortly.
LINGER = 300.0
#: and looks this often.
PAUSE = 5.0

_lock = threading.Lock()
_knocked = threading.Event()
_thread: threading.Thread | None = None


def knock() -> None:
    """Call inside the transaction that made work due; acts after it commits."""
    transaction.on_commit(_answer, robust=True)


def _answer() -> None:
    mode = conf.worker()
    if mode == "inline":
        due.run_until_nothing_is_due()
    elif mode == "thread":
        _wake()


def _wake() -> None:
    global _thread
    with _lock:
        _knocked.set()
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_work, name="mentoring-worker", daemon=True)
            _thread.start()


def _work() -> None:
    global _thread
    last = time.monotonic()
    try:
        while True:
            if _knocked.wait(timeout=PAUSE):
                _knocked.clear()
                last = time.monotonic()
            if any(due.run_until_nothing_is_due().values()):
                last = time.monotonic()
            connections.close_all()
            with _lock:
                if not _knocked.is_set() and time.monotonic() - last > LINGER:
                    _thread = None
                    return
    finally:
        connections.close_all()
