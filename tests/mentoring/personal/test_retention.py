"""What is kept too long goes, after a notice, as each programme says."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from mentoring.messages.models import Outbox
from mentoring.models import AuditEvent, Cohort, Enrolment, MatchRun, Note, Profile, Relationship
from mentoring.personal import retention
from mentoring.personal.retention import months_before
from tests.mentoring import scenes
from tests.mentoring.personal.everywhere import tables_with
from tests.mentoring.personal.life import EMAIL, Life, live

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (dt.date(2027, 5, 31), 3, dt.date(2027, 2, 28)),
        (dt.date(2028, 2, 29), 12, dt.date(2027, 2, 28)),
        (dt.date(2027, 1, 15), 24, dt.date(2025, 1, 15)),
        (dt.date(2027, 1, 15), 1, dt.date(2026, 12, 15)),
    ],
)
def test_months_before__ends_of_months_and_years__fit(day: dt.date, months: int, before: dt.date) -> None:
    assert months_before(day, months) == before


def ended(life: Life) -> Life:
    """The pair ended today, and its cohort with it."""
    Relationship.objects.filter(pk=life.pair.pk).update(
        state="completed", ended_at=timezone.now(), ended_by="clock", turn="nobody"
    )
    Cohort.objects.filter(pk=life.scene.cohort.pk).update(start=timezone.localdate(), end=timezone.localdate())
    return life


def notices() -> list[str]:
    return list(Outbox.objects.filter(template="retention_notice").order_by("pk").values_list("key", flat=True))


def test_applications__notice_first__gone_thirty_days_later(clock: Any) -> None:
    scene = scenes.ready_to_match(1, 1)
    Cohort.objects.update(start=timezone.localdate(), end=timezone.localdate())
    clock.shift(dt.timedelta(days=140))
    assert retention.apply() == {}
    assert notices() == []
    clock.shift(dt.timedelta(days=18))  # thirty days before six months are over
    retention.apply()
    retention.apply()
    assert notices() == [f"retention:applications:{row.pk}" for row in [*scene.mentees, *scene.mentors]]
    assert "From 18 July" in Outbox.objects.filter(template="retention_notice").earliest("pk").text
    assert Enrolment.objects.count() == 2
    clock.shift(dt.timedelta(days=31))
    assert retention.apply()["applications"] == 2
    assert not Enrolment.objects.exists()


def test_applications__nobody_was_told_because_no_work_was_done__wait_for_the_notice(clock: Any) -> None:
    scenes.ready_to_match(1, 1)
    Cohort.objects.update(start=timezone.localdate(), end=timezone.localdate())
    clock.shift(dt.timedelta(days=1000))
    assert "applications" not in retention.apply()
    clock.shift(dt.timedelta(days=31))
    assert retention.apply()["applications"] == 2


def test_notes__three_months_after_the_end__go(clock: Any) -> None:
    life = ended(live())
    clock.shift(dt.timedelta(days=89))
    assert "notes" not in retention.apply()
    clock.shift(dt.timedelta(days=4))
    assert retention.apply()["notes"] == 2
    assert not Note.objects.filter(relationship=life.pair).exists()


def test_pairs__two_years_after_the_end__keep_their_dates_and_lose_their_people(clock: Any) -> None:
    life = ended(live())
    clock.shift(dt.timedelta(days=702))
    retention.apply()
    clock.shift(dt.timedelta(days=32))
    assert retention.apply()["pairs"] == 2
    pair = Relationship.objects.get(pk=life.pair.pk)
    assert (str(pair.mentee.profile), str(pair.mentor.profile)) == ("Former participant", "Former participant")
    assert pair.mentee.goals == ""
    assert not tables_with("xylophonic goal", "xylophonic terms", "xylophonic room")
    # Whoever takes part elsewhere is still here, under their own name.
    assert Profile.objects.filter(pk=life.profile.pk, user__email=EMAIL).exists()
    assert MatchRun.objects.filter(cohort=life.scene.cohort).get().inputs == {}


def test_pairs__still_at_work__stay_whatever_the_date(clock: Any) -> None:
    live()
    clock.shift(dt.timedelta(days=3000))
    retention.apply()
    clock.shift(dt.timedelta(days=31))
    assert "pairs" not in retention.apply()


def test_mail__after_a_year__goes_unless_it_still_waits(clock: Any) -> None:
    life = live()
    Outbox.objects.filter(key="to-them").update(state="sent", sent_at=timezone.now())
    clock.shift(dt.timedelta(days=370))
    retention.apply()
    assert not Outbox.objects.filter(key="to-them").exists()
    assert Outbox.objects.filter(key="to-partner").exists()
    assert life.pair.pk


def test_apply__is_audited_for_each_programme_with_counts(clock: Any) -> None:
    life = ended(live())
    clock.shift(dt.timedelta(days=95))
    retention.apply()
    event = AuditEvent.objects.get(action="mentoring.retention.applied", programme=life.scene.programme)
    assert (event.after, event.actor_id) == ({"notes": 2}, None)


def test_command__without_apply__reports_and_changes_nothing(clock: Any) -> None:
    life = ended(live())
    clock.shift(dt.timedelta(days=95))
    said = StringIO()
    call_command("retention", stdout=said)
    assert f"{life.scene.programme}: 2 notes of pairs that ended; the oldest from 11 January 2027" in said.getvalue()
    assert Note.objects.count() == 2
    call_command("retention", "--apply", stdout=said)
    assert not Note.objects.exists()
    said = StringIO()
    call_command("retention", stdout=said)
    assert "Nothing is kept longer than its time" in said.getvalue()
