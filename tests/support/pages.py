"""A small site to hang pages on: `site_pages(db)` gives its front door and lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Page, Site

from home.models import HomePage, NewsIndexPage
from mentoring.people.models import Interest, Organisation
from networks.models import (
    LibraryIndexPage,
    NetworkConvenor,
    NetworkIndexPage,
    NetworkPage,
    PathwayIndexPage,
    SessionDate,
    SessionIndexPage,
    SessionPage,
)


@dataclass
class SitePages:
    """The pages that every test site has."""

    home: HomePage
    networks: NetworkIndexPage
    sessions: SessionIndexPage
    pathways: PathwayIndexPage
    library: LibraryIndexPage
    news: NewsIndexPage
    network: NetworkPage


def publish(page: Page) -> Page:
    """As an editor's “Publish”: a new revision, then live."""
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def add(parent: Page, page: Any) -> Any:
    """Adds a live page below `parent`, through a published revision."""
    page.live = False
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    return publish(page)


def at(days: float = 7, *, hours: float = 1) -> SessionDate:
    """A date some days from now (negative: past), one hour long."""
    start = timezone.now().replace(microsecond=0) + timedelta(days=days)
    return SessionDate(start=start, end=start + timedelta(hours=hours))


def local(text: str) -> datetime:
    """“2026-10-24 16:00” on the wall clock of London."""
    return timezone.make_aware(datetime.strptime(text, "%Y-%m-%d %H:%M"))


def make_session(
    parent: Page, slug: str = "drawing-big", *, dates: list[SessionDate] | None = None, **fields: Any
) -> Any:
    """A live session, online unless fields say otherwise."""
    topics = fields.pop("topics", [])
    page = SessionPage(
        **{"title": slug.replace("-", " ").capitalize(), "slug": slug, "format": "online", "summary": "Come.", **fields}
    )
    page.dates = dates if dates is not None else [at()]
    page.topics = topics
    return add(parent, page)


def make_network(parent: Page, slug: str, **fields: Any) -> Any:
    page = NetworkPage(
        **{
            "title": slug.replace("-", " ").capitalize(),
            "slug": slug,
            "area": "Tower Hamlets",
            "who_for": "Everybody.",
            "purpose": "<p>To meet.</p>",
            **fields,
        }
    )
    page.convenors = [NetworkConvenor(role="Convenor", email="convenor@example.org")]
    return add(parent, page)


def topic(slug: str, label: str, group: str) -> Interest:
    return Interest.objects.get_or_create(slug=slug, defaults={"label": label, "group": group})[0]


def organisation(name: str = "Half Moon", kind: str = "arts_org", **fields: Any) -> Organisation:
    return Organisation.objects.create(name=name, kind=kind, **fields)


def site_pages() -> SitePages:
    """Front door and lists, with the default site rooted at the front door."""
    root = Page.objects.get(depth=1)
    home = HomePage(title="Common Room", slug="common-room")
    root.add_child(instance=home)
    site = Site.objects.get(is_default_site=True)
    site.root_page = home
    site.save()
    lists = {
        "networks": NetworkIndexPage(title="Networks", slug="networks", show_in_menus=True),
        "sessions": SessionIndexPage(title="What’s on", slug="whats-on", show_in_menus=True),
        "pathways": PathwayIndexPage(title="Pathways", slug="pathways", show_in_menus=True),
        "library": LibraryIndexPage(title="Library", slug="library", show_in_menus=True),
        "news": NewsIndexPage(title="News", slug="news", show_in_menus=True),
    }
    made = {name: add(home, page) for name, page in lists.items()}
    return SitePages(home=home, network=make_network(made["networks"], "primary-art"), **made)
