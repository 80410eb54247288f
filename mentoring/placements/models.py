"""A visit: one member, one offer, its days, the two heads' answers, and what the employer assures."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .offer_models import HostOffer, OfferDate, Session


class PlacementState(models.TextChoices):
    DRAFT = "draft", "Planned, nobody asked yet"
    SUGGESTED = "suggested", "Suggested to the visitor"
    REQUESTED = "requested", "Waiting for answers"
    CONFIRMED = "confirmed", "Confirmed"
    ON_HOLD = "on_hold", "On hold"
    IN_PROGRESS = "in_progress", "Taking place"
    DEBRIEF_DUE = "debrief_due", "Waiting for the debrief"
    COMPLETED = "completed", "Completed"
    DECLINED = "declined", "Not agreed"
    LAPSED = "lapsed", "Lapsed without an answer"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "Did not come"


#: These hold a visitor's place at the host and one of the home school's releases on each of their days.
PLACEMENT_HOLDS_DAYS = frozenset(
    {
        PlacementState.SUGGESTED,
        PlacementState.REQUESTED,
        PlacementState.CONFIRMED,
        PlacementState.ON_HOLD,
        PlacementState.IN_PROGRESS,
    }
)
#: A visit that somebody has, or had: no plan gives them another.
PLACEMENT_COUNTS = PLACEMENT_HOLDS_DAYS | {PlacementState.DEBRIEF_DUE, PlacementState.COMPLETED}


class OneWay(models.TextChoices):
    """What becomes of a visit whose visit in return was called off."""

    NOT_ASKED = "", "Not asked"
    ASKED = "asked", "Asked whether it goes ahead one-way"
    KEPT = "kept", "Goes ahead one-way"


class Placement(models.Model):
    """One visit of one member, from the plan or the request to the debrief.

    Until the visitor has asked (`rules_version` is empty) neither host nor heads know of it.
    """

    enrolment = models.ForeignKey("mentoring.Enrolment", on_delete=models.PROTECT, related_name="placements")
    offer = models.ForeignKey(HostOffer, on_delete=models.PROTECT, related_name="placements")
    state = models.CharField(max_length=12, choices=PlacementState, default=PlacementState.REQUESTED)
    questions = models.JSONField(default=list, help_text="One to three things the visitor wants to learn.")
    rules_version = models.CharField(
        max_length=20, blank=True, help_text="Which rules of engagement they accepted; empty until the visitor asks."
    )
    answer_by = models.DateField(
        null=True, blank=True, help_text="Last day for whoever is asked; after it the suggestion or the request lapses."
    )
    run = models.ForeignKey(
        "mentoring.MatchRun",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="placements",
        help_text="The plan that proposed it; empty where a member asked by themselves.",
    )
    score = models.DecimalField(
        max_digits=6, decimal_places=3, null=True, blank=True, help_text="How well it suits, 0 to 100, when planned."
    )
    reasons = models.JSONField(default=list, blank=True, help_text="Why it was planned, in sentences.")
    in_return_for = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="returned_by",
        help_text="Of an exchange: the visit that this one returns.",
    )
    one_way = models.CharField(max_length=5, choices=OneWay, blank=True, help_text="Once the other half is called off.")
    hold_reason = models.CharField(max_length=300, blank=True)
    cancel_reason = models.CharField(max_length=20, blank=True)
    cancel_note = models.TextField(max_length=1000, blank=True, help_text="For the coordinator only.")
    debrief = models.TextField("what I saw and what I will try", max_length=4000, blank=True)
    shared_with = models.ForeignKey(
        "mentoring.Relationship",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="shared_debriefs",
        help_text="The visitor’s pair whose mentor may read the debrief; empty if they keep it from them.",
    )
    debriefed_at = models.DateTimeField(null=True, blank=True)
    presented_on = models.DateField("presented at my school on", null=True, blank=True)
    sequence = models.PositiveSmallIntegerField(default=0, help_text="Of the calendar entry; rises when days move.")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change; a form that carries an older one is stale."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "offer"],
                condition=Q(state__in=sorted(PLACEMENT_HOLDS_DAYS)),
                name="mentoring_placement_one_live_per_offer",
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(state=PlacementState.DRAFT),
                name="mentoring_placement_one_draft_each",
            ),
            models.CheckConstraint(
                condition=Q(state=PlacementState.DRAFT) | Q(answer_by__isnull=False),
                name="mentoring_placement_asked_with_a_last_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlacementState.COMPLETED) | Q(debriefed_at__isnull=False),
                name="mentoring_placement_complete_with_debrief",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.profile} at {self.offer.organisation}"

    @property
    def audit_label(self) -> str:
        return f"placement {self.pk}"


class CoverStatus(models.TextChoices):
    UNKNOWN = "unknown", "Not said yet"
    NOT_NEEDED = "not_needed", "No cover needed"
    ASKED = "asked", "To be arranged"
    ARRANGED = "arranged", "Arranged"
    REFUSED = "refused", "Cannot be covered"


COVER_SETTLED = frozenset({CoverStatus.NOT_NEEDED, CoverStatus.ARRANGED})


class PlacementDay(models.Model):
    """One day of a visit. The offer's date stays free for others where the host takes several visitors."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="days")
    date = models.DateField()
    session = models.CharField(max_length=4, choices=Session, default=Session.FULL)
    cover = models.CharField(max_length=10, choices=CoverStatus, default=CoverStatus.UNKNOWN)
    cover_half_days = models.PositiveSmallIntegerField(default=0)
    cover_cost = models.DecimalField(
        "cost of cover in pounds",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "date"], name="mentoring_placementday_once"),
            models.CheckConstraint(condition=Q(cover_half_days__lte=2), name="mentoring_placementday_two_half_days"),
            models.CheckConstraint(
                condition=Q(cover_cost__isnull=True) | Q(cover_cost__gte=0),
                name="mentoring_placementday_cost_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%-d %B %Y}, {self.get_session_display().lower()}"


class ApprovalParty(models.TextChoices):
    RELEASING_HEAD = "releasing_head", "Head of the visitor’s school"
    HOST_HEAD = "host_head", "Head of the host school"


class ApprovalDecision(models.TextChoices):
    PENDING = "pending", "No answer yet"
    YES = "yes", "Yes"
    NO = "no", "No"
    QUESTION = "question", "Asked a question"


class PlacementApproval(models.Model):
    """What one head said about the days as they are now. Moving the days makes it pending again."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="approvals")
    party = models.CharField(max_length=14, choices=ApprovalParty)
    email = models.EmailField()
    decision = models.CharField(max_length=8, choices=ApprovalDecision, default=ApprovalDecision.PENDING)
    text = models.TextField("conditions, or the question", max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now, help_text="When they were asked about the days as they are.")
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["placement", "-party"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "party"], name="mentoring_placementapproval_one_per_party"),
            models.CheckConstraint(
                condition=Q(decision__in=["pending", "question"]) | Q(decided_at__isnull=False),
                name="mentoring_placementapproval_decision_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.get_decision_display().lower()}"


class AssuranceRoute(models.TextChoices):
    EMPLOYER = "employer", "The employer confirms the checks"
    AUTHORITY = "authority", "The local authority or agency confirms them"
    SUPERVISED = "supervised", "No confirmation: the host supervises throughout"


class Assurance(models.Model):
    """The employer's statement about a person. No DBS number, no certificate, no date of birth is ever kept."""

    person = models.ForeignKey("mentoring.Profile", on_delete=models.CASCADE, related_name="assurances")
    organisation = models.ForeignKey("mentoring.Organisation", on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=10, choices=AssuranceRoute, default=AssuranceRoute.EMPLOYER)
    statement_version = models.CharField(max_length=20)
    confirmed_by = models.CharField(max_length=300, help_text="Name or address of whoever made the statement.")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_on = models.DateField()
    valid_until = models.DateField()

    class Meta:
        ordering = ["-valid_until", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_on__lte=F("valid_until")), name="mentoring_assurance_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_route_display()}, until {self.valid_until}"

    @property
    def audit_label(self) -> str:
        return f"assurance {self.pk}"


__all__ = [
    "Assurance",
    "HostOffer",
    "OfferDate",
    "Placement",
    "PlacementApproval",
    "PlacementDay",
]
