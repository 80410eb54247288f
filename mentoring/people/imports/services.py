"""The verbs of an import: upload, map, preview, answer, apply, discard.

    job = upload(kind=ImportKind.PEOPLE, file=upload, actor=user)
    set_mapping(job=job, mapping={...}, actor=user)     # people only; schools have fixed headings
    request_preview(job=job, actor=user)                # now, or by the worker if the file is large
    answer(job=job, kind="topic", text="numracy", choice={"use": 12}, actor=user)
    request_apply(job=job, actor=user)                  # all rows or none
    discard(job=job, actor=user)

The job's row is the truth about where it stands; a repeated click finds it moved on and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.db import transaction

from mentoring import conf
from mentoring.errors import MentoringError
from mentoring.jobs.knock import knock
from mentoring.people.import_models import ImportJob, ImportKind, ImportState
from mentoring.people.models import InterestGroup, OrganisationKind, RoleFamily
from mentoring.trust import audit

from . import files, gias, meanings, people, people_columns, permissions, work
from .reader import Unreadable, open_table

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.programmes.models import Cohort


def upload(
    *,
    kind: ImportKind | str,
    file: File[Any],
    actor: AbstractBaseUser | None,
    cohort: Cohort | None = None,
    update_existing: bool = False,
) -> ImportJob:
    """Keeps the file and reads its headings. Raises `MentoringError` if it cannot be used; then nothing is kept."""
    kind = ImportKind(kind)
    permissions.demand(actor, kind)
    if cohort is not None:
        permissions.demand_cohort(actor, cohort)
    key, size, sha256 = files.keep(file)
    try:
        with files.opened(key) as stream, open_table(stream, name=file.name or "") as table:
            headings, form = table.headings, table.form
            if kind == ImportKind.SCHOOLS:
                mapping = gias.guess_mapping(headings)
            else:
                mapping = people_columns.guess_mapping(headings)
                if len(headings) == 1:
                    raise Unreadable(
                        f"This file has one column only, “{headings[0][:60]}”. "
                        "Are its cells separated by commas, semicolons or tabs?"
                    )
        with transaction.atomic():
            job = ImportJob.objects.create(
                kind=kind,
                file_name=PurePath(file.name or "file").name[-255:],
                file_key=key,
                size=size,
                sha256=sha256,
                headings=headings,
                mapping=mapping,
                cohort=cohort,
                update_existing=update_existing,
                message=form,
                created_by_id=actor.pk if actor else None,
            )
            audit.record(action="mentoring.import.uploaded", obj=job, actor=actor, after={"kind": kind, "bytes": size})
    except BaseException:
        files.forget(key)  # no row, no file: nothing is left behind
        raise
    return job


def set_mapping(*, job: ImportJob, mapping: dict[str, str], actor: AbstractBaseUser | None) -> ImportJob:
    """Says which column is what. Raises `MentoringError` with a sentence if a needed one is missing or used twice."""
    with transaction.atomic():
        job = _locked(job, actor, ImportState.UPLOADED, ImportState.PREVIEWED)
        chosen = {name: heading for name, heading in mapping.items() if name in people_columns.BY_NAME and heading}
        people.check_mapping(chosen, job.headings)
        job.mapping = chosen
        job.save(update_fields=["mapping"])
    return job


def request_preview(*, job: ImportJob, actor: AbstractBaseUser | None, wait: bool = False) -> ImportJob:
    """Judges every row: at once for small files or with `wait`, otherwise the worker does it."""
    with transaction.atomic():
        job = _locked(job, actor, ImportState.UPLOADED, ImportState.PREVIEWED)
        if job.kind == ImportKind.PEOPLE:
            people.check_mapping(job.mapping, job.headings)
        return _hand_over(job, ImportState.QUEUED, wait)


def request_apply(
    *, job: ImportJob, actor: AbstractBaseUser | None, wait: bool = False, agreement_held: bool = False
) -> ImportJob:
    """Applies what the preview showed, if it is still so. Repeated on an applied job, it changes nothing.

    A file that enrols people needs `agreement_held`: the coordinator's word that each of them has agreed to take part.
    """
    with transaction.atomic():
        job = _locked(job, actor, ImportState.PREVIEWED, ImportState.APPLIED, ImportState.APPLYING)
        if job.state != ImportState.PREVIEWED:
            return job
        if job.cohort is not None:
            permissions.demand_cohort(actor, job.cohort)
            if not agreement_held:
                raise MentoringError(
                    "Please tick that the people who are enrolled have agreed to take part. Without their agreement, "
                    "import the file without a cohort and let them apply themselves."
                )
            audit.record(action="mentoring.import.agreement_held", obj=job, actor=actor, programme=job.cohort.programme)
        return _hand_over(job, ImportState.APPLYING, wait)


def discard(*, job: ImportJob, actor: AbstractBaseUser | None) -> ImportJob:
    """Lets go of the file and of every row read from it."""
    with transaction.atomic():
        job = _locked(
            job, actor, ImportState.DISCARDED, ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.REFUSED
        )
        if job.state == ImportState.DISCARDED:
            return job
        work.let_go(job, ImportState.DISCARDED)
        job.rows.all().delete()
        job.choices, job.mapping = {}, {}
        job.save()
        audit.record(action="mentoring.import.discarded", obj=job, actor=actor)
    return job


def answer(
    *, job: ImportJob, answers: Iterable[tuple[str, str, dict[str, Any] | None]], actor: AbstractBaseUser | None
) -> ImportJob:
    """Says what unknown words mean: (kind, folded text, choice) each, choice None takes an answer back.

    A choice is `{"use": id}`, `{"leave": True}` or `{"create": {...}}` with what the kind needs. Preview again.
    """
    with transaction.atomic():
        job = _locked(job, actor, ImportState.PREVIEWED)
        for kind, key, choice in answers:
            entry = job.choices.get(kind, {}).get(key)
            if entry is None:
                raise MentoringError("This word is no longer in question. Please look at the preview again.")
            entry["choice"] = _checked_choice(kind, choice)
        job.save(update_fields=["choices"])
    return job


def _checked_choice(kind: str, choice: dict[str, Any] | None) -> dict[str, Any] | None:
    if not choice:
        return None
    if choice.get("leave"):
        if kind == meanings.ORGANISATION:
            raise MentoringError("Everybody needs an organisation: choose one, or create it.")
        return {"leave": True}
    if "use" in choice:
        pk = choice["use"]
        if not meanings.KINDS[kind]._default_manager.filter(pk=pk, active=True).exists():
            raise MentoringError("That choice is no longer there. Please choose again.")
        return {"use": int(pk)}
    details = choice.get("create") or {}
    if kind == meanings.ORGANISATION and details.get("kind") in OrganisationKind.values:
        return {"create": {"kind": details["kind"]}}
    if kind == meanings.TOPIC and details.get("group") in InterestGroup.values:
        return {"create": {"group": details["group"]}}
    if kind == meanings.ROLE and details.get("family") in RoleFamily.values:
        rank = str(details.get("rank", ""))
        if rank.isascii() and rank.isdigit() and int(rank[:5]) <= 1000:
            return {"create": {"family": details["family"], "rank": int(rank)}}
        raise MentoringError("A new role level needs a rank from 0 to 1000: a teacher has 20, a head 60.")
    raise MentoringError("Please say what kind it is, so that it can be created.")


def _locked(job: ImportJob, actor: AbstractBaseUser | None, *states: str) -> ImportJob:
    locked = ImportJob.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=job.pk)
    permissions.demand(actor, locked.kind)
    permissions.demand_own(actor, locked)
    if locked.state not in states:
        raise MentoringError(f"This import is now “{locked.get_state_display().lower()}”. Please look at it again.")
    return locked


def _hand_over(job: ImportJob, state: ImportState, wait: bool) -> ImportJob:
    job.state, job.attempts, job.progress = state, 0, 0
    job.lease_until, job.lease_token = None, ""
    job.save()
    if wait or job.size <= conf.import_inline_bytes():
        return work.run(job)
    knock()
    return job
