"""What time does to visits: reminders, lapses, the day itself, the debrief, and what no longer stands."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.people.working_days import working_days_between

from . import mail, steps
from .approvals import take_out, tell_other_heads
from .exchanges import dropped, is_overdue
from .models import ApprovalDecision, ApprovalParty, Placement, PlacementState
from .requests import close_links, locked, record
from .states import PLACEMENT_MACHINE

logger = logging.getLogger(__name__)

P = PlacementState
#: Working days of their own school after which silent heads are reminded, once.
REMIND_AFTER = 5
#: Days after a visit on which its debrief is asked for again.
ASK_AGAIN_AFTER = 7


def run_due() -> int:
    """Due work: moves on what time has moved on. Says how many; safe for many at once and to repeat."""
    today = timezone.localdate()
    live = Placement.objects.annotate(first=Min("days__date"), last=Max("days__date")).order_by("pk")
    suggested = live.filter(state=P.SUGGESTED)
    requested, confirmed = live.filter(state=P.REQUESTED), live.filter(state=P.CONFIRMED)
    done = _each(suggested.filter(answer_by__lt=today) | suggested.filter(first__lte=today), _lapse_suggestion)
    done += _each(requested.filter(answer_by__lt=today) | requested.filter(first__lte=today), _lapse)
    on_hold = live.filter(state=P.ON_HOLD)
    done += _each(on_hold.filter(first__lt=today) | on_hold.filter(answer_by__lt=today).exclude(one_way=""), _lapse)
    asked_long_ago = timezone.now() - dt.timedelta(days=REMIND_AFTER)
    waiting = Q(approvals__decision="pending", approvals__reminded_at=None, approvals__asked_at__lte=asked_long_ago)
    done += _each(requested.filter(answer_by__gte=today).filter(waiting).distinct(), _remind)
    done += _each(confirmed.filter(first__gte=today), _recheck)
    done += _each(confirmed.filter(first=today + dt.timedelta(days=1)), _day_before)
    done += _each(confirmed.filter(first__lte=today), _begin)
    done += _each(live.filter(state=P.IN_PROGRESS, last__lt=today), _over)
    late = today - dt.timedelta(days=ASK_AGAIN_AFTER)
    done += _each(live.filter(state=P.DEBRIEF_DUE, last__lte=late), _ask_again)
    return done


def _each(rows: object, act: Callable[[Placement], bool]) -> int:
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):  # type: ignore[attr-defined]  # a queryset with annotations
        try:
            with transaction.atomic():
                done += act(locked(pk))
        except MentoringError:
            logger.exception("Visit %s could not be moved on.", pk)
    return done


def _move(row: Placement, to: PlacementState) -> bool:
    if not PLACEMENT_MACHINE.may(row, to, as_=Actor.SYSTEM):
        return False  # somebody was quicker
    before = PLACEMENT_MACHINE.move(row, to, as_=Actor.SYSTEM)
    row.version += 1
    row.save(update_fields=["state", "sequence", "version"])
    record(row, to.value, None, before=before)
    return True


def _once(row: Placement, key: str) -> bool:
    """Whether a mail of this key was not yet written; the outbox knows."""
    from mentoring.messages.models import Outbox

    return not Outbox.objects.filter(key__startswith=f"placement:{row.pk}:{key}:").exists()


def _lapse(row: Placement) -> bool:
    before = str(row.state)
    if before not in (P.REQUESTED, P.ON_HOLD):
        return False
    if before == P.ON_HOLD and min(d.date for d in row.days.all()) >= timezone.localdate() and not is_overdue(row):
        return False
    calendar = take_out(row, before)
    if not _move(row, P.LAPSED):
        return False
    close_links(row)
    mail.tell_visitor(row, "placement_lapsed", key="lapsed", calendar=calendar)
    mail.tell_host(row, "placement_off", key="lapsed", calendar=calendar)
    tell_other_heads(row, calendar, key="lapsed")
    waited = (
        "not everybody answered in time" if before == P.REQUESTED or row.one_way else "it was on hold when its day came"
    )
    mail.tell_coordinator(row, key="lapsed", sentence=f"It lapsed: {waited}.")
    dropped(row)
    return True


def _lapse_suggestion(row: Placement) -> bool:
    """The visitor did not answer: the days are free again. Host and heads never knew."""
    if row.state != P.SUGGESTED or not _move(row, P.LAPSED):
        return False
    mail.tell_visitor(row, "placement_lapsed", key="lapsed")
    mail.tell_coordinator(row, key="lapsed", sentence="The suggestion lapsed: the visitor did not answer in time.")
    return True


def _remind(row: Placement) -> bool:
    if row.state != P.REQUESTED:
        return False
    reminded = False
    for approval in row.approvals.filter(decision=ApprovalDecision.PENDING, reminded_at=None):
        hosting = approval.party == ApprovalParty.HOST_HEAD
        school = row.offer.organisation if hosting else row.enrolment.profile.organisation
        asked = timezone.localdate(approval.asked_at)
        if working_days_between(asked, timezone.localdate(), school) >= REMIND_AFTER:
            approval.reminded_at, reminded = timezone.now(), True
            approval.save(update_fields=["reminded_at"])
            mail.ask_head(row, approval, key=f"reminder:{row.version}")
    return reminded


def _recheck(row: Placement) -> bool:
    """Somebody moved school, a statement runs out, a closed day was declared: the visit waits for the coordinator."""
    if row.state != P.CONFIRMED:
        return False
    lacking = steps.missing(row)
    if not lacking:
        return False
    steps.hold(placement=row, actor=None, reason=lacking[0])
    return True


def _day_before(row: Placement) -> bool:
    if row.state != P.CONFIRMED or not _once(row, "tomorrow"):
        return False
    mail.tell_visitor(row, "placement_tomorrow", key="tomorrow")
    mail.tell_host(row, "placement_tomorrow", key="tomorrow")
    return True


def _begin(row: Placement) -> bool:
    return row.state == P.CONFIRMED and _move(row, P.IN_PROGRESS)


def _over(row: Placement) -> bool:
    if row.state != P.IN_PROGRESS or not _move(row, P.DEBRIEF_DUE):
        return False
    mail.tell_visitor(row, "placement_debrief", key="debrief:1")
    return True


def _ask_again(row: Placement) -> bool:
    if row.state != P.DEBRIEF_DUE or not _once(row, "debrief:2"):
        return False
    mail.tell_visitor(row, "placement_debrief", key="debrief:2")
    mail.tell_coordinator(row, key="debrief:2", sentence="No debrief a week after the visit.")
    return True
