"""The appearance page, the gallery, the error pages."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, server_error

pytestmark = pytest.mark.django_db


def test_appearance__dark_chosen__is_remembered_and_shown(client: Client) -> None:
    answer = client.post("/appearance/", {"theme": "dark", "next": "/search/"})

    assert answer.status_code == 302
    assert answer["Location"] == "/search/"
    assert 'data-theme="dark"' in client.get("/appearance/").content.decode()


def test_appearance__any_page__is_cached_per_cookie(client: Client) -> None:
    assert "Cookie" in client.get("/appearance/")["Vary"]


def test_appearance__as_my_device__forgets_the_choice(client: Client) -> None:
    client.post("/appearance/", {"theme": "dark"})
    client.post("/appearance/", {"theme": ""})

    assert "data-theme" not in client.get("/appearance/").content.decode()


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_appearance__address_of_another_site__stays_here(client: Client, onward: str) -> None:
    assert client.post("/appearance/", {"theme": "dark", "next": onward})["Location"] == "/appearance/"


def test_appearance__unknown_choice__is_refused_beside_the_field(client: Client) -> None:
    answer = client.post("/appearance/", {"theme": "plaid"})

    page = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200
    assert page.title.text.strip().startswith("Error:")
    assert page.select_one(".error-summary a")["href"] == "#id_theme_0"
    assert page.select_one("#id_theme_0")
    assert "theme" not in answer.cookies


def test_gallery__switched_off__is_absent(client: Client, settings) -> None:
    settings.DESIGN_GALLERY = False
    assert client.get("/design/").status_code == 404


def test_gallery__switched_on__shows_every_component(client: Client, settings) -> None:
    settings.DESIGN_GALLERY = True
    html = client.get("/design/").content.decode()
    page = BeautifulSoup(html, "html.parser")

    for selector in (
        ".hero", ".callout", ".alert--error", ".card", ".tag--danger", ".session-row", ".facets", ".pagination",
        ".steps", ".summary-list", ".table", ".stats", ".quote", ".accordion", ".contact-box", ".timeline", ".progress",
        ".link-list", ".empty", ".search-box--large", ".error-summary", ".field--error", ".motif",
        ".breadcrumbs", ".button--quiet",
    ):  # fmt: skip
        assert page.select(selector), f"{selector} is not in the gallery"
    assert "style=" not in html
    assert len(page.select("h1")) == 1
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_not_found__any_address__speaks_plainly_and_offers_search(client: Client) -> None:
    answer = client.get("/nowhere/")
    page = BeautifulSoup(answer.content, "html.parser")

    assert answer.status_code == 404
    assert "not here" in page.h1.text
    assert page.select_one("main input[name=q]")


def test_csrf_failure__form_without_token__says_that_nothing_was_saved() -> None:
    answer = Client(enforce_csrf_checks=True).post("/appearance/", {"theme": "dark"})

    assert answer.status_code == 403
    assert "nothing was saved" in answer.content.decode()
    assert "theme" not in answer.cookies


@pytest.mark.parametrize(("view", "status"), [(server_error, 500), (bad_request, 400)])
def test_bare_errors__database_down__ask_it_for_nothing(view, status: int, django_assert_num_queries) -> None:
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        answer = view(request) if status == 500 else view(request, exception=Exception())

    assert answer.status_code == status
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "429.html"])
def test_error_templates__rendered_without_context__are_whole(name: str) -> None:
    html = render_to_string(name)
    assert html.count("<h1>") == 1
    assert "</html>" in html
