"""What editors decide for the whole site: contact, footer, links and the picture for shared pages."""

from __future__ import annotations

from typing import Any

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model_string

from core.blocks.links import LinkGroupBlock


@register_setting(icon="cog")
class SiteSettings(BaseSiteSetting):
    """One row per site. Everything has a default, so that a new site shows a whole page."""

    strapline = models.CharField(
        max_length=120,
        blank=True,
        default="Where school and arts staff learn from each other",
        help_text="A short line under the name, in the footer and in shared links.",
    )
    contact_name = models.CharField(
        max_length=120,
        blank=True,
        default="The Common Room team",
        help_text="A role or a team, not a person.",
    )
    contact_email = models.EmailField(
        "contact address",
        blank=True,
        help_text="An address that belongs to a role, such as hello@example.org. It is shown in the footer.",
    )
    footer_text = RichTextField(
        blank=True,
        features=["bold", "italic", "link"],
        help_text="One short paragraph about who runs the site.",
    )
    footer_links = StreamField(
        [("group", LinkGroupBlock())],
        blank=True,
        max_num=3,
        help_text="Up to three columns of links: quick links, help, the small print.",
    )
    social_image = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Shown when somebody shares a page that has no picture of its own.",
    )

    select_related = ["social_image"]
    panels = [
        MultiFieldPanel([FieldPanel("strapline"), FieldPanel("social_image")], heading="The site"),
        MultiFieldPanel([FieldPanel("contact_name"), FieldPanel("contact_email")], heading="Contact"),
        MultiFieldPanel([FieldPanel("footer_text"), FieldPanel("footer_links")], heading="Footer"),
    ]

    class Meta:
        verbose_name = "site settings"

    def __str__(self) -> str:
        return f"Settings of {self.site}"

    def link_groups(self) -> list[dict[str, Any]]:
        """The footer's columns, each with `title` and `links`; links without a target (a deleted page) left out."""
        groups = []
        for block in self.footer_links:
            links = [{"text": link.text, "url": link.href} for link in block.value["links"] if link.href]
            if links:
                groups.append({"title": block.value["title"], "links": links})
        return groups
