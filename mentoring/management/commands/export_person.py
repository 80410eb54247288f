"""Everything that is kept about one person, as the zip that they would get themselves."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from mentoring.personal.services import download

from ._person import person_at


class Command(BaseCommand):
    help = "Writes a zip with everything about a person: HTML to read, JSON, CSV, and their meetings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="The person's e-mail address.")
        parser.add_argument("file", type=Path, help="The zip to write; it must not exist yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = person_at(options["address"])
        with options["file"].open("xb") as file:
            file.write(download(user=user, actor=None))
        self.stdout.write(f"Written to {options['file']}. Give it to nobody but the person.")
