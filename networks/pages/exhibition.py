"""Exhibitions of pupils' work. The works are rows, not page content: taking one down leaves nothing behind."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from core.pages.models import BasePage

from .blocks import BodyBlock
from .facets import FacetPageForm, FacetsMixin
from .network import PLAIN
from .panels import tabs


class ExhibitionPage(FacetsMixin, BasePage):
    """A gallery of pupils' work."""

    place = models.CharField(max_length=250, blank=True, help_text="Where it can be seen in real life, if it can.")
    opens = models.DateField(null=True, blank=True)
    closes = models.DateField(null=True, blank=True)
    intro = RichTextField(blank=True, features=PLAIN)
    body = StreamField(BodyBlock(), blank=True, help_text="Shown below the works.")

    base_form_class = FacetPageForm
    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [FieldPanel("place"), FieldRowPanel([FieldPanel("opens"), FieldPanel("closes")])], "In real life"
        ),
        FieldPanel("intro"),
        FieldPanel("body"),
    ]
    details_panels = [FacetsMixin.facet_panel]
    edit_handler = tabs(content_panels, details_panels, promote=BasePage.promote_panels)
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("intro"),
        index.SearchField("place"),
        *FacetsMixin.facet_search_fields,
    ]

    parent_page_types = ["networks.NetworkPage"]
    subpage_types: list[str] = []
    template = "networks/exhibition.html"
    page_description = "A gallery of pupils’ work. The works are entered under “Pupils’ work” in the menu."

    class Meta:
        verbose_name = "exhibition"

    def clean(self) -> None:
        super().clean()
        if self.opens and self.closes and self.closes < self.opens:
            raise ValidationError({"closes": "The exhibition cannot close before it opens."})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .queries import exhibition_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **exhibition_context(self)}


class AgeBand(models.TextChoices):
    UNDER_5 = "0-4", "Under 5"
    FIVE_TO_7 = "5-7", "5 to 7"
    EIGHT_TO_11 = "8-11", "8 to 11"
    TWELVE_TO_14 = "12-14", "12 to 14"
    FIFTEEN_TO_16 = "15-16", "15 to 16"
    SIXTEEN_PLUS = "16+", "Over 16"


class ArtworkQuerySet(models.QuerySet["Artwork"]):
    def with_consent(self) -> ArtworkQuerySet:
        """The works that may be shown."""
        return self.filter(consent_on__isnull=False, consent_on__lte=timezone.localdate())


class Artwork(models.Model):
    """One pupil's work. Deleting the row (consent withdrawn) deletes the picture and every size made of it."""

    exhibition = models.ForeignKey(ExhibitionPage, on_delete=models.CASCADE, related_name="artworks")
    image = models.OneToOneField(
        "core.Picture",
        on_delete=models.CASCADE,
        related_name="artwork",
        verbose_name="picture",
        help_text="Upload it for this work alone: it is deleted together with it.",
    )
    title = models.CharField(max_length=160)
    alt = models.CharField(
        "alternative text", max_length=300, help_text="What the work shows, for people who cannot see it."
    )
    first_name = models.CharField(
        max_length=40, blank=True, help_text="First name only, never the surname. Empty when the pupil wants no name."
    )
    age_band = models.CharField(max_length=5, choices=AgeBand)
    school = models.ForeignKey("mentoring.Organisation", on_delete=models.PROTECT, related_name="+")
    medium = models.CharField(max_length=120, blank=True, help_text="Charcoal on paper, clay, photograph.")
    consent_on = models.DateField(
        "consent given on",
        null=True,
        blank=True,
        help_text="The day on the signed form. Without it the work is not shown.",
    )
    consent_where = models.CharField(
        "where the form is kept", max_length=200, blank=True, help_text="For example: “School office, file A12”."
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = ArtworkQuerySet.as_manager()

    panels = [
        FieldPanel("exhibition"),
        FieldPanel("image"),
        FieldPanel("title"),
        FieldPanel("alt"),
        MultiFieldPanel(
            [FieldPanel("first_name"), FieldPanel("age_band"), FieldPanel("school"), FieldPanel("medium")], "Credit"
        ),
        MultiFieldPanel(
            [FieldPanel("consent_on"), FieldPanel("consent_where")],
            "Consent",
            help_text="When consent is withdrawn, delete the work: the picture and all its copies go with it.",
        ),
        FieldPanel("order"),
    ]

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = "pupil’s work"
        verbose_name_plural = "pupils’ work"
        constraints = [
            models.CheckConstraint(
                condition=Q(consent_on__isnull=True) | ~Q(consent_where=""),
                name="networks_artwork_consent_is_kept_somewhere",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        errors = {}
        if " " in self.first_name.strip():
            errors["first_name"] = "Give the first name only."
        if self.consent_on and not self.consent_where:
            errors["consent_where"] = "Say where the signed form is kept."
        if self.consent_on and self.consent_on > timezone.localdate():
            errors["consent_on"] = "This day is in the future. Enter the day on the signed form."
        if errors:
            raise ValidationError(errors)

    @property
    def credit(self) -> str:
        """First name and age band, then the school: all that is ever shown about a pupil."""
        who = f"{self.first_name}, {self.get_age_band_display()}" if self.first_name else self.get_age_band_display()
        return f"{who}, {self.school}"
