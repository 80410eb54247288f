"""Doing an import: the preview row by row, applying all or nothing. Called in a request or by a worker with a lease."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from mentoring import conf
from mentoring.errors import MentoringError
from mentoring.jobs.leases import claim, keep
from mentoring.people.import_models import (
    FATES_LEFT,
    IMPORT_DUE,
    IMPORT_HOLDS_FILE,
    ImportJob,
    ImportKind,
    ImportRow,
    ImportState,
    RowFate,
)
from mentoring.trust import audit

from . import files, permissions
from .gias import SchoolPlanner
from .people import PeoplePlanner
from .plan import Planned, Planner, batched, digest
from .reader import Row, Unreadable, open_table

logger = logging.getLogger(__name__)

BATCH = 1_000
#: An upload nobody came back to is let go after this many days: it holds people's data.
KEPT_DAYS = 14
APPLY_LEASE = 900.0  # seconds: one transaction, which nobody can see the progress of from outside
#: What a line without a stored row was shown as.
_SAME = digest(RowFate.UNCHANGED.value, ())
_SWEEP_EVERY = 3600.0
_last_sweep = 0.0


class _MovedError(Exception):
    """What the preview showed is no longer what would happen."""


def run(job: ImportJob, *, alive: Callable[[int], bool] = lambda rows: True) -> ImportJob:
    """Does what the job waits for. `alive(rows done)` False: somebody else has it now, stop.

    Whatever the file holds, the job ends in a state with a sentence; only faults of ours are raised.
    """
    try:
        if job.state == ImportState.QUEUED:
            preview(job, alive=alive)
        elif job.state == ImportState.APPLYING:
            apply(job, alive=alive)
    except Unreadable as error:
        job.message = str(error)
        let_go(job, ImportState.REFUSED)
        job.save()
        job.rows.all().delete()
    return job


def _planner(job: ImportJob) -> Planner:
    if job.kind == ImportKind.SCHOOLS:
        return SchoolPlanner(job.headings, job.mapping)
    return PeoplePlanner(
        job.headings,
        job.mapping,
        job.choices,
        actor=job.created_by,
        cohort=job.cohort,
        update_existing=job.update_existing,
    )


def _limited(rows: Iterable[Row]) -> Iterable[Row]:
    most = conf.import_max_rows()
    for number, row in enumerate(rows, 1):
        if number > most:
            raise Unreadable(f"This file has more than {most:,} rows. Please split it.")
        yield row


def preview(
    job: ImportJob, *, alive: Callable[[int], bool] = lambda rows: True, shown: dict[int, bytes] | None = None
) -> None:
    """Stores every row's fate. `shown`: line → digest of an earlier preview, to mark what moved since."""
    job.rows.all().delete()
    counts: Counter[str] = Counter()
    moved = 0
    done = 0
    planner = _planner(job)
    with files.opened(job.file_key, sha256=job.sha256) as stream, open_table(stream, name=job.file_name) as table:
        for batch in batched(planner.plan(_limited(table.rows(planner.places))), BATCH):
            rows = [row for row in (_stored(job, one, shown) for one in batch) if _worth_keeping(job, row)]
            ImportRow.objects.bulk_create(rows)
            counts.update(one.fate.value for one in batch)
            moved += sum(row.moved for row in rows)
            done += len(batch)
            if not alive(done):
                return
    if not done:
        raise Unreadable("This file has headings but no rows below them.")
    if isinstance(planner, PeoplePlanner):
        job.choices = planner.meanings.asked
    job.counts = dict(counts)
    job.progress = done
    job.state = ImportState.PREVIEWED
    job.message = (
        f"{moved} {'row has' if moved == 1 else 'rows have'} another fate than you were shown, because something "
        "changed here meanwhile. Nothing was applied. Please look at the marked rows and confirm again."
        if moved
        else ""
    )
    job.lease_until, job.lease_token = None, ""
    job.save()


def _stored(job: ImportJob, one: Planned, shown: dict[int, bytes] | None) -> ImportRow:
    return ImportRow(
        job=job,
        line=one.line,
        fate=one.fate,
        key=one.key,
        label=one.label,
        changes=one.changes,
        messages=one.messages,
        original=one.original if one.left_behind else [],
        moved=shown is not None and shown.get(one.line, _SAME) != one.digest(),
    )


def _worth_keeping(job: ImportJob, row: ImportRow) -> bool:
    """Of a register that comes every month, nearly every school is as it was: those are counted, not stored."""
    return job.kind != ImportKind.SCHOOLS or row.fate != RowFate.UNCHANGED or bool(row.messages) or row.moved


