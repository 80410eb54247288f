"""Putting pages up: found by their address, made and published when they are not there yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.utils import timezone
from wagtail.models import Page

from core.pages.models import BasePage
from home.demo import pictures
from home.models import HomePage
from mentoring.people.models import Interest, InterestGroup
from networks.models import SessionDate, SessionPage
from networks.pages.calendar import tell_calendars
from networks.pages.school_year import halves

P = TypeVar("P", bound=BasePage)


def home() -> HomePage:
    return HomePage.objects.get()


def topics(slugs: str) -> dict[str, list[Interest]]:
    """Rows of the thesaurus by the page field that holds them; `slugs` are separated by blanks."""
    found = {row.slug: row for row in Interest.objects.filter(slug__in=slugs.split())}
    missing = set(slugs.split()) - set(found)
    if missing:
        raise LookupError(f"The thesaurus has no {', '.join(sorted(missing))}.")
    fields: dict[str, list[Interest]] = {"phases": [], "setting_kinds": [], "topics": []}
    for slug in slugs.split():
        row = found[slug]
        name = {InterestGroup.PHASE: "phases", InterestGroup.SETTING: "setting_kinds"}.get(
            InterestGroup(row.group), "topics"
        )
        fields[name].append(row)
    return fields


def put(
    parent: Page,
    model: type[P],
    slug: str,
    *,
    about: str = "",
    picture: str = "",
    rows: dict[str, Iterable[Any]] | None = None,
    many: dict[str, Iterable[Any]] | None = None,
    **fields: Any,
) -> tuple[P, bool]:
    """The page with this slug below `parent`, and whether it was made now. What is there is left as it is.

    `about` holds slugs of the thesaurus, `picture` the name of one of the demo's, `rows` children by relation, `many`
    related rows by many-to-many field.
    """
    there = model._default_manager.child_of(parent).filter(slug=slug).first()
    if there is not None:
        return there, False
    now = timezone.now()
    page = model(slug=slug, image=pictures.find(picture) if picture else None, **fields)
    page.first_published_at = page.last_published_at = now
    for name, found in (topics(about) if about else {}).items():
        setattr(page, name, found)
    for name, related in (many or {}).items():
        setattr(page, name, list(related))
    for name, children in (rows or {}).items():
        setattr(page, name, list(children))
    parent.refresh_from_db()
    parent.add_child(instance=page)
    revision = page.save_revision(clean=False, changed=False)
    # What publishing does, without saving the page a second time: a year of pages in a few seconds.
    model._default_manager.filter(pk=page.pk).update(live_revision=revision, has_unpublished_changes=False)
    if isinstance(page, SessionPage):
        tell_calendars(page)
    return page, True


def school_day(today: date, week: int, weekday: int) -> date:
    """A weekday some weeks from now (0 Monday to 4 Friday), moved out of the holidays in the direction of `week`."""
    day = today - timedelta(days=today.weekday()) + timedelta(weeks=week, days=weekday)
    step = timedelta(weeks=1 if week >= 0 else -1)
    for _ in range(12):
        if any(day in half for half in halves(day, day)):
            break
        day += step
    return day


def dates(today: date, *when: tuple[int, int, str, int]) -> list[SessionDate]:
    """Rows from (week from now, weekday, "16:00", minutes)."""
    rows = []
    for week, weekday, clock, minutes in when:
        hour, minute = (int(part) for part in clock.split(":"))
        start = datetime.combine(school_day(today, week, weekday), time(hour, minute))
        rows.append(
            SessionDate(start=timezone.make_aware(start), end=timezone.make_aware(start + timedelta(minutes=minutes)))
        )
    return rows


def text(*paragraphs: str) -> tuple[str, str]:
    """A text block; a paragraph that begins with # is a heading."""
    html = "".join(f"<h2>{line[1:].strip()}</h2>" if line.startswith("#") else f"<p>{line}</p>" for line in paragraphs)
    return ("text", html)


def rich(*paragraphs: str) -> str:
    """Rich text of plain paragraphs."""
    return "".join(f"<p>{line}</p>" for line in paragraphs)
