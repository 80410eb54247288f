"""Searches without results: what is kept, what is not, and who sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client, RequestFactory
from wagtail.models import GroupPagePermission, Page

from mentoring.people.models import Organisation, OrganisationKind, Profile
from search import caching
from search.missed import services
from search.missed.admin import MissedSearchesView, may_read
from search.missed.models import MissedSearch
from search.missed.services import record, tidy
from search.words import read

from .conftest import Tree

DAY = date(2027, 1, 11)


def kept() -> dict[str, int]:
    return dict(MissedSearch.objects.values_list("term", "searches"))


def test_search__nothing_found__is_counted_once_a_minute(tree: Tree, client: Client) -> None:
    client.get("/search/?q=Quartz%20%20clock")
    client.get("/search/?q=quartz+clock")
    assert kept() == {"quartz clock": 1}
    cache.clear()  # a minute later
    client.get("/search/?q=quartz+clock")
    assert kept() == {"quartz clock": 2}


def test_search__something_found__writes_nothing(tree: Tree, client: Client) -> None:
    client.get("/search/?q=drama")
    client.get("/search/?q=drama&kind=news")  # only the filters shut it out
    client.get("/search/suggest/?q=quartz")
    assert kept() == {}


@pytest.mark.parametrize(
    "typed",
    [
        "ada@example.org",
        "07700 900123",
        "urn 123456",
        "a " + "very " * 3 + "long wording that goes on and on until nobody can tell what it was about",
        "one two three four five six seven",
        "🎭",
        "",
    ],
)
def test_record__what_may_be_about_a_person__is_not_kept(db: None, typed: str) -> None:
    assert not record(question=read(typed), day=DAY)
    assert kept() == {}


@pytest.mark.parametrize("typed", ["Ada Example", "ada", "example ADA"])
def test_record__name_of_a_member__is_not_kept(db: None, make_user: Callable[..., Any], typed: str) -> None:
    school = Organisation.objects.create(name="Larkfield Primary", kind=OrganisationKind.SCHOOL)
    Profile.objects.create(user=make_user(), display_name="Ada Example", organisation=school, job_title="Teacher")
    assert not record(question=read(typed), day=DAY)
    assert kept() == {}


def test_record__flood_of_wordings__is_capped(db: None) -> None:
    for number in range(services.NEW_PER_MINUTE + 20):
        record(question=read(f"word{number}"), day=DAY)
    assert len(kept()) == services.NEW_PER_MINUTE


def test_record__database_in_trouble__is_no_trouble_for_the_visitor(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> None:
        raise DatabaseError("locked")

    monkeypatch.setattr(services, "_count", fail)
    assert not record(question=read("quartz"), day=DAY)
    assert "was not counted" in caplog.text


class NoCache:
    """The search's own use of a cache server that is down. (The site's other uses are the site's business.)"""

    def __getattr__(self, name: str) -> Any:
        raise ConnectionError("no cache")


def test_record__cache_down__keeps_nothing_and_raises_nothing(
    tree: Tree, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "cache", NoCache())
    assert client.get("/search/?q=quartz").status_code == 200
    assert 'Did you mean <a href="?q=drama">' in client.get("/search/?q=dramma").content.decode()
    assert client.get("/search/suggest/?q=stage").json()["suggestions"]
    assert kept() == {}


def test_tidy__old_rows_and_too_many__are_forgotten(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_ROWS", 2)
    MissedSearch.objects.bulk_create(
        [
            MissedSearch(term="old", day=DAY - timedelta(days=services.KEPT_DAYS + 1)),
            MissedSearch(term="rare", day=DAY - timedelta(days=3)),
            MissedSearch(term="often", day=DAY, searches=9),
            MissedSearch(term="today", day=DAY),
        ]
    )
    assert tidy(day=DAY) == 2
    assert set(kept()) == {"often", "today"}


def report(user: Any, rf: RequestFactory) -> Any:
    request = rf.get("/admin/reports/missed-searches/")
    request.user = user
    return MissedSearchesView.as_view()(request)


def test_report__editor__sees_wordings_with_their_sum(
    tree: Tree, make_user: Callable[..., Any], rf: RequestFactory
) -> None:
    MissedSearch.objects.create(term="quartz", day=DAY, searches=2)
    MissedSearch.objects.create(term="quartz", day=DAY - timedelta(days=1), searches=3)
    MissedSearch.objects.create(term="granite", day=DAY)
    user = make_user()
    group = Group.objects.create(name="Writers")
    GroupPagePermission.objects.create(
        group=group, page=Page.objects.get(depth=1), permission=Permission.objects.get(codename="change_page")
    )
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    response = report(user, rf)
    assert [(row["term"], row["total"]) for row in response.context_data["object_list"]] == [
        ("quartz", 5),
        ("granite", 1),
    ]


def test_report__coordinator_without_pages__is_refused(
    tree: Tree, make_user: Callable[..., Any], client: Client
) -> None:
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert not may_read(user)
    client.force_login(user)
    assert client.get("/admin/reports/missed-searches/").status_code == 302
