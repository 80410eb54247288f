"""After a backup was restored: erases again whoever was erased since it was made."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentoring.errors import MentoringError
from mentoring.personal import tombstones
from mentoring.personal.erasing import erase


class Command(BaseCommand):
    help = "Reads the tombstones and erases again whom a restored backup brought back. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", help="The file that MENTORING_TOMBSTONES named, kept outside the backup.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            new = tombstones.read(options["file"])
            self.stdout.write(f"{new} tombstone(s) from the file were not in the database.")
        refused: list[str] = []
        done = 0
        for user in list(tombstones.risen()):
            try:
                erase(user=user, actor=None)
            except MentoringError as error:
                refused.append(f"Account {user.pk}: {error}")
            else:
                done += 1
        self.stdout.write(f"{done} person(s) erased again.")
        if refused:
            raise CommandError("\n".join(refused))
