"""A pathway's page says where its programme stands, and leads to the application while it takes any."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mentoring.models import Cohort, Programme
from mentoring.programmes.models import CohortState
from networks.models import PathwayPage
from tests.support.pages import SitePages, add, organisation


def pathway_with_cohort(pages: SitePages, *, state: CohortState, opens: int, closes: int) -> Cohort:
    """A pathway whose intake takes applications from `opens` to `closes`, in days from today."""
    pathway = add(
        pages.pathways, PathwayPage(title="Lead", slug="lead", aim="<p>Lead.</p>", who_for="You.", host=organisation())
    )
    programme = Programme.objects.create(
        title="Lead", slug="lead", owner_org=pathway.host, contact_email="lead@example.org", pathway_page=pathway
    )
    today = timezone.localdate()
    return Cohort.objects.create(
        programme=programme,
        name="Spring",
        state=state,
        apply_from=today + timedelta(days=opens),
        apply_to=today + timedelta(days=closes),
        start=today + timedelta(days=100),
        end=today + timedelta(days=200),
    )


def test_apply_box__cohort_takes_applications__leads_to_both_forms(pages: SitePages, client: Client) -> None:
    cohort = pathway_with_cohort(pages, state=CohortState.OPEN, opens=-1, closes=0)

    words = client.get("/pathways/lead/").content.decode()

    assert f'href="/mentoring/apply/{cohort.pk}/mentee/"' in words
    assert f'href="/mentoring/apply/{cohort.pk}/mentor/"' in words
    assert Cohort.objects.open_for_applications().get().takes_applications


@pytest.mark.parametrize(
    ("state", "opens", "closes", "sentence"),
    [
        (CohortState.OPEN, 1, 9, "applications open on"),
        (CohortState.OPEN, -9, -1, "applications closed on"),
        (CohortState.MATCHING, -9, 9, "are closed. People are being matched now."),
    ],
)
def test_apply_box__cohort_takes_none_today__says_so_without_a_link(
    pages: SitePages, client: Client, state: CohortState, opens: int, closes: int, sentence: str
) -> None:
    pathway_with_cohort(pages, state=state, opens=opens, closes=closes)

    words = client.get("/pathways/lead/").content.decode()

    assert sentence in words
    assert "/mentoring/apply/" not in words
    assert not Cohort.objects.open_for_applications().exists()
