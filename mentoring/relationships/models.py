"""Pairs that both agreed to, from the first agreement to the end."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class RelationshipState(models.TextChoices):
    AGREEING = "agreeing", "Writing the agreement"
    ACTIVE = "active", "Under way"
    PAUSED = "paused", "Paused"
    CLOSING = "closing", "Closing"
    COMPLETED = "completed", "Completed"
    ENDED = "ended", "Ended early"
    LAPSED = "lapsed", "Never began"


#: These hold a place of the mentor, and the mentee's one mentor in the cohort.
RELATIONSHIP_LIVE = frozenset(
    {
        RelationshipState.AGREEING,
        RelationshipState.ACTIVE,
        RelationshipState.PAUSED,
        RelationshipState.CLOSING,
    }
)


class Turn(models.TextChoices):
    """Whose move it is. Never two people at once without a name: "both" has a clock like everybody."""

    MENTEE = "mentee", "Mentee"
    MENTOR = "mentor", "Mentor"
    BOTH = "both", "Both"
    COORDINATOR = "coordinator", "Coordinator"
    NOBODY = "nobody", "Nobody"


class EndedBy(models.TextChoices):
    MENTEE = "mentee", "The mentee"
    MENTOR = "mentor", "The mentor"
    COORDINATOR = "coordinator", "A coordinator"
    CLOCK = "clock", "The clock"


class After(models.TextChoices):
    """What one of the two wants when a pair has ended early."""

    NONE = "", "Not asked"
    ASKED = "asked", "Asked"
    AGAIN = "again", "Waits for another match"
    STOP = "stop", "Stops here"


class Relationship(models.Model):
    """A mentor and a mentee of one cohort. Made when both said yes to an offer."""

    proposal = models.OneToOneField("mentoring.Proposal", on_delete=models.PROTECT, related_name="relationship")
    cohort = models.ForeignKey("mentoring.Cohort", on_delete=models.PROTECT, related_name="relationships")
    mentee = models.ForeignKey("mentoring.Enrolment", on_delete=models.PROTECT, related_name="relationships_as_mentee")
    mentor = models.ForeignKey("mentoring.Enrolment", on_delete=models.PROTECT, related_name="relationships_as_mentor")
    state = models.CharField(max_length=10, choices=RelationshipState, default=RelationshipState.AGREEING)
    created_at = models.DateTimeField(auto_now_add=True)
    began_on = models.DateField(null=True, blank=True, help_text="The day on which both had signed the agreement.")
    expected_end = models.DateField()
    paused_until = models.DateField(null=True, blank=True)
    turn = models.CharField(max_length=11, choices=Turn, default=Turn.BOTH)
    turn_since = models.DateTimeField()
    turn_due = models.DateField(null=True, blank=True, help_text="Last day of the turn; after it the clock acts.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=11, choices=EndedBy, blank=True)
    end_reason = models.CharField(max_length=20, blank=True, help_text="Which reason was ticked.")
    end_note = models.TextField(blank=True, max_length=1000, help_text="For the coordinator only.")
    mentee_after = models.CharField(max_length=5, choices=After, blank=True, default=After.NONE)
    mentor_after = models.CharField(max_length=5, choices=After, blank=True, default=After.NONE)
    attention = models.CharField(
        max_length=300, blank=True, help_text="Why it is the coordinator’s turn; empty: it is not, for that reason."
    )
    bar = models.CharField(
        max_length=300, blank=True, help_text="What would forbid the pair today, as the coordinator was last told."
    )
    opened_stages = models.JSONField(default=list, blank=True, help_text="Ids of the stages that the two were told of.")
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change; a form that carries an older one is stale."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentee"],
                condition=Q(state__in=sorted(RELATIONSHIP_LIVE)),
                name="mentoring_relationship_one_live_per_mentee",
            ),
            models.CheckConstraint(condition=~Q(mentee=F("mentor")), name="mentoring_relationship_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(RELATIONSHIP_LIVE)) | Q(ended_at__isnull=False),
                name="mentoring_relationship_end_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "paused", "closing", "completed"]) | Q(began_on__isnull=False),
                name="mentoring_relationship_active_has_a_first_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "turn_due"], name="mentoring_relationship_clock")]

    def __str__(self) -> str:
        return f"{self.mentee.profile} with {self.mentor.profile}"

    @property
    def audit_label(self) -> str:
        return f"relationship {self.pk}"
