"""The library: plans, schemes, templates and readings that people may use again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.documents import get_document_model_string
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from core.pages import structured
from core.pages.models import BasePage

from .blocks import BodyBlock
from .contacts import ContactMixin
from .facets import FacetPageForm, FacetsMixin, labels
from .network import PLAIN
from .panels import tabs


class ResourceKind(models.TextChoices):
    PLAN = "plan", "Plan"
    SCHEME = "scheme", "Scheme of work"
    TEMPLATE = "template", "Template"
    READING = "reading", "Reading"
    GUIDE = "guide", "Guide"


class Licence(models.TextChoices):
    CC_BY = "cc-by-4.0", "Creative Commons: name the author"
    CC_BY_SA = "cc-by-sa-4.0", "Creative Commons: name the author, share alike"
    CC_BY_NC = "cc-by-nc-4.0", "Creative Commons: name the author, not for sale"
    OGL = "ogl-3.0", "Open Government Licence"
    SCHOOLS = "schools", "For use in schools and settings of this site only"


#: Where the words of a licence can be read; the last choice is ours and has no page elsewhere.
LICENCE_URLS = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.CC_BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
    Licence.OGL: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}


class LibraryIndexPage(ContactMixin, BasePage):
    """All resources, with filters in the address."""

    intro = RichTextField(blank=True, features=PLAIN, help_text="A short paragraph above the list.")

    content_panels = [*BasePage.content_panels, FieldPanel("intro"), ContactMixin.contact_panel]
    search_fields = [*BasePage.search_fields, index.SearchField("intro")]

    max_count_per_parent = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["networks.ResourcePage"]
    template = "networks/library_index.html"
    page_description = "The library. There is one."

    class Meta:
        verbose_name = "library"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .listings import resource_listing  # listings read these models

        return {**super().get_context(request, *args, **kwargs), "listing": resource_listing(request.GET)}


class ResourcePage(FacetsMixin, BasePage):
    """One resource. Its link stays the same when a new version of the file comes."""

    kind = models.CharField(max_length=10, choices=ResourceKind, default=ResourceKind.PLAN)
    licence = models.CharField(max_length=20, choices=Licence, default=Licence.CC_BY)
    author = models.CharField(
        max_length=200,
        help_text="As they want to be named: “Year 3 team, Larkfield Primary”. Ask before naming a person.",
    )
    school = models.ForeignKey(
        "mentoring.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="school or organisation",
    )
    network = models.ForeignKey(
        "networks.NetworkPage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="resources",
        help_text="The network that shares it; it is listed there too.",
    )
    external_url = models.URLField(
        "address elsewhere",
        max_length=500,
        blank=True,
        help_text="When it is read on another site and has no file here.",
    )
    intro = RichTextField("what it is", features=PLAIN, help_text="What it is, and how you used it.")
    body = StreamField(BodyBlock(), blank=True)

    base_form_class = FacetPageForm
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("kind"),
        FieldPanel("intro"),
        InlinePanel("versions", heading="Files", label="version", help_text="The newest first."),
        FieldPanel("external_url"),
        FieldPanel("body"),
    ]
    details_panels = [
        MultiFieldPanel([FieldPanel("author"), FieldPanel("school"), FieldPanel("licence")], "Author and licence"),
        PageChooserPanel("network"),
        FacetsMixin.facet_panel,
    ]
    edit_handler = tabs(content_panels, details_panels, promote=BasePage.promote_panels)
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("author"),
        index.SearchField("body"),
        index.FilterField("kind"),
        index.FilterField("licence"),
        index.RelatedFields("school", [index.SearchField("name")]),
        *FacetsMixin.facet_search_fields,
    ]

    served_with = ("image", "school", "network")
    parent_page_types = ["networks.LibraryIndexPage"]
    subpage_types: list[str] = []
    template = "networks/resource.html"
    page_description = "A plan, scheme, template or reading with its files."

    class Meta:
        verbose_name = "resource"

    def clean(self) -> None:
        super().clean()
        if self.live and not self.external_url and not self.versions.count():
            raise ValidationError({"external_url": "Add a file above, or the address where it can be read."})

    @property
    def licence_url(self) -> str:
        return LICENCE_URLS.get(Licence(self.licence), "")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .queries import resource_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **resource_context(self)}

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        described: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "LearningResource",
            "name": self.title,
            "description": self.meta_description,
            "url": self.get_full_url(request),
            "learningResourceType": self.get_kind_display(),
            "about": labels(self.facets.topics),
            "author": structured.organisation(self.author),
        }
        if self.licence_url:
            described["license"] = self.licence_url
        return [*super().structured_data(request), described]


class ResourceVersion(Orderable):
    """One file of a resource. The first is the one to use; the others are its history."""

    page = ParentalKey(ResourcePage, on_delete=models.CASCADE, related_name="versions")
    document = models.ForeignKey(get_document_model_string(), on_delete=models.PROTECT, related_name="+")
    label = models.CharField("version", max_length=60, default="First version")
    dated = models.DateField("date", default=timezone.localdate)
    change = models.CharField("what changed", max_length=200, blank=True)

    panels = [FieldPanel("document"), FieldPanel("label"), FieldPanel("dated"), FieldPanel("change")]

    def __str__(self) -> str:
        return self.label
