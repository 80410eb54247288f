"""Sessions: a training, a meeting, a forum, with its dates; and the page that lists them all."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from core.pages.models import BasePage

from .blocks import BodyBlock
from .contacts import Contact, ContactMixin
from .facets import FacetsMixin
from .network import PLAIN
from .panels import tabs
from .session_forms import SessionPageForm

POSTCODE = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$")


class SessionKind(models.TextChoices):
    TRAINING = "training", "Training"
    MEETING = "meeting", "Network meeting"
    WORKSHOP = "workshop", "Workshop for pupils"
    FORUM = "forum", "Forum"
    DROP_IN = "drop_in", "Drop-in"


class SessionFormat(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    ONLINE = "online", "Online"
    HYBRID = "hybrid", "In person and online"


#: Formats that happen at a place; the others need no postcode.
AT_A_PLACE = frozenset({SessionFormat.IN_PERSON, SessionFormat.HYBRID})
#: Formats that need a link.
WITH_A_LINK = frozenset({SessionFormat.ONLINE, SessionFormat.HYBRID})


class SessionIndexPage(BasePage):
    """What is on: every session, with filters in the address; CPD programmes stand below it."""

    intro = RichTextField(blank=True, features=PLAIN, help_text="A short paragraph above the list.")

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    search_fields = [*BasePage.search_fields, index.SearchField("intro")]

    max_count_per_parent = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["networks.ProgrammePage"]
    template = "networks/session_index.html"
    page_description = "The list of all sessions. There is one."

    class Meta:
        verbose_name = "what’s on"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .listings import session_listing  # listings read these models
        from .queries import live_programmes

        return {
            **super().get_context(request, *args, **kwargs),
            "listing": session_listing(request.GET),
            "programmes": live_programmes(),
        }


class SessionPage(FacetsMixin, ContactMixin, BasePage):
    """One session with one or more dates. Where it stands in the tree says who offers it."""

    kind = models.CharField(max_length=10, choices=SessionKind, default=SessionKind.TRAINING)
    format = models.CharField("where it happens", max_length=10, choices=SessionFormat, default=SessionFormat.IN_PERSON)
    place_name = models.CharField(
        "place", max_length=200, blank=True, help_text="For example: “Studio, Half Moon Theatre”."
    )
    address = models.CharField(max_length=250, blank=True, help_text="Street and town.")
    postcode = models.CharField(max_length=8, blank=True, help_text="People plan their way with it.")
    online_link = models.URLField(
        "link to the meeting", max_length=500, blank=True, help_text="Never shown on the public page."
    )
    leader = models.CharField(
        "who leads it",
        max_length=250,
        blank=True,
        help_text="A role or a company: “Two theatre practitioners from Half Moon”.",
    )
    partners = ParentalManyToManyField(
        "mentoring.Organisation", blank=True, related_name="+", verbose_name="partner organisations"
    )
    audience = models.CharField(
        "who it is for",
        max_length=250,
        blank=True,
        help_text="Roles, in a few words: “Class teachers and teaching assistants”.",
    )
    cost = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        default=Decimal("0"),
        validators=[MinValueValidator(Decimal("0"), "The cost cannot be below zero. Write 0 when it is free.")],
        help_text="In pounds, for one person. 0 means free for everybody.",
    )
    free_for = ParentalManyToManyField(
        "mentoring.Organisation",
        blank=True,
        related_name="+",
        verbose_name="free for staff of",
        help_text="A trust or an authority stands for all its schools.",
    )
    capacity = models.PositiveSmallIntegerField(
        "places",
        null=True,
        blank=True,
        validators=[MinValueValidator(1, "A session needs at least one place. Leave it empty when there is no limit.")],
        help_text="How many can come. Empty: no limit.",
    )
    minimum = models.PositiveSmallIntegerField(
        "runs from",
        null=True,
        blank=True,
        help_text="How many must come for it to run. Empty: it runs in any case.",
    )
    what_to_bring = models.TextField(
        max_length=500, blank=True, help_text="Clothes to move in, a piece of work, nothing."
    )
    body = StreamField(BodyBlock(), blank=True, help_text="What happens, and what people take home.")
    notes = RichTextField(
        "notes afterwards",
        blank=True,
        features=PLAIN,
        help_text="What was said and agreed, once it is over. Shown with the past meetings of the network.",
    )

    base_form_class = SessionPageForm
    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("format")]),
        InlinePanel("dates", heading="Dates", label="date", min_num=1),
        MultiFieldPanel(
            [
                HelpPanel(
                    content="<p>Fill in the first date above, choose a rule and save. The dates appear as rows, which "
                    "you can then change one by one.</p>"
                ),
                FieldRowPanel([FieldPanel("repeat"), FieldPanel("repeat_until")]),
            ],
            "Make more dates",
            classname="collapsed",
        ),
        FieldPanel("body"),
    ]
    details_panels = [
        MultiFieldPanel(
            [
                FieldPanel("place_name"),
                FieldPanel("address"),
                FieldPanel("postcode"),
                FieldPanel("online_link"),
            ],
            "Place or link",
        ),
        MultiFieldPanel([FieldPanel("leader"), FieldPanel("partners")], "Who leads it"),
        FieldPanel("audience"),
        FacetsMixin.facet_panel,
        MultiFieldPanel([FieldPanel("cost"), FieldPanel("free_for")], "Cost"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("capacity"), FieldPanel("minimum")])], "Places"),
        ContactMixin.contact_panel,
        FieldPanel("what_to_bring"),
    ]
    afterwards_panels = [
        FieldPanel("notes"),
        InlinePanel("materials", heading="Resources from the session", label="resource"),
    ]
    edit_handler = tabs(content_panels, details_panels, afterwards=afterwards_panels, promote=BasePage.promote_panels)
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("audience"),
        index.SearchField("leader"),
        index.SearchField("place_name"),
        index.SearchField("body"),
        index.FilterField("kind"),
        index.FilterField("format"),
        index.FilterField("cost"),
        index.RelatedFields("dates", [index.FilterField("start")]),
        index.RelatedFields("partners", [index.SearchField("name")]),
        *FacetsMixin.facet_search_fields,
    ]

    parent_page_types = ["networks.NetworkPage", "networks.ProgrammePage", "networks.PathwayPage"]
    subpage_types: list[str] = []
    template = "networks/session.html"
    page_description = "A training, meeting, forum or drop-in, on one date or many."

    class Meta:
        verbose_name = "session"

    def clean(self) -> None:
        super().clean()
        self.postcode = " ".join(self.postcode.upper().split())
        errors: dict[str, str] = {}
        if self.postcode and not POSTCODE.match(self.postcode):
            errors["postcode"] = "This is not a postcode of the United Kingdom. It looks like E1 7QX."
        if self.place_name and not self.postcode and self.format in AT_A_PLACE:
            errors["postcode"] = "Add the postcode of the place, so that people can plan their way."
        if self.capacity is not None and self.minimum is not None and self.minimum > self.capacity:
            errors["minimum"] = f"It cannot run from {self.minimum} when there are only {self.capacity} places."
        if errors:
            raise ValidationError(errors)

    @cached_property
    def all_dates(self) -> list[SessionDate]:
        """Dates in order of time; prefetched rows are used as they are."""
        return sorted(self.dates.all(), key=lambda row: row.start)

    @property
    def upcoming(self) -> list[SessionDate]:
        """Dates that are not over, cancelled ones included: people need to see that one is off."""
        now = timezone.now()
        return [row for row in self.all_dates if row.end >= now]

    @property
    def next_date(self) -> SessionDate | None:
        """The next date that takes place."""
        return next((row for row in self.upcoming if not row.cancelled), None)

    @property
    def last_date(self) -> SessionDate | None:
        """The latest date that took place."""
        now = timezone.now()
        held = [row for row in self.all_dates if row.end < now and not row.cancelled]
        return held[-1] if held else None

    @property
    def at_a_place(self) -> bool:
        return self.format in AT_A_PLACE

    @property
    def where(self) -> str:
        """One line for lists and calendars; never the link."""
        if not self.at_a_place:
            return "Online"
        line = ", ".join(part for part in (self.place_name, self.address, self.postcode) if part)
        return (
            f"{line or 'Place to follow'} and online"
            if self.format == SessionFormat.HYBRID
            else line or "Place to follow"
        )

    @property
    def cost_line(self) -> str:
        if not self.cost:
            return "Free"
        pounds = f"£{self.cost:.0f}" if self.cost == int(self.cost) else f"£{self.cost:.2f}"
        return f"{pounds} per person"

    @cached_property
    def offered_by(self) -> BasePage | None:
        """The network, programme or pathway above."""
        parent = self.get_parent()
        return parent.specific if parent is not None else None

    @property
    def contact(self) -> Contact | None:
        """This session's contact, else that of the page above."""
        if self.own_contact or self.offered_by is None:
            return self.own_contact
        contacts = getattr(self.offered_by, "contacts", None)
        return contacts[0] if contacts else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .queries import session_context  # queries read these models

        return {**super().get_context(request, *args, **kwargs), **session_context(self)}

    def structured_data(self, request: HttpRequest) -> list[dict[str, Any]]:
        from .structured import events  # reads these models

        return [*super().structured_data(request), *events(self, request)]


