"""The admin's first page tells a coordinator what waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import Enrolment, Proposal
from mentoring.programmes.models import EnrolmentState
from mentoring.programmes.waiting import waiting_for
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes
from tests.signing_in import sign_in
from tests.support.queries import warm_cost

pytestmark = pytest.mark.django_db


def test_waiting__applications_and_pairs__are_counted_for_whoever_runs_the_programme() -> None:
    scene, other = scenes.with_proposals(3), scenes.with_proposals(2)
    Enrolment.objects.filter(pk=scene.mentees[0].pk).update(state=EnrolmentState.SUBMITTED)
    (row,) = waiting_for(scene.coordinator)
    assert (row.cohort, row.to_read.count, row.to_decide.count) == (scene.cohort, 1, 3)
    assert [row.cohort for row in waiting_for(other.coordinator)] == [other.cohort]
    assert waiting_for(scenes.user("Nobody Special")) == []


def test_waiting__own_match_of_the_coordinator__is_not_counted() -> None:
    scene = scenes.with_proposals(3)
    own = Proposal.objects.filter(cohort=scene.cohort)[0]
    own.mentee.profile.user = scene.coordinator
    own.mentee.profile.save()
    (row,) = waiting_for(scene.coordinator)
    assert row.to_decide.count == 2


def test_first_page__something_and_nothing_waits__says_so_in_words() -> None:
    scene = scenes.with_proposals(3)
    client = Client()
    sign_in(client, scene.coordinator)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "3 pairs to decide" in page
    Proposal.objects.filter(cohort=scene.cohort).update(state=ProposalState.REJECTED)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "to decide" not in page
    assert "Nothing</td>" in page


def test_first_page__editor_without_a_programme__has_no_such_list() -> None:
    client = Client()
    admin = scenes.user("Ada Min", is_superuser=True)
    sign_in(client, admin)
    assert "Waiting for you" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_first_page__few_and_many_pairs__costs_the_same() -> None:
    costs = []
    for size in (3, 30):
        scene = scenes.with_proposals(size)
        client = Client()
        sign_in(client, scene.coordinator)
        costs.append(len(warm_cost(client, reverse("wagtailadmin_home"))))
    assert costs[0] == costs[1]


def test_waiting__any_size__takes_three_queries_and_the_grants(django_assert_max_num_queries: Any) -> None:
    scene = scenes.with_proposals(30)
    with django_assert_max_num_queries(4):
        waiting_for(scene.coordinator)
