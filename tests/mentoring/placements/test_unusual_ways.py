"""What happens to visits that wait, move or begin in an unusual way: calendars, clocks and who may say what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.models import Assurance, Outbox
from mentoring.placements import approvals, clocks, moves, offers, requests, steps
from mentoring.placements.models import PlacementState
from tests.mentoring import scenes

from . import visits

pytestmark = pytest.mark.django_db
P = PlacementState
HOME, HOST = "head.home@example.org", "head.host@example.org"


@pytest.fixture
def stage(clock: object) -> visits.Stage:
    return visits.staged()


def latest(address: str) -> Outbox:
    return Outbox.objects.filter(recipient=address).latest("pk")


def everybody(stage: visits.Stage) -> list[str]:
    return [stage.user.email, stage.host.user.email, HOME, HOST]


def held(stage: visits.Stage) -> Any:
    row = stage.confirmed()
    return steps.hold(placement=row, actor=stage.scene.coordinator, reason="A call", version=row.version)


def test_move__of_a_confirmed_visit__takes_the_old_day_out_of_all_calendars_at_once(stage: visits.Stage) -> None:
    row = stage.confirmed()
    row = moves.move_visit(placement=row, actor=stage.scene.coordinator, days=[stage.days[1]], version=row.version)
    for address in everybody(stage):
        assert "METHOD:CANCEL" in latest(address).calendar
        assert f"{stage.days[0]:%Y%m%d}T" in latest(address).calendar
        assert "SEQUENCE:1" in latest(address).calendar
    row = stage.heads_agree(row)
    steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version)
    for address in everybody(stage):
        assert f"{stage.days[1]:%Y%m%d}T" in latest(address).calendar
        assert "SEQUENCE:2" in latest(address).calendar


def test_new_head__says_no_to_a_visit_on_hold__ends_it_and_frees_the_day(stage: visits.Stage) -> None:
    row = held(stage)
    approval = row.approvals.get(party="releasing_head")
    requests.ask_another_head(
        approval=approval, actor=stage.scene.coordinator, email="new@example.org", version=row.version
    )
    approvals.answer(link=visits.link_to("new@example.org"), decision="no", text="I am new here.")
    assert visits.state(row) == P.DECLINED
    assert "METHOD:CANCEL" in latest(stage.user.email).calendar
    assert "METHOD:CANCEL" in latest(HOST).calendar
    assert stage.ask().pk != row.pk


def test_visit__on_hold_when_its_day_has_passed__lapses_and_leaves_the_calendars(
    clock: Any, stage: visits.Stage
) -> None:
    row = held(stage)
    day = row.days.get().date
    clock.move_to(dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC))
    clocks.run_due()
    assert visits.state(row) == P.ON_HOLD
    clock.shift(dt.timedelta(days=1))
    clocks.run_due()
    assert visits.state(row) == P.LAPSED
    for address in everybody(stage):
        assert "METHOD:CANCEL" in latest(address).calendar


def test_visit__whose_ground_has_gone_by_the_morning__does_not_begin(clock: Any, stage: visits.Stage) -> None:
    row = stage.confirmed()
    clock.move_to(dt.datetime.combine(stage.days[0], dt.time(6), tzinfo=dt.UTC))
    Assurance.objects.update(valid_until=stage.days[0] - dt.timedelta(days=1))
    clocks.run_due()
    assert visits.state(row) == P.ON_HOLD


def test_confirm__when_the_day_has_come__is_refused(clock: Any, stage: visits.Stage) -> None:
    row = stage.heads_agree(stage.ask())
    clock.move_to(dt.datetime.combine(stage.days[0], dt.time(9), tzinfo=dt.UTC))
    with pytest.raises(MentoringError, match="not ahead any more"):
        steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version)


def test_heads__of_a_visit_next_week__are_told_the_day_before_as_the_last(stage: visits.Stage) -> None:
    soon = visits.working_day(weeks=1)
    stage.offer.dates.create(date=soon)
    row = stage.ask(soon)
    assert row.answer_by == soon - dt.timedelta(days=1)
    assert f"until {row.answer_by:%-d %B %Y}" in latest(HOME).text
    clocks.run_due()
    assert Outbox.objects.filter(template="placement_asked", recipient=HOME).count() == 1


def test_new_head__asked_late__is_reminded_by_their_own_clock(clock: Any, stage: visits.Stage) -> None:
    row = stage.ask()
    clock.shift(dt.timedelta(days=7))
    requests.ask_another_head(
        approval=row.approvals.get(party="host_head"), actor=stage.scene.coordinator,
        email="new@example.org", version=row.version,
    )  # fmt: skip
    clocks.run_due()
    assert Outbox.objects.filter(template="placement_asked", recipient="new@example.org").count() == 1
    assert Outbox.objects.filter(template="placement_asked", recipient=HOME).count() == 2
    clock.shift(dt.timedelta(days=7))
    clocks.run_due()
    assert Outbox.objects.filter(template="placement_asked", recipient="new@example.org").count() == 2


def test_request__for_a_day_more_than_a_year_ahead__is_refused(stage: visits.Stage) -> None:
    far = timezone.localdate() + dt.timedelta(days=371)
    stage.offer.dates.create(date=far)
    with pytest.raises(MentoringError, match="within the next year"):
        stage.ask(far)


def test_coordinator__cannot_make_the_statement_of_an_employer(stage: visits.Stage) -> None:
    row = stage.ask()
    with pytest.raises(MentoringError, match="comes from the head"):
        steps.record_assurance(placement=row, actor=stage.scene.coordinator, route="supervised", by="Me")


def test_hold__with_a_stale_page__changes_nothing(stage: visits.Stage) -> None:
    row = stage.confirmed()
    with pytest.raises(Stale):
        steps.hold(placement=row, actor=stage.scene.coordinator, reason="A call", version=row.version - 1)
    assert visits.state(row) == P.CONFIRMED


def test_host__who_moved_school__takes_no_visitor_there(stage: visits.Stage) -> None:
    row = stage.confirmed()
    stage.host.organisation = scenes.school()
    stage.host.save()
    clocks.run_due()
    assert visits.state(row) == P.ON_HOLD
    assert "any more" in row.hold_reason
    with pytest.raises(MentoringError, match="another school now"):
        offers.save_offer(
            host=stage.host, programme=stage.scene.programme, actor=stage.host.user, offer=stage.offer,
            version=stage.offer.version, words={"title": "T", "summary": "S"}, kind="day", days_needed=1,
            dates=dict.fromkeys(stage.days, "full"), head_email=HOST,
        )  # fmt: skip
