"""Writes every encrypted text again, under the first of the keys; then the older ones can go."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from mentoring.trust.encryption import EncryptedTextField


class Command(BaseCommand):
    help = "Encrypts everything anew under the first of MENTORING_ENCRYPTION_KEYS. Safe to repeat, and while in use."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for model in apps.get_app_config("mentoring").get_models():
            names = [field.name for field in model._meta.fields if isinstance(field, EncryptedTextField)]
            if not names:
                continue
            for pk in list(model._default_manager.values_list("pk", flat=True)):
                with transaction.atomic():
                    row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
                    if row is not None and any(getattr(row, name) for name in names):
                        row.save(update_fields=names)
                        done += 1
        self.stdout.write(f"{done} row(s) are under the present key. Tombstones keep the keys they were made with.")
