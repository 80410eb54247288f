"""`manage.py run_due`: does what is due. For cron, a systemd timer, or a worker that stays (`--loop`)."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from mentoring.jobs import due


class Command(BaseCommand):
    help = (
        "Does what is due: outgoing mail, matching runs, imports, expired leases. "
        "May run many times at once; each thing is done once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Stay and look again and again until stopped.")
        parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="Pause between looks (5).")

    def handle(self, *args: Any, loop: bool, every: float, **options: Any) -> None:
        stop = threading.Event()
        if loop and threading.current_thread() is threading.main_thread():
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stop.set())
        while True:
            done = due.run_until_nothing_is_due()
            if any(done.values()) or not loop:
                self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()) or "nothing registered")
            if not loop or stop.wait(max(0.1, every)):
                return
            close_old_connections()
