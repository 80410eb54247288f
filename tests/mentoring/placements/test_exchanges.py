"""Exchanges: asked for from both sides, and what becomes of one half when the other falls."""

from __future__ import annotations

import datetime as dt
import importlib
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from mentoring.errors import MentoringError, Stale
from mentoring.models import AuditEvent, HostOffer, Outbox, Placement
from mentoring.placements import approvals, clocks, exchanges, moves, requests, steps
from mentoring.placements.models import PlacementState
from tests.mentoring import scenes

from . import visits
from .test_pages import client_of

pytestmark = pytest.mark.django_db
P = PlacementState


@dataclass
class Exchange:
    stage: visits.Stage
    back: HostOffer
    first: Placement

    @property
    def ana(self) -> Any:
        """Who hosts first."""
        return self.stage.host

    def return_it(self, day: dt.date | None = None) -> Placement:
        mine = next(row for row in self.stage.scene.mentors if row.profile_id == self.ana.pk)
        return requests.request_visit(
            enrolment=mine, offer=self.back, actor=self.ana.user, days=[day or self.stage.days[2]],
            questions=["How do you greet them?"], head_email="head.ana@example.org", rules_accepted=True,
            in_return_for=self.first,
        )  # fmt: skip

    def confirm(self, row: Placement) -> Placement:
        row = self.stage.heads_agree(row)
        return steps.confirm(placement=row, actor=self.stage.scene.coordinator, version=row.version)


@pytest.fixture
def exchange(clock: object) -> Exchange:
    stage = visits.staged(kind="exchange")
    back = visits.open_offer(
        stage.scene, stage.visitor.profile, stage.days, kind="exchange", head_email="head.vera@example.org"
    )
    return Exchange(stage, back, stage.ask())


def told(address: str) -> list[str]:
    return list(Outbox.objects.filter(recipient=address).order_by("pk").values_list("template", flat=True))


def test_exchange__asked_by_somebody_who_hosts_nobody__is_refused_with_what_to_do() -> None:
    stage = visits.staged(kind="exchange")
    with pytest.raises(MentoringError, match="offer a visit to you first"):
        stage.ask()
    client = client_of(stage.user)
    page = client.get(reverse("mentoring:visit_ask", args=[stage.offer.pk]))
    assert "Please offer a visit to you first" in page.text
    assert reverse("mentoring:host_offer_new", args=[stage.offer.programme_id]) in page.text


def test_host__returns_the_visit_from_its_page(exchange: Exchange) -> None:
    client = client_of(exchange.ana.user)
    page = reverse("mentoring:placement", args=[exchange.first.pk])
    assert "Choose your visit in return" in client.get(page).text
    answer = client.post(
        reverse("mentoring:visit_return", args=[exchange.first.pk]),
        {
            "days": exchange.stage.days[1].isoformat(), "question_1": "How are meetings run?",
            "head_email": "head.ana@example.org", "rules": "on",
        },
    )  # fmt: skip
    second = Placement.objects.get(in_return_for=exchange.first)
    assert answer.url == reverse("mentoring:placement", args=[second.pk])
    assert requests.other_half(exchange.first) == second
    assert requests.other_half(second) == exchange.first
    assert "One half of an exchange" in client.get(page).text
    again = client.get(reverse("mentoring:visit_return", args=[exchange.first.pk]))
    assert again.url == reverse("mentoring:placement", args=[second.pk])


def test_return__by_somebody_else_or_of_nothing__is_refused(exchange: Exchange) -> None:
    stranger = scenes.enrolled(exchange.stage.scene, scenes.person("Someone Else"), "mentee")
    page = reverse("mentoring:visit_return", args=[exchange.first.pk])
    for user in (stranger.profile.user, exchange.stage.user):
        assert client_of(user).get(page).status_code == 404
    with pytest.raises(MentoringError, match="could return"):
        requests.request_visit(
            enrolment=stranger, offer=exchange.back, actor=stranger.profile.user, days=exchange.stage.days[:1],
            questions=["?"], head_email="h@example.org", rules_accepted=True, in_return_for=exchange.first,
        )  # fmt: skip


def test_one_side__cancels__the_other_is_asked_and_goes_one_way(exchange: Exchange) -> None:
    second = exchange.confirm(exchange.return_it())
    first = exchange.confirm(exchange.first)
    steps.cancel(placement=first, actor=exchange.stage.user, version=first.version, reason="ill")
    assert visits.state(second) == P.ON_HOLD
    assert told(exchange.ana.user.email)[-1] == "placement_one_way"
    assert set(second.approvals.values_list("decision", flat=True)) == {"pending"}
    assert "one-way" in Outbox.objects.filter(recipient="head.ana@example.org").latest("pk").text
    client = client_of(exchange.ana.user)
    page = reverse("mentoring:placement", args=[second.pk])
    assert "Keep it, one-way" in client.get(page).text
    assert client.post(page, {"do": "one_way", "version": "1"}).status_code == 409
    assert client.post(page, {"do": "one_way", "version": str(second.version)}).status_code == 302
    assert "Keep it, one-way" not in client.get(page).text
    second = exchange.confirm(second)
    assert second.state == P.CONFIRMED
    trail = AuditEvent.objects.filter(object_id=str(second.pk), action__contains="one_way")
    assert list(trail.order_by("pk").values_list("action", flat=True)) == [
        "mentoring.placement.one_way_asked",
        "mentoring.placement.one_way_kept",
    ]


