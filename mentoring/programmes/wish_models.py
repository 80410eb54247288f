"""What a mentee asks for: goals, and whom they would like or not like to meet."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class GoalProgress(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    UNDER_WAY = "under_way", "Under way"
    REACHED = "reached", "Reached"
    DROPPED = "dropped", "No longer a goal"


class Goal(models.Model):
    """One of up to three things a mentee wants from the cohort. Asked in the application, kept in the pair's space."""

    enrolment = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="goal_set")
    position = models.PositiveSmallIntegerField()
    text = models.CharField("what I want to get better at", max_length=300)
    benefit = models.CharField("what pupils or my setting gain", max_length=300, blank=True)
    progress = models.CharField(max_length=12, choices=GoalProgress, default=GoalProgress.NOT_STARTED)

    class Meta:
        ordering = ["enrolment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "position"], name="mentoring_goal_one_per_position"),
            models.CheckConstraint(condition=Q(position__range=(1, 3)), name="mentoring_goal_at_most_three"),
            models.CheckConstraint(condition=~Q(text=""), name="mentoring_goal_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class Preference(models.Model):
    """A mentor whom a mentee would like, 1 the dearest of up to five."""

    enrolment = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="preferences")
    mentor = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["enrolment", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "rank"], name="mentoring_preference_one_per_rank"),
            models.UniqueConstraint(fields=["enrolment", "mentor"], name="mentoring_preference_once_per_mentor"),
            models.CheckConstraint(condition=Q(rank__range=(1, 5)), name="mentoring_preference_rank_1_to_5"),
            models.CheckConstraint(condition=~Q(enrolment=F("mentor")), name="mentoring_preference_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.mentor.profile}"


class Avoidance(models.Model):
    """Somebody whom a member would rather not be paired with. No reason is asked; nobody is ever told."""

    enrolment = models.ForeignKey("mentoring.Enrolment", on_delete=models.CASCADE, related_name="avoidances")
    person = models.ForeignKey("mentoring.Profile", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "person"], name="mentoring_avoidance_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"avoidance {self.pk}"
