"""`manage.py repeat_run matching-run-7.json`: does the file of a run give the same outcome once more?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentoring.errors import MentoringError
from mentoring.reports.packs import repeat


class Command(BaseCommand):
    help = "Repeats a matching run from the file that its page offers, and compares the hashes. Reads no database."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            found = repeat(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except MentoringError as error:
            raise CommandError(str(error)) from error
        for what, same in (("people and settings", found.same_input), ("outcome", found.same_outcome)):
            self.stdout.write(f"{what}: {'the same' if same else 'DIFFERENT'}")
        self.stdout.write(f"pairs: {len(found.result.pairs)}")
        if not found.same_version:
            self.stdout.write("The run was made by another version of the matching.")
        if not found.agrees:
            raise CommandError("The run cannot be repeated from this file.")
