"""`manage.py read_bounce < mail`: marks a message of ours that a mail server sent back."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from mentoring.messages import bounces


class Command(BaseCommand):
    help = (
        "Reads one mail on standard input, as a mail server hands it to a program. If it reports that a message of "
        "ours came back, that message and its address are listed as failing. Other mail changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(bounces.note(sys.stdin.buffer.read(bounces.LONGEST + 1)))
