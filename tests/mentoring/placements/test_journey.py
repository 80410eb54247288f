"""A visit from the offer to the debrief, and what ends it on the way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.models import Assurance, AuditEvent, Outbox, Placement
from mentoring.placements import approvals, clocks, moves, offers, requests, steps
from mentoring.placements.models import ApprovalDecision, PlacementState
from mentoring.placements.offer_models import OfferState
from tests.mentoring import scenes

from . import visits

pytestmark = pytest.mark.django_db
P = PlacementState


@pytest.fixture
def stage(clock: object) -> visits.Stage:
    return visits.staged()


def told(address: str) -> list[str]:
    return list(Outbox.objects.filter(recipient=address).order_by("pk").values_list("template", flat=True))


def test_visit__from_request_to_debrief__tells_everybody_and_keeps_a_trail(clock: object, stage: visits.Stage) -> None:
    row = stage.ask()
    assert visits.state(row) == P.REQUESTED
    stage.heads_agree(row)
    row = steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version)
    assert row.state == P.CONFIRMED
    entry = Outbox.objects.get(recipient=stage.user.email, template="placement_confirmed").calendar
    assert "METHOD:REQUEST" in entry
    assert f"{row.days.get().date:%Y%m%d}T083000" in entry
    assert "placement_confirmed" in told("head.home@example.org")
    day = row.days.get().date
    clock.move_to(dt.datetime.combine(day - dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC))  # type: ignore[attr-defined]
    clocks.run_due()
    assert told(stage.user.email).count("placement_tomorrow") == 1
    clock.move_to(dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC))  # type: ignore[attr-defined]
    clocks.run_due()
    assert visits.state(row) == P.IN_PROGRESS
    clock.move_to(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC))  # type: ignore[attr-defined]
    clocks.run_due()
    clocks.run_due()
    assert visits.state(row) == P.DEBRIEF_DUE
    assert told(stage.user.email).count("placement_debrief") == 1
    steps.debrief(placement=row, actor=stage.user, version=row.version, text="She listens first. I will try that.")
    assert visits.state(row) == P.COMPLETED
    actions = list(AuditEvent.objects.filter(object_type="mentoring.placement").values_list("action", flat=True))
    for name in ("requested", "releasing_head_yes", "host_head_yes", "confirmed", "in_progress", "completed"):
        assert f"mentoring.placement.{name}" in actions
    assert Assurance.objects.get().person == stage.visitor.profile


def test_request__twice__has_one_effect(stage: visits.Stage) -> None:
    assert stage.ask().pk == stage.ask().pk
    assert Outbox.objects.filter(template="placement_asked").count() == 2


def test_head__says_no__frees_the_day_and_tells_the_visitor_kindly(stage: visits.Stage) -> None:
    row = stage.ask()
    approvals.answer(link=visits.link_to("head.home@example.org"), decision="no", text="Exams that week.")
    assert visits.state(row) == P.DECLINED
    assert "placement_declined" in told(stage.user.email)
    again = stage.ask()
    assert again.pk != row.pk


def test_head__answers_twice__the_first_decision_stands(stage: visits.Stage) -> None:
    row = stage.ask()
    link = visits.link_to("head.host@example.org")
    approvals.answer(link=link, decision="yes")
    approvals.answer(link=link, decision="yes")
    with pytest.raises(MentoringError, match="decided already"):
        approvals.answer(link=link, decision="no")
    assert row.approvals.get(party="host_head").decision == ApprovalDecision.YES
    assert told("head.host@example.org").count("placement_copy") == 1


def test_head__asks__keeps_the_link_open(stage: visits.Stage) -> None:
    row = stage.ask()
    link = visits.link_to("head.host@example.org")
    approvals.answer(link=link, decision="question", text="Who is it?")
    assert row.approvals.get(party="host_head").decision == ApprovalDecision.QUESTION
    approvals.answer(link=link, decision="yes")
    assert row.approvals.get(party="host_head").decision == ApprovalDecision.YES


def test_cover__cost_of_two_days__is_split_to_the_penny() -> None:
    stage = visits.staged(days_needed=2)
    row = stage.ask(*stage.days[:2])
    approvals.answer(
        link=visits.link_to("head.home@example.org"), decision="yes", cover="arranged", half_days=2, cost="£181.01",
        statement=True, name="Head",
    )  # fmt: skip
    assert list(row.days.values_list("cover_cost", flat=True)) == [Decimal("90.51"), Decimal("90.50")]


@pytest.mark.parametrize("cost", ["lots", "-3", "1e9"])
def test_cover__cost_that_is_none__is_refused(stage: visits.Stage, cost: str) -> None:
    stage.ask()
    with pytest.raises(MentoringError, match="amount in pounds"):
        approvals.answer(
            link=visits.link_to("head.home@example.org"), decision="yes", cover="arranged", cost=cost, statement=True
        )
    assert visits.link_to("head.home@example.org").used_at is None


def test_confirm__before_all_agree__says_what_is_missing(stage: visits.Stage) -> None:
    row = stage.ask()
    with pytest.raises(MentoringError, match="Head of the host school: no answer yet"):
        steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version)
    stage.heads_agree(row, cover="asked")
    with pytest.raises(MentoringError, match="Cover is not arranged"):
        steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version)
    row = steps.set_cover(placement=row, actor=stage.scene.coordinator, version=row.version, cover="arranged")
    assert steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version).state == P.CONFIRMED


def test_move__after_both_agreed__asks_both_again_and_raises_the_calendar_sequence(stage: visits.Stage) -> None:
    row = stage.confirmed()
    before = visits.token_to("head.home@example.org")
    row = moves.move_visit(placement=row, actor=stage.scene.coordinator, days=[stage.days[1]], version=row.version)
    assert row.state == P.REQUESTED
    assert set(row.approvals.values_list("decision", flat=True)) == {"pending"}
    assert row.sequence == 1
    after = visits.token_to("head.home@example.org")
    assert before != after
    assert steps.missing(row)


def test_head__who_left__is_replaced_and_the_old_link_is_dead(stage: visits.Stage) -> None:
    row = stage.ask()
    old = visits.link_to("head.home@example.org")
    requests.ask_another_head(
        approval=row.approvals.get(party="releasing_head"), actor=stage.scene.coordinator,
        email="new.head@example.org", version=row.version,
    )  # fmt: skip
    with pytest.raises(MentoringError, match="replaced by a newer one"):
        approvals.answer(link=old, decision="yes", cover="not_needed", statement=True)
    approvals.answer(
        link=visits.link_to("new.head@example.org"), decision="yes", cover="not_needed", statement=True, name="New"
    )


def test_closed_day__declared_after_confirmation__puts_the_visit_on_hold(stage: visits.Stage) -> None:
    row = stage.confirmed()
    stage.offer.organisation.calendar_exceptions.create(
        date_from=stage.days[0], date_to=stage.days[0], kind="inspection"
    )
    clocks.run_due()
    assert visits.state(row) == P.ON_HOLD
    assert "placement_on_hold" in told("head.home@example.org")
    row = moves.move_visit(placement=row, actor=stage.scene.coordinator, days=[stage.days[1]], version=row.version)
    assert row.state == P.REQUESTED


def test_statement__that_runs_out_before_the_day__puts_the_visit_on_hold(stage: visits.Stage) -> None:
    row = stage.confirmed()
    Assurance.objects.update(valid_until=timezone.localdate())
    clocks.run_due()
    assert visits.state(row) == P.ON_HOLD
    assert "statement" in row.hold_reason


def test_visitor__who_changes_school__has_no_statement_any_more(stage: visits.Stage) -> None:
    row = stage.confirmed()
    person = stage.visitor.profile
    person.organisation = scenes.school()
    person.save()
    clocks.run_due()
    assert visits.state(row) == P.ON_HOLD


def test_cancel__by_the_visitor__takes_it_out_of_all_calendars(stage: visits.Stage) -> None:
    row = stage.confirmed()
    steps.cancel(placement=row, actor=stage.user, version=row.version, reason="ill")
    mail = Outbox.objects.get(recipient="head.home@example.org", template="placement_cancelled")
    assert "METHOD:CANCEL" in mail.calendar
    assert "ill" not in mail.text.casefold().split()
    assert stage.ask().pk != row.pk


def test_heads__silent__are_reminded_once_and_then_it_lapses(clock: object, stage: visits.Stage) -> None:
    row = stage.ask()
    clock.shift(dt.timedelta(days=8))  # type: ignore[attr-defined]
    clocks.run_due()
    clocks.run_due()
    assert told("head.home@example.org").count("placement_asked") == 2
    clock.shift(dt.timedelta(days=7))  # type: ignore[attr-defined]
    clocks.run_due()
    assert visits.state(row) == P.LAPSED


def test_stale_form__changes_nothing(stage: visits.Stage) -> None:
    row = stage.confirmed()
    with pytest.raises(Stale):
        steps.cancel(placement=row, actor=stage.user, version=row.version - 1, reason="ill")
    assert visits.state(row) == P.CONFIRMED


def test_coordinator__of_their_own_visit__cannot_confirm_it(stage: visits.Stage) -> None:
    row = stage.heads_agree(stage.ask())
    stage.visitor.profile.user = stage.scene.coordinator
    stage.visitor.profile.save()
    with pytest.raises(MentoringError, match="your own visit"):
        steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version)


def test_childminder__has_no_head__and_an_assurance_by_the_authority() -> None:
    scene = scenes.programme_with_cohort()
    alone = scenes.person("Chidi Minder", at=scenes.Organisation.objects.create(name="Chidi’s", kind="childminder"))
    visitor = scenes.enrolled(scene, alone, "mentee")
    host = scenes.person("Hana Host")
    scenes.enrolled(scene, host, "mentor")
    days = [visits.working_day()]
    stage = visits.Stage(scene, visitor, host, visits.open_offer(scene, host, days), days)
    row = stage.heads_agree(stage.ask(head_email=""))
    assert list(row.approvals.values_list("party", flat=True)) == ["host_head"]
    with pytest.raises(MentoringError, match="No statement about checks"):
        steps.confirm(placement=row, actor=scene.coordinator, version=row.version)
    steps.record_assurance(placement=row, actor=scene.coordinator, route="supervised", by="The host")
    assert steps.confirm(placement=row, actor=scene.coordinator, version=row.version).state == P.CONFIRMED


def test_offer__changed_after_the_head_agreed__is_hidden_until_they_agree_again(stage: visits.Stage) -> None:
    row = offers.save_offer(
        host=stage.host, programme=stage.scene.programme, actor=stage.host.user, offer=stage.offer,
        version=stage.offer.version, words={"title": "Other", "summary": "Other"}, kind="day", days_needed=1,
        dates={stage.days[0]: "am"}, head_email="head.host@example.org",
    )  # fmt: skip
    assert row.state == OfferState.ASKED
    with pytest.raises(MentoringError, match="not open any more"):
        stage.ask()
    offers.head_answers(link=visits.link_to("head.host@example.org"), agrees=False, text="Not this year")
    row.refresh_from_db()
    assert row.state == OfferState.DRAFT
    assert "host_offer_refused" in told(stage.host.user.email)
    assert Placement.objects.count() == 0
