"""Visits on “Today”: in which queue, whose turn, until when; places cut; concerns as listed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mentoring.desk.items import Item, Whose, items_for, open_cohorts
from mentoring.desk.queues import queues_for
from mentoring.desk.summary import send_summaries
from mentoring.models import Assurance, Concern, CoordinatorGrant, Enrolment, Outbox, Placement, PlacementDay
from mentoring.placements import approvals, clocks, steps
from mentoring.placements.models import PlacementState
from mentoring.programmes.models import GrantRole
from tests.mentoring import scenes
from tests.mentoring.desk.moments import at_work
from tests.mentoring.placements.visits import Stage, link_to, staged
from tests.mentoring.reports.visiting import visited
from tests.signing_in import staff_client_of
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db


def items(user: Any) -> list[Item]:
    return items_for(user, open_cohorts(user))


def of_visit(stage: Stage, user: Any = None) -> Item:
    (item,) = [item for item in items(user or stage.scene.coordinator) if " at " in item.who]
    return item


def queues(user: Any) -> dict[str, int]:
    user.__dict__.pop("_mentoring_grants", None)
    return {queue.key: queue.count for queue in queues_for(user, items(user))}


def said(item: Item) -> tuple[str, Whose, dt.date | None]:
    return item.queue, item.turn, item.until


def test_visit__from_the_request_to_the_debrief__waits_where_something_is_to_do(
    clock: time_machine.Coordinates,
) -> None:
    stage = staged()
    coordinator = stage.scene.coordinator
    row = stage.ask()
    item = of_visit(stage)
    assert said(item) == ("visit_heads", Whose.HEAD, row.answer_by)
    assert item.who == f"Vera Visitor at {stage.offer.organisation}"
    assert item.url == reverse("mentoring_placement:detail", args=[row.pk])

    approvals.answer(link=link_to("head.host@example.org"), decision="question", text="Where do they park?")
    assert said(of_visit(stage))[:2] == ("visit_heads", Whose.COORDINATOR)

    stage.heads_agree(row, cover="asked")
    assert said(of_visit(stage)) == ("cover", Whose.COORDINATOR, stage.days[0])
    row.refresh_from_db()
    steps.set_cover(placement=row, actor=coordinator, version=row.version, cover="arranged")
    assert said(of_visit(stage)) == ("confirm", Whose.COORDINATOR, stage.days[0])

    Assurance.objects.update(valid_until=stage.days[0] - dt.timedelta(days=1))
    assert said(of_visit(stage)) == ("statements", Whose.COORDINATOR, stage.days[0])
    Assurance.objects.update(valid_until=stage.days[0])
    row.refresh_from_db()
    row = steps.confirm(placement=row, actor=coordinator, version=row.version)
    assert [item for item in items(coordinator) if " at " in item.who] == [], "nobody has to do anything"

    row = steps.hold(placement=row, actor=coordinator, reason="The host is ill.")
    held = of_visit(stage)
    assert (said(held), held.what) == (("held", Whose.COORDINATOR, stage.days[0]), "The host is ill.")
    steps.confirm(placement=row, actor=coordinator, version=row.version)

    for _ in range(2):
        clock.move_to(dt.datetime.combine(stage.days[0], dt.time(9)) + dt.timedelta(days=_))
        clocks.run_due()
    assert said(of_visit(stage)) == ("debriefs", Whose.MENTEE, stage.days[0] + dt.timedelta(days=7))


def test_visit__of_a_childminder__needs_no_cover() -> None:
    stage = staged()
    home = stage.visitor.profile.organisation
    visited(stage.scene, home, stage.days[0], who=stage.visitor, offer=stage.offer, state="requested", cover="unknown")
    assert of_visit(stage).queue == "cover"
    type(home).objects.filter(pk=home.pk).update(kind="childminder")
    assert of_visit(stage).queue == "statements"


@pytest.mark.parametrize("state", PlacementState)
def test_visit__in_each_state__is_open_or_not(state: PlacementState) -> None:
    stage = staged()
    visited(stage.scene, stage.visitor.profile.organisation, stage.days[0], who=stage.visitor, state=state)
    found = [item.queue for item in items(stage.scene.coordinator) if " at " in item.who]
    expected = {"suggested": [""], "requested": ["statements"], "confirmed": ["statements"], "on_hold": ["held"],
                "debrief_due": ["debriefs"]}  # fmt: skip
    assert found == expected.get(state.value, [])


def test_visit__seen_from_the_hosts_side__is_another_coordinators_turn() -> None:
    stage = staged()
    stage.heads_agree(stage.ask())
    user = scenes.user("Nara Row")
    CoordinatorGrant.objects.create(programme=stage.scene.programme, user=user, organisation=stage.offer.organisation)
    assert (of_visit(stage, user).turn, of_visit(stage, user).queue) == (Whose.ELSEWHERE, "")
    assert of_visit(stage).turn == Whose.COORDINATOR


def test_visit__ones_own_and_another_programmes__are_not_shown() -> None:
    stage, other = staged(), scenes.programme_with_cohort()
    stage.ask()
    assert [item for item in items(other.coordinator) if " at " in item.who] == []
    type(stage.visitor.profile).objects.filter(pk=stage.visitor.profile_id).update(user=stage.scene.coordinator)
    assert [item for item in items(stage.scene.coordinator) if " at " in item.who] == []


def test_summary__visits_that_wait__are_in_the_daily_mail(clock: time_machine.Coordinates) -> None:
    stage = staged()
    stage.heads_agree(stage.ask())
    send_summaries()
    mail = Outbox.objects.get(template="coordinator_summary", recipient=stage.scene.coordinator.email)
    assert "* 1 visit to confirm" in mail.text


def test_screen__visits__are_one_click_from_their_page() -> None:
    stage = staged()
    row = stage.heads_agree(stage.ask())
    page = staff_client_of(stage.scene.coordinator).get(reverse("mentoring_today:index")).text
    assert page.count(reverse("mentoring_placement:detail", args=[row.pk])) == 2, "in the queue and in the table"
    assert "1 visit to confirm" in page


def test_screen__visits_grow__queries_do_not() -> None:
    costs = []
    for size in (3, 30):
        scene = scenes.programme_with_cohort()
        for number in range(size):
            state = ("requested", "confirmed", "on_hold", "debrief_due")[number % 4]
            visited(scene, scenes.school(), timezone.localdate(), state=state)
        costs.append(warm_cost(staff_client_of(scene.coordinator), reverse("mentoring_today:index")))
    assert len(costs[0]) == len(costs[1])
    assert Placement.objects.count() == PlacementDay.objects.count() == 33


def test_mentor__who_cuts_places_below_their_pairs__is_shown_and_pairs_go_on() -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = at_work(scene, 0)
    assert "cut" not in queues(scene.coordinator)
    Enrolment.objects.filter(pk=scene.mentors[0].pk).update(capacity=0)
    (item,) = [item for item in items(scene.coordinator) if item.queue == "cut"]
    assert item.what == "Offers no places now; 1 pair goes on"
    assert item.url == reverse("mentoring_enrolment:decide", args=[scene.mentors[0].pk])
    type(pair).objects.filter(pk=pair.pk).update(state="completed", ended_at=timezone.now(), turn="nobody")
    assert "cut" not in queues(scene.coordinator)


def test_concerns__about_ones_own_pair__are_not_counted_for_they_are_not_listed() -> None:
    scene = scenes.ready_to_match(1, 1)
    pair = at_work(scene, 0)
    user = scene.mentors[0].profile.user
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, role=GrantRole.CONCERNS)
    fields = {
        "organisation": scene.mentees[0].profile.organisation, "programme": scene.programme, "category": "conduct",
        "text": "Words.", "nonce": "1",
    }  # fmt: skip
    row = Concern.objects.create(relationship=pair, **fields)
    assert queues(user) == {}
    Concern.objects.filter(pk=row.pk).update(relationship=None)
    assert queues(user) == {"concerns": 1}
