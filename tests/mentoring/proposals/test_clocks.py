"""Reminders and lapses of offers, day by day, whoever's calendar it is, however often the clock runs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mentoring.messages.models import OutboxState
from mentoring.models import AuditEvent, CalendarException, Enrolment, MailChoice, Outbox, Proposal
from mentoring.proposals import clocks
from mentoring.proposals.answers import answer
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def day(clock: Any, text: str, hour: int = 9) -> None:
    from zoneinfo import ZoneInfo

    clock.move_to(dt.datetime.fromisoformat(text).replace(hour=hour, tzinfo=ZoneInfo("Europe/London")), tick=False)


def told(template: str) -> list[str]:
    return sorted(Outbox.objects.filter(template=template).values_list("recipient", flat=True))


def email(pair: Proposal, side: str) -> str:
    return str(getattr(pair, side).profile.user.email)


def test_clock__nobody_answers__both_are_reminded_twice_and_then_told(clock: Any) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))  # Monday 11 January, seven working days
    both = sorted([email(pair, "mentee"), email(pair, "mentor")])
    seen: dict[str, tuple[int, int]] = {}
    for number in range(12, 23):
        day(clock, f"2027-01-{number}")
        for _ in range(2):
            clocks.run_due_offers()
        seen[f"{number}"] = (len(told("offer_reminder")), len(told("offer_lapsed")))
    assert seen == {
        **{str(n): (0, 0) for n in (12, 13)},
        **{str(n): (2, 0) for n in (14, 15, 16, 17, 18)},  # the third working day is Thursday the 14th
        **{str(n): (4, 0) for n in (19, 20)},  # the sixth is Tuesday the 19th
        **{str(n): (4, 2) for n in (21, 22)},  # Wednesday the 20th was the last day
    }
    assert told("offer_lapsed") == both
    pair.refresh_from_db()
    assert (pair.state, pair.clock_on) == (ProposalState.LAPSED, None)
    assert AuditEvent.objects.filter(action="mentoring.proposal.lapsed", actor=None).count() == 1
    reminder = Outbox.objects.filter(template="offer_reminder", recipient=email(pair, "mentee")).first()
    assert reminder is not None
    assert "Both care about behaviour." in reminder.text
    assert email(pair, "mentor") not in reminder.text


def test_clock__one_said_yes__only_the_other_is_reminded_and_the_willing_one_comes_first(clock: Any) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    answer(proposal=pair, actor=pair.mentee.profile.user, version=pair.version, yes=True)
    day(clock, "2027-01-14")
    clocks.run_due_offers()
    assert told("offer_reminder") == [email(pair, "mentor")]
    day(clock, "2027-01-21")
    clocks.run_due_offers()
    kind = Outbox.objects.get(template="offer_lapsed", recipient=email(pair, "mentee"))
    assert "You come first" in kind.text
    plain = Outbox.objects.get(template="offer_lapsed", recipient=email(pair, "mentor"))
    assert "did not hear from you" in plain.text
    assert Enrolment.objects.get(pk=pair.mentee_id).rematch_since is not None
    assert Enrolment.objects.get(pk=pair.mentor_id).rematch_since is None


def test_clock__half_term_of_one__moves_that_persons_reminder_and_the_end_alone(clock: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    day(clock, "2027-02-11")
    CalendarException.objects.create(
        organisation=scene.mentors[0].profile.organisation, date_from="2027-02-15", date_to="2027-02-19"
    )
    pair = scenes.offered(scene)
    assert pair.answer_by == dt.date(2027, 3, 1)
    day(clock, "2027-02-16")  # three working days for the mentee, one for the mentor
    clocks.run_due_offers()
    assert told("offer_reminder") == [email(pair, "mentee")]
    day(clock, "2027-02-23")  # six for the mentor's calendar are far, three are reached
    clocks.run_due_offers()
    assert told("offer_reminder").count(email(pair, "mentor")) == 1
    day(clock, "2027-03-01", 23)
    clocks.run_due_offers()
    pair.refresh_from_db()
    assert pair.state == ProposalState.OFFERED
    day(clock, "2027-03-02", 0)
    clocks.run_due_offers()
    pair.refresh_from_db()
    assert pair.state == ProposalState.LAPSED


def test_clock__worker_was_down_for_a_week__sends_the_latest_reminder_only(clock: Any) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    day(clock, "2027-01-20")
    clocks.run_due_offers()
    assert told("offer_reminder").count(email(pair, "mentee")) == 1
    assert Outbox.objects.filter(key__contains="offer_reminder6").count() == 2


def test_clock__offer_of_two_days__is_never_reminded(clock: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    type(scene.programme).objects.update(offer_days=2)
    pair = scenes.offered(scene)
    for number in (12, 13, 14):
        day(clock, f"2027-01-{number}")
        clocks.run_due_offers()
    pair.refresh_from_db()
    assert pair.state == ProposalState.LAPSED
    assert told("offer_reminder") == []


def test_clock__answered_offer__is_left_alone(clock: Any) -> None:
    pair = scenes.agreed(scenes.ready_to_match(1, 1))
    day(clock, "2027-02-21")
    assert clocks.run_due_offers() == 0
    pair.refresh_from_db()
    assert pair.state == ProposalState.PUBLISHED


def test_clock__one_row_fails__the_others_are_done(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scenes.ready_to_match(2, 2)
    bad, good = scenes.offered(scene, 0, 0), scenes.offered(scene, 1, 1)
    real = clocks.look_at

    def look_at(offer: Proposal) -> int:
        if offer.pk == bad.pk:
            raise RuntimeError("the row is broken")
        return real(offer)

    monkeypatch.setattr(clocks, "look_at", look_at)
    day(clock, "2027-01-21")
    assert clocks.run_due_offers() == 1
    good.refresh_from_db()
    assert good.state == ProposalState.LAPSED


def test_clock__killed_between_rows__nothing_is_doubled_or_lost(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """As SIGKILL would: no handler of ours catches it."""

    scene = scenes.ready_to_match(4, 4)
    for i in range(4):
        scenes.offered(scene, i, i)
    real = clocks.look_at
    calls = {"n": 0}

    def look_at(offer: Proposal) -> int:
        calls["n"] += 1
        done = real(offer)
        if calls["n"] % 2 == 0:
            raise Killed
        return done

    monkeypatch.setattr(clocks, "look_at", look_at)
    for date in ("2027-01-14", "2027-01-19", "2027-01-21"):
        day(clock, date)
        for _ in range(4):
            try:
                clocks.run_due_offers()
            except Killed:
                continue
    assert len(told("offer_reminder")) == 16  # eight people, twice each
    assert len(told("offer_lapsed")) == 8
    assert AuditEvent.objects.filter(action="mentoring.proposal.lapsed").count() == 4


@pytest.mark.parametrize("why", ["pause", "daily"])
def test_clock__somebody_waits_for_mail__the_last_reminder_reaches_them_all_the_same(clock: Any, why: str) -> None:
    pair = scenes.offered(scenes.ready_to_match(1, 1))
    profile = pair.mentee.profile
    if why == "daily":
        MailChoice.objects.create(user=profile.user, once_a_day=True)
    else:
        profile.paused_until = dt.date(2027, 3, 1)
        profile.save()
    for number in range(12, 20):
        day(clock, f"2027-01-{number}")
        clocks.run_due_offers()
    mails = Outbox.objects.filter(template="offer_reminder", recipient=email(pair, "mentee")).order_by("pk")
    assert [row.state for row in mails] == [OutboxState.WITHHELD, OutboxState.QUEUED]
    assert Outbox.objects.filter(template="offer_reminder", state=OutboxState.WITHHELD).count() == 1
