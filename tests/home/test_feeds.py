"""RSS, robots, the map of the site, and the contact form."""

from __future__ import annotations

from django.core import mail
from django.test import Client
from wagtail.contrib.forms.models import FormSubmission
from wagtail.models import PageViewRestriction

from home.models import FormField, FormPage, NewsPage
from tests.support.pages import SitePages, add


def news(pages: SitePages) -> NewsPage:
    return add(
        pages.news, NewsPage(title="Kettle & cups", slug="kettle", summary="New.", body=[("text", "<p>Tea.</p>")])
    )


def test_news_feed__published_piece__is_there(pages: SitePages, client: Client) -> None:
    news(pages)
    response = client.get("/feeds/news.xml")
    assert response["Content-Type"].startswith("application/rss+xml")
    assert "Kettle &amp; cups" in response.content.decode()


def test_feeds_and_map__private_page__is_left_out(pages: SitePages, client: Client) -> None:
    page = news(pages)
    assert page.url in client.get("/sitemap.xml").content.decode()
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert "Kettle" not in client.get("/feeds/news.xml").content.decode()
    assert page.url not in client.get("/sitemap.xml").content.decode()


def test_robots__asked__name_the_map(pages: SitePages, client: Client) -> None:
    body = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in body
    assert "/sitemap.xml" in body


def test_form__sent__goes_to_the_role_and_is_not_kept(pages: SitePages, client: Client) -> None:
    page = FormPage(title="Contact", slug="contact", to_address="hello@example.org", from_address="site@example.org")
    page.form_fields = [FormField(label="Message", clean_name="message", field_type="multiline", required=True)]
    add(pages.home, page)
    refused = client.post("/contact/", {"message": ""})
    assert "Error" in refused.content.decode()
    assert mail.outbox == []
    client.post("/contact/", {"message": "Is there tea?"})
    assert mail.outbox[0].to == ["hello@example.org"]
    assert "Is there tea?" in mail.outbox[0].body
    assert not FormSubmission.objects.exists()


def test_page__draft_or_too_deep_address__is_not_found(pages: SitePages, client: Client) -> None:
    page = news(pages)
    page.unpublish()
    assert client.get("/news/kettle/").status_code == 404
    assert client.get("/" + "a/" * 20).status_code == 404
    assert client.get("/networks/kettle/").status_code == 404
