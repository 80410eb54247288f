"""What both import commands share: a file in, its preview printed, applied if asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mentoring.errors import MentoringError
from mentoring.people import accounts
from mentoring.people.import_models import FATES_LEFT, ImportJob, ImportKind, ImportState, RowFate
from mentoring.people.imports import services


class ImportCommand(BaseCommand):
    """Without `--apply` the preview is printed and forgotten again."""

    kind: ImportKind

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX.")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--dry-run", action="store_true", help="Only say what would become of each row (the default).")
        how.add_argument("--apply", action="store_true", help="Apply all rows that can be, in one transaction.")
        parser.add_argument("--as", dest="actor", metavar="EMAIL", help="On whose behalf; needed to enrol people.")
        parser.add_argument("--show", type=int, default=20, help="How many rows with a fault to print (20).")

    def options_of(self, options: dict[str, Any]) -> dict[str, Any]:
        """More arguments for `services.upload`."""
        return {}

    def prepare(self, job: ImportJob, actor: Any, options: dict[str, Any]) -> None:
        """What comes between upload and preview."""

    def handle(self, *args: Any, **options: Any) -> None:
        actor = self._actor(options["actor"])
        try:
            with options["file"].open("rb") as stream:
                job = services.upload(
                    kind=self.kind,
                    file=File(stream, name=options["file"].name),
                    actor=actor,
                    **self.options_of(options),
                )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be opened: {error.strerror}.") from error
        except MentoringError as error:
            raise CommandError(str(error)) from error
        finished = False
        try:
            self.prepare(job, actor, options)
            job = services.request_preview(job=job, actor=actor, wait=True)
            self._refuse_unless(job, ImportState.PREVIEWED)
            self._print(job, options["show"])
            if options["apply"]:
                job = services.request_apply(
                    job=job, actor=actor, wait=True, agreement_held=bool(options.get("agreement_held"))
                )
                self._refuse_unless(job, ImportState.APPLIED)
                finished = True
                self.stdout.write(self.style.SUCCESS("Applied."))
            else:
                self.stdout.write("Nothing was applied. Add --apply to apply it.")
        except MentoringError as error:
            raise CommandError(str(error)) from error
        finally:
            if not finished and job.state in (ImportState.UPLOADED, ImportState.PREVIEWED):
                services.discard(job=job, actor=actor)

    def _refuse_unless(self, job: ImportJob, state: ImportState) -> None:
        if job.state != state:
            raise CommandError(job.message or f"The import is “{job.get_state_display()}”.")

    def _print(self, job: ImportJob, most: int) -> None:
        for fate in RowFate:
            count = job.counts.get(fate.value, 0)
            if count:
                self.stdout.write(f"{count:>8,}  {fate.label.lower()}")
        for row in job.rows.filter(fate__in=FATES_LEFT)[:most]:
            self.stdout.write(f"line {row.line}: {' '.join(row.messages)}")

    def _actor(self, email: str | None) -> Any:
        if not email:
            return None
        user = accounts.by_email([email]).get(accounts.fold_email(email))
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        return get_user_model()._default_manager.get(pk=user.pk)
