"""A programme copied for another year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from home.groups import EDITORS, set_up_groups
from networks.models import CalendarEntry, ProgrammePage, SessionPage
from tests.signing_in import sign_in
from tests.support.pages import SitePages, add, at, local, make_session, organisation


def programme(pages: SitePages) -> ProgrammePage:
    page = ProgrammePage(
        title="Year", slug="year", provider=organisation(), starts=date(2026, 9, 1), ends=date(2027, 7, 31)
    )
    found: ProgrammePage = add(pages.sessions, page)
    row = at()
    row.start, row.end, row.cancelled = local("2027-03-25 16:00"), local("2027-03-25 17:00"), True
    make_session(found, "clay", dates=[row], notes="<p>It was good.</p>")
    return found


def test_copy__asked_by_an_editor__is_a_draft_on_the_same_weekday_and_hour(pages: SitePages, make_user: Any) -> None:
    old = programme(pages)
    set_up_groups()
    editor = make_user("editor@example.org")
    editor.groups.add(Group.objects.get(name=EDITORS))
    client = Client()
    sign_in(client, editor)
    assert "Copy for another year" in client.get(f"/admin/pages/{pages.sessions.pk}/").content.decode()
    url = f"/admin/programmes/{old.pk}/copy/"
    assert client.get(url).status_code == 200
    assert ProgrammePage.objects.count() == 1
    assert client.post(url).status_code == 302
    new = ProgrammePage.objects.exclude(pk=old.pk).get()
    session = SessionPage.objects.child_of(new).get()
    start = timezone.localtime(session.dates.get().start)
    assert (new.live, session.live, session.notes) == (False, False, "")
    assert (new.title, new.slug, new.starts) == ("Year 2027/28", "year-2027", date(2027, 8, 31))
    assert (f"{start:%A %d %B %Y %H:%M}", session.dates.get().cancelled) == ("Thursday 23 March 2028 16:00", False)
    assert CalendarEntry.objects.count() == 1
    assert SessionPage.objects.child_of(old).get().dates.get().start == local("2027-03-25 16:00")


def test_copy__twice__finds_a_free_address(pages: SitePages, make_user: Any) -> None:
    old = programme(pages)
    client = Client()
    sign_in(client, make_user("boss@example.org", is_superuser=True))
    for _ in range(2):
        client.post(f"/admin/programmes/{old.pk}/copy/")
    assert set(ProgrammePage.objects.values_list("slug", flat=True)) == {"year", "year-2027", "year-2027-2"}


def test_copy__by_somebody_without_pages_or_of_another_page__is_not_found(pages: SitePages, make_user: Any) -> None:
    old = programme(pages)
    boss, stranger = Client(), Client()
    sign_in(boss, make_user("boss@example.org", is_superuser=True))
    sign_in(stranger, make_user("stranger@example.org"))
    assert boss.post(f"/admin/programmes/{pages.network.pk}/copy/").status_code == 404
    assert stranger.post(f"/admin/programmes/{old.pk}/copy/").status_code in (302, 403, 404)
    assert ProgrammePage.objects.count() == 1
