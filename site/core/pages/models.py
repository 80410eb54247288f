"""What every page of the site shares: a summary, a picture, and what search engines are told."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from . import structured


class BasePage(Page):
    """Abstract parent of all page types."""

    summary = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences for lists, search results and shared links. Say who it is for.",
    )
    image = models.ForeignKey(
        "core.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="picture",
        help_text="Shown at the top of the page, on cards and when somebody shares the link.",
    )

    #: Relations that the template always reads: fetched together with the page.
    served_with: tuple[str, ...] = ("image",)

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.AutocompleteField("summary"),
    ]
    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("image")]
    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            "For search engines and shared links",
            help_text="Leave the last two empty to use the title and the summary.",
        ),
        FieldPanel("show_in_menus"),
    ]

    class Meta:
        abstract = True

    @property
    def meta_title(self) -> str:
        return self.seo_title or self.title

    @property
    def meta_description(self) -> str:
        return self.search_description or self.summary

    @cached_property
    def trail(self) -> list[Page]:
        """The pages above this one, from the front door down, in one query. Empty on the front door itself."""
        return list(self.get_ancestors().filter(depth__gt=1).defer_streamfields())

    @property
    def social_image(self) -> Any:
        """The picture for shared links."""
        return self.image

    def get_view_restrictions(self) -> Any:
        """As Wagtail's, without asking for the ancestors again when the address has already told them."""
        if "trail" not in self.__dict__ or self.alias_of_id or any(page.alias_of_id for page in self.trail):
            return super().get_view_restrictions()
        return PageViewRestriction.objects.filter(page_id__in=[self.pk, *(page.pk for page in self.trail)])

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Descriptions of this page for search engines (schema.org), one dictionary per script element."""
        return [structured.breadcrumbs(self, request)] if self.trail else []
