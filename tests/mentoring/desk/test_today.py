"""“Today” tells a coordinator what waits, for whom, since when; and costs the same with few rows and with many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.desk.items import Item, Whose, items_for, open_cohorts
from mentoring.desk.queues import queues_for
from mentoring.models import Concern, CoordinatorGrant, Enrolment, Outbox, Preference, Programme, Proposal
from mentoring.programmes.models import CohortState, EnrolmentState, GrantRole, HeadSupport
from mentoring.programmes.services import tell
from mentoring.proposals.models import ProposalSource, ProposalState
from mentoring.relationships.models import RelationshipState, Turn
from mentoring.trust import links
from mentoring.trust.link_models import LinkPurpose
from tests.mentoring import scenes
from tests.mentoring.desk.moments import at_work
from tests.signing_in import staff_client_of
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db


def items(user: Any) -> list[Item]:
    return items_for(user, open_cohorts(user))


def queues(user: Any) -> dict[str, int]:
    return {queue.key: queue.count for queue in queues_for(user, items(user))}


def set_(row: Any, **fields: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_queues__one_thing_of_each_kind__is_counted_in_its_queue() -> None:
    scene = scenes.ready_to_match(9, 9)
    today = timezone.localdate()
    mentees = scene.mentees
    set_(mentees[0], state=EnrolmentState.SUBMITTED)
    set_(mentees[1], state=EnrolmentState.SUBMITTED, note="Which phase?")
    set_(mentees[2], state=EnrolmentState.SUBMITTED, head_support=HeadSupport.ASKED)
    set_(mentees[3], state=EnrolmentState.WAITLISTED)
    set_(mentees[4], rematch_since=timezone.now())
    scenes.proposed(scene, 5, 5)
    scenes.proposed(scene, 6, 6, state=ProposalState.APPROVED)
    offer = scenes.proposed(scene, 7, 7)
    set_(offer, state=ProposalState.OFFERED, answer_by=today + dt.timedelta(days=1), offered_at=timezone.now())
    tell(mentees[0], "match_ended", key="test")
    Outbox.objects.update(state="failed")
    found = queues(scene.coordinator)
    assert found == {
        "to_read": 1, "answered": 1, "decide": 1, "send": 1, "lapsing": 1, "rematch": 1, "unmatched": 1,
        "waiting": 1, "heads": 1, "mail": 1,
    }  # fmt: skip


def test_items__whose_turn__is_said_for_each() -> None:
    scene = scenes.ready_to_match(5, 5)
    today = timezone.localdate()
    set_(scene.mentees[0], state=EnrolmentState.RETURNED)
    set_(scene.mentees[1], state=EnrolmentState.SUBMITTED, head_support=HeadSupport.ASKED)
    for number, answers in ((2, {"mentee_answer": "yes"}), (3, {})):
        offer = scenes.proposed(scene, number, number)
        set_(offer, state=ProposalState.OFFERED, answer_by=today + dt.timedelta(days=5), **answers)
    at_work(scene, 4, turn=Turn.COORDINATOR, attention="The mentee asks: what now?")
    turns = {item.who: (item.turn, item.what) for item in items(scene.coordinator)}
    names = [row.profile.display_name for row in scene.mentees]
    assert turns[f"{names[0]} as mentee"][0] == Whose.MENTEE
    assert turns[f"{names[1]} as mentee"][0] == Whose.HEAD
    pairs = [f"{names[n]} with {scene.mentors[n].profile.display_name}" for n in range(5)]
    assert turns[pairs[2]][0] == Whose.MENTOR
    assert turns[pairs[3]][0] == Whose.BOTH
    assert turns[pairs[4]] == (Whose.COORDINATOR, "The mentee asks: what now?")
    assert items(scene.coordinator)[0].turn == Whose.COORDINATOR, "what is mine comes first"


def test_items__cohort_that_takes_applications__nobody_is_late() -> None:
    scene = scenes.ready_to_match(1, 1)
    set_(scene.cohort, state=CohortState.OPEN)
    (item,) = items(scene.coordinator)
    assert (item.turn, item.queue, item.until) == (Whose.NOBODY, "", scene.cohort.apply_to)


def test_items__choices__wait_for_the_next_one_or_are_exhausted() -> None:
    scene = scenes.ready_to_match(1, 2)
    Programme.objects.update(mentees_choose=True)
    for rank, mentor in enumerate(scene.mentors, start=1):
        Preference.objects.create(enrolment=scene.mentees[0], mentor=mentor, rank=rank)
    asked = scenes.proposed(scene, 0, 0, state=ProposalState.TURNED_DOWN)
    set_(asked, source=ProposalSource.CHOICE)
    assert [(item.turn, item.queue) for item in items(scene.coordinator)] == [(Whose.NOBODY, "")]
    asked = scenes.proposed(scene, 0, 1, state=ProposalState.LAPSED)
    set_(asked, source=ProposalSource.CHOICE)
    assert queues(scene.coordinator) == {"exhausted": 1}


def test_items__over_or_held__are_not_open() -> None:
    scene = scenes.ready_to_match(4, 4)
    set_(scene.mentees[0], state=EnrolmentState.WITHDRAWN)
    at_work(scene, 1, state=RelationshipState.COMPLETED, ended_at=timezone.now(), turn=Turn.NOBODY)
    set_(scene.mentees[1], state=EnrolmentState.COMPLETED)
    at_work(scene, 2)
    set_(scene.mentees[3], state=EnrolmentState.DRAFT)
    assert [item.what for item in items(scene.coordinator)] == ["Under way"]
    set_(scene.cohort, state=CohortState.CANCELLED)
    assert items(scene.coordinator) == []


def test_queues__other_programme_and_own_rows__are_not_counted() -> None:
    scene, other = scenes.with_proposals(3), scenes.with_proposals(2)
    own = Proposal.objects.filter(cohort=scene.cohort)[0]
    own.mentee.profile.user = scene.coordinator
    own.mentee.profile.save()
    assert queues(scene.coordinator) == {"decide": 2}
    assert queues(other.coordinator) == {"decide": 2}
    assert queues(scenes.user("Nobody Special")) == {}


def test_items__pair_decided_at_another_school__is_somebody_elses_turn() -> None:
    scene = scenes.with_proposals(1)
    user = scenes.user("Nara Row")
    school = scene.mentors[0].profile.organisation
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, organisation=school)
    (item,) = items(user)
    assert (item.turn, item.queue) == (Whose.ELSEWHERE, "")
    assert queues(user) == {}


def test_concerns__only_whoever_handles_them__sees_how_many() -> None:
    scene = scenes.with_proposals(1)
    Concern.objects.create(
        organisation=scene.mentees[0].profile.organisation,
        programme=scene.programme,
        category="conduct",
        text="Words that nobody else reads.",
        nonce="1",
    )
    assert "concerns" not in queues(scene.coordinator)
    assert "concerns" not in queues(scene.owner)
    CoordinatorGrant.objects.create(programme=scene.programme, user=scene.coordinator, role=GrantRole.CONCERNS)
    del scene.coordinator._mentoring_grants
    assert queues(scene.coordinator)["concerns"] == 1
    page = staff_client_of(scene.coordinator).get(reverse("mentoring_today:index")).content.decode()
    assert "1 concern" in page
    assert "Words that" not in page


def test_grants__that_end_soon__are_shown_to_owners_only() -> None:
    scene = scenes.programme_with_cohort()
    scene.programme.grants.filter(user=scene.coordinator).update(
        expires_on=timezone.localdate() + dt.timedelta(days=20)
    )
    assert queues(scene.owner) == {"grants": 1}
    assert queues(scene.coordinator) == {}


def test_screen__each_queue__is_one_click_from_its_action() -> None:
    scene = scenes.with_proposals(3)
    set_(Proposal.objects.filter(cohort=scene.cohort)[0], state=ProposalState.REJECTED)
    client = staff_client_of(scene.coordinator)
    page = client.get(reverse("mentoring_today:index")).content.decode()
    assert "2 pairs to decide" in page
    assert f'href="{reverse("mentoring_proposal:index")}?state=draft"' in page
    assert reverse("mentoring_enrolment:decide", args=[scene.mentees[0].pk]) in page, "the mentee without a mentor"


def test_screen__filters__narrow_the_table() -> None:
    scene = scenes.with_proposals(2)
    client = staff_client_of(scene.coordinator)
    set_(scene.mentees[0], state=EnrolmentState.SUBMITTED)
    address = reverse("mentoring_today:index")
    for query, expected in (
        ({}, 3),
        ({"queue": "decide"}, 2),
        ({"queue": "to_read"}, 1),
        ({"turn": "mentee"}, 0),
        ({"cohort": scene.cohort.pk}, 3),
        ({"cohort": 999_999}, 0),
        ({"cohort": "x", "turn": "<b>", "p": "z"}, 0),
    ):
        assert client.get(address, query).context["total"] == expected, query


def test_screen__nothing_waits__says_so_in_words() -> None:
    scene = scenes.programme_with_cohort()
    client = staff_client_of(scene.coordinator)
    for address in (reverse("mentoring_today:index"), reverse("wagtailadmin_home")):
        assert "Nothing waits for you." in client.get(address).content.decode()


def test_screen__somebody_who_runs_nothing__gets_404(client: Client) -> None:
    scene = scenes.programme_with_cohort()
    user = scenes.user("Ronan Other")
    CoordinatorGrant.objects.create(programme=scene.programme, user=user, role=GrantRole.REPORTER)
    user.groups.set(scene.coordinator.groups.all())
    for name in ("mentoring_today:index", "mentoring_waiting:index", "mentoring_relationship:index"):
        assert staff_client_of(user).get(reverse(name)).status_code == 404
    assert "Waiting for you" not in staff_client_of(user).get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("name", ["mentoring_today:index", "wagtailadmin_home", "mentoring_waiting:index"])
def test_screens__few_and_many_rows__cost_the_same(name: str) -> None:
    costs = []
    for size in (3, 30):
        scene = scenes.ready_to_match(size, size)
        for number in range(size):
            state = (ProposalState.DRAFT, ProposalState.APPROVED)[number % 2]
            if number % 3 == 0:
                at_work(scene, number, turn=Turn.COORDINATOR)
            elif number % 3 == 1:
                scenes.proposed(scene, number, number, state=state)
            else:
                scenes.enrolled(scene, scenes.person(), "mentee", state=EnrolmentState.SUBMITTED)
                scenes.enrolled(scene, scenes.person(), "mentee", state=EnrolmentState.WAITLISTED)
                set_(scene.mentees[number], rematch_since=timezone.now())
        costs.append(warm_cost(staff_client_of(scene.coordinator), reverse(name)))
    assert len(costs[0]) == len(costs[1])
    assert len(costs[1]) <= 20, str(costs[1])


def test_waiting_lists__who_waits_and_whether_there_is_room__in_order() -> None:
    scene = scenes.ready_to_match(3, 1)
    set_(scene.cohort, max_mentees=4)
    now = timezone.now()
    set_(scene.mentees[0], rematch_since=now - dt.timedelta(days=2))
    set_(scene.mentees[1], rematch_since=now - dt.timedelta(days=9))
    late = scenes.enrolled(scene, scenes.person("Late Comer"), "mentee", state=EnrolmentState.WAITLISTED)
    soon = scenes.enrolled(scene, scenes.person("Early Bird"), "mentee", state=EnrolmentState.WAITLISTED)
    set_(late, submitted_at=now)
    set_(soon, submitted_at=now - dt.timedelta(days=5))
    (waiting,) = staff_client_of(scene.coordinator).get(reverse("mentoring_waiting:index")).context["lists"]
    assert waiting.again == [scene.mentees[1], scene.mentees[0]]
    assert waiting.listed == [soon, late]
    assert waiting.room == 1
    assert Enrolment.objects.get(pk=late.pk).state == EnrolmentState.WAITLISTED, "looking changes nothing"


def test_items__head_asked__has_a_last_day_and_is_the_coordinators_after_it(clock: time_machine.Coordinates) -> None:
    scene = scenes.ready_to_match(1, 1)
    set_(scene.mentees[0], state=EnrolmentState.SUBMITTED, head_support=HeadSupport.ASKED)
    links.issue(LinkPurpose.HEAD_SUPPORT, scene.mentees[0].pk, "head@example.org")
    name = scene.mentees[0].profile.display_name
    asked = next(item for item in items(scene.coordinator) if item.who.startswith(name))
    assert (asked.turn, asked.until) == (Whose.HEAD, timezone.localdate() + dt.timedelta(days=14))
    clock.shift(dt.timedelta(days=15))
    lapsed = next(item for item in items(scene.coordinator) if item.who.startswith(name))
    assert (lapsed.turn, lapsed.queue) == (Whose.COORDINATOR, "heads")
