"""Ends, what follows from who ends it, and the way back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale, WrongMove
from mentoring.models import ClosingAnswer, Meeting, Outbox, Relationship
from mentoring.programmes.services import withdraw
from mentoring.proposals.places import places_left
from mentoring.relationships import clocks, ending, queries
from tests.mentoring import scenes

from . import moments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def end(pair: Relationship, actor: Any, **values: Any) -> Relationship:
    return ending.end(pair=pair, actor=actor, version=pair.version, **({"reason": "time"} | values))


def states(pair: Relationship) -> tuple[str, bool, str, int]:
    """Mentee's enrolment, whether they come first, mentor's enrolment, places left."""
    pair.mentee.refresh_from_db()
    pair.mentor.refresh_from_db()
    first = pair.mentee.rematch_since is not None
    return pair.mentee.state, first, pair.mentor.state, places_left(pair.mentor)


def test_end__by_the_mentee__frees_the_place_and_asks_the_mentee() -> None:
    pair = moments.active()
    pair = end(pair, moments.mentee(pair))
    assert states(pair) == ("completed", False, "eligible", 1)
    assert (pair.turn, pair.mentee_after, pair.mentor_after) == ("mentee", "asked", "")
    pair = ending.choose_next(pair=pair, actor=moments.mentee(pair), again=True)
    assert states(pair) == ("eligible", False, "eligible", 1)
    assert pair.turn == "nobody"


def test_end__by_the_mentee_who_says_at_once__asks_nothing() -> None:
    pair = moments.active()
    pair = end(pair, moments.mentee(pair), again=True)
    assert states(pair) == ("eligible", False, "eligible", 1)
    assert pair.turn == "nobody"


def test_end__by_the_mentor__puts_the_mentee_first() -> None:
    pair = moments.active()
    pair = end(pair, moments.mentor(pair), again=False)
    assert states(pair) == ("eligible", True, "eligible", 0)
    assert pair.turn == "nobody"
    mail = Outbox.objects.get(template="pair_ended", recipient=moments.mentee(pair).email)
    assert "you come first" in mail.text


def test_end__by_a_coordinator__asks_both() -> None:
    pair = moments.active()
    pair = end(pair, moments.coordinator(pair), reason="other", note="They asked me to.")
    assert (pair.ended_by, pair.turn) == ("coordinator", "both")
    pair = ending.choose_next(pair=pair, actor=moments.mentor(pair), again=False)
    assert pair.turn == "mentee"
    pair = ending.choose_next(pair=pair, actor=moments.mentee(pair), again=False)
    assert states(pair) == ("completed", False, "eligible", 0)
    assert pair.turn == "nobody"


def test_end__by_whomever__tells_both_and_neither_the_reason() -> None:
    pair = moments.active()
    end(pair, moments.mentee(pair), reason="fit", note="We never got on.")
    mails = list(Outbox.objects.filter(template="pair_ended"))
    assert len(mails) == 2
    assert not any("got on" in mail.text or "fit each other" in mail.text for mail in mails)


def test_end__with_meetings_to_come__calls_them_off_and_keeps_those_behind(clock: Any) -> None:
    pair = moments.active()
    past = moments.held(pair)
    moments.booked(pair)
    end(pair, moments.mentee(pair))
    assert set(Meeting.objects.values_list("pk", "state")) >= {(past.pk, "held")}
    assert Meeting.objects.filter(state="cancelled").count() == 1
    assert Outbox.objects.filter(template="meeting_cancelled").count() == 2


def test_end__sent_twice__has_one_effect() -> None:
    pair = moments.active()
    version = pair.version
    for _ in range(2):
        ending.end(pair=pair, actor=moments.mentee(pair), version=version, reason="time")
    assert Outbox.objects.filter(template="pair_ended").count() == 2


def test_end__without_a_reason_or_by_a_stranger_or_stale__is_refused() -> None:
    pair = moments.active()
    with pytest.raises(MentoringError, match="tick what comes nearest"):
        end(pair, moments.mentee(pair), reason="")
    with pytest.raises(MentoringError):
        end(pair, scenes.user("Stan Stranger"))
    with pytest.raises(Stale, match="under way"):
        ending.end(pair=pair, actor=moments.mentee(pair), version=1, reason="time")


def test_choose_next__not_asked__is_refused() -> None:
    pair = moments.active()
    with pytest.raises(MentoringError):
        ending.choose_next(pair=pair, actor=moments.mentee(pair), again=True)


def test_closing__both_answers__complete_the_pair_and_its_people() -> None:
    pair = moments.closing()
    assert (pair.state, pair.turn) == ("closing", "both")
    for _ in range(2):
        pair = ending.close_with(pair=pair, actor=moments.mentee(pair), **moments.ANSWERS)
    assert (pair.state, pair.turn) == ("closing", "mentor")
    pair = ending.close_with(pair=pair, actor=moments.mentor(pair), **moments.ANSWERS)
    assert (pair.state, pair.turn) == ("completed", "nobody")
    assert states(pair)[::2] == ("completed", "completed")
    assert ClosingAnswer.objects.count() == 2


def test_closing__of_one_of_two_pairs__leaves_the_mentor_at_work() -> None:
    made = moments.scene(2, capacity=2)
    first = moments.closing(made)
    moments.active(made, mentee=1, mentor=0)
    for who in (moments.mentee(first), moments.mentor(first)):
        first = ending.close_with(pair=first, actor=who, **moments.ANSWERS)
    assert states(first)[::2] == ("completed", "eligible")


def test_closing_answers__below_five__are_not_summed() -> None:
    made = moments.scene(5)
    for number in range(5):
        if number == 4:
            assert queries.closing_sums(Relationship.objects.all()) == {"mentee": None, "mentor": None}
        pair = moments.active(made, number, number)
        pair = ending.finish(pair=pair, actor=moments.mentee(pair), version=pair.version)
        ending.close_with(pair=pair, actor=moments.mentee(pair), **moments.ANSWERS)
    sums = queries.closing_sums(Relationship.objects.all())
    assert sums["mentee"] is not None
    assert (sums["mentee"]["answers"], sums["mentee"]["rating"], sums["mentor"]) == (5, 4.0, None)


@pytest.mark.parametrize("values", [{"rating": 0}, {"rating": 6}, {"goals_reached": "perhaps"}])
def test_closing__values_that_cannot_be__are_refused(values: dict[str, Any]) -> None:
    pair = moments.closing()
    with pytest.raises(MentoringError, match="answer each"):
        ending.close_with(pair=pair, actor=moments.mentee(pair), **(moments.ANSWERS | values))


# --- The way back --------------------------------------------------------------------------------------------------


def test_reopen__by_a_coordinator_within_thirty_days__goes_on_where_it_was(clock: Any) -> None:
    pair = moments.active()
    pair = end(pair, moments.mentee(pair), again=False)
    clock.shift(dt.timedelta(days=29))
    pair = ending.reopen(pair=pair, actor=moments.coordinator(pair), version=pair.version)
    assert (pair.state, pair.turn, pair.ended_at) == ("active", "mentee", None)
    assert states(pair) == ("eligible", False, "eligible", 0)
    assert pair.turn_due is not None
    assert pair.turn_due > timezone.localdate()


def test_reopen__after_thirty_days_or_by_a_party__is_refused(clock: Any) -> None:
    pair = moments.active()
    pair = end(pair, moments.mentee(pair))
    with pytest.raises(MentoringError):
        ending.reopen(pair=pair, actor=moments.mentee(pair), version=pair.version)
    clock.shift(dt.timedelta(days=31))
    with pytest.raises(MentoringError, match="within 30 days"):
        ending.reopen(pair=pair, actor=moments.coordinator(pair), version=pair.version)


def test_reopen__when_the_mentor_has_no_place_left__is_refused() -> None:
    made = moments.scene(2)
    pair = moments.active(made)
    pair = end(pair, moments.mentee(pair), again=True)
    moments.active(made, mentee=1, mentor=0)
    with pytest.raises(MentoringError, match="no place left"):
        ending.reopen(pair=pair, actor=moments.coordinator(pair), version=pair.version)
    pair.refresh_from_db()
    assert pair.state == "ended"


def test_reopen__when_the_mentee_has_another_mentor__is_refused() -> None:
    made = moments.scene(2)
    pair = moments.active(made)
    pair = end(pair, moments.mentee(pair), again=True)
    moments.active(made, mentee=0, mentor=1)
    with pytest.raises(MentoringError, match="another mentor"):
        ending.reopen(pair=pair, actor=moments.coordinator(pair), version=pair.version)


def test_reopen__a_lapsed_pair__has_its_days_anew(clock: Any) -> None:
    pair = moments.agreeing()
    clock.shift(dt.timedelta(days=22))
    clocks.run_due()
    pair.refresh_from_db()
    assert pair.state == "lapsed"
    pair = ending.reopen(pair=pair, actor=moments.coordinator(pair), version=pair.version)
    assert (pair.state, pair.turn_due) == ("agreeing", dt.date(2027, 2, 23))
    clocks.run_due()
    pair.refresh_from_db()
    assert pair.state == "agreeing"


def test_reopen__a_completed_pair__is_refused() -> None:
    pair = moments.closing()
    for who in (moments.mentee(pair), moments.mentor(pair)):
        pair = ending.close_with(pair=pair, actor=who, **moments.ANSWERS)
    with pytest.raises(MentoringError, match="ended early"):
        ending.reopen(pair=pair, actor=moments.coordinator(pair), version=pair.version)


def test_finish__a_pair_that_has_not_begun__is_a_wrong_move() -> None:
    pair = moments.agreeing()
    with pytest.raises(WrongMove, match="cannot become"):
        ending.finish(pair=pair, actor=moments.mentee(pair), version=pair.version)


def test_leave__the_cohort__ends_the_pair_and_the_other_comes_first() -> None:
    pair = moments.active()
    ending.end_all_of(pair.mentor, actor=moments.mentor(pair))
    pair.refresh_from_db()
    assert (pair.state, pair.ended_by) == ("ended", "mentor")
    assert states(pair)[:2] == ("eligible", True)


def test_withdraw__from_the_cohort__ends_the_pair_too() -> None:
    pair = moments.active()
    withdraw(enrolment=pair.mentee, actor=moments.mentee(pair))
    pair.refresh_from_db()
    assert (pair.state, pair.ended_by, pair.turn) == ("ended", "mentee", "nobody")
    assert states(pair) == ("withdrawn", False, "eligible", 1)
    assert Outbox.objects.filter(template="pair_ended", recipient=moments.mentor(pair).email).exists()
