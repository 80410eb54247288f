"""Clocks of open offers: reminders, and the end when nobody answered. Safe to run twice, and by many at once."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from mentoring.machine import Actor

from . import changes, endings
from .locks import locked
from .models import Proposal, ProposalState
from .offers import REMIND_AFTER, calendar_of, next_look, open_sides, tell_of

logger = logging.getLogger(__name__)

#: Offers looked at in one go; the next go takes the rest.
BATCH = 500


def run_due_offers() -> int:
    """Due work: looks at each open offer whose day has come, each by itself: what was done stays done."""
    due = Proposal.objects.filter(state=ProposalState.OFFERED, clock_on__lte=timezone.localdate())
    done = 0
    for offer in list(due.order_by("clock_on", "pk")[:BATCH]):
        try:
            done += look_at(offer)
        except Exception:
            logger.exception("The clock of proposal %s failed and will be tried again.", offer.pk)
    return done


def look_at(offer: Proposal) -> int:
    """Reminds or ends, whichever is due; 0 if an answer or another worker came first."""
    with transaction.atomic():
        row = locked(offer)
        today = timezone.localdate()
        if row.state != ProposalState.OFFERED or row.clock_on is None or row.clock_on > today:
            return 0
        if row.answer_by is not None and today > row.answer_by:
            _lapse(row)
        else:
            _remind(row)
    return 1


def _lapse(row: Proposal) -> None:
    silent = open_sides(row)
    changes.move(row, ProposalState.LAPSED, as_=Actor.SYSTEM, actor=None, reason="Not answered by both in time.")
    endings.let_go(row, actor=None, by=silent, template="offer_lapsed", tell_all=True)


def _remind(row: Proposal) -> None:
    """Whoever has not answered, once per reminder; one that was missed is made up for by the next alone."""
    today = timezone.localdate()
    assert row.offered_at is not None
    began = timezone.localdate(row.offered_at)
    reminders = [after for after in REMIND_AFTER if after < row.cohort.programme.offer_days]
    for person in open_sides(row):
        passed = calendar_of(person, since=began).between(began, today)
        due = [after for after in reminders if after <= passed]
        if due:  # after the last one the offer lapses: no pause and no daily message may hold it back
            tell_of(row, person, "offer_reminder", number=str(due[-1]), last_call=due[-1] == reminders[-1])
    row.clock_on = next_look(row, today)
    row.save(update_fields=["clock_on"])  # no version: what people decide about has not changed
