"""Something that went wrong between people, told to those who are named to hear it, and to nobody else."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from mentoring.trust.encryption import EncryptedTextField


class ConcernCategory(models.TextChoices):
    SAFEGUARDING = "safeguarding", "Safety of a child or an adult at risk"
    CONDUCT = "conduct", "How somebody behaved"
    WELLBEING = "wellbeing", "My own or somebody’s wellbeing"
    DATA = "data", "What was done with information"
    OTHER = "other", "Something else"


class ConcernState(models.TextChoices):
    OPEN = "open", "Not read yet"
    ACKNOWLEDGED = "acknowledged", "Being looked at"
    OUTSIDE = "outside", "With an outside process"
    CLOSED = "closed", "Closed"


#: Somebody still has to act.
CONCERN_OPEN = frozenset({ConcernState.OPEN, ConcernState.ACKNOWLEDGED, ConcernState.OUTSIDE})


class Concern(models.Model):
    """Read by the concern handlers of the organisation. Neither the two of a pair nor coordinators see its words."""

    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="mentoring_concerns"
    )
    organisation = models.ForeignKey(
        "mentoring.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where whoever raised it works: its handlers, and those of the organisations above it, read it.",
    )
    programme = models.ForeignKey(
        "mentoring.Programme", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    relationship = models.ForeignKey(
        "mentoring.Relationship",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The pair it is about, if it is about one.",
    )
    category = models.CharField(max_length=12, choices=ConcernCategory)
    text = EncryptedTextField(max_length=5000)
    state = models.CharField(max_length=12, choices=ConcernState, default=ConcernState.OPEN)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    record = EncryptedTextField(
        blank=True, max_length=10_000, help_text="What was done. Handlers read it; whoever raised the concern does not."
    )
    nonce = models.CharField(max_length=32, unique=True, help_text="Of the form: sent twice, it is one concern.")
    created_at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change; a form that carries an older one is stale."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="mentoring_concern_says_something"),
            models.CheckConstraint(
                condition=Q(state=ConcernState.OPEN) | Q(acknowledged_at__isnull=False),
                name="mentoring_concern_read_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=ConcernState.CLOSED) | Q(closed_at__isnull=False),
                name="mentoring_concern_closed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Concern {self.pk}"

    @property
    def audit_label(self) -> str:
        return f"concern {self.pk}"
