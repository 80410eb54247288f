"""News, newest first."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from core.pages import structured
from core.pages.models import BasePage
from networks.pages.blocks import BodyBlock
from networks.pages.facets import FacetPageForm, FacetsMixin
from networks.pages.panels import tabs


class NewsIndexPage(BasePage):
    """The list of news, with filters in the address and an RSS feed."""

    content_panels = [*BasePage.content_panels]

    max_count_per_parent = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.NewsPage"]
    template = "home/news_index.html"
    page_description = "The list of news. There is one."

    class Meta:
        verbose_name = "list of news"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.queries import news_listing  # queries read these models

        return {**super().get_context(request, *args, **kwargs), "listing": news_listing(request.GET)}


class NewsPage(FacetsMixin, BasePage):
    """One piece of news."""

    dated = models.DateField(
        "date", default=timezone.localdate, help_text="Shown above the text; the newest comes first."
    )
    body = StreamField(BodyBlock())

    base_form_class = FacetPageForm
    content_panels = [*BasePage.content_panels, FieldPanel("dated"), FieldPanel("body")]
    edit_handler = tabs(content_panels, [FacetsMixin.facet_panel], promote=BasePage.promote_panels)
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.FilterField("dated"),
        *FacetsMixin.facet_search_fields,
    ]

    parent_page_types = ["home.NewsIndexPage"]
    subpage_types: list[str] = []
    template = "home/news_page.html"
    page_description = "One piece of news."

    class Meta:
        verbose_name = "news"
        verbose_name_plural = "news"

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        described = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": self.title,
            "description": self.meta_description,
            "datePublished": self.dated.isoformat(),
            "url": self.get_full_url(request),
            "publisher": structured.organisation("Common Room"),
        }
        return [*super().structured_data(request), described]