class SessionDate(models.Model):
    """One occasion of a session."""

    page = ParentalKey(SessionPage, on_delete=models.CASCADE, related_name="dates")
    start = models.DateTimeField(help_text="Day and time, as the clock on the wall shows.")
    end = models.DateTimeField()
    cancelled = models.BooleanField(
        default=False, help_text="Stays on the page, crossed out, and in people’s calendars as cancelled."
    )

    panels = [FieldRowPanel([FieldPanel("start"), FieldPanel("end"), FieldPanel("cancelled")])]

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="networks_sessiondate_ends_after_start")
        ]
        indexes = [models.Index(fields=["end", "start"], name="networks_sessiondate_end")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.start):%-d %B %Y, %H:%M}" if self.start else "New date"

    def clean(self) -> None:
        super().clean()
        if self.start and self.end and self.end <= self.start:
            raise ValidationError({"end": "The end must be later than the start. Check the day as well as the time."})

    @property
    def is_over(self) -> bool:
        return self.end < timezone.now()

    @property
    def local_start(self) -> datetime:
        return timezone.localtime(self.start)


class SessionMaterial(Orderable):
    """A resource of the library that came out of a session."""

    page = ParentalKey(SessionPage, on_delete=models.CASCADE, related_name="materials")
    resource = models.ForeignKey("networks.ResourcePage", on_delete=models.CASCADE, related_name="+")

    panels = [PageChooserPanel("resource")]

    def __str__(self) -> str:
        return str(self.resource)
