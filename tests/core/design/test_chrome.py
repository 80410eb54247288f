"""Header, footer and breadcrumbs: right, and cheap."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, Site

from core.design.chrome import Chrome
from core.models import SiteSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def site_root() -> Page:
    """The default site on an empty plain page."""
    root = Page.objects.get(depth=1).add_child(instance=Page(title="Front door", slug="front"))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "testserver", "port": 80, "root_page": root}
    )
    Site.clear_site_root_paths_cache()
    return root


def add(parent: Page, title: str, **fields: object) -> Page:
    return parent.add_child(instance=Page(title=title, **fields))


def request_for(path: str) -> HttpRequest:
    return RequestFactory().get(path)


def test_menu__pages_in_menus__live_ones_in_the_editors_order(site_root: Page) -> None:
    add(site_root, "Sessions", show_in_menus=True)
    add(site_root, "Hidden")
    add(site_root, "Draft", show_in_menus=True, live=False)
    about = add(site_root, "About", show_in_menus=True)
    add(about, "Deeper", show_in_menus=True)

    menu = Chrome(request_for("/about/deeper/")).menu

    assert [(item.title, item.url, item.current) for item in menu] == [
        ("Sessions", "/sessions/", ""),
        ("About", "/about/", "true"),
    ]
    assert Chrome(request_for("/about/")).menu[1].current == "page"


@pytest.mark.parametrize("size", [3, 30])
def test_menu__any_number_of_pages__two_queries(site_root: Page, size: int) -> None:
    for number in range(size):
        add(site_root, f"Page {number}", show_in_menus=True)
    Chrome(request_for("/")).menu  # noqa: B018 - fills the cache of Wagtail's site root paths

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(Chrome(request_for("/")).menu) == size

    assert len(queries) == 2  # the site, its menu's pages


def test_crumbs__page_deep_in_the_tree__lead_from_home_to_itself(site_root: Page) -> None:
    deep = add(add(site_root, "Networks"), "Early years")

    crumbs = Chrome(request_for("/networks/early-years/"), deep).crumbs

    assert [(crumb.title, crumb.url) for crumb in crumbs] == [
        ("Home", "/"),
        ("Networks", "/networks/"),
        ("Early years", ""),
    ]


def test_crumbs__home_page__none(site_root: Page) -> None:
    assert Chrome(request_for("/"), site_root).crumbs == []


def test_chrome__no_request_and_no_site__is_empty_but_whole() -> None:
    chrome = Chrome()

    assert (chrome.menu, chrome.crumbs, chrome.theme, chrome.user_name, chrome.canonical_url) == ([], [], "", "", "")
    assert chrome.fittings.footer_groups == ()


def test_theme__cookie_of_somebody_inventive__is_ignored() -> None:
    request = request_for("/")
    request.COOKIES["theme"] = '"><script>'

    assert Chrome(request).theme == ""


def test_settings__links__resolve_and_dead_targets_fall_out(site_root: Page) -> None:
    live, draft = add(site_root, "About"), add(site_root, "Draft", live=False)
    link = {"label": "", "page": None, "document": None, "url": ""}
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    settings.footer_links = json.dumps(
        [
            {
                "type": "group",
                "value": {
                    "title": "Help",
                    "links": [
                        {**link, "page": live.pk},
                        {**link, "page": draft.pk},
                        {**link, "url": "https://example.org/", "label": "Elsewhere"},
                    ],
                },
            },
            {
                "type": "group",
                "value": {"title": "Gone", "links": [{**link, "page": 999_999}]},
            },
        ]
    )
    settings.save()

    assert SiteSettings.objects.get().link_groups() == [
        {
            "title": "Help",
            "links": [{"text": "About", "url": "/about/"}, {"text": "Elsewhere", "url": "https://example.org/"}],
        }
    ]


def test_fittings__second_page__ask_the_database_for_nothing(site_root: Page) -> None:
    first = Chrome(request_for("/")).fittings
    later = Chrome(request_for("/about/"))
    assert later.site

    with CaptureQueriesContext(connection) as queries:
        assert later.fittings == first

    assert len(queries) == 0


def test_fittings__settings_saved_or_a_linked_page_renamed__are_gathered_anew(site_root: Page) -> None:
    about = add(site_root, "About")
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    link = {"label": "", "page": about.pk, "document": None, "url": ""}
    settings.footer_links = json.dumps([{"type": "group", "value": {"title": "Help", "links": [link]}}])
    settings.strapline = "Before"
    settings.save()
    assert Chrome(request_for("/")).fittings.strapline == "Before"

    settings.strapline = "After"
    settings.save()
    about.title = "About us"
    about.save_revision().publish()

    fittings = Chrome(request_for("/")).fittings
    assert fittings.strapline == "After"
    assert fittings.footer_groups[0]["links"][0]["text"] == "About us"


def test_fittings__linked_page_deleted__falls_out(site_root: Page) -> None:
    about = add(site_root, "About")
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    link = {"label": "", "page": about.pk, "document": None, "url": ""}
    settings.footer_links = json.dumps([{"type": "group", "value": {"title": "Help", "links": [link]}}])
    settings.save()
    assert Chrome(request_for("/")).fittings.footer_groups

    about.delete()

    assert Chrome(request_for("/")).fittings.footer_groups == ()


def test_header__visitor__may_sign_in_and_come_back(client: Client, site_root: Page) -> None:
    page = BeautifulSoup(client.get("/appearance/").content, "html.parser")

    assert page.select_one(".site-header__account a")["href"].endswith("/login/?next=/appearance/")
    assert page.select_one(".account-menu") is None


def test_header__member__signs_out_by_post_and_sees_no_admin(client: Client, site_root: Page, make_user) -> None:
    client.force_login(make_user(name="Ada <b>Bold</b>"))
    page = BeautifulSoup(client.get("/appearance/").content, "html.parser")
    menu = page.select_one(".account-menu")

    assert menu.select_one(".account-menu__name").text == "Ada <b>Bold</b>"
    assert menu.select_one("form")["method"] == "post"
    assert menu.select_one("form input[name=csrfmiddlewaretoken]")
    assert [link.text for link in menu.select("a")] == ["My mentoring", "Account"]


def test_header__administrator__sees_the_admin(client: Client, site_root: Page, make_user) -> None:
    client.force_login(make_user(is_superuser=True))
    page = BeautifulSoup(client.get("/appearance/").content, "html.parser")

    assert "Admin" in [link.text for link in page.select(".account-menu a")]


def test_json_ld__hostile_words__cannot_leave_the_block() -> None:
    template = Template("{% load common_room %}{% json_ld data %}")
    html = template.render(Context({"data": {"name": "</script><script>alert(1)</script> & <!--"}}))

    assert html.count("</script>") == 1
    assert json.loads(BeautifulSoup(html, "html.parser").script.string) == {
        "name": "</script><script>alert(1)</script> & <!--"
    }


def test_settings__never_saved__show_their_defaults_and_looking_makes_no_row(site_root: Page) -> None:
    page = Client().get("/account/login/")
    assert page.status_code == 200
    assert "Where school and arts staff learn from each other" in page.content.decode()
    assert not SiteSettings.objects.exists()
