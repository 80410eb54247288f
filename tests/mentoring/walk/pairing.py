"""The long chapters: pairs at work."""

from __future__ import annotations

import datetime as dt
import uuid

from mentoring.models import Enrolment, Relationship
from mentoring.relationships import agreement, checks, ending, meetings, services
from mentoring.relationships.agreement import Terms
from mentoring.relationships.meeting_models import Meeting, MeetingState
from mentoring.relationships.models import RELATIONSHIP_LIVE, RelationshipState

from . import matching
from .guide import LONDON, Guide

QUIET, PAUSED, LEFT_BY_MENTOR, LATE, MISSED = "Hana Sato", "Elif Demir", "Ivo Petrov", "Dana Novak", "Amina Rahman"


def live(guide: Guide) -> list[Relationship]:
    rows = Relationship.objects.filter(cohort=guide.cast.cohort, state__in=RELATIONSHIP_LIVE)
    return list(rows.select_related("mentee__profile__user", "mentor__profile__user").order_by("pk"))


def name(enrolment: Enrolment) -> str:
    return str(enrolment.profile.display_name)


def agree(guide: Guide, pair: Relationship) -> None:
    """The mentee writes, the mentor signs."""
    terms = Terms("By e-mail", 5, 24, dt.date(2028, 2, 7))
    with guide.act(f"{name(pair.mentee)} writes the agreement"):
        written = agreement.write(pair=pair, actor=pair.mentee.profile.user, number=1, terms=terms)
    with guide.act(f"{name(pair.mentor)} signs it"):
        stamp = written.written_at.isoformat()
        agreement.sign(pair=pair, actor=pair.mentor.profile.user, number=1, written_at=stamp)


def book(guide: Guide, pair: Relationship, day: dt.date) -> None:
    """The mentee proposes three times, the mentor picks the first."""
    times = [dt.datetime.combine(day + dt.timedelta(days=more), dt.time(15, 45), tzinfo=LONDON) for more in (0, 1, 2)]
    with guide.act(f"{name(pair.mentee)} proposes three times"):
        held = meetings.propose(pair=pair, actor=pair.mentee.profile.user, uid=uuid.uuid4(), times=times)
    with guide.act(f"{name(pair.mentor)} picks the first"):
        meetings.pick(meeting=held, actor=pair.mentor.profile.user, version=held.version, time=times[0])


def look_back(guide: Guide, pair: Relationship) -> None:
    """The mentee says of each meeting that lies behind whether it was held."""
    for held in Meeting.objects.filter(relationship=pair, state=MeetingState.BOOKED).order_by("start"):
        missed = name(pair.mentee) == MISSED and held.start is not None and held.start.month == 12
        with guide.act(f"{name(pair.mentee)}: the meeting {'did not happen' if missed else 'was held'}"):
            meetings.mark(
                meeting=held, actor=pair.mentee.profile.user, version=held.version, held_it=not missed
            )  # fmt: skip


def round_of_meetings(guide: Guide, today: dt.date, next_on: dt.date | None, *, without: tuple[str, ...] = ()) -> None:
    """Whoever is at work says how it was, and books the next."""
    guide.until(today)
    for pair in live(guide):
        if pair.state != RelationshipState.ACTIVE:
            continue
        look_back(guide, pair)
        if next_on is not None and name(pair.mentee) not in without:
            book(guide, pair, next_on)


def beginnings(guide: Guide) -> None:
    guide.chapter("Agreements, and first meetings")
    guide.until(dt.date(2027, 11, 3))
    for pair in live(guide):
        if name(pair.mentee) != LATE:
            agree(guide, pair)
    guide.until(dt.date(2027, 11, 8))  # five working days before its last day, both are reminded
    agree(guide, guide.cast.pair(LATE))
    round_of_meetings(guide, dt.date(2027, 11, 9), dt.date(2027, 11, 17))


def winter(guide: Guide) -> None:
    guide.chapter("Winter: meetings, stages, a missed one, a quiet pair, a pause")
    round_of_meetings(guide, dt.date(2027, 11, 22), dt.date(2027, 12, 8), without=(QUIET,))
    round_of_meetings(guide, dt.date(2027, 12, 10), dt.date(2028, 1, 12), without=(QUIET,))
    guide.until(dt.date(2028, 1, 14))
    pair = guide.cast.pair(PAUSED)
    with guide.act(f"{PAUSED} pauses until 28 February"):
        services.pause(
            pair=pair, actor=guide.cast.user(PAUSED), version=pair.version, until=dt.date(2028, 2, 28)
        )  # fmt: skip
    round_of_meetings(guide, dt.date(2028, 1, 14), dt.date(2028, 2, 9), without=(QUIET,))
    guide.until(dt.date(2028, 1, 19))
    _help(guide)


def _help(guide: Guide) -> None:
    """Nothing was heard of a pair for six school weeks: both are asked, one asks for help, the coordinator steps in."""
    mentor = guide.cast.mentor_of(QUIET)
    for who, said in ((mentor, "fine"), (QUIET, "help")):
        with guide.act(f"{who} follows the link in the mail and answers “{said}”"):
            check, side = checks.find(guide.link_in_last_mail(who, "pair_check"))
            checks.answer(check=check, side=side, answer=said)
    pair = guide.cast.pair(QUIET)
    assert pair.turn == "coordinator", pair.turn
    guide.until(dt.date(2028, 1, 21))
    with guide.act("Cora has spoken to both and hands the turn back"):
        services.hand_back(
            pair=pair, actor=guide.cast.coordinator, attention=pair.attention, note="They will meet online."
        )  # fmt: skip
    book(guide, guide.cast.pair(QUIET), dt.date(2028, 1, 26))


def endings(guide: Guide) -> None:
    guide.chapter("A mentor ends a pair, and the mentee comes first")
    guide.until(dt.date(2028, 1, 24))
    pair = guide.cast.pair(LEFT_BY_MENTOR)
    mentor = pair.mentor.profile
    with guide.act(f"{mentor} ends the pair: a new job"):
        ending.end(pair=pair, actor=mentor.user, version=pair.version, reason="moved", again=False)
    assert guide.cast.enrolment(LEFT_BY_MENTOR).rematch_since is not None
    assert [item.queue for item in guide.ledger.items() if item.who.startswith(LEFT_BY_MENTOR)] == ["rematch"]
    matching.one_more(guide)
    agree(guide, guide.cast.pair(LEFT_BY_MENTOR))
    guide.chapter("Spring")
    round_of_meetings(guide, dt.date(2028, 2, 11), dt.date(2028, 3, 15))
    guide.until(dt.date(2028, 2, 29))  # the pause is over by the clock
    assert guide.cast.pair(PAUSED).state == RelationshipState.ACTIVE
    book(guide, guide.cast.pair(PAUSED), dt.date(2028, 3, 27))
    round_of_meetings(guide, dt.date(2028, 3, 28), None)
