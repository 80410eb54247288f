"""What subscribed calendars are told."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from networks.models import CalendarEntry, SessionPage
from tests.support.pages import SitePages, at, local, make_network, make_session, publish


def events(client: Client, url: str = "/calendar/sessions.ics") -> dict[str, icalendar.Event]:
    """Events of a feed by title and day."""
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    found = icalendar.Calendar.from_ical(response.content)
    return {f"{event['summary']}": event for event in found.walk("VEVENT")}


def test_feed__published_session__is_there_with_zone_and_page(pages: SitePages, client: Client) -> None:
    session = make_session(pages.network)
    event = events(client)["Drawing big"]
    assert event["STATUS"] == "CONFIRMED"
    assert event["SEQUENCE"] == 0
    assert str(event["URL"]).endswith(session.url)
    assert b"BEGIN:VTIMEZONE" in client.get("/calendar/sessions.ics").content


def test_feed__online_session__never_shows_the_link(pages: SitePages, client: Client) -> None:
    session = make_session(pages.network, online_link="https://meet.example.org/secret-room")
    for url in ("/calendar/sessions.ics", "/feeds/sessions.xml", session.url, "/whats-on/", "/"):
        assert "secret-room" not in client.get(url).content.decode(), url


def test_feed__before_and_after_the_clocks_change__keeps_the_hour_on_the_wall(pages: SitePages, client: Client) -> None:
    rows = [at(), at()]
    rows[0].start, rows[0].end = local("2027-03-27 16:00"), local("2027-03-27 17:00")
    rows[1].start, rows[1].end = local("2027-03-28 16:00"), local("2027-03-28 17:00")
    make_session(pages.network, dates=rows)
    found = icalendar.Calendar.from_ical(client.get("/calendar/sessions.ics").content)
    starts = [event.decoded("DTSTART") for event in found.walk("VEVENT")]
    assert [start.hour for start in starts] == [16, 16]
    assert [start.utcoffset() for start in starts] == [timedelta(0), timedelta(hours=1)]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Drawing very big"},
        {"format": "in_person", "place_name": "Studio", "postcode": "E1 7QX"},
    ],
)
def test_entry__title_or_place_changes__keeps_uid_and_raises_sequence(pages: SitePages, change: dict[str, str]) -> None:
    session = make_session(pages.network)
    before = CalendarEntry.objects.get()
    for name, value in change.items():
        setattr(session, name, value)
    publish(session)
    after = CalendarEntry.objects.get()
    assert (after.uid, after.sequence) == (before.uid, 1)


def test_entry__time_moves_then_is_cancelled__raises_sequence_each_time(pages: SitePages, client: Client) -> None:
    session = make_session(pages.network)
    uid = CalendarEntry.objects.get().uid
    row = session.dates.get()
    row.start += timedelta(hours=1)
    row.end += timedelta(hours=1)
    session.dates = [row]
    publish(session)
    assert CalendarEntry.objects.get().sequence == 1
    row.cancelled = True
    session.dates = [row]
    publish(session)
    entry = CalendarEntry.objects.get()
    assert (entry.uid, entry.sequence, entry.status) == (uid, 2, "CANCELLED")
    assert events(client)["Drawing big"]["STATUS"] == "CANCELLED"


def test_entry__published_again_without_change__stays_as_it_is(pages: SitePages) -> None:
    session = make_session(pages.network)
    session.what_to_bring = "A pencil"
    publish(session)
    assert CalendarEntry.objects.get().sequence == 0


def test_entry__unpublished_and_published_again__is_cancelled_then_confirmed(pages: SitePages) -> None:
    session = make_session(pages.network)
    session.unpublish()
    assert CalendarEntry.objects.get().status == "CANCELLED"
    session.refresh_from_db()
    publish(session)
    entry = CalendarEntry.objects.get()
    assert (entry.status, entry.sequence) == ("CONFIRMED", 2)


def test_entry__network_deleted__is_kept_and_cancelled(pages: SitePages, client: Client) -> None:
    make_session(pages.network)
    pages.network.delete()
    entry = CalendarEntry.objects.get()
    assert (entry.status, entry.page) == ("CANCELLED", None)
    assert events(client)["Drawing big"]["STATUS"] == "CANCELLED"


def test_entry__network_made_private__is_cancelled_and_comes_back(pages: SitePages) -> None:
    make_session(pages.network)
    restriction = PageViewRestriction.objects.create(page=pages.network, restriction_type="login")
    assert CalendarEntry.objects.get().status == "CANCELLED"
    restriction.delete()
    assert CalendarEntry.objects.get().status == "CONFIRMED"


def test_revision__date_added_to_a_live_page__keeps_its_row_on_the_next_publishing(pages: SitePages) -> None:
    session = make_session(pages.network)
    draft = session.get_latest_revision_as_object()
    draft.dates = [*draft.dates.all(), at(14)]
    draft.save_revision().publish()
    rows = set(SessionPage.objects.get().dates.values_list("pk", flat=True))
    again = SessionPage.objects.get().get_latest_revision_as_object()
    again.what_to_bring = "A pencil"
    again.save_revision().publish()
    assert set(SessionPage.objects.get().dates.values_list("pk", flat=True)) == rows
    assert CalendarEntry.objects.count() == 2


def test_feed_of_a_network__holds_its_own_sessions_and_those_below(pages: SitePages, client: Client) -> None:
    other = make_network(pages.networks, "drama")
    forum = make_network(other, "primary-drama")
    make_session(pages.network, "drawing")
    make_session(forum, "puppets")
    assert set(events(client, f"/calendar/{other.pk}.ics")) == {"Puppets"}
    assert set(events(client, f"/calendar/{pages.network.pk}.ics")) == {"Drawing"}


def test_feed_of_a_network__private_or_another_kind_of_page__is_not_found(pages: SitePages, client: Client) -> None:
    session = make_session(pages.network)
    assert client.get(f"/calendar/{session.pk}.ics").status_code == 404
    PageViewRestriction.objects.create(page=pages.network, restriction_type="login")
    assert client.get(f"/calendar/{pages.network.pk}.ics").status_code == 404
    assert client.get("/calendar/999999.ics").status_code == 404


def test_rss__upcoming_session__is_listed(pages: SitePages, client: Client) -> None:
    make_session(pages.network)
    make_session(pages.network, "long-ago", dates=[at(-30)])
    body = client.get("/feeds/sessions.xml").content.decode()
    assert "Drawing big" in body
    assert "Long ago" not in body