def test_one_side__cancels__the_other_is_not_confirmed_before_its_visitor_says_so(exchange: Exchange) -> None:
    second = exchange.return_it()
    first = Placement.objects.get(pk=exchange.first.pk)
    steps.cancel(placement=first, actor=exchange.stage.user, version=first.version, reason="ill")
    second = exchange.stage.heads_agree(second)
    with pytest.raises(MentoringError, match="has not said whether"):
        steps.confirm(placement=second, actor=exchange.stage.scene.coordinator, version=second.version)
    with pytest.raises(MentoringError, match="Only the visitor"):
        exchanges.keep_one_way(placement=second, actor=exchange.stage.user, version=second.version)
    with pytest.raises(Stale):
        exchanges.keep_one_way(placement=second, actor=exchange.ana.user, version=second.version - 1)


def test_heads_no__to_one_side__asks_the_other_and_their_no_ends_it(exchange: Exchange) -> None:
    second = exchange.confirm(exchange.return_it())
    approvals.answer(link=visits.link_to("head.home@example.org"), decision="no")
    assert visits.state(exchange.first) == P.DECLINED
    assert visits.state(second) == P.ON_HOLD
    approvals.answer(link=visits.link_to("head.vera@example.org"), decision="no", text="Not one-way.")
    assert visits.state(second) == P.DECLINED
    assert "METHOD:CANCEL" in Outbox.objects.filter(recipient=exchange.ana.user.email).latest("pk").calendar


def test_silence__about_going_one_way__ends_it_once(clock: Any, exchange: Exchange) -> None:
    second = exchange.confirm(exchange.return_it())
    first = Placement.objects.get(pk=exchange.first.pk)
    steps.cancel(placement=first, actor=exchange.stage.user, version=first.version, reason="ill")
    second.refresh_from_db()
    clock.move_to(dt.datetime.combine(second.answer_by, dt.time(9), tzinfo=dt.UTC))
    clocks.run_due()
    assert visits.state(second) == P.ON_HOLD
    clock.shift(dt.timedelta(days=1))
    clocks.run_due()
    assert visits.state(second) == P.LAPSED
    assert clocks.run_due() == 0


def test_both_sides__lapse_together__nobody_is_asked_to_go_one_way_and_back(clock: Any, exchange: Exchange) -> None:
    second = exchange.return_it()
    clock.shift(dt.timedelta(days=15))
    clocks.run_due()
    assert visits.state(exchange.first) == P.LAPSED
    assert visits.state(second) == P.LAPSED
    assert not Outbox.objects.filter(template="placement_one_way").exists()


def test_half__moved_to_another_offer__is_refused(exchange: Exchange) -> None:
    second = exchange.return_it()
    third = visits.open_offer(
        exchange.stage.scene, scenes.enrolled(exchange.stage.scene, scenes.person("Third"), "mentor").profile,
        exchange.stage.days, head_email="third@example.org",
    )  # fmt: skip
    with pytest.raises(MentoringError, match="half of an exchange"):
        moves.move_visit(
            placement=second, actor=exchange.stage.scene.coordinator, days=exchange.stage.days[:1],
            version=second.version, offer=third,
        )  # fmt: skip


def test_kind__and_days__belong_together() -> None:
    stage = visits.staged(days_needed=2)
    assert stage.offer.kind == "residency"
    with pytest.raises(MentoringError, match="two days or more"):
        visits.staged(kind="residency")
    with pytest.raises(MentoringError, match="what kind of visit"):
        visits.staged(kind="triad")
    with pytest.raises(IntegrityError), transaction.atomic():
        HostOffer.objects.filter(pk=stage.offer.pk).update(kind="day")


def test_migration__of_kinds_that_are_gone__names_them_by_their_days() -> None:
    one, two, back = visits.staged().offer, visits.staged(days_needed=2).offer, visits.staged(kind="exchange").offer
    HostOffer.objects.filter(pk=one.pk).update(kind="triad")
    HostOffer.objects.filter(pk=two.pk).update(kind="project")
    step = importlib.import_module("mentoring.migrations.0015_exchanges")
    step.name_kinds_by_their_days(apps, None)
    assert [HostOffer.objects.get(pk=row.pk).kind for row in (one, two, back)] == ["day", "residency", "exchange"]
