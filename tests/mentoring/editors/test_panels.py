"""Beside a stage's page: how many pairs reach it, and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.editors.panels import arrivals, span
from mentoring.models import Programme, Stage
from mentoring.programmes.models import CohortState
from networks.models import PathwayPage, PathwayStagePage
from tests.mentoring import scenes
from tests.mentoring.editors.pairs import live_pair
from tests.signing_in import sign_in
from tests.support.pages import SitePages, add, organisation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2027, 3, 3), (2027, 3, 3), "on 3 March 2027"),
        ((2027, 3, 3), (2027, 3, 21), "between 3 and 21 March 2027"),
        ((2027, 3, 28), (2027, 4, 4), "between 28 March and 4 April 2027"),
        ((2027, 12, 28), (2028, 1, 4), "between 28 December 2027 and 4 January 2028"),
    ],
)
def test_span__two_days__reads_as_people_say_it(first: Any, last: Any, words: str) -> None:
    assert span(dt.date(*first), dt.date(*last)) == words


def staged(page: Any, pairs: list[int | None], *, week: int = 6) -> tuple[scenes.Scene, Stage]:
    """A stage that opens in `week`, and pairs that began so many days ago."""
    scene = scenes.ready_to_match(len(pairs), len(pairs))
    today = dt.date(2027, 1, 18)
    for number, days in enumerate(pairs):
        live_pair(scene, number, began=None if days is None else today - dt.timedelta(days=days))
    return scene, Stage.objects.create(
        programme=scene.programme, position=1, title="First steps", page=page, opens_week=week
    )


def test_arrivals__pairs_began_on_different_days__are_counted_by_hand(pages: SitePages, clock: Any) -> None:
    clock.move_to(dt.datetime(2027, 1, 18, 9, tzinfo=dt.UTC))
    staged(pages.home, [0, 21, 42, 43, None])  # the third reaches it today, the fourth yesterday
    live_pair(scenes.ready_to_match(1, 1), 0, began=dt.date(2027, 1, 1))

    (row,) = arrivals(pages.home.pk)

    assert (row.ahead, row.there, row.waiting) == (3, 1, 1)
    assert (row.first, row.last) == (dt.date(2027, 1, 18), dt.date(2027, 3, 1))
    assert row.sentence == (
        "3 pairs reach this stage between 18 January and 1 March 2027. 1 pair has reached it. "
        "1 pair has yet to sign their agreement; their weeks count from then."
    )


@pytest.mark.parametrize("pairs", [2, 8])
def test_arrivals__pairs_grow__two_queries(pages: SitePages, pairs: int, django_assert_num_queries: Any) -> None:
    staged(pages.home, [7] * pairs)
    with django_assert_num_queries(2):
        arrivals(pages.home.pk)


def test_editor__opens_stage_and_pathway__reads_numbers_and_no_names(pages: SitePages, client: Client) -> None:
    pathway = add(
        pages.pathways, PathwayPage(title="Lead", slug="lead", aim="<p>Lead.</p>", who_for="You.", host=organisation())
    )
    stage = add(pathway, PathwayStagePage(title="One", slug="one"))
    sign_in(client, scenes.user("Edda Editor", is_superuser=True), second_factor=True)
    edit = reverse("wagtailadmin_pages:edit", args=[stage.pk])
    assert "on its way to it" not in client.get(edit).content.decode()

    scene, _ = staged(stage, [None])
    scene.cohort.state = CohortState.RUNNING
    scene.cohort.save()
    Programme.objects.filter(pk=scene.programme.pk).update(pathway_page=pathway)

    words = client.get(edit).content.decode()
    assert "1 pair has yet to sign their agreement" in words
    assert "Mentee A0" not in words
    words = client.get(reverse("wagtailadmin_pages:edit", args=[pathway.pk])).content.decode()
    assert f"{scene.programme.title}, Autumn" in words
