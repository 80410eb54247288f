"""`manage.py demo`: the demo's content, safe to run twice."""

from __future__ import annotations

import importlib
import importlib.util
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
        for name in ("django_tasks", "wagtail"):  # lines for every row that is indexed or published
            logging.getLogger(name).setLevel(logging.WARNING)
        with transaction.atomic():
            load_thesaurus()
            for name in PARTS:
                if importlib.util.find_spec(f"home.demo.{name}") is None:
                    continue
                before = time.perf_counter()
                importlib.import_module(f"home.demo.{name}").load(today=timezone.localdate())
                if options["verbosity"] > 1:
                    self.stdout.write(f"{name}: {time.perf_counter() - before:.1f} s")
        if options["verbosity"]:
            self.stdout.write(self.style.SUCCESS(f"The demo is ready ({time.perf_counter() - started:.1f} s)."))
