"""What is kept too long goes, after a notice: each programme says how many months (`docs/data-protection.md`)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from mentoring import conf
from mentoring.concerns.models import Concern, ConcernState
from mentoring.jobs.models import DailyWork
from mentoring.messages.models import OUTBOX_DUE, Outbox, OutboxState
from mentoring.people.models import Profile
from mentoring.programmes.models import Enrolment, Programme
from mentoring.programmes.services import tell
from mentoring.proposals.models import MatchRun, Proposal
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.relationships.space_models import Note
from mentoring.trust import audit
from mentoring.trust.link_models import SignedLink

from . import clearing
from .words import FORMER

#: How long before something of theirs goes a person is told.
NOTICE = dt.timedelta(days=30)
#: Months after their last day until signed links go.
LINKS = 6


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day some months earlier, or the last of that month: 31 May less 3 is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Due:
    """Rows of one kind that are kept too long."""

    kind: str
    sentence: str
    programme: Programme | None
    rows: QuerySet[Any]
    since: str
    """The path to the date that counts, for “the oldest”."""
    clear: Callable[[QuerySet[Any]], object]

    def count(self) -> int:
        return self.rows.count()

    def oldest(self) -> dt.date | dt.datetime | None:
        found: dt.date | dt.datetime | None = self.rows.order_by().aggregate(oldest=Min(self.since))["oldest"]
        return found


def due(today: dt.date | None = None) -> Iterator[Due]:
    """Everything that may go today, programme by programme. Reads only: the dry run and the job share it."""
    today = today or timezone.localdate()
    for programme in Programme.objects.order_by("pk"):
        yield from _of_programme(programme, today)
    sent = months_before(today, conf.keep_mail_months())
    waits = [*OUTBOX_DUE, OutboxState.WITHHELD]
    mail = Outbox.objects.filter(created_at__date__lt=sent).exclude(state__in=waits)
    yield Due("mail", "messages that went out", None, mail, "created_at", _delete)
    links = SignedLink.objects.filter(expires_at__date__lt=months_before(today, LINKS))
    yield Due("links", "links to heads, long over", None, links, "expires_at", _delete)
    months = conf.keep_concerns_months()
    if months:
        closed = Concern.objects.filter(state=ConcernState.CLOSED, closed_at__date__lt=months_before(today, months))
        yield Due("concerns", "concerns that are closed", None, closed, "closed_at", _delete)


def unmatched(programme: Programme, ended_before: dt.date) -> QuerySet[Enrolment]:
    """Applications that led to no pair, in cohorts that ended before a day."""
    rows = Enrolment.objects.filter(cohort__programme=programme, cohort__end__lt=ended_before)
    none = {"relationships_as_mentee__isnull": True, "relationships_as_mentor__isnull": True}
    return rows.filter(placements__isnull=True, **none)


def paired(programme: Programme, ended_before: dt.date) -> QuerySet[Enrolment]:
    """Named people whose every pair in the cohort ended before a day."""
    mine = Relationship.objects.filter(Q(mentee=OuterRef("pk")) | Q(mentor=OuterRef("pk")))
    still = mine.filter(Q(state__in=sorted(RELATIONSHIP_LIVE)) | Q(ended_at__date__gte=ended_before))
    rows = Enrolment.objects.filter(Exists(mine), ~Exists(still), cohort__programme=programme)
    return rows.filter(profile__erased_at__isnull=True)


def _told(rows: QuerySet[Enrolment], kind: str) -> QuerySet[Enrolment]:
    """Those whose people were told thirty days ago, or cannot be told."""
    key = Concat(Value(f"retention:{kind}:"), Cast(OuterRef("pk"), CharField()))
    told = Outbox.objects.filter(key=key, created_at__lte=timezone.now() - NOTICE)
    return rows.filter(Q(profile__user__isnull=True) | Exists(told))


def _of_programme(programme: Programme, today: dt.date) -> Iterator[Due]:
    applications = unmatched(programme, months_before(today, programme.keep_applications_months))
    yield Due(
        "applications",
        "applications that led to no pair",
        programme,
        _told(applications, "applications"),
        "cohort__end",
        _delete,
    )
    noted = months_before(today, programme.keep_notes_months)
    notes = Note.objects.filter(relationship__cohort__programme=programme, relationship__ended_at__date__lt=noted)
    yield Due("notes", "notes of pairs that ended", programme, notes, "relationship__ended_at", _delete)
    before = months_before(today, programme.keep_pairs_months)
    yield Due(
        "pairs",
        "people in pairs that ended",
        programme,
        _told(paired(programme, before), "pairs"),
        "cohort__end",
        _without_names,
    )
    runs = MatchRun.objects.filter(cohort__programme=programme, cohort__end__lt=before).exclude(inputs={}, unmatched=[])
    yield Due("runs", "people frozen in runs of the matching", programme, runs, "finished_at", _empty_runs)


def _delete(rows: QuerySet[Any]) -> None:
    rows.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()


def _empty_runs(rows: QuerySet[Any]) -> None:
    rows.update(inputs={}, unmatched=[], warnings=[])


def _without_names(rows: QuerySet[Any]) -> None:
    """The pair stays; whoever was in it becomes a former participant. Their profile, if they have one still, stays."""
    for row in rows.select_related("profile"):
        former = Profile.objects.create(
            display_name=FORMER[2:].capitalize(),
            organisation_id=row.profile.organisation_id,
            job_title="",
            erased_at=timezone.now(),
        )
        Enrolment.objects.filter(pk=row.pk).update(profile=former, **clearing.BLANK_ENROLMENT)
        row.goal_set.all().delete()
        row.preferences.all().delete()
        row.avoidances.all().delete()
        clearing.overrides([row.pk])
        clearing.pairs(former)
        Proposal.objects.filter(Q(mentee=row.pk) | Q(mentor=row.pk)).update(explanation={}, note="", refusal_text="")


def give_notice() -> int:
    """Tells people thirty days before something of theirs goes; once for each. Says how many were told."""
    ahead = timezone.localdate() + NOTICE
    told = 0
    for programme in Programme.objects.order_by("pk"):
        for kind, rows in (
            ("applications", unmatched(programme, months_before(ahead, programme.keep_applications_months))),
            ("pairs", paired(programme, months_before(ahead, programme.keep_pairs_months))),
        ):
            prefix = f"retention:{kind}:"
            known = Outbox.objects.filter(key=Concat(Value(prefix), Cast(OuterRef("pk"), CharField())))
            people = rows.filter(~Exists(known), profile__user__isnull=False)
            for row in people.select_related("cohort__programme", "profile__user"):
                tell(
                    row,
                    "retention_notice",
                    key=f"{prefix}{row.pk}",
                    kind=kind,
                    goes_on=ahead,
                    path=reverse("mentoring:my_data"),
                )
                told += 1
    return told


def apply() -> dict[str, int]:
    """Gives notice, then clears what is due, with one line in the trail for each programme. Kind → rows."""
    done: dict[str, int] = {}
    with transaction.atomic():
        mark, _ = DailyWork.objects.get_or_create(name="retention", defaults={"done_on": timezone.localdate()})
        give_notice()
        by_programme: dict[int | None, tuple[Programme | None, dict[str, int]]] = {}
        for item in due():
            number = item.count()
            if number:
                item.clear(item.rows)
                done[item.kind] = done.get(item.kind, 0) + number
                key = item.programme.pk if item.programme else None
                by_programme.setdefault(key, (item.programme, {}))[1][item.kind] = number
        for programme, counts in by_programme.values():
            audit.record(
                action="mentoring.retention.applied",
                obj=programme or mark,
                actor=None,
                programme=programme,
                after=counts,
            )
    return done


def daily() -> int:
    return sum(apply().values())
