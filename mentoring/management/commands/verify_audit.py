"""Checks the audit trail against its chain of digests."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentoring.trust import seals


class Command(BaseCommand):
    help = "Walks the chain over the audit trail and names the first event that was changed, removed or slipped in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expect", default="", help="A digest noted earlier, which must still be in the chain.")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = seals.verify(expect=options["expect"])
        if verdict.finding:
            raise CommandError(verdict.finding.sentence)
        self.stdout.write(
            self.style.SUCCESS(f"The audit trail is whole: {verdict.sealed} events sealed, {verdict.waiting} waiting.")
        )
        if verdict.last_digest:
            self.stdout.write(f"Last digest, to note elsewhere: {verdict.last_digest}")
