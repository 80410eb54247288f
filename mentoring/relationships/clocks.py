"""What the clock does with pairs. Registered with `mentoring.jobs.due`; safe to run twice, and by many at once.

Each pair that may be due is taken under its own lock, and every rule is asked again there: whoever comes second finds
nothing to do. One pair's trouble stops no other.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mentoring.jobs.hourly import once_an_hour
from mentoring.machine import Actor
from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.stage_models import Stage
from mentoring.proposals.bars import OnRecord, may_meet

from .checks import ask, give_up
from .ending import lapse, no_word, start_closing, wind_up
from .meeting_models import Meeting, MeetingState
from .meetings import drop_stale_options
from .models import RELATIONSHIP_LIVE, Relationship, RelationshipState
from .notes import week_of
from .services import WITH_PEOPLE, before_write, call_coordinator, locked, note_down, resume, tell_both, tell_one
from .turns import Facts, What, calendar_of, day_of, settle, what_now

logger = logging.getLogger(__name__)
R = RelationshipState
SIDES = EnrolmentRole.values
#: Working days before the last one on which whoever has not signed is reminded.
REMIND_DAYS = 5
#: More days than that can span without a holiday; a longer one delays the reminder.
REMIND = dt.timedelta(days=10)


def _each(ids: Iterable[int], act: Callable[[int], int]) -> int:
    done = 0
    for pk in ids:
        try:
            with transaction.atomic():
                done += act(pk)
        except Exception:
            logger.exception("The clock could not see to pair %s.", pk)
    return done


def _round() -> int:
    """Once an hour; who may still be a pair is looked at once a day."""
    mark = f"mentoring:pairs:bars:{timezone.localdate():%Y%m%d}"
    done = run_due(bars=not cache.get(mark))
    cache.set(mark, 1, 36 * 3600)
    return done


run_hourly = once_an_hour("pairs", _round)


def run_due(*, bars: bool = True) -> int:
    """All clocks of pairs once; says how many things were done."""
    today = timezone.localdate()
    live = Relationship.objects.filter(state__in=RELATIONSHIP_LIVE)
    active = live.filter(state=R.ACTIVE, attention="")
    waiting = live.filter(state__in=[R.ACTIVE, R.AGREEING, R.PAUSED])
    offering = waiting.filter(meetings__state__in=[MeetingState.PROPOSED, MeetingState.BOOKED])
    rounds: list[tuple[QuerySet[Relationship], Callable[[int], int]]] = [
        (live.filter(state=R.AGREEING, turn_due__lte=today + 2 * REMIND), _agreement),
        (live.filter(state=R.PAUSED, paused_until__lte=today), _resume),
        (waiting.filter(began_on__isnull=False, expected_end__lt=today), _closing),
        (live.filter(state=R.CLOSING, turn_due__lt=today), _completed),
        (offering.exclude(meetings__options=[]).distinct(), _options),
        (active.filter(Q(turn_due__lt=today) | Q(turn_due=None)), _quiet),
        (Relationship.objects.filter(state=R.ENDED, turn_due__lt=today), _no_word),
    ]
    done = sum(_each(rows.values_list("pk", flat=True), act) for rows, act in rounds)
    done += _each(_with_new_stages(), _stages)
    done += _tomorrow()
    if bars:
        done += _each(_barred_otherwise(live), check_bars)
    return done


def _agreement(pk: int) -> int:
    """Reminds whoever is missing, and lets the pair lapse when the time is over."""
    row = locked(pk, people=True)
    if row.state != R.AGREEING or row.attention:
        return 0
    settle(row)
    today = timezone.localdate()
    assert row.turn_due is not None  # agreeing always has a last day
    if today > row.turn_due:
        before_write(row)
        lapse(row)
        return 1
    left = calendar_of(row).between(today, row.turn_due)
    if left > REMIND_DAYS:
        return 0
    return sum(
        _remind(
            row, side, "pair_agreement_reminder", key=f"agreement-reminder:{row.turn_due:%Y%m%d}", page="pair_agreement"
        )
        for side in EnrolmentRole.values
        if row.turn in (side, "both")
    )


def _remind(row: Relationship, side: str, template: str, *, key: str, page: str) -> int:
    """One mail per key; 0 if it was queued before."""
    from mentoring.messages.models import Outbox

    if Outbox.objects.filter(key=f"pair:{row.pk}:{key}:{side}").exists():
        return 0
    tell_one(row, side, template, key=key, page=page, due=row.turn_due)
    return 1


def _resume(pk: int) -> int:
    row = locked(pk)
    if row.state != R.PAUSED or row.paused_until is None or row.paused_until > timezone.localdate():
        return 0
    resume(pair=row, actor=None)
    return 1


def _closing(pk: int) -> int:
    row = locked(pk)
    if row.state not in (R.ACTIVE, R.PAUSED) or row.expected_end >= timezone.localdate():
        return 0
    before_write(row)
    start_closing(row, as_=Actor.SYSTEM, actor=None)
    return 1


def _completed(pk: int) -> int:
    row = locked(pk, people=True)
    if row.state != R.CLOSING or row.turn_due is None or row.turn_due >= timezone.localdate() or row.attention:
        return 0
    before_write(row)
    wind_up(row, as_=Actor.SYSTEM, actor=None)
    return 1


def _options(pk: int) -> int:
    row = locked(pk)
    return drop_stale_options(row) if row.state in RELATIONSHIP_LIVE else 0


def _no_word(pk: int) -> int:
    row = locked(pk, people=True)
    if row.state != R.ENDED or row.turn_due is None or row.turn_due >= timezone.localdate():
        return 0
    no_word(row)
    return 1


def _quiet(pk: int) -> int:
    """The turn's last day is over: asks “is all well?”, or calls the coordinator where that was asked before."""
    row = locked(pk)
    if row.state != R.ACTIVE or row.attention:
        return 0
    facts = Facts.read(row)
    changed = int(settle(row, facts))
    today = timezone.localdate()
    if row.turn_due is None or row.turn_due >= today:
        return changed
    what, _ = what_now(row, facts, timezone.now())
    before_write(row)
    if what is What.CHECK and facts.check is not None:
        give_up(row, facts.check)
        return 1
    if what is What.SIGN:
        # A change that nobody signs: the agreement in force goes on counting.
        version = facts.unsigned
        if version is not None:
            version.delete()
            note_down(row, "agreement_dropped", actor=None, number=version.number)
            settle(row)
        return 1
    if what in (What.PROPOSE, What.PICK, What.MARK):
        ask(row)
        return 1
    return changed


