"""`manage.py demo`: the demo's content, safe to run twice."""

from __future__ import annotations

import importlib
import logging
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from home.demo import PARTS
from mentoring.people.thesaurus_load import load_thesaurus


class Command(BaseCommand):
    help = (
        "Fills the site with the demo: networks, sessions, pathways, people. Safe to run twice; changes nothing then."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        logging.getLogger("wagtail").setLevel(logging.WARNING)  # a line for every page that is published
        with transaction.atomic():
            load_thesaurus()
            for name in PARTS:
                before = time.perf_counter()
                importlib.import_module(f"home.demo.{name}").load(today=timezone.localdate())
                if options["verbosity"] > 1:
                    self.stdout.write(f"{name}: {time.perf_counter() - before:.1f} s")
        if options["verbosity"]:
            self.stdout.write(self.style.SUCCESS(f"The demo is ready ({time.perf_counter() - started:.1f} s)."))
