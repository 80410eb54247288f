"""The admin's first page: of use to somebody who has programmes and no pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.mentoring import scenes
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_first_page__coordinator_without_pages__is_offered_no_search_of_pages() -> None:
    scene = scenes.with_proposals(2)
    client = Client()
    sign_in(client, scene.coordinator)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Search all pages" not in page
    assert "2 pairs to decide" in page
    assert scene.coordinator.name in page


def test_first_page__administrator__keeps_wagtails_own_parts() -> None:
    admin = scenes.user("Ada Min", is_superuser=True)
    client = Client()
    sign_in(client, admin)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Search all pages" in page
    assert "Waiting for you" not in page, "no programme yet"
