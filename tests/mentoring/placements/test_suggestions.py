"""A planned visit on its way to a request: sent by a coordinator, answered by the member, known to nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.models import AuditEvent, Outbox, Placement, PlacementDay
from mentoring.personal.erasing import erase
from mentoring.placements import clocks, steps, suggestions
from tests.mentoring import scenes
from tests.signing_in import client_of

from . import visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> visits.Stage:
    return visits.staged()


def planned(stage: visits.Stage, day: int = 0, **fields: Any) -> Placement:
    row = Placement.objects.create(
        enrolment=stage.visitor, offer=stage.offer, state="draft", score=70, reasons=["The host offers behaviour."],
        **fields,
    )  # fmt: skip
    PlacementDay.objects.create(placement=row, date=stage.days[day])
    return row


def suggested(stage: visits.Stage, day: int = 0) -> Placement:
    return suggestions.suggest_visit(placement=planned(stage, day), actor=stage.scene.coordinator, version=1)


def accepted(stage: visits.Stage, row: Placement, **given: Any) -> Placement:
    fields: dict[str, Any] = {
        "actor": stage.user, "version": row.version, "questions": ["How?"], "head_email": "head.home@example.org",
        "rules_accepted": True,
    }  # fmt: skip
    return suggestions.accept(placement=row, **{**fields, **given})


def told() -> list[tuple[str, str]]:
    kinds = Outbox.objects.filter(template__startswith="placement_").order_by("pk")
    return list(kinds.values_list("template", "recipient"))


def test_suggestion__sent__asks_the_visitor_alone_and_holds_the_day(stage: visits.Stage) -> None:
    row = suggested(stage)
    assert told() == [("placement_suggested", stage.user.email)]
    mail = Outbox.objects.get(template="placement_suggested")
    assert "The host offers behaviour." in mail.text
    assert str(row.days.get()) in mail.text
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    with pytest.raises(MentoringError, match="has just been taken"):
        stage.ask(who=rival)
    assert row.answer_by == timezone.localdate() + dt.timedelta(days=14)
    again = suggestions.suggest_visit(placement=row, actor=stage.scene.coordinator, version=1)
    assert again.version == row.version
    assert len(told()) == 1


def test_draft__holds_no_day_and_is_seen_by_no_member(stage: visits.Stage) -> None:
    row = planned(stage)
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    stage.ask(who=rival)
    page = reverse("mentoring:placement", args=[row.pk])
    for user in (stage.user, stage.host.user):
        client = client_of(user)
        assert client.get(page).status_code == 404
        assert "Planned, nobody asked yet" not in client.get(reverse("mentoring:visits")).text
    with pytest.raises(MentoringError, match="has just been taken"):
        suggestions.suggest_visit(placement=row, actor=stage.scene.coordinator, version=1)
    assert visits.state(row) == "draft"


def test_suggestion__accepted__is_an_ordinary_request(stage: visits.Stage) -> None:
    row = accepted(stage, suggested(stage))
    assert (row.state, row.questions) == ("requested", ["How?"])
    assert set(told()[1:]) == {
        ("placement_asked", "head.home@example.org"), ("placement_asked", "head.host@example.org"),
        ("placement_requested", stage.user.email), ("placement_heard", stage.host.user.email),
    }  # fmt: skip
    trail = AuditEvent.objects.filter(action__startswith="mentoring.placement").order_by("pk")
    assert [row.action for row in trail] == ["mentoring.placement.suggested", "mentoring.placement.requested"]
    row = stage.heads_agree(row)
    assert steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version).state == "confirmed"


def test_suggestion__turned_down__frees_the_day_and_the_host_never_hears(stage: visits.Stage) -> None:
    row = suggested(stage)
    row = suggestions.turn_down(placement=row, actor=stage.user, version=row.version)
    assert row.state == "declined"
    assert told()[1:] == [("placement_news", "mentoring@example.org")]
    assert stage.ask(who=scenes.enrolled(stage.scene, scenes.person("Rhea"), "mentee")).pk
    assert client_of(stage.host.user).get(reverse("mentoring:placement", args=[row.pk])).status_code == 404


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"questions": [" "]}, "one to three things"),
        ({"rules_accepted": False}, "accept the rules"),
        ({"head_email": "x"}, "head’s work e-mail"),
    ],
)
def test_accept__with_something_missing__stays_a_suggestion(
    stage: visits.Stage, change: dict[str, Any], sentence: str
) -> None:
    row = suggested(stage)
    with pytest.raises(MentoringError, match=sentence):
        accepted(stage, row, **change)
    assert visits.state(row) == "suggested"


def test_accept__by_somebody_else_or_stale_or_after_the_offer_closed__is_refused(stage: visits.Stage) -> None:
    row = suggested(stage)
    with pytest.raises(MentoringError, match="Only the person themselves"):
        accepted(stage, row, actor=stage.scene.coordinator)
    with pytest.raises(Stale):
        accepted(stage, row, version=1)
    type(stage.offer).objects.update(state="closed")
    with pytest.raises(MentoringError, match="not open any more"):
        accepted(stage, row)
    assert visits.state(row) == "suggested"


def test_suggest__something_came_between__is_refused_with_its_sentence(stage: visits.Stage) -> None:
    row = planned(stage)
    stage.visitor.profile.line_manager = scenes.person("The Boss", at=stage.offer.organisation)
    stage.visitor.profile.save()
    sent, refused = suggestions.suggest_many([(row, 1)], actor=stage.scene.coordinator)
    assert not sent
    assert "line manager works there" in refused[0][1]
    stranger = scenes.programme_with_cohort().coordinator
    with pytest.raises(MentoringError, match="do not coordinate"):
        suggestions.suggest_visit(placement=row, actor=stranger, version=1)


def test_suggestion__unanswered__lapses_and_only_visitor_and_coordinator_hear(stage: visits.Stage) -> None:
    row = suggested(stage)
    Placement.objects.update(answer_by=timezone.localdate() - dt.timedelta(days=1))
    assert clocks.run_due() == 1
    assert clocks.run_due() == 0
    assert visits.state(row) == "lapsed"
    assert {name for name, _ in told()[1:]} == {"placement_lapsed", "placement_news"}
    assert "The suggested visit to" in Outbox.objects.get(template="placement_lapsed").subject


def test_suggestion__withdrawn_by_the_coordinator__tells_the_visitor_alone(stage: visits.Stage) -> None:
    row = suggested(stage)
    steps.cancel(placement=row, actor=stage.scene.coordinator, version=row.version, reason="changed")
    assert told()[1:] == [("placement_cancelled", stage.user.email)]


def test_drop__a_draft__leaves_a_line_in_the_trail_and_nothing_else(stage: visits.Stage) -> None:
    row = planned(stage)
    suggestions.drop(placement=row, actor=stage.scene.coordinator, version=1)
    assert not Placement.objects.exists()
    assert AuditEvent.objects.filter(action="mentoring.placement.dropped").count() == 1
    row = suggested(stage)
    with pytest.raises(MentoringError, match="knows of this visit"):
        suggestions.drop(placement=row, actor=stage.scene.coordinator, version=row.version)


def test_erase__somebody_planned_and_another_suggested__leaves_no_trace(stage: visits.Stage) -> None:
    planned(stage)
    erase(user=stage.user, actor=None)
    assert not Placement.objects.exists()
    other = visits.staged()
    row = suggested(other)
    erase(user=other.user, actor=None)
    assert visits.state(row) == "cancelled"
    assert not Outbox.objects.filter(recipient=other.host.user.email, template__startswith="placement").exists()


def test_database__keeps_one_draft_each_and_a_last_day(stage: visits.Stage) -> None:
    row = planned(stage)
    for wrong in (lambda: planned(stage), lambda: Placement.objects.filter(pk=row.pk).update(state="suggested")):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_page__suggestion__is_answered_by_its_visitor_with_nothing_lost(stage: visits.Stage) -> None:
    row = suggested(stage)
    client = client_of(stage.user)
    page = reverse("mentoring:placement", args=[row.pk])
    assert "would you like to go?" in client.get(reverse("mentoring:visits")).text
    assert "Your coordinator suggests this visit" in client.get(page).text
    fields = {"do": "accept", "version": str(row.version), "question_1": "How is a rota made?", "rules": "on"}
    wrong = client.post(page, {**fields, "head_email": ""})
    assert wrong.status_code == 422
    assert "How is a rota made?" in wrong.text
    stale = client.post(page, {**fields, "head_email": "head.home@example.org", "version": "1"})
    assert stale.status_code == 409
    assert "changed after you opened it" in stale.text
    assert "How is a rota made?" in stale.text
    assert client_of(stage.host.user).get(page).status_code == 404
    done = client.post(page, {**fields, "head_email": "head.home@example.org"})
    assert done.url == page
    assert visits.state(row) == "requested"


def test_page__suggestion__no_thank_you_needs_no_reason(stage: visits.Stage) -> None:
    row = suggested(stage)
    page = reverse("mentoring:placement", args=[row.pk])
    done = client_of(stage.user).post(page, {"do": "turn_down", "version": str(row.version)}, follow=True)
    assert "The days are free again" in done.text
    assert visits.state(row) == "declined"
