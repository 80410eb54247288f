"""CPD programmes: what one partner offers in a year."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from core.pages import structured
from core.pages.models import BasePage

from .blocks import BodyBlock
from .contacts import Contact, ContactMixin
from .facets import FacetPageForm, FacetsMixin, labels
from .network import PLAIN
from .panels import tabs


class ProgrammePage(FacetsMixin, ContactMixin, BasePage):
    """A year's offer: its sessions stand below it and are grouped by term."""

    provider = models.ForeignKey(
        "mentoring.Organisation", on_delete=models.PROTECT, related_name="+", help_text="Who offers the programme."
    )
    partners = ParentalManyToManyField("mentoring.Organisation", blank=True, related_name="+")
    starts = models.DateField("first day", help_text="Usually the first day of a school year.")
    ends = models.DateField("last day")
    offer = models.CharField(
        "the offer in a line",
        max_length=200,
        blank=True,
        help_text="For example: “Free for staff of the borough’s schools and settings”.",
    )
    intro = RichTextField(blank=True, features=PLAIN)
    body = StreamField(BodyBlock(), blank=True)

    base_form_class = FacetPageForm
    content_panels = [*BasePage.content_panels, FieldPanel("offer"), FieldPanel("intro"), FieldPanel("body")]
    details_panels = [
        MultiFieldPanel([FieldPanel("provider"), FieldPanel("partners")], "Who offers it"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")])], "The year"),
        FacetsMixin.facet_panel,
        ContactMixin.contact_panel,
    ]
    edit_handler = tabs(content_panels, details_panels, promote=BasePage.promote_panels)
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("offer"),
        index.SearchField("intro"),
        index.SearchField("body"),
        index.RelatedFields("provider", [index.SearchField("name")]),
        *FacetsMixin.facet_search_fields,
    ]

    served_with = ("image", "provider")
    parent_page_types = ["networks.SessionIndexPage"]
    subpage_types = ["networks.SessionPage"]
    template = "networks/programme.html"
    page_description = "A year of sessions by one partner, grouped by term."

    class Meta:
        verbose_name = "CPD programme"

    def clean(self) -> None:
        super().clean()
        if self.starts and self.ends and self.ends < self.starts:
            raise ValidationError({"ends": "The last day must not be before the first day."})

    @property
    def contacts(self) -> list[Contact]:
        return [self.own_contact] if self.own_contact else []

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .queries import programme_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **programme_context(self)}

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        described = {
            "@context": "https://schema.org",
            "@type": "EventSeries",
            "name": self.title,
            "description": self.meta_description,
            "url": self.get_full_url(request),
            "startDate": self.starts.isoformat(),
            "endDate": self.ends.isoformat(),
            "organizer": structured.organisation(self.provider.name),
            "about": labels(self.facets.topics),
        }
        return [*super().structured_data(request), described]
