"""Erases a person, as their own button would."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentoring.errors import MentoringError
from mentoring.personal.erasing import erase

from ._person import person_at


class Command(BaseCommand):
    help = "Erases everything about a person. It cannot be taken back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="The person's e-mail address.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = person_at(options["address"])
        if not options["yes"] and input(f"Erase {options['address']}? Type yes: ").strip() != "yes":
            raise CommandError("Nothing was erased.")
        try:
            erase(user=user, actor=None)
        except MentoringError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("Erased. A last message to their address says so.")
