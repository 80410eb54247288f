"""Runs of the matching and the pairs they propose."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q


class RunState(models.TextChoices):
    QUEUED = "queued", "Waiting to start"
    RUNNING = "running", "Running"
    COMPLETE = "complete", "Complete"
    NO_SOLUTION = "no_solution", "No pair possible"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


#: At most one of these per cohort; a constraint says so.
RUN_OPEN = frozenset({RunState.QUEUED, RunState.RUNNING})


class MatchRun(models.Model):
    """One execution of the matching over a cohort. Its truth is this row: a task is only the knock on the door."""

    cohort = models.ForeignKey("mentoring.Cohort", on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=12, choices=RunState, default=RunState.QUEUED)
    config = models.JSONField(default=dict, help_text="Weights, rules and objective as they were.")
    inputs = models.JSONField(default=dict, blank=True, help_text="The people as they were when the run began.")
    input_hash = models.CharField(max_length=64, blank=True)
    outcome_hash = models.CharField(max_length=64, blank=True)
    code_version = models.CharField(max_length=40, blank=True)
    seed = models.PositiveIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)], help_text="Per cent.")
    step = models.CharField(max_length=120, blank=True, help_text="What is being done now.")
    cancel_requested = models.BooleanField(default=False)
    stats = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    unmatched = models.JSONField(default=list, blank=True, help_text="Enrolment and reason.")
    message = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="While a worker holds it; past that, another may."
    )
    lease_token = models.CharField(max_length=32, blank=True, help_text="Which worker holds the lease.")
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort"],
                condition=Q(state__in=sorted(RUN_OPEN)),
                name="mentoring_matchrun_one_open_per_cohort",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="mentoring_matchrun_progress_per_cent"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk} of {self.cohort}"


class ProposalState(models.TextChoices):
    DRAFT = "draft", "Waiting for a decision"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Declined"
    SUPERSEDED = "superseded", "Superseded"


#: A pair may have one of these per cohort; a constraint says so.
PROPOSAL_LIVE = frozenset({ProposalState.DRAFT, ProposalState.APPROVED})


class Proposal(models.Model):
    """A pair not yet agreed, with the reasons why it was proposed."""

    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, related_name="proposals")
    cohort = models.ForeignKey("mentoring.Cohort", on_delete=models.PROTECT, related_name="proposals")
    mentee = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="proposals_as_mentee")
    mentor = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="proposals_as_mentor")
    state = models.CharField(max_length=12, choices=ProposalState, default=ProposalState.DRAFT)
    score = models.DecimalField(max_digits=6, decimal_places=3, help_text="0 to 100.")
    evidence = models.DecimalField(
        max_digits=4, decimal_places=3, help_text="Share of the weights that was known, 0 to 1."
    )
    explanation = models.JSONField(default=dict, help_text="Components, reasons, caution, what is unknown.")
    has_caution = models.BooleanField(default=False)
    note = models.TextField(blank=True, max_length=1000, help_text="Why it was decided so.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(
        default=1, help_text="Raised by each change; a form that carries an older one is stale."
    )

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "mentee", "mentor"],
                condition=Q(state__in=sorted(PROPOSAL_LIVE)),
                name="mentoring_proposal_one_live_per_pair",
            ),
            models.UniqueConstraint(
                fields=["mentee"],
                condition=Q(state=ProposalState.APPROVED),
                name="mentoring_proposal_one_approved_per_mentee",
            ),
            models.CheckConstraint(condition=~Q(mentee=models.F("mentor")), name="mentoring_proposal_two_people"),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="mentoring_proposal_score_range"),
            models.CheckConstraint(condition=Q(evidence__range=(0, 1)), name="mentoring_proposal_evidence_range"),
        ]

    def __str__(self) -> str:
        return f"{self.mentee.profile} with {self.mentor.profile}"
