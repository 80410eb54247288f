"""From two yeses to a signed agreement."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.models import Agreement, AuditEvent, Outbox, Relationship
from mentoring.relationships import agreement, services
from tests.mentoring import scenes

from . import moments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def actions(pair: Relationship) -> list[str]:
    rows = AuditEvent.objects.filter(object_type="mentoring.relationship", object_id=str(pair.pk)).order_by("pk")
    return [row.action.removeprefix("mentoring.relationship.") for row in rows]


def test_begin__after_two_yeses__both_are_told_and_have_fifteen_working_days() -> None:
    pair = moments.agreeing()
    assert (pair.state, pair.turn) == ("agreeing", "both")
    assert pair.turn_due == dt.date(2027, 2, 1)  # from Monday 11 January: fifteen working days
    mails = Outbox.objects.filter(template="pair_begun")
    assert {mail.recipient for mail in mails} == {moments.mentee(pair).email, moments.mentor(pair).email}
    assert moments.mentor(pair).email in mails.get(recipient=moments.mentee(pair).email).text
    assert actions(pair) == ["began"]


def test_write__by_one__is_signed_by_them_and_waits_for_the_other() -> None:
    pair = moments.agreeing()
    version = agreement.write(pair=pair, actor=moments.mentor(pair), number=1, terms=moments.terms(pair))
    pair.refresh_from_db()
    assert version.mentor_signed_at is not None
    assert version.mentee_signed_at is None
    assert pair.turn == "mentee"
    assert Outbox.objects.get(template="pair_sign").recipient == moments.mentee(pair).email


def test_write__sent_twice__has_one_effect() -> None:
    pair = moments.agreeing()
    for _ in range(2):
        agreement.write(pair=pair, actor=moments.mentee(pair), number=1, terms=moments.terms(pair))
    assert Outbox.objects.filter(template="pair_sign").count() == 1
    assert actions(pair) == ["began", "agreement_written"]


def test_sign__by_the_other__begins_the_work() -> None:
    pair = moments.active()
    assert (pair.state, pair.began_on, pair.turn) == ("active", timezone.localdate(), "mentee")
    assert pair.version == 2
    assert actions(pair) == ["began", "agreement_written", "agreement_signed", "active"]
    assert Outbox.objects.filter(template="pair_active").count() == 2


def test_sign__twice__has_one_effect() -> None:
    pair = moments.active()
    version = pair.agreements.get()
    agreement.sign(pair=pair, actor=moments.mentor(pair), number=1, written_at=version.written_at.isoformat())
    assert Outbox.objects.filter(template="pair_active").count() == 2


def test_sign__by_the_writer_alone__changes_nothing() -> None:
    pair = moments.agreeing()
    version = agreement.write(pair=pair, actor=moments.mentee(pair), number=1, terms=moments.terms(pair))
    agreement.sign(pair=pair, actor=moments.mentee(pair), number=1, written_at=version.written_at.isoformat())
    pair.refresh_from_db()
    assert pair.state == "agreeing"


def test_sign__when_the_wording_changed_meanwhile__is_stale(clock: object) -> None:
    pair = moments.agreeing()
    version = agreement.write(pair=pair, actor=moments.mentee(pair), number=1, terms=moments.terms(pair))
    read = version.written_at.isoformat()
    clock.shift(60)  # type: ignore[attr-defined]  # time_machine's
    agreement.write(pair=pair, actor=moments.mentee(pair), number=1, terms=moments.terms(pair, every_weeks=1))
    with pytest.raises(Stale, match="read it again"):
        agreement.sign(pair=pair, actor=moments.mentor(pair), number=1, written_at=read)
    pair.refresh_from_db()
    assert pair.state == "agreeing"


def test_change__of_a_signed_agreement__is_a_new_version_that_both_sign() -> None:
    pair = moments.active()
    agreement.write(pair=pair, actor=moments.mentor(pair), number=2, terms=moments.terms(pair, every_weeks=2))
    pair.refresh_from_db()
    assert pair.turn == "mentee"
    first, second = Agreement.objects.order_by("number")
    assert first.in_force
    assert not second.in_force
    agreement.sign(pair=pair, actor=moments.mentee(pair), number=2, written_at=second.written_at.isoformat())
    second.refresh_from_db()
    assert second.in_force
    assert Outbox.objects.filter(template="pair_agreement_changed").count() == 2


def test_change__onto_an_old_version__is_stale() -> None:
    pair = moments.active()
    with pytest.raises(Stale):
        agreement.write(pair=pair, actor=moments.mentor(pair), number=1, terms=moments.terms(pair, every_weeks=2))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"contact": "  "}, "how you reach each other"),
        ({"contact": "x" * 301}, "below 300"),
        ({"every_weeks": 0}, "between 1 and 26"),
        ({"notice_hours": 999}, "336 hours"),
        ({"review_on": dt.date(2020, 1, 1)}, "review date after today"),
        ({"review_on": dt.date(2099, 1, 1)}, "review date after today"),
        ({"more": "x" * 1001}, "below 1,000"),
    ],
)
def test_write__terms_that_cannot_stand__are_refused_with_a_sentence(changes: dict[str, object], sentence: str) -> None:
    pair = moments.agreeing()
    with pytest.raises(MentoringError, match=sentence):
        agreement.write(pair=pair, actor=moments.mentee(pair), number=1, terms=moments.terms(pair, **changes))
    assert not Agreement.objects.exists()


def test_write__by_a_coordinator_or_a_stranger__is_refused() -> None:
    pair = moments.agreeing()
    for actor in (moments.coordinator(pair), scenes.user("Stan Stranger")):
        with pytest.raises(MentoringError, match="Only the two"):
            agreement.write(pair=pair, actor=actor, number=1, terms=moments.terms(pair))


def test_pause__and_resume__the_other_is_told_and_the_clock_starts_anew(clock: object) -> None:
    pair = moments.active()
    until = timezone.localdate() + dt.timedelta(days=30)
    pair = services.pause(pair=pair, actor=moments.mentor(pair), version=pair.version, until=until)
    assert (pair.state, pair.turn, pair.turn_due) == ("paused", "both", until)
    services.pause(pair=pair, actor=moments.mentor(pair), version=pair.version - 1, until=until)  # sent twice
    clock.shift(dt.timedelta(days=10))  # type: ignore[attr-defined]  # time_machine's
    pair = services.resume(pair=pair, actor=moments.mentee(pair), version=pair.version)
    assert (pair.state, pair.turn) == ("active", "mentee")
    assert pair.turn_due == dt.date(2027, 3, 4)  # six school weeks from the day they came back, Thursday 21 January
    assert actions(pair)[-2:] == ["paused", "resumed"]


@pytest.mark.parametrize("days", [0, -3, 400, 150])
def test_pause__until_a_day_that_cannot_be__is_refused(days: int) -> None:
    pair = moments.active()
    pair.expected_end = timezone.localdate() + dt.timedelta(days=100)
    pair.save()
    with pytest.raises(MentoringError, match="choose a day"):
        services.pause(
            pair=pair,
            actor=moments.mentee(pair),
            version=pair.version,
            until=timezone.localdate() + dt.timedelta(days=days),
        )


def test_help__asked__is_the_coordinators_turn_at_once_and_comes_back() -> None:
    pair = moments.active()
    for _ in range(2):
        pair = services.ask_help(pair=pair, actor=moments.mentee(pair), text="We cannot find a time.")
    assert (pair.turn, pair.attention) == ("coordinator", "The mentee asks: We cannot find a time.")
    mail = Outbox.objects.get(template="pair_needs_you")
    assert mail.recipient == pair.cohort.programme.contact_email
    assert actions(pair).count("help_asked") == 1
    with pytest.raises(Stale):
        services.hand_back(pair=pair, actor=moments.coordinator(pair), attention="Something older.")
    pair = services.hand_back(pair=pair, actor=moments.coordinator(pair), attention=pair.attention)
    assert (pair.turn, pair.attention) == ("mentee", "")


def test_extend__a_closing_pair__goes_on() -> None:
    pair = moments.closing()
    until = timezone.localdate() + dt.timedelta(days=90)
    pair = services.extend(pair=pair, actor=moments.coordinator(pair), version=pair.version, until=until)
    assert (pair.state, pair.expected_end) == ("active", until)
    with pytest.raises(MentoringError):
        services.extend(pair=pair, actor=moments.mentee(pair), version=pair.version, until=until)
