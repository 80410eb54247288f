"""Whose turn it is in a pair, for what, and until when: read from what is there, written down at every change."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from mentoring.people.working_days import Calendar
from mentoring.programmes.models import EnrolmentRole

from .check_models import Check, CheckAnswer
from .meeting_models import MEETING_COUNTS, Meeting, MeetingState
from .models import RELATIONSHIP_LIVE, After, Relationship, RelationshipState, Turn
from .space_models import Agreement


class What(enum.StrEnum):
    """What the one whose turn it is has to do."""

    ATTENTION = "attention"
    WRITE = "write"
    SIGN = "sign"
    PAUSED = "paused"
    CHECK = "check"
    MARK = "mark"
    PICK = "pick"
    MEET = "meet"
    PROPOSE = "propose"
    CLOSE = "close"
    AFTER = "after"
    NOTHING = "nothing"


@dataclass
class Facts:
    """What of a pair decides about the turn. Read for one pair by `read`, for many by `mine.pairs_of`."""

    agreements: list[Agreement] = field(default_factory=list)  # the newest first
    meetings: list[Meeting] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)  # who has answered the closing questions

    @classmethod
    def read(cls, pair: Relationship) -> Facts:
        """Four queries."""
        return cls(
            list(pair.agreements.all()),
            list(pair.meetings.exclude(state__in=[MeetingState.CANCELLED, MeetingState.MISSED])),
            list(pair.checks.all()),
            set(pair.closing_answers.values_list("role", flat=True)),
        )

    @property
    def check(self) -> Check | None:
        return next((check for check in self.checks if check.closed_at is None), None)

    @property
    def unsigned(self) -> Agreement | None:
        return next((a for a in self.agreements if not a.in_force), None)

    def last_sign(self, pair: Relationship) -> dt.date:
        """The last day that shows the pair at work: it began, met, will meet, said that all is well, or came back."""
        days = [pair.began_on or day_of(pair.created_at)]
        days += [day_of(m.start) for m in self.meetings if m.start and m.state in MEETING_COUNTS]
        days += [day_of(check.closed_at) for check in self.checks if check.closed_at]
        if pair.paused_until and pair.state != RelationshipState.PAUSED:
            days.append(pair.paused_until)  # a resumed pair keeps the day on which it came back
        return max(days)


def day_of(moment: dt.datetime) -> dt.date:
    """The date in local time."""
    return timezone.localtime(moment).date()


def other(side: str) -> EnrolmentRole:
    return EnrolmentRole.MENTOR if side == EnrolmentRole.MENTEE else EnrolmentRole.MENTEE


def _those(missing: Iterable[str]) -> Turn:
    """The turn of whoever of the two is still missing."""
    who = set(missing)
    return Turn.BOTH if len(who) == 2 else Turn(who.pop()) if who else Turn.NOBODY


def what_now(pair: Relationship, facts: Facts, now: dt.datetime) -> tuple[What, Turn]:
    """What comes next, and whose turn that is."""
    if pair.state not in RELATIONSHIP_LIVE:
        asked = [s for s in EnrolmentRole.values if after_of(pair, s) == After.ASKED]
        return (What.AFTER, _those(asked)) if asked else (What.NOTHING, Turn.NOBODY)
    if pair.attention:
        return What.ATTENTION, Turn.COORDINATOR
    if pair.state == RelationshipState.PAUSED:
        return What.PAUSED, Turn.BOTH
    if pair.state == RelationshipState.CLOSING:
        return What.CLOSE, _those(set(EnrolmentRole.values) - facts.closed)
    if facts.check is not None:
        return What.CHECK, _those(s for s in EnrolmentRole.values if facts.check.answer_of(s) == CheckAnswer.NONE)
    unsigned = facts.unsigned
    if unsigned is not None and unsigned.waits_for is not None:
        return What.SIGN, Turn(unsigned.waits_for)
    if pair.state == RelationshipState.AGREEING:
        return What.WRITE, Turn.BOTH
    if _unmarked(facts, now):
        return What.MARK, Turn.BOTH
    open_ = [m for m in facts.meetings if m.options]
    if open_:
        return What.PICK, Turn(other(open_[0].proposed_by))
    if _booked(facts, now):
        return What.MEET, Turn.BOTH
    return What.PROPOSE, Turn.MENTEE


def _booked(facts: Facts, now: dt.datetime) -> list[Meeting]:
    return sorted((m for m in facts.meetings if m.state == "booked" and m.end and m.end > now), key=_start)


def _unmarked(facts: Facts, now: dt.datetime) -> list[Meeting]:
    return sorted((m for m in facts.meetings if m.state == "booked" and m.end and m.end <= now), key=_start)


def _start(meeting: Meeting) -> dt.datetime:
    assert meeting.start is not None  # a constraint says so of booked ones
    return meeting.start


def after_of(pair: Relationship, side: str) -> str:
    return pair.mentee_after if side == EnrolmentRole.MENTEE else pair.mentor_after


def calendar_of(pair: Relationship) -> Calendar:
    """The pair's clocks go by the mentee's place of work: that is where the diary is the tighter. One query."""
    return Calendar.of(pair.mentee.profile.organisation, since=day_of(pair.created_at))


def due_of(what: What, pair: Relationship, facts: Facts, now: dt.datetime) -> dt.date | None:
    """The last day of the turn. It hangs on what began the turn, so that working it out again gives the same day."""
    programme = pair.cohort.programme
    today = day_of(now)
    if what is What.NOTHING:
        return None
    if what is What.PAUSED:
        return pair.paused_until
    if what is What.CHECK and facts.check:
        return facts.check.due
    if what is What.MEET:
        return day_of(_start(_booked(facts, now)[0]))
    calendar = calendar_of(pair)
    if pair.state == RelationshipState.AGREEING and what is not What.ATTENTION:
        since = max(day_of(pair.created_at), pair.paused_until or dt.date.min)  # paused_until: opened again on that day
        return calendar.add(since, programme.agreement_days)
    if what in (What.PROPOSE, What.PICK):
        quiet = calendar.add(facts.last_sign(pair), programme.quiet_weeks * 5)
        return min([quiet, *(max(map(day_of, m.times)) for m in facts.meetings if m.options)])
    anchor = {
        What.ATTENTION: day_of(pair.turn_since) if pair.turn == Turn.COORDINATOR else today,
        What.SIGN: day_of(facts.unsigned.written_at) if facts.unsigned else today,
        What.MARK: facts.last_sign(pair),
        What.CLOSE: pair.expected_end,
        What.AFTER: day_of(pair.ended_at) if pair.ended_at else today,
    }[what]
    return calendar.add(anchor, programme.answer_days)


def settle(pair: Relationship, facts: Facts | None = None) -> bool:
    """Brings turn, since when and until when up to date, and saves them. The caller holds the row's lock.

    Says whether anything changed. At most six queries.
    """
    now = timezone.now()
    facts = facts or Facts.read(pair)
    what, turn = what_now(pair, facts, now)
    due = due_of(what, pair, facts, now)
    if (pair.turn, pair.turn_due) == (turn, due):
        return False
    if pair.turn != turn:
        pair.turn, pair.turn_since = turn, now
    pair.turn_due = due
    pair.save(update_fields=["turn", "turn_since", "turn_due"])
    return True