def _with_new_stages() -> list[int]:
    """Active pairs that a stage may have opened for since they were last told."""
    today = timezone.localdate()
    stages: dict[int, list[tuple[int, int]]] = {}
    for pk, programme, week in Stage.objects.order_by().values_list("pk", "programme_id", "opens_week"):
        stages.setdefault(programme, []).append((pk, week))
    rows = Relationship.objects.filter(
        state=R.ACTIVE, began_on__isnull=False, cohort__programme__in=list(stages)
    ).values_list("pk", "cohort__programme_id", "began_on", "opened_stages")
    return [
        pk
        for pk, programme, began, told in rows
        if began is not None
        and any(stage not in told and (today - began).days >= 7 * week for stage, week in stages[programme])
    ]


def _stages(pk: int) -> int:
    """Tells both of the newest stage that has opened; of several at once only the last is worth a mail."""
    row = locked(pk)
    if row.state != R.ACTIVE:
        return 0
    week = week_of(row)
    due = [
        stage
        for stage in row.cohort.programme.stages.order_by("opens_week", "position")
        if stage.opens_week <= week and stage.pk not in row.opened_stages
    ]
    if not due:
        return 0
    before_write(row)
    row.opened_stages = [*row.opened_stages, *(stage.pk for stage in due)]
    row.save(update_fields=["opened_stages"])
    newest = due[-1]
    note_down(row, "stage_opened", actor=None, stages=[stage.pk for stage in due])
    tell_both(
        row, "pair_stage", key=f"stage:{newest.pk}", page="pair_stages", stage=newest, tasks=list(newest.tasks.all())
    )
    return 1


def _tomorrow() -> int:
    """Reminds both, once, of a meeting on the next day."""
    now = timezone.now()
    day = timezone.localdate() + dt.timedelta(days=1)
    zone = timezone.get_default_timezone()
    end = dt.datetime.combine(day, dt.time.max, tzinfo=zone)
    due = Meeting.objects.filter(
        state=MeetingState.BOOKED,
        start__gt=now,
        start__lte=end,
        reminded_at=None,
        relationship__state__in=RELATIONSHIP_LIVE,
    )
    # What was booked today for today or tomorrow needs no reminder: both have just agreed to it.
    due = due.filter(changed_at__lt=now - dt.timedelta(hours=12))
    return _each(due.values_list("pk", flat=True), _remind_of)


def _remind_of(pk: int) -> int:
    meeting = Meeting.objects.filter(pk=pk).values_list("relationship_id", flat=True).first()
    if meeting is None:
        return 0
    row = locked(meeting)
    held = Meeting.objects.select_for_update().get(pk=pk)
    if held.state != MeetingState.BOOKED or held.reminded_at is not None or held.start is None:
        return 0
    before_write(row)
    held.reminded_at = timezone.now()
    held.save(update_fields=["reminded_at"])
    tell_both(
        row, "meeting_tomorrow", key=f"meeting:{held.pk}:tomorrow:{held.sequence}", page="pair", start=held.start,
        end=held.end, place=held.place, today=day_of(held.start) == timezone.localdate(),
    )  # fmt: skip
    return 1


def _barred_otherwise(live: QuerySet[Relationship]) -> list[int]:
    """Pairs that something forbids by now, or no longer, as far as can be seen without locks. Four queries."""
    rows = list(live.select_related(*WITH_PEOPLE, *(f"{side}__profile__organisation__parent" for side in SIDES)))
    known = OnRecord.about((row.mentee, row.mentor) for row in rows)
    return [row.pk for row in rows if may_meet(row.mentee, row.mentor, on_record=known).reason[:300] != row.bar]


def check_bars(pk: int) -> int:
    """Once a day: does anything forbid the pair by now? Somebody changed school, or became the other's manager.

    Something new calls the coordinator; the pair goes on until they decide.
    """
    row = locked(pk)
    if row.state not in RELATIONSHIP_LIVE:
        return 0
    reason = may_meet(row.mentee, row.mentor, new=False).reason[:300]
    if reason == row.bar:
        return 0
    row.bar = reason
    row.save(update_fields=["bar"])
    if not reason:
        return 0
    before_write(row)
    note_down(row, "bar_found", actor=None)
    call_coordinator(row, f"Something has changed: {reason}", key=f"bar:{timezone.localdate()}:{row.version}")
    settle(row)
    return 1