def apply(job: ImportJob, *, alive: Callable[[int], bool] = lambda rows: True) -> None:
    """Carries out every row in one transaction, if each still has the fate that was shown; else a fresh preview."""
    shown = {
        line: digest(fate, changes)
        for line, fate, changes in job.rows.values_list("line", "fate", "changes").iterator(chunk_size=2_000)
    }
    try:
        with transaction.atomic():
            _demand_still(job)
            made = _write_all(job, shown)
            job.counts = {**job.counts, **{name: count for name, count in made.items() if count}}
            job.applied_at = timezone.now()
            job.message = ""
            let_go(job, ImportState.APPLIED)
            job.save()
            # What stayed behind is kept for the file of errors; the rest is people's data that has found its place.
            job.rows.exclude(fate__in=FATES_LEFT).delete()
            actor: Any = job.created_by
            audit.record(action="mentoring.import.applied", obj=job, actor=actor, after={"counts": job.counts})
    except (_MovedError, IntegrityError):
        job.refresh_from_db()
        preview(job, alive=alive, shown=shown)
        if not job.message:
            job.message = (
                "Something changed here while the import was applied. Nothing was applied. Please confirm again."
            )
            job.save(update_fields=["message"])
    except Unreadable:
        raise
    except MentoringError as error:
        job.refresh_from_db()
        job.state = ImportState.PREVIEWED
        job.message = f"Nothing was applied. {error}"
        job.lease_until, job.lease_token = None, ""
        job.save()


def _demand_still(job: ImportJob) -> None:
    """What was allowed when somebody confirmed may have ended since. Raises MentoringError."""
    if job.created_by is None:
        return  # the command line
    permissions.demand(job.created_by, job.kind)
    if job.cohort is not None:
        permissions.demand_cohort(job.created_by, job.cohort)


def _write_all(job: ImportJob, shown: dict[int, bytes]) -> dict[str, int]:
    planner = _planner(job)
    seen = 0
    with files.opened(job.file_key, sha256=job.sha256) as stream, open_table(stream, name=job.file_name) as table:
        planned = planner.plan(_limited(table.rows(planner.places)))
        # People refer to each other across the file; schools do not, and there are many more of them.
        batches = [list(planned)] if isinstance(planner, PeoplePlanner) else batched(planned, BATCH)
        for batch in batches:
            seen += len(batch)
            if any(shown.get(one.line, _SAME) != one.digest() for one in batch):
                raise _MovedError
            planner.write(batch)
    if seen != sum(job.counts.get(fate, 0) for fate in RowFate.values):
        raise _MovedError
    return planner.finish()


def let_go(job: ImportJob, state: ImportState) -> None:
    """Ends the job's hold on its file, which goes when the transaction is through. The caller saves the job."""
    key = job.file_key
    job.state = state
    job.file_key = ""
    job.lease_until, job.lease_token = None, ""
    if key:
        transaction.on_commit(lambda: files.forget(key), robust=True)


# --- By the worker ---------------------------------------------------------------------------


def run_due_imports() -> int:
    """For `jobs.due`: takes jobs one by one under a lease; a job whose worker died is taken again, three times."""
    done = 0
    while True:
        now = timezone.now()
        due = (
            ImportJob.objects.filter(state__in=IMPORT_DUE)
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
            .order_by("pk")
        )
        seconds = max(APPLY_LEASE, float(conf.lease_seconds()))
        job = claim(due, seconds=seconds, take=_count)
        if job is None:
            break
        done += 1
        _run_claimed(job, seconds)
    return done + sweep()


def _count(job: ImportJob) -> None:
    job.attempts += 1


def _run_claimed(job: ImportJob, seconds: float) -> None:
    if job.attempts > conf.max_attempts():
        applying = job.state == ImportState.APPLYING
        job.message = "This import stopped several times before it was through. Nothing was applied."
        if applying:
            job.state, job.lease_until, job.lease_token = ImportState.PREVIEWED, None, ""
        else:
            let_go(job, ImportState.REFUSED)
        job.save()
        return
    try:
        run(job, alive=lambda rows: keep(job, seconds=seconds, progress=rows))
    except Exception:
        logger.exception("Import %s stopped and will be tried again.", job.pk)
        ImportJob.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
            lease_until=timezone.now() + dt.timedelta(seconds=30)
        )


def sweep(*, now: dt.datetime | None = None) -> int:
    """Once an hour: lets go of uploads that nobody came back to."""
    global _last_sweep
    if now is None and time.monotonic() - _last_sweep < _SWEEP_EVERY:
        return 0
    _last_sweep = time.monotonic()
    before = (now or timezone.now()) - dt.timedelta(days=KEPT_DAYS)
    count = 0
    for job in ImportJob.objects.filter(state__in=IMPORT_HOLDS_FILE - IMPORT_DUE, created_at__lt=before):
        with transaction.atomic():
            let_go(job, ImportState.DISCARDED)
            job.message = f"Let go by itself after {KEPT_DAYS} days without a decision."
            job.choices = {}
            job.save()
            job.rows.all().delete()
            audit.record(action="mentoring.import.discarded", obj=job, actor=None, reason="not decided in time")
        count += 1
    for old in ImportJob.objects.filter(
        state=ImportState.APPLIED, applied_at__lt=before, rows__isnull=False
    ).distinct():
        old.rows.all().delete()  # the errors of an old import help nobody, and name people
    return count
