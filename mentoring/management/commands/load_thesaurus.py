"""`manage.py load_thesaurus`: topics and role levels from the plugin's data files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mentoring.people.thesaurus_files import DATA, ThesaurusError, read
from mentoring.people.thesaurus_load import load_thesaurus


class Command(BaseCommand):
    help = "Loads topics and role levels. Safe to repeat; what an editor changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="Other data files of the same form.")
        parser.add_argument("--check", action="store_true", help="Only say whether the files are in order.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = read(options["folder"])
            if options["check"]:
                self.stdout.write(f"In order: {len(data.topics)} topics, {len(data.roles)} role levels.")
                return
            report = load_thesaurus(data)
        except ThesaurusError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 1:
            for sentence in report.kept:
                self.stdout.write(sentence)
        self.stdout.write(f"Topics and role levels: {report}.")
