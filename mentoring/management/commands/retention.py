"""What is kept longer than its time: a report, and with --apply the clearing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mentoring.personal import retention
from mentoring.personal.package import said


class Command(BaseCommand):
    help = "Reports what is kept longer than its time. With --apply it goes, as the daily work would do it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="Give notice and clear what is due.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = [(item, item.count(), item.oldest()) for item in retention.due()]
        for item, number, oldest in found:
            if number:
                where = item.programme or "whole site"
                self.stdout.write(f"{where}: {number} {item.sentence}; the oldest from {said(oldest)}")
        if not any(number for _, number, _ in found):
            self.stdout.write("Nothing is kept longer than its time.")
        if options["apply"]:
            done = retention.apply()
            self.stdout.write(f"Cleared: {sum(done.values())}.")
        elif any(number for _, number, _ in found):
            self.stdout.write("Nothing was changed. With --apply it goes.")
