"""Runs of the matching and the pairs they propose."""

from __future__ import annotations

from typing import Any

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


class RunKind(models.TextChoices):
    PAIRS = "pairs", "Pairs"
    JOINT = "joint", "Mentors and visits"


#: At most one of these per cohort; a constraint says so.
RUN_OPEN = frozenset({RunState.QUEUED, RunState.RUNNING})


class MatchRun(models.Model):
    """One execution of the matching over a cohort. Its truth is this row: a task is only the knock on the door."""

    cohort = models.ForeignKey("mentoring.Cohort", on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=5, choices=RunKind, default=RunKind.PAIRS)
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

    @property
    def is_joint(self) -> bool:
        return self.kind == RunKind.JOINT


class ProposalState(models.TextChoices):
    DRAFT = "draft", "Waiting for a decision"
    APPROVED = "approved", "Approved, not sent yet"
    OFFERED = "offered", "Offered to both"
    PUBLISHED = "published", "Agreed by both"
    REJECTED = "rejected", "Declined by the coordinator"
    TURNED_DOWN = "turned_down", "Turned down by one of the two"
    LAPSED = "lapsed", "Lapsed without an answer"
    SUPERSEDED = "superseded", "Superseded"


#: A pair may have one of these per cohort; a constraint says so.
PROPOSAL_LIVE = frozenset({ProposalState.DRAFT, ProposalState.APPROVED, ProposalState.OFFERED})
#: These hold a mentee and one of the mentor's places, like a live relationship does.
PROPOSAL_HOLDS_PLACE = frozenset({ProposalState.APPROVED, ProposalState.OFFERED})
#: Somebody said no: the same two are not proposed again in this cohort.
PROPOSAL_REFUSED = frozenset({ProposalState.REJECTED, ProposalState.TURNED_DOWN})


class ProposalSource(models.TextChoices):
    RUN = "run", "Proposed by the matching"
    MANUAL = "manual", "Made by a coordinator"
    CHOICE = "choice", "Chosen by the mentee"


class Answer(models.TextChoices):
    NONE = "", "No answer yet"
    YES = "yes", "Yes"
    NO = "no", "No"


class Refusal(models.TextChoices):
    """Why somebody turns an offer down. Only the coordinator reads it."""

    TIME = "time", "I do not have the time at the moment"
    TOPICS = "topics", "Our topics or goals do not fit"
    NEAR = "near", "We know each other too well, or work too closely"
    FAR = "far", "We could hardly meet: the way or the hours"
    OTHER = "other", "Something else"
    UNSAID = "unsaid", "I would rather not say"


class OverrideKind(models.TextChoices):
    FORCE = "force", "Must be made"
    FORBID = "forbid", "Must not be made"


class Override(models.Model):
    """A coordinator's word on one pair, which every later run of the cohort keeps."""

    cohort = models.ForeignKey("mentoring.Cohort", on_delete=models.CASCADE, related_name="overrides")
    mentee = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="+")
    mentor = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=OverrideKind)
    waived = models.JSONField(default=list, blank=True, help_text="Keys of the waivable rules set aside for it.")
    reason = models.TextField(max_length=1000)
    displaced = models.JSONField(
        default=list, blank=True, help_text="Who gained, lost or moved by it, with the scores, as it was shown."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "mentee", "mentor"], name="mentoring_override_once_per_pair"),
            models.CheckConstraint(condition=~Q(mentee=models.F("mentor")), name="mentoring_override_two_people"),
            models.CheckConstraint(condition=~Q(reason=""), name="mentoring_override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mentee.profile} with {self.mentor.profile}"

    def in_trail(self) -> dict[str, Any]:
        """What the trail keeps of a word that goes."""
        return {"kind": self.kind, "mentee": self.mentee_id, "mentor": self.mentor_id, "waived": self.waived}


class Proposal(models.Model):
    """A pair not yet agreed, with the reasons why it was proposed."""

    run = models.ForeignKey(
        MatchRun,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
        help_text="Empty for a pair that a person made: a coordinator by hand, a mentee by choice.",
    )
    source = models.CharField(max_length=6, choices=ProposalSource, default=ProposalSource.RUN)
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
    displaced = models.JSONField(
        default=list, blank=True, help_text="Who lost or moved by an override, with the scores, as it was shown."
    )
    note = models.TextField(blank=True, max_length=1000, help_text="Why it was decided so.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True, help_text="Last day on which an answer counts.")
    clock_on = models.DateField(
        null=True, blank=True, editable=False, help_text="Next day on which the clock looks at an open offer."
    )
    mentee_answer = models.CharField(max_length=3, choices=Answer, blank=True, default=Answer.NONE)
    mentor_answer = models.CharField(max_length=3, choices=Answer, blank=True, default=Answer.NONE)
    mentee_answered_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty beside a yes: it was given beforehand, and they were not asked."
    )
    mentor_answered_at = models.DateTimeField(null=True, blank=True, help_text="As for the mentee.")
    refusal = models.CharField(max_length=20, blank=True, help_text="Which reason was ticked.")
    refusal_text = models.TextField(blank=True, max_length=1000, help_text="For the coordinator only.")
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
                condition=Q(state__in=sorted(PROPOSAL_HOLDS_PLACE)),
                name="mentoring_proposal_one_held_per_mentee",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.OFFERED) | Q(answer_by__isnull=False),
                name="mentoring_proposal_offer_has_a_last_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.PUBLISHED) | Q(mentee_answer=Answer.YES, mentor_answer=Answer.YES),
                name="mentoring_proposal_published_by_two_yeses",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.TURNED_DOWN)
                | (~Q(refusal="") & (Q(mentee_answer=Answer.NO) | Q(mentor_answer=Answer.NO))),
                name="mentoring_proposal_turned_down_by_a_no",
            ),
            models.CheckConstraint(condition=~Q(mentee=models.F("mentor")), name="mentoring_proposal_two_people"),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="mentoring_proposal_score_range"),
            models.CheckConstraint(condition=Q(evidence__range=(0, 1)), name="mentoring_proposal_evidence_range"),
        ]
        indexes = [models.Index(fields=["state", "clock_on"], name="mentoring_proposal_clock")]

    def __str__(self) -> str:
        return f"{self.mentee.profile} with {self.mentor.profile}"

    @property
    def reasons(self) -> list[str]:
        """Why the two fit, in words."""
        return [str(reason) for reason in self.explanation.get("reasons", [])]
