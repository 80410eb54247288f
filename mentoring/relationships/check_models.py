"""Questions that the clock asks a pair: is all well, and at the end, how was it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mentoring.programmes.models import EnrolmentRole


class CheckAnswer(models.TextChoices):
    NONE = "", "No answer yet"
    FINE = "fine", "All fine"
    HELP = "help", "Please help us"
    END = "end", "We should end"


class Check(models.Model):
    """“Is all well?”, asked of both when nothing was heard of a pair for long."""

    relationship = models.ForeignKey("mentoring.Relationship", on_delete=models.CASCADE, related_name="checks")
    asked_at = models.DateTimeField()
    due = models.DateField(help_text="Last day for answers; then the coordinator is asked.")
    mentee_answer = models.CharField(max_length=4, choices=CheckAnswer, blank=True, default=CheckAnswer.NONE)
    mentor_answer = models.CharField(max_length=4, choices=CheckAnswer, blank=True, default=CheckAnswer.NONE)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"], condition=Q(closed_at__isnull=True), name="mentoring_check_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"

    def answer_of(self, role: str) -> str:
        return self.mentee_answer if role == EnrolmentRole.MENTEE else self.mentor_answer


class GoalsReached(models.TextChoices):
    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"


class ClosingAnswer(models.Model):
    """How one of the two found it. Never shown alone, only summed over at least five (`queries.closing_sums`)."""

    relationship = models.ForeignKey("mentoring.Relationship", on_delete=models.CASCADE, related_name="closing_answers")
    role = models.CharField(max_length=6, choices=EnrolmentRole)
    rating = models.PositiveSmallIntegerField("how good was it for you")
    goals_reached = models.CharField(max_length=6, choices=GoalsReached)
    met_enough = models.BooleanField("we met often enough")
    would_again = models.BooleanField("I would do it again")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["relationship", "role"], name="mentoring_closinganswer_once_each"),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="mentoring_closinganswer_rating_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"closing answer {self.pk}"
