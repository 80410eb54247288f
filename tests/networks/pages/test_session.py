"""A session's rules, its form, and what it tells search engines."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from core.models import User
from networks.models import SessionDate, SessionPage
from networks.pages.queries import free_for
from tests.signing_in import sign_in
from tests.support.pages import SitePages, at, local, make_session, organisation


def test_date__ends_before_it_starts__says_so_beside_the_end() -> None:
    row = SessionDate(start=local("2027-01-12 16:00"), end=local("2027-01-12 15:00"))
    with pytest.raises(ValidationError) as refused:
        row.clean()
    assert refused.value.message_dict["end"] == [
        "The end must be later than the start. Check the day as well as the time."
    ]


@pytest.mark.parametrize(
    ("fields", "where", "sentence"),
    [
        ({"format": "in_person", "place_name": "Studio"}, "postcode", "Add the postcode"),
        ({"format": "hybrid", "place_name": "Studio", "postcode": "nowhere"}, "postcode", "not a postcode"),
        ({"capacity": 5, "minimum": 8}, "minimum", "It cannot run from 8"),
        ({"capacity": 0}, "capacity", "at least one place"),
        ({"cost": -1}, "cost", "below zero"),
    ],
)
def test_session__bad_input__gets_a_sentence_beside_the_field(
    pages: SitePages, fields: dict[str, Any], where: str, sentence: str
) -> None:
    session = make_session(pages.network)
    for name, value in fields.items():
        setattr(session, name, value)
    with pytest.raises(ValidationError) as refused:
        session.full_clean()
    assert sentence in " ".join(refused.value.message_dict[where])


def test_session__postcode_in_small_letters__is_put_right(pages: SitePages) -> None:
    session = make_session(pages.network, format="in_person", place_name="Studio", postcode="e1  7qx")
    assert session.postcode == "E1 7QX"


def test_cost__free_for_the_borough__covers_its_schools_and_nobody_else(pages: SitePages) -> None:
    borough = organisation("Borough", "local_authority")
    school = organisation("School", "school", parent=borough)
    other = organisation("Elsewhere", "school")
    session = make_session(pages.network, cost=35)
    session.free_for = [borough]
    session.save()
    assert free_for(school, session)
    assert not free_for(other, session)
    assert session.cost_line == "£35 per person"


def test_contact__none_of_its_own__is_the_convenors_role(pages: SitePages, client: Client) -> None:
    session = make_session(pages.network)
    body = client.get(session.url).content.decode()
    assert "convenor@example.org" in body


def test_structured_data__title_with_markup__cannot_leave_its_script(pages: SitePages, client: Client) -> None:
    session = make_session(pages.network, title="</script><b>Clay & co</b>")
    body = client.get(session.url).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    found = [json.loads(block) for block in blocks]
    event = next(block for block in found if block["@type"] == "EducationEvent")
    assert event["name"] == "</script><b>Clay & co</b>"
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["organizer"]["name"] == "Primary art"
    assert [step["name"] for step in next(b for b in found if b["@type"] == "BreadcrumbList")["itemListElement"]] == [
        "Common Room",
        "Networks",
        "Primary art",
        "</script><b>Clay & co</b>",
    ]


@pytest.fixture
def moderator(make_user: Any, client: Client) -> User:
    user = make_user("moderator@example.org", is_superuser=True)
    sign_in(client, user)
    return user


def form_data(**changes: Any) -> dict[str, Any]:
    """What the editing form posts for one online session on one date."""
    start = timezone.localtime() + timedelta(days=9)
    data: dict[str, Any] = {
        "title": "Clay",
        "slug": "clay",
        "summary": "Come.",
        "kind": "training",
        "format": "online",
        "cost": "0",
        "body": streamfield([]),
        "notes": rich_text(""),
        "dates": inline_formset(
            [{"start": f"{start:%Y-%m-%d} 16:00", "end": f"{start:%Y-%m-%d} 17:00", "cancelled": ""}]
        ),
        "materials": inline_formset([]),
        "comments": inline_formset([]),
        "repeat": "",
        "repeat_until": "",
    }
    return nested_form_data({**data, **changes})


def add_url(pages: SitePages) -> str:
    return f"/admin/pages/add/networks/sessionpage/{pages.network.pk}/"


def test_form__weekly_until__makes_the_rows_once(clock: Any, pages: SitePages, client: Client, moderator: User) -> None:
    until = timezone.localdate() + timedelta(days=31)
    data = form_data(repeat="weekly", repeat_until=f"{until:%Y-%m-%d}")
    response = client.post(add_url(pages), {**data, "action-publish": "1"})
    assert response.status_code == 302, response.context and response.context["form"].errors
    starts = [timezone.localtime(row.start) for row in SessionPage.objects.get().dates.all()]
    assert [f"{start:%d %b %H:%M}" for start in starts] == [
        "20 Jan 16:00",
        "27 Jan 16:00",
        "03 Feb 16:00",
        "10 Feb 16:00",
    ]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"repeat": "weekly"}, "repeat_until", "Say until which day it repeats."),
        ({"repeat": "weekly", "repeat_until": "2020-01-01"}, "repeat_until", "Choose a day after the last date above."),
        ({"format": "in_person"}, "place_name", "Say where it happens before you publish, or choose “Online”."),
    ],
)
def test_form__something_missing__keeps_what_was_typed_and_saves_nothing(
    pages: SitePages, client: Client, moderator: User, changes: dict[str, str], field: str, sentence: str
) -> None:
    response = client.post(add_url(pages), {**form_data(**changes), "action-publish": "1"})
    assert response.status_code == 200
    assert response.context["form"].errors[field] == [sentence]
    assert response.context["form"]["title"].value() == "Clay"
    assert not SessionPage.objects.exists()


def test_form__online_without_link__is_published_with_a_warning(
    pages: SitePages, client: Client, moderator: User
) -> None:
    response = client.post(add_url(pages), {**form_data(), "action-publish": "1"}, follow=True)
    assert SessionPage.objects.get().live
    assert "This session is online, but it has no link yet." in response.content.decode()


def test_unpublish__dates_ahead__warns_how_many(pages: SitePages, client: Client, moderator: User) -> None:
    session = make_session(pages.network, dates=[at(3), at(5), at(-3)])
    body = client.get(f"/admin/pages/{session.pk}/unpublish/").content.decode()
    assert "2 dates lie ahead" in body


def test_admin_list__sessions__stand_by_their_next_date(pages: SitePages, client: Client, moderator: User) -> None:
    make_session(pages.network, "later", dates=[at(20)])
    make_session(pages.network, "sooner", dates=[at(2), at(40)])
    body = client.get("/admin/sessions/").content.decode()
    assert body.index("Sooner") < body.index("Later")
