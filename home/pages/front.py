"""The front door."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from swapper import get_model_name
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail.url_routing import RouteResult

from core.pages import structured
from core.pages.models import BasePage
from core.pages.routing import route_from
from networks.pages.blocks import BodyBlock
from networks.pages.panels import tabs


class HomePage(BasePage):
    """What is on this week, the networks, the pathways and the news: all derived, nothing typed twice."""

    headline = models.CharField(
        max_length=120,
        default="Where school and arts staff learn from each other",
        help_text="The large words at the top.",
    )
    lead = models.TextField(max_length=400, blank=True, help_text="Two sentences below the headline.")
    first_page = models.ForeignKey(
        get_model_name("wagtailcore", "Page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="button leads to",
    )
    first_label = models.CharField("words on the button", max_length=40, blank=True, default="See what’s on")
    body = StreamField(BodyBlock(), blank=True, help_text="Shown below the lists.")

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("headline"),
                FieldPanel("lead"),
                FieldRowPanel([PageChooserPanel("first_page"), FieldPanel("first_label")]),
            ],
            "At the top",
        ),
        FieldPanel("body"),
    ]
    edit_handler = tabs(content_panels, promote=BasePage.promote_panels)
    search_fields = [*BasePage.search_fields, index.SearchField("headline"), index.SearchField("lead")]

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "networks.NetworkIndexPage",
        "networks.SessionIndexPage",
        "networks.PathwayIndexPage",
        "networks.LibraryIndexPage",
        "home.NewsIndexPage",
        "home.StandardPage",
        "home.FormPage",
    ]
    template = "home/home_page.html"
    page_description = "The front door. There is one."

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        return route_from(self, request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.queries import home_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **home_context(self, request)}

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [
            {
                "@context": "https://schema.org",
                **structured.organisation(self.title, self.get_full_url(request) or ""),
                "description": self.meta_description,
            }
        ]
