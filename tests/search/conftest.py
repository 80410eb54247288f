"""A small published site to search in, and makers for more of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import Page, Site

from home.pages.front import HomePage
from home.pages.news import NewsIndexPage, NewsPage
from home.pages.standard import StandardPage
from mentoring.people.models import Interest, InterestGroup
from networks.pages.library import LibraryIndexPage, ResourcePage
from networks.pages.network import NetworkIndexPage, NetworkPage
from networks.pages.session import SessionDate, SessionPage
from search.backend import Rest
from tests.support.shared import SharedRows


@pytest.fixture(autouse=True)
def server_rested() -> None:
    """No test inherits another's broken search server."""
    Rest.until = 0.0


@dataclass
class Tree:
    """The site: its home page and the places where pages go."""

    home: HomePage
    networks: NetworkIndexPage
    library: LibraryIndexPage
    news: NewsIndexPage
    topics: dict[str, Interest] = field(default_factory=dict)

    def topic(self, slug: str) -> Interest:
        return self.topics[slug]

    def network(self, title: str, *, topics: Iterable[str] = (), **fields: Any) -> NetworkPage:
        fields = {"area": "Eastbrook", "who_for": "Everybody who teaches", "purpose": "<p>To meet.</p>", **fields}
        return self._add(self.networks, NetworkPage(title=title, **fields), topics)

    def session(
        self,
        title: str,
        *,
        under: NetworkPage,
        starts: Iterable[datetime] = (),
        topics: Iterable[str] = (),
        **fields: Any,
    ) -> SessionPage:
        page = SessionPage(title=title, **fields)
        page.dates = [SessionDate(start=start, end=start + timedelta(hours=1)) for start in starts]
        return self._add(under, page, topics)

    def resource(self, title: str, *, topics: Iterable[str] = (), **fields: Any) -> ResourcePage:
        fields = {
            "author": "Year 3 team",
            "external_url": "https://example.org/plan",
            "intro": "<p>How we used it.</p>",
            **fields,
        }
        return self._add(self.library, ResourcePage(title=title, **fields), topics)

    def story(self, title: str, *, topics: Iterable[str] = (), **fields: Any) -> NewsPage:
        return self._add(self.news, NewsPage(title=title, **fields), topics)

    def page(self, title: str, *, under: Page | None = None, **fields: Any) -> StandardPage:
        return self._add(under or self.home, StandardPage(title=title, **fields), ())

    def _add(self, parent: Page, page: Any, topics: Iterable[str]) -> Any:
        chosen = [self.topics[slug] for slug in topics]
        if chosen:
            page.phases = [topic for topic in chosen if topic.group == InterestGroup.PHASE]
            page.topics = [topic for topic in chosen if topic.group != InterestGroup.PHASE]
        page.first_published_at = timezone.now()
        return Page.objects.get(pk=parent.pk).add_child(instance=page)


def make_topics() -> dict[str, Interest]:
    """A thesaurus of a few entries, with synonyms and one wider topic."""
    Interest.objects.all().delete()
    rows = {
        "primary": Interest(label="Primary", group=InterestGroup.PHASE),
        "secondary": Interest(label="Secondary", group=InterestGroup.PHASE),
        "mathematics": Interest(
            label="Mathematics", group=InterestGroup.SUBJECT, synonyms=["maths", "numeracy", "number work"]
        ),
        "phonics": Interest(label="Phonics", group=InterestGroup.SUBJECT, synonyms=["early reading"]),
        "drama": Interest(label="Drama", group=InterestGroup.ART_FORM, synonyms=["theatre", "acting"]),
        "wellbeing": Interest(label="Staff wellbeing", group=InterestGroup.CAREER, synonyms=["workload"]),
    }
    for slug, row in rows.items():
        row.slug = slug
        row.save()
    rows["fractions"] = Interest.objects.create(
        slug="fractions", label="Fractions", group=InterestGroup.SUBJECT, parent=rows["mathematics"]
    )
    return rows


def make_empty_tree() -> Tree:
    Site.objects.all().delete()
    root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root", slug="root"))
    for page in root.get_children():
        page.specific.delete()
    home = Page.objects.get(pk=root.pk).add_child(instance=HomePage(title="Front door", slug="front-door"))
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True, site_name="Common Room")
    return Tree(
        home=home,
        networks=home.add_child(instance=NetworkIndexPage(title="All networks")),
        library=home.add_child(instance=LibraryIndexPage(title="Library")),
        news=home.add_child(instance=NewsIndexPage(title="Latest")),
        topics=make_topics(),
    )


@pytest.fixture(scope="module")
def shared_empty_tree(shared_rows: SharedRows) -> Tree:
    return shared_rows(make_empty_tree)


@pytest.fixture
def empty_tree(shared_empty_tree: Tree, db: None) -> Tree:
    """A site with its index pages and a thesaurus, and nothing to find yet. Not in a module that uses `tree`."""
    return deepcopy(shared_empty_tree)


def make_tree() -> Tree:
    now = timezone.now()
    empty_tree = make_empty_tree()
    stage = empty_tree.network(
        "Stagecraft Network",
        topics=["drama", "primary"],
        summary="Teachers and theatre makers who put on plays together.",
    )
    empty_tree.network("Counting Circle", topics=["mathematics", "primary"], summary="For maths leads.")
    empty_tree.session(
        "Voice and movement",
        under=stage,
        starts=[now + timedelta(days=9), now + timedelta(days=16)],
        topics=["drama", "secondary"],
        summary="An afternoon of drama games.",
    )
    empty_tree.session(
        "Puppets in the classroom",
        under=stage,
        starts=[now - timedelta(days=30)],
        topics=["drama", "primary"],
        summary="Make a puppet, tell a story.",
    )
    empty_tree.resource(
        "Bar models step by step", topics=["fractions", "primary"], summary="Slides for sharing into equal parts."
    )
    empty_tree.resource("Lesson of masks", topics=["drama"], intro="<p>Masks &amp; mime, for a wet afternoon.</p>")
    empty_tree.story("The spring showcase is coming", summary="Schools show what they rehearsed.")
    empty_tree.page("How to join", summary="Write to the convenor of a network.")
    return empty_tree


@pytest.fixture(scope="module")
def shared_tree(shared_rows: SharedRows) -> Tree:
    return shared_rows(make_tree)


@pytest.fixture
def tree(shared_tree: Tree, db: None) -> Tree:
    """A few pages of most kinds; the days of the sessions count from today."""
    return deepcopy(shared_tree)


@pytest.fixture
def titles(client: Any) -> Callable[..., list[str]]:
    """`titles("/search/?q=...")`: the titles on the page of results, in order."""

    def listed(url: str) -> list[str]:
        response = client.get(url)
        assert response.status_code == 200, url
        return ["".join(part.text for part in row.title) for row in response.context["rows"]]

    return listed


def suggested(client: Any, typed: str) -> list[dict[str, str]]:
    response = client.get("/search/suggest/", {"q": typed})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return response.json()["suggestions"]
