"""`manage.py setup_groups`: editors, moderators and the workflow between them. Safe to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from home.groups import set_up_groups


class Command(BaseCommand):
    help = "Sets up the groups of editors and moderators and their workflow. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        set_up_groups()
        if options["verbosity"]:
            self.stdout.write(self.style.SUCCESS("Editors write, moderators publish."))
