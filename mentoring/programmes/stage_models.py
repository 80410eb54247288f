"""The stages of a programme: what a pair reads and does, and in which week."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from swapper import get_model_name


class Stage(models.Model):
    """One stage. Its words are a page that editors write; here is only when it opens and what is to do."""

    programme = models.ForeignKey("mentoring.Programme", on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    page = models.ForeignKey(
        get_model_name("wagtailcore", "Page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="What a pair reads at this stage.",
    )
    opens_week = models.PositiveSmallIntegerField(default=0, help_text="Weeks after a pair has begun.")

    class Meta:
        ordering = ["programme", "position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "position"], name="mentoring_stage_one_per_position"),
            models.CheckConstraint(condition=~Q(title=""), name="mentoring_stage_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class TaskOwner(models.TextChoices):
    MENTEE = "mentee", "Mentee"
    MENTOR = "mentor", "Mentor"
    BOTH = "both", "Both"


class StageTask(models.Model):
    """Something to do within a stage."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="tasks")
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    owner = models.CharField(max_length=6, choices=TaskOwner, default=TaskOwner.BOTH)
    due_days = models.PositiveSmallIntegerField(default=14, help_text="Days after the stage opens.")

    class Meta:
        ordering = ["stage", "position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="mentoring_stagetask_has_a_title")]

    def __str__(self) -> str:
        return self.title
