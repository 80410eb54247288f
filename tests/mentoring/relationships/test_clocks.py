"""What the clock does with pairs: each thing once, in its time, and nothing to people who are paused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, CalendarException, Check, Outbox, Relationship
from mentoring.proposals.bars import may_meet
from mentoring.relationships import agreement, checks, clocks, ending, meetings, services

from . import moments

pytestmark = pytest.mark.django_db


def days(clock: Any, count: float) -> None:
    clock.shift(dt.timedelta(days=count))


def ring(times: int = 2) -> list[int]:
    """Runs the clock so often; whatever is due is done by the first."""
    return [clocks.run_due() for _ in range(times)]


def count(template: str) -> int:
    return Outbox.objects.filter(template=template).count()


def now(pair: Relationship) -> Relationship:
    return Relationship.objects.get(pk=pair.pk)


def test_agreement__unsigned_near_its_end__reminds_those_who_are_missing_once(clock: Any) -> None:
    pair = moments.agreeing()
    agreement.write(pair=pair, actor=moments.mentee(pair), number=1, terms=moments.terms(pair))
    days(clock, 10)
    assert ring() == [0, 0]
    days(clock, 6)  # Wednesday 27 January, three working days before the last one
    assert ring() == [1, 0]
    assert Outbox.objects.get(template="pair_agreement_reminder").recipient == moments.mentor(pair).email


def test_agreement__unsigned_at_its_end__lapses_and_both_are_told(clock: Any) -> None:
    pair = moments.agreeing()
    days(clock, 21)  # Monday 1 February is the last day
    ring()
    assert now(pair).state == "agreeing"
    days(clock, 1)
    assert ring() == [1, 0]
    pair = now(pair)
    assert (pair.state, pair.ended_by, pair.turn) == ("lapsed", "clock", "nobody")
    assert count("pair_lapsed") == 2


def test_agreement__over_a_holiday__has_its_working_days(clock: Any) -> None:
    made = moments.scene()
    CalendarException.objects.create(
        organisation=made.mentees[0].profile.organisation,
        date_from=dt.date(2027, 1, 18),
        date_to=dt.date(2027, 1, 22),
        kind="holiday",
    )
    assert moments.agreeing(made).turn_due == dt.date(2027, 2, 8)


def test_lapse__when_the_mentee_had_signed__puts_them_first(clock: Any) -> None:
    pair = moments.agreeing()
    agreement.write(pair=pair, actor=moments.mentee(pair), number=1, terms=moments.terms(pair))
    days(clock, 22)
    ring()
    pair.mentee.refresh_from_db()
    assert pair.mentee.rematch_since is not None


def quiet(clock: Any, pair: Relationship | None = None) -> Relationship:
    """A pair that has neither met nor booked for more than six school weeks."""
    pair = pair or moments.active()
    days(clock, 43)  # due on Monday 22 February
    return pair


def test_quiet__for_six_school_weeks__asks_both_once(clock: Any) -> None:
    pair = moments.active()
    days(clock, 42)
    assert ring() == [0, 0]
    days(clock, 1)
    assert ring() == [1, 0]
    check = Check.objects.get()
    pair = now(pair)
    assert (pair.turn, pair.turn_due) == ("both", check.due)
    assert check.due == dt.date(2027, 3, 9)  # ten working days
    mail = Outbox.objects.get(template="pair_check", recipient=moments.mentee(pair).email)
    assert mail.text.count("?answer=") == 3


def test_quiet__with_a_meeting_booked_or_held__asks_nobody(clock: Any) -> None:
    pair = moments.active()
    moments.booked(pair, 60)
    other = moments.active()
    moments.held(other, days_ago=-20)
    quiet(clock, pair)
    ring()
    assert not Check.objects.exists()


def test_quiet__while_times_go_to_and_fro__asks_all_the_same(clock: Any) -> None:
    pair = moments.active()
    moments.proposed(pair, 100)
    quiet(clock, pair)
    ring()
    assert Check.objects.count() == 1


def test_quiet__of_a_paused_pair__asks_nobody(clock: Any) -> None:
    pair = moments.active()
    until = timezone.localdate() + dt.timedelta(days=60)
    services.pause(pair=pair, actor=moments.mentee(pair), version=pair.version, until=until)
    quiet(clock, pair)
    assert ring() == [0, 0]


def test_check__both_fine__closes_and_starts_the_weeks_anew(clock: Any) -> None:
    pair = quiet(clock)
    ring()
    check = Check.objects.get()
    checks.answer(check=check, side="mentee", answer="fine")
    assert now(pair).turn == "mentor"
    checks.answer(check=check, side="mentor", answer="fine")
    pair = now(pair)
    assert (pair.turn, pair.turn_due) == ("mentee", dt.date(2027, 4, 6))
    assert ring() == [0, 0]
    days(clock, 43)
    ring()
    assert Check.objects.count() == 2


@pytest.mark.parametrize("word", ["help", "end"])
def test_check__help_or_end__is_the_coordinators_turn_at_once(clock: Any, word: str) -> None:
    pair = quiet(clock)
    ring()
    for _ in range(2):
        checks.answer(check=Check.objects.get(), side="mentor", answer=word)
    pair = now(pair)
    assert pair.turn == "coordinator"
    assert pair.attention.startswith("The mentor")
    assert count("pair_needs_you") == 1


def test_check__answered_otherwise_before__is_refused(clock: Any) -> None:
    quiet(clock)
    ring()
    check = Check.objects.get()
    checks.answer(check=check, side="mentee", answer="fine")
    with pytest.raises(MentoringError, match="answered already: “All fine”"):
        checks.answer(check=check, side="mentee", answer="end")


def test_check__unanswered__is_the_coordinators_turn(clock: Any) -> None:
    pair = quiet(clock)
    ring()
    checks.answer(check=Check.objects.get(), side="mentee", answer="fine")
    days(clock, 15)
    assert ring() == [1, 0]
    pair = now(pair)
    assert (pair.turn, pair.attention) == ("coordinator", "No meeting for a long time, and no answer by the mentor.")
    assert count("pair_needs_you") == 1


def test_stage__in_its_week__is_told_once_and_of_several_the_last(clock: Any) -> None:
    pair = moments.active()
    moments.stage(pair, 0, "both", title="Beginning")
    moments.stage(pair, 2, title="Listening")
    moments.stage(pair, 3, title="Trying")
    assert ring() == [1, 0]
    days(clock, 7)
    assert ring() == [0, 0]
    days(clock, 14)
    assert ring() == [1, 0]
    subjects = set(Outbox.objects.filter(template="pair_stage").values_list("subject", flat=True))
    assert subjects == {"Next stage: Beginning", "Next stage: Trying"}
    assert len(now(pair).opened_stages) == 3


def test_stage__of_a_paused_pair__waits(clock: Any) -> None:
    pair = moments.active()
    moments.stage(pair, 1)
    until = timezone.localdate() + dt.timedelta(days=20)
    services.pause(pair=pair, actor=moments.mentee(pair), version=pair.version, until=until)
    days(clock, 14)
    assert ring() == [0, 0]
    days(clock, 6)
    assert ring() == [2, 0]  # goes on, and hears of the stage
    assert (now(pair).state, count("pair_stage")) == ("active", 2)


def test_meeting__on_the_day_before__reminds_both_once(clock: Any) -> None:
    pair = moments.active()
    moments.booked(pair, 7)
    days(clock, 5)
    assert ring() == [0, 0]
    days(clock, 1)
    assert ring() == [1, 0]
    assert count("meeting_tomorrow") == 2


def test_meeting__booked_for_tomorrow__needs_no_reminder(clock: Any) -> None:
    moments.booked(moments.active(), 1)
    assert ring() == [0, 0]


def test_times__that_have_all_gone_by__are_dropped(clock: Any) -> None:
    pair = moments.active()
    meeting = moments.proposed(pair, 1, 2)
    days(clock, 3)
    assert ring() == [1, 0]
    meeting.refresh_from_db()
    assert (meeting.state, now(pair).turn) == ("cancelled", "mentee")
    assert count("meeting_cancelled") == 0


def test_times__for_a_move_that_have_gone_by__leave_the_meeting_booked(clock: Any) -> None:
    pair = moments.active()
    meeting = moments.booked(pair, 20)
    meetings.offer_others(
        meeting=meeting, actor=moments.mentee(pair), version=meeting.version, times=[moments.in_days(2)]
    )
    days(clock, 3)
    ring()
    meeting.refresh_from_db()
    assert (meeting.state, meeting.options, meeting.start) == ("booked", [], moments.in_days(17))


def test_last_day__over__asks_both_and_completes_after_the_days_for_answers(clock: Any) -> None:
    pair = moments.active()
    clock.move_to(dt.datetime.combine(pair.expected_end + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC))
    ring()
    pair = now(pair)
    assert (pair.state, pair.turn, count("pair_closing")) == ("closing", "both", 2)
    ending.close_with(pair=pair, actor=moments.mentee(pair), **moments.ANSWERS)
    assert pair.turn_due is not None
    clock.move_to(dt.datetime.combine(pair.turn_due + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC))
    ring()
    pair = now(pair)
    assert (pair.state, pair.turn) == ("completed", "nobody")
    assert count("pair_completed") == 2
    pair.mentee.refresh_from_db()
    assert pair.mentee.state == "completed"


def test_change__that_nobody_signs__is_dropped(clock: Any) -> None:
    pair = moments.active()
    agreement.write(pair=pair, actor=moments.mentor(pair), number=2, terms=moments.terms(pair, every_weeks=2))
    days(clock, 16)
    assert ring() == [1, 0]
    assert pair.agreements.count() == 1
    assert now(pair).turn == "mentee"


def test_word__not_given_after_an_end__is_a_no(clock: Any) -> None:
    pair = moments.active()
    pair = ending.end(pair=pair, actor=moments.mentee(pair), version=pair.version, reason="time")
    days(clock, 16)
    assert ring() == [1, 0]
    pair = now(pair)
    assert (pair.mentee_after, pair.turn) == ("stop", "nobody")


def test_bars__somebody_changes_school__is_the_coordinators_turn_once_with_the_reason(clock: Any) -> None:
    pair = moments.active()
    assert ring() == [0, 0]
    mentee = pair.mentee.profile
    mentee.organisation = pair.mentor.profile.organisation
    mentee.save()
    assert ring() == [1, 0]
    pair = now(pair)
    assert pair.turn == "coordinator"
    assert str(mentee.organisation) in pair.attention
    services.hand_back(pair=pair, actor=moments.coordinator(pair), attention=pair.attention)
    assert ring() == [0, 0]  # seen is seen


def test_bars__wording_of_the_consent_changes__leaves_pairs_that_exist_alone(clock: Any) -> None:
    pair = moments.active()
    type(pair.mentee).objects.update(consent_version="2019-01")
    assert not may_meet(now(pair).mentee, now(pair).mentor)
    assert ring() == [0, 0]
    assert not now(pair).bar


def test_bars__one_takes_a_break__leaves_pairs_that_exist_alone(clock: Any) -> None:
    pair = moments.active()
    mentee = pair.mentee.profile
    mentee.paused_until = timezone.localdate() + dt.timedelta(days=30)
    mentee.save()
    assert not may_meet(now(pair).mentee, now(pair).mentor)
    assert ring() == [0, 0]
    assert not now(pair).bar


def test_bars__somebody_becomes_the_others_manager__is_the_coordinators_turn(clock: Any) -> None:
    pair = moments.active()
    mentee = pair.mentee.profile
    mentee.line_manager = pair.mentor.profile
    mentee.save()
    ring()
    assert "manages the other" in now(pair).attention


def test_hourly__asked_many_times_an_hour__goes_round_once(clock: Any) -> None:
    quiet(clock)
    assert [clocks.run_hourly() for _ in range(3)] == [1, 0, 0]


def test_trouble__with_one_pair__stops_no_other(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = moments.scene(2)
    first, second = moments.active(made), moments.active(made, 1, 1)
    days(clock, 43)
    asked = clocks.ask

    def ask(row: Relationship) -> Check:
        if row.pk == first.pk:
            raise RuntimeError("broken")
        return asked(row)

    monkeypatch.setattr(clocks, "ask", ask)
    clocks.run_due()
    assert Check.objects.get().relationship_id == second.pk


def test_live_pair__whatever_happens__has_an_owner_and_a_last_day(clock: Any) -> None:
    pair = moments.agreeing(moments.scene())
    for _ in range(30):
        days(clock, 7)
        clocks.run_due()
        pair = now(pair)
        if pair.state in services.RELATIONSHIP_LIVE:
            assert pair.turn != "nobody"
            assert pair.turn_due is not None
    assert pair.state == "lapsed"
    assert AuditEvent.objects.filter(object_type="mentoring.relationship").count() == 2
