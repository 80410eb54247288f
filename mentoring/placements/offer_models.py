"""What schools offer to visitors: who can be shadowed, on which days, on which conditions."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mentoring.people.half_days import Session


class VisitKind(models.TextChoices):
    DAY = "day", "A day’s shadowing"
    RESIDENCY = "residency", "A residency of several days"
    EXCHANGE = "exchange", "An exchange: each visits the other"


class OfferState(models.TextChoices):
    DRAFT = "draft", "Not sent yet"
    ASKED = "asked", "Waiting for the head"
    OPEN = "open", "Open to visitors"
    CLOSED = "closed", "Closed"


class HostOfferQuerySet(models.QuerySet["HostOffer"]):
    def open_one_way(self) -> HostOfferQuerySet:
        """Where a coordinator may send somebody. An exchange is agreed by its two people, not planned for them."""
        return self.filter(state=OfferState.OPEN).exclude(kind=VisitKind.EXCHANGE)


class HostOffer(models.Model):
    """Somebody who lets a member of a programme come and watch them work. Their head agrees before anybody sees it."""

    programme = models.ForeignKey("mentoring.Programme", on_delete=models.PROTECT, related_name="host_offers")
    host = models.ForeignKey("mentoring.Profile", on_delete=models.CASCADE, related_name="host_offers")
    organisation = models.ForeignKey("mentoring.Organisation", on_delete=models.PROTECT, related_name="host_offers")
    kind = models.CharField(max_length=10, choices=VisitKind, default=VisitKind.DAY)
    days_needed = models.PositiveSmallIntegerField(
        "days of a visit", default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    title = models.CharField(max_length=120, help_text="For example: A day with our SENDCo.")
    summary = models.TextField("what a visitor sees", max_length=1200)
    conditions = models.TextField(max_length=600, blank=True, help_text="Arrival, parking, dress, what to bring.")
    focus = models.ManyToManyField("mentoring.Interest", blank=True, related_name="+")
    levels = models.ManyToManyField(
        "mentoring.RoleLevel", blank=True, related_name="+", verbose_name="suitable for", help_text="Empty: anybody."
    )
    head_email = models.EmailField("your head’s address")
    head_agreed_at = models.DateTimeField(null=True, blank=True)
    head_conditions = models.TextField(max_length=600, blank=True)
    state = models.CharField(max_length=6, choices=OfferState, default=OfferState.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change; a form that carries an older one is stale."
    )

    objects = HostOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="mentoring_hostoffer_has_a_title"),
            models.CheckConstraint(condition=Q(days_needed__range=(1, 10)), name="mentoring_hostoffer_one_to_ten_days"),
            models.CheckConstraint(
                condition=(~Q(kind=VisitKind.DAY) | Q(days_needed=1))
                & (~Q(kind=VisitKind.RESIDENCY) | Q(days_needed__gte=2)),
                name="mentoring_hostoffer_kind_fits_its_days",
            ),
            models.CheckConstraint(
                condition=~Q(state=OfferState.OPEN) | Q(head_agreed_at__isnull=False),
                name="mentoring_hostoffer_open_with_the_heads_word",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}"

    @property
    def audit_label(self) -> str:
        return f"host offer {self.pk}"


class OfferDate(models.Model):
    """A day, or half of one, on which the offer stands."""

    offer = models.ForeignKey(HostOffer, on_delete=models.CASCADE, related_name="dates")
    date = models.DateField()
    session = models.CharField(max_length=4, choices=Session, default=Session.FULL)

    class Meta:
        ordering = ["date", "session"]
        constraints = [models.UniqueConstraint(fields=["offer", "date"], name="mentoring_offerdate_once_per_day")]

    def __str__(self) -> str:
        return f"{self.date:%-d %B %Y}, {self.get_session_display().lower()}"

    @property
    def is_past(self) -> bool:
        return self.date < timezone.localdate()
