"""What editors see beside the page tree."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.signing_in import sign_in
from tests.support.pages import SitePages, at, make_session


def test_session_listing__past_and_coming__reads_like_a_calendar(
    pages: SitePages, client: Client, admin_user: Any
) -> None:
    make_session(pages.network, "over-and-done", dates=[at(-9)])
    make_session(pages.network, "next-month", dates=[at(30)])
    make_session(pages.network, "tomorrow", dates=[at(-5), at(1)])
    sign_in(client, admin_user)

    rows = client.get("/admin/sessions/").context["object_list"]

    assert [row.slug for row in rows] == ["tomorrow", "next-month", "over-and-done"]
