"""Pathways: a way of several stages, each with sessions, reading, mentoring, shadowing and evidence."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from core.pages import structured
from core.pages.models import BasePage
from mentoring.editors.panels import MentoringPanel
from mentoring.editors.preview import PairPreviewMixin

from .blocks import BodyBlock, StagePartsBlock
from .contacts import Contact, ContactMixin
from .facets import FacetPageForm, FacetsMixin, labels
from .network import PLAIN
from .panels import tabs


class PathwayIndexPage(BasePage):
    """All pathways, with filters in the address."""

    intro = RichTextField(blank=True, features=PLAIN, help_text="A short paragraph above the list.")

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    search_fields = [*BasePage.search_fields, index.SearchField("intro")]

    max_count_per_parent = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["networks.PathwayPage"]
    template = "networks/pathway_index.html"
    page_description = "The list of pathways. There is one."

    class Meta:
        verbose_name = "list of pathways"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .listings import pathway_listing  # listings read these models

        return {**super().get_context(request, *args, **kwargs), "listing": pathway_listing(request.GET)}


class PathwayPage(FacetsMixin, ContactMixin, BasePage):
    """One pathway. Its stages are the pages below it, in their order in the tree."""

    aim = RichTextField(features=PLAIN, help_text="What somebody can do at the end that they could not at the start.")
    who_for = models.TextField("who it is for", max_length=500, help_text="Where people stand when they begin.")
    host = models.ForeignKey(
        "mentoring.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The organisation that runs it.",
    )
    partners = ParentalManyToManyField("mentoring.Organisation", blank=True, related_name="+")
    role_level = models.ForeignKey(
        "mentoring.RoleLevel",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="from the role of",
        help_text="The lowest role that can apply. Empty: any role.",
    )
    years = models.PositiveSmallIntegerField(
        "years in post",
        null=True,
        blank=True,
        help_text="How many years in that role, at least. Empty: does not matter.",
    )
    head_support = models.BooleanField(
        "needs the head’s support", default=False, help_text="Tick when the headteacher must agree to an application."
    )
    starts = models.DateField("begins", null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    apply_by = models.DateField("apply until", null=True, blank=True)
    may_miss = models.PositiveSmallIntegerField(
        "sessions that may be missed", default=2, help_text="Miss more than these and the pathway is not completed."
    )
    completion = models.TextField(
        "how it is completed",
        max_length=500,
        blank=True,
        help_text="What else counts, and how to catch up. The number of sessions is added by itself.",
    )
    body = StreamField(BodyBlock(), blank=True)

    base_form_class = FacetPageForm
    content_panels = [
        *BasePage.content_panels,
        MentoringPanel(),
        FieldPanel("aim"),
        FieldPanel("who_for"),
        FieldPanel("body"),
    ]
    details_panels = [
        MultiFieldPanel([FieldPanel("host"), FieldPanel("partners")], "Who runs it"),
        MultiFieldPanel([FieldPanel("role_level"), FieldPanel("years"), FieldPanel("head_support")], "Who can apply"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("apply_by"), FieldPanel("starts"), FieldPanel("ends")])], "When"),
        MultiFieldPanel([FieldPanel("may_miss"), FieldPanel("completion")], "Completion"),
        FacetsMixin.facet_panel,
        ContactMixin.contact_panel,
    ]
    edit_handler = tabs(content_panels, details_panels, promote=BasePage.promote_panels)
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("aim"),
        index.SearchField("who_for"),
        index.SearchField("body"),
        index.RelatedFields("host", [index.SearchField("name")]),
        *FacetsMixin.facet_search_fields,
    ]

    served_with = ("image", "host", "role_level")
    parent_page_types = ["networks.PathwayIndexPage"]
    subpage_types = ["networks.PathwayStagePage", "networks.SessionPage"]
    template = "networks/pathway.html"
    page_description = "A pathway with its stages and sessions below it."

    class Meta:
        verbose_name = "pathway"

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.starts and self.ends and self.ends < self.starts:
            errors["ends"] = "The pathway cannot end before it begins."
        if self.starts and self.apply_by and self.apply_by > self.starts:
            errors["apply_by"] = "The last day to apply must not be after the pathway begins."
        if errors:
            raise ValidationError(errors)

    @property
    def contacts(self) -> list[Contact]:
        return [self.own_contact] if self.own_contact else []

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .queries import pathway_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **pathway_context(self)}

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        described: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "Course",
            "name": self.title,
            "description": self.meta_description,
            "url": self.get_full_url(request),
            "about": labels(self.facets.topics),
            "audience": {"@type": "Audience", "audienceType": self.who_for},
        }
        if self.host is not None:
            described["provider"] = structured.organisation(self.host.name)
        if self.starts and self.ends:
            described["hasCourseInstance"] = {
                "@type": "CourseInstance",
                "courseMode": "Blended",
                "startDate": self.starts.isoformat(),
                "endDate": self.ends.isoformat(),
            }
        return [*super().structured_data(request), described]


class PathwayStagePage(PairPreviewMixin, BasePage):
    """One stage: what is done in it, in order."""

    starts = models.DateField("begins", null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    intro = RichTextField(blank=True, features=PLAIN, help_text="What this stage is about.")
    parts = StreamField(StagePartsBlock(), blank=True, help_text="In the order in which they are done.")

    content_panels = [
        *BasePage.content_panels,
        MentoringPanel(),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        FieldPanel("intro"),
        FieldPanel("parts"),
    ]
    edit_handler = tabs(content_panels, promote=BasePage.promote_panels)
    search_fields = [*BasePage.search_fields, index.SearchField("intro"), index.SearchField("parts")]

    parent_page_types = ["networks.PathwayPage"]
    subpage_types: list[str] = []
    template = "networks/pathway_stage.html"
    page_description = "One stage of a pathway: sessions, reading, mentoring, shadowing, evidence."

    class Meta:
        verbose_name = "stage of a pathway"

    def clean(self) -> None:
        super().clean()
        if self.starts and self.ends and self.ends < self.starts:
            raise ValidationError({"ends": "The stage cannot end before it begins."})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .queries import stage_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **stage_context(self)}

    @property
    def pathway(self) -> Page:
        """The pathway it belongs to, as a plain page."""
        return self.trail[-1]
