"""The coordinator's calendar, and moving a visit by form: what it changes is shown first, then it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from mentoring.errors import MentoringError, Stale
from mentoring.models import AuditEvent, HostOffer, Outbox, Placement, PlacementDay
from mentoring.placements import moves, steps
from tests.mentoring import scenes
from tests.signing_in import staff_client_of

from . import visits
from .test_plans import planned, with_mentor
from .test_suggestions import suggested

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> visits.Stage:
    return with_mentor(visits.staged())


def second_door(stage: visits.Stage, **given: Any) -> HostOffer:
    host = scenes.person("Sol Second", rank=40)
    scenes.enrolled(stage.scene, host, "mentor")
    return visits.open_offer(
        stage.scene, host, stage.days, head_email="head.second@example.org",
        words={"title": "Another day", "summary": "Talks.", "conditions": ""}, **given,
    )  # fmt: skip


def move_page(row: Placement, **asked: Any) -> str:
    page = reverse("mentoring_placement:move", args=[row.pk])
    return page + ("?" + "&".join(f"{name}={value}" for name, value in asked.items()) if asked else "")


def sent_since(count: int) -> set[tuple[str, str]]:
    return set(Outbox.objects.order_by("pk").values_list("template", "recipient")[count:])


def test_move__confirmed_visit_to_another_school__tells_all_and_asks_anew(stage: visits.Stage) -> None:
    row, door, before = stage.confirmed(), second_door(stage), Outbox.objects.count()
    row = moves.move_visit(
        placement=row, actor=stage.scene.coordinator, offer=door, days=[stage.days[1]], version=row.version
    )
    assert (row.state, row.offer) == ("requested", door)
    assert [day.date for day in row.days.all()] == [stage.days[1]]
    assert {(a.party, a.email, a.decision) for a in row.approvals.all()} == {
        ("releasing_head", "head.home@example.org", "pending"), ("host_head", "head.second@example.org", "pending"),
    }  # fmt: skip
    assert sent_since(before) == {
        ("placement_cancelled", stage.host.user.email), ("placement_cancelled", "head.host@example.org"),
        ("placement_asked", "head.home@example.org"), ("placement_asked", "head.second@example.org"),
        ("placement_moved", stage.user.email), ("placement_heard", door.host.user.email),
    }  # fmt: skip
    gone = Outbox.objects.filter(recipient=stage.host.user.email).latest("pk")
    assert "METHOD:CANCEL" in gone.calendar
    assert AuditEvent.objects.get(action="mentoring.placement.moved").before == {"state": "confirmed"}
    row = stage.heads_agree(row)
    assert steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version).state == "confirmed"


def test_move__draft__tells_nobody_and_scores_the_new_offer(stage: visits.Stage) -> None:
    row = planned(stage.scene).placements.get()
    door, before = second_door(stage), Outbox.objects.count()
    door.focus.add(scenes.topic("behaviour"))
    old = row.score
    row = moves.move_visit(
        placement=row, actor=stage.scene.coordinator, offer=door, days=[stage.days[2]], version=row.version
    )
    assert row.state == "draft"
    assert row.score > old
    assert any("Behaviour" in reason for reason in row.reasons)
    assert not sent_since(before)


def test_move__suggestion__asks_the_visitor_again_and_nobody_else(stage: visits.Stage) -> None:
    row = suggested(stage)
    before = Outbox.objects.count()
    row = moves.move_visit(placement=row, actor=stage.scene.coordinator, days=[stage.days[2]], version=row.version)
    assert row.state == "suggested"
    assert sent_since(before) == {("placement_suggested", stage.user.email)}
    assert str(row.days.get()) in Outbox.objects.latest("pk").text


def refuse_closed(stage: visits.Stage, door: HostOffer) -> str:
    HostOffer.objects.filter(pk=door.pk).update(state="closed")
    return "not open any more"


def refuse_other_programme(stage: visits.Stage, door: HostOffer) -> str:
    HostOffer.objects.filter(pk=door.pk).update(programme=scenes.programme_with_cohort().programme)
    return "not open any more"


def refuse_line(stage: visits.Stage, door: HostOffer) -> str:
    stage.visitor.profile.line_manager = scenes.person("The Boss", at=door.organisation)
    stage.visitor.profile.save()
    return "line manager works there"


def refuse_taken(stage: visits.Stage, door: HostOffer) -> str:
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea"), "mentee")
    visits.Stage(stage.scene, rival, door.host, door, stage.days).ask(stage.days[1])
    return "has just been taken"


def refuse_shut(stage: visits.Stage, door: HostOffer) -> str:
    door.organisation.calendar_exceptions.create(date_from=stage.days[1], date_to=stage.days[1], kind="inset")
    return "has no visits on"


def refuse_exchange(stage: visits.Stage, door: HostOffer) -> str:
    HostOffer.objects.filter(pk=door.pk).update(kind="exchange")
    return "agreed by its two people"


REFUSALS = [refuse_exchange, refuse_closed, refuse_other_programme, refuse_line, refuse_taken, refuse_shut]


@pytest.mark.parametrize("refuse", REFUSALS, ids=lambda refuse: refuse.__name__)
def test_move__to_where_it_cannot_be__changes_nothing(
    stage: visits.Stage, refuse: Callable[[visits.Stage, HostOffer], str]
) -> None:
    row, door = stage.confirmed(), second_door(stage)
    sentence = refuse(stage, door)
    with pytest.raises(MentoringError, match=sentence):
        moves.move_visit(
            placement=row, actor=stage.scene.coordinator, offer=door, days=[stage.days[1]], version=row.version
        )
    now = Placement.objects.get(pk=row.pk)
    assert (now.state, now.offer_id, now.version) == ("confirmed", stage.offer.pk, row.version)
    assert now.approvals.filter(decision="yes").count() == 2


def test_move__stale_or_over_or_not_theirs__is_refused(stage: visits.Stage) -> None:
    row = stage.confirmed()
    given: dict[str, Any] = {"placement": row, "days": [stage.days[1]]}
    with pytest.raises(Stale):
        moves.move_visit(**given, actor=stage.scene.coordinator, version=row.version - 1)
    with pytest.raises(MentoringError, match="Only a coordinator"):
        moves.move_visit(**given, actor=stage.user, version=row.version)
    Placement.objects.update(state="in_progress")
    with pytest.raises(MentoringError, match="cannot be moved now"):
        moves.move_visit(**given, actor=stage.scene.coordinator, version=row.version)


def test_form__shows_what_falls_and_the_scores__then_moves(stage: visits.Stage) -> None:
    row, door = stage.confirmed(), second_door(stage)
    client = staff_client_of(stage.scene.coordinator)
    text = client.get(move_page(row, offer=door.pk)).text
    assert f"Days that {door.organisation} offers" in text
    text = client.get(move_page(row, offer=door.pk, day=stage.days[1])).text
    for sentence in (
        "Nothing has been done yet", "“yes” was about the old days", "“yes” no longer counts",
        "has to be confirmed again", "was settled", "both hosts and all heads", "Would suit",
    ):  # fmt: skip
        assert sentence in text
    assert visits.state(row) == "confirmed"
    fields = {"offer": str(door.pk), "day": str(stage.days[1]), "version": str(row.version)}
    stale = client.post(move_page(row), {**fields, "version": "1"})
    assert stale.status_code == 409
    assert "changed after you opened it" in stale.text
    assert "What it changes" in stale.text
    done = client.post(move_page(row), fields)
    assert done.url == reverse("mentoring_placement:detail", args=[row.pk])
    assert visits.state(row) == "requested"


def test_form__day_is_taken__names_who_would_have_to_move_first(stage: visits.Stage) -> None:
    row = stage.ask()
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    other = stage.ask(stage.days[1], who=rival)
    client = staff_client_of(stage.scene.coordinator)
    text = client.get(move_page(row, day=stage.days[1])).text
    assert "It cannot be done" in text
    assert "has just been taken" in text
    assert move_page(other) in text
    assert "holds a place at" in text
    assert "Move the visit</button>" not in text
    refused = client.post(move_page(row), {"day": str(stage.days[1]), "version": str(row.version)})
    assert refused.status_code == 422
    assert "has just been taken" in refused.text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"day": "soon"}, "choose the days from the list"),
        ({"offer": "999999", "day": "2027-01-04"}, "not open any more"),
        ({"day": "2027-01-04"}, "does not offer"),
    ],
)
def test_form__nonsense__is_a_sentence_and_changes_nothing(
    stage: visits.Stage, asked: dict[str, str], sentence: str
) -> None:
    row = stage.ask()
    client = staff_client_of(stage.scene.coordinator)
    assert sentence in client.get(move_page(row, **asked)).text
    refused = client.post(move_page(row), {**asked, "version": str(row.version)})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert [day.date for day in row.days.all()] == stage.days[:1]


def test_form__days_it_has_already__says_so(stage: visits.Stage) -> None:
    row = stage.ask()
    text = staff_client_of(stage.scene.coordinator).get(move_page(row, day=stage.days[0])).text
    assert "These are the days it has now" in text


def calendar(stage: visits.Stage, **asked: str) -> str:
    page = reverse("mentoring_placement:calendar")
    first = asked.get("first", str(stage.days[0]))
    return staff_client_of(stage.scene.coordinator).get(page, {"from": first}).text


def test_calendar__cover_load__is_counted_by_school(stage: visits.Stage) -> None:
    row = stage.ask()
    assert "1 day of visits, 1 without cover yet, 0 visits with a conflict" in calendar(stage)
    stage.heads_agree(row, cover="arranged")
    row.days.update(cover_half_days=2, cover_cost=180)
    text = calendar(stage)
    assert "1 day of visits, 0 without cover yet" in text
    assert "£180" in text
    assert text.count('<th scope="col">' + f"{stage.days[0]:%a %-d %b}") == 1
    assert f"{stage.days[1]:%a %-d %b}</th>" not in text  # a day on which nobody visits is left out
    assert move_page(row) in text


def test_calendar__drafts_and_what_does_not_go_together__is_said_in_words(stage: visits.Stage) -> None:
    row = planned(stage.scene).placements.get()
    assert "(planned)" in calendar(stage)
    rival = scenes.enrolled(stage.scene, scenes.person("Rhea Rival"), "mentee")
    day = row.days.get().date
    stage.ask(day, who=rival)
    home = stage.visitor.profile.organisation
    home.calendar_exceptions.create(date_from=day, date_to=day, kind="inset")
    text = calendar(stage)
    assert f"{stage.offer.organisation} takes in 1 on {day:%A %-d %B}, and 2 are planned." in text
    assert f"{home} lets nobody go on {day:%A %-d %B}." in text
    assert "Vera Visitor comes (planned), conflict" in text
    assert "closed" in text


def test_calendar__mentor_at_the_host__is_a_conflict(stage: visits.Stage) -> None:
    scenes.agreed(stage.scene)
    stage.ask()
    assert "Their mentor works at" in calendar(stage)


@pytest.mark.parametrize("first", ["", "soon", "9999-12-31", "0001-01-01"])
def test_calendar__day_that_cannot_be_shown__is_this_month(stage: visits.Stage, first: str) -> None:
    assert "Later" in calendar(stage, first=first)


def test_calendar__many_visits__costs_no_more_queries(
    stage: visits.Stage, assert_queries_flat: Callable[..., Any]
) -> None:
    made: list[Placement] = []

    def grow(count: int) -> None:
        for n in range(len(made), count):
            home = scenes.Organisation.objects.create(name=f"Home {n}", kind="school")
            row = Placement.objects.create(
                enrolment=scenes.enrolled(stage.scene, scenes.person(f"Visitor {n}", at=home), "mentee"),
                offer=stage.offer, rules_version="1", answer_by=stage.days[0],
            )  # fmt: skip
            PlacementDay.objects.create(placement=row, date=stage.days[0] + dt.timedelta(days=n % 3))
            made.append(row)

    page = f"{reverse('mentoring_placement:calendar')}?from={stage.days[0]}"
    assert_queries_flat(page, grow, client=staff_client_of(stage.scene.coordinator), most=18)
