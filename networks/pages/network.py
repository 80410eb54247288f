"""Networks: a forum, a network or a shared hub, and the directory of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from core.pages import structured
from core.pages.models import BasePage

from .blocks import BodyBlock
from .contacts import Contact
from .facets import FacetPageForm, FacetsMixin, labels
from .panels import tabs

PLAIN = ["bold", "italic", "link", "ol", "ul"]


class NetworkKind(models.TextChoices):
    NETWORK = "network", "Network"
    FORUM = "forum", "Forum"
    HUB = "hub", "Shared hub"


class Joining(models.TextChoices):
    OPEN = "open", "Anybody it is for can join"
    REQUEST = "request", "The convenor says yes to each request"


class NetworkIndexPage(BasePage):
    """The directory, with filters in the address."""

    intro = RichTextField(blank=True, features=PLAIN, help_text="A short paragraph above the directory.")

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    search_fields = [*BasePage.search_fields, index.SearchField("intro")]

    max_count_per_parent = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["networks.NetworkPage"]
    template = "networks/network_index.html"
    page_description = "The directory of networks. There is one."

    class Meta:
        verbose_name = "network directory"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .listings import network_listing  # listings read these models

        return {**super().get_context(request, *args, **kwargs), "listing": network_listing(request.GET)}


class NetworkPage(FacetsMixin, BasePage):
    """One network: directory entry, sessions, resources and exhibitions in one place."""

    kind = models.CharField(max_length=10, choices=NetworkKind, default=NetworkKind.NETWORK)
    area = models.CharField(
        max_length=100,
        help_text="The borough, town or trust it serves. Visitors filter by it, so spell it as on the other pages.",
    )
    who_for = models.TextField(
        "who it is for",
        max_length=500,
        help_text="Say it so that a childminder or a new teacher knows whether they are meant.",
    )
    purpose = RichTextField(features=PLAIN, help_text="What members get from it, in a few short sentences.")
    host = models.ForeignKey(
        "mentoring.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The organisation that runs or houses the network.",
    )
    partners = ParentalManyToManyField("mentoring.Organisation", blank=True, related_name="+")
    meets = models.CharField(
        "how often it meets",
        max_length=200,
        blank=True,
        help_text="For example: “Once a term, after school”. The dates come from the sessions below this page.",
    )
    joining = models.CharField("who may join", max_length=10, choices=Joining, default=Joining.OPEN)
    body = StreamField(BodyBlock(), blank=True, help_text="Anything else worth knowing.")

    base_form_class = FacetPageForm
    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("area"), FieldPanel("who_for"), FieldPanel("purpose")], "The network"
        ),
        FieldPanel("body"),
    ]
    details_panels = [
        FacetsMixin.facet_panel,
        MultiFieldPanel([FieldPanel("host"), FieldPanel("partners")], "Who runs it"),
        MultiFieldPanel([FieldPanel("meets"), FieldPanel("joining")], "Meeting and joining"),
        InlinePanel("convenors", heading="Convenors", label="convenor", min_num=1, help_text="Roles, never names."),
    ]
    edit_handler = tabs(content_panels, details_panels, promote=BasePage.promote_panels)
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("who_for"),
        index.SearchField("purpose"),
        index.SearchField("area"),
        index.SearchField("body"),
        index.FilterField("kind"),
        index.FilterField("area"),
        index.RelatedFields("host", [index.SearchField("name")]),
        *FacetsMixin.facet_search_fields,
    ]

    served_with = ("image", "host")
    parent_page_types = ["networks.NetworkIndexPage", "networks.NetworkPage"]
    subpage_types = ["networks.SessionPage", "networks.ExhibitionPage", "networks.NetworkPage"]
    template = "networks/network.html"
    page_description = "A network, forum or hub, with its meetings below it."

    class Meta:
        verbose_name = "network"

    @property
    def contacts(self) -> list[Contact]:
        return [Contact(role=row.role, email=row.email) for row in self.convenors.all()]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .queries import network_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **network_context(self)}

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        described: dict[str, Any] = {
            "@context": "https://schema.org",
            **structured.organisation(self.title, self.get_full_url(request) or ""),
            "description": self.meta_description,
            "areaServed": self.area,
            "knowsAbout": labels(self.facets.topics),
        }
        if self.host is not None:
            described["parentOrganization"] = structured.organisation(self.host.name)
        return [*super().structured_data(request), described]


class NetworkConvenor(Orderable):
    """A role that runs the network, with the role's address."""

    page = ParentalKey(NetworkPage, on_delete=models.CASCADE, related_name="convenors")
    role = models.CharField(max_length=120, help_text="“Convenor”, “Host at the gallery”: a role, not a name.")
    email = models.EmailField("address of the role", help_text="An address that stays when the person moves on.")

    panels = [FieldPanel("role"), FieldPanel("email")]

    def __str__(self) -> str:
        return self.role
