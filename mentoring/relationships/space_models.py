"""What a pair keeps between the two of them: its agreement, its notes, the tasks they have done."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from mentoring.programmes.models import EnrolmentRole
from mentoring.trust.encryption import EncryptedTextField


class Agreement(models.Model):
    """One version of what a pair agreed. A change is a new version, and it counts once both have signed that one."""

    relationship = models.ForeignKey("mentoring.Relationship", on_delete=models.CASCADE, related_name="agreements")
    number = models.PositiveSmallIntegerField(help_text="1 is the first; the highest that both signed counts.")
    contact = models.CharField("how we reach each other", max_length=300)
    every_weeks = models.PositiveSmallIntegerField(
        "how often we meet, in weeks", validators=[MinValueValidator(1), MaxValueValidator(26)]
    )
    notice_hours = models.PositiveSmallIntegerField(
        "how many hours before we cancel at the latest", default=24, validators=[MaxValueValidator(336)]
    )
    review_on = models.DateField("when we look at this again")
    more = models.TextField("anything else we agree", blank=True, max_length=1000)
    written_by = models.CharField(max_length=6, choices=EnrolmentRole)
    written_at = models.DateTimeField()
    mentee_signed_at = models.DateTimeField(null=True, blank=True)
    mentor_signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["relationship", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["relationship", "number"], name="mentoring_agreement_one_per_number"),
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(mentee_signed_at__isnull=True) | Q(mentor_signed_at__isnull=True),
                name="mentoring_agreement_one_unsigned",
            ),
            models.CheckConstraint(
                condition=Q(mentee_signed_at__isnull=False) | Q(mentor_signed_at__isnull=False),
                name="mentoring_agreement_its_writer_signed",
            ),
            models.CheckConstraint(condition=Q(every_weeks__range=(1, 26)), name="mentoring_agreement_weeks_1_to_26"),
        ]

    def __str__(self) -> str:
        return f"agreement {self.relationship_id}.{self.number}"

    @property
    def in_force(self) -> bool:
        return self.mentee_signed_at is not None and self.mentor_signed_at is not None

    @property
    def waits_for(self) -> EnrolmentRole | None:
        """Who has yet to sign."""
        if self.in_force:
            return None
        return EnrolmentRole.MENTEE if self.mentee_signed_at is None else EnrolmentRole.MENTOR


class Note(models.Model):
    """What one of the two wrote down, for themselves or for both. Nobody else ever reads it: it is kept encrypted."""

    relationship = models.ForeignKey("mentoring.Relationship", on_delete=models.CASCADE, related_name="notes")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Given by the form: sent twice, kept once.")
    author = models.CharField(max_length=6, choices=EnrolmentRole)
    shared = models.BooleanField("both of us may read it", default=False)
    text = EncryptedTextField(max_length=4000)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="mentoring_note_says_something")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class TaskTick(models.Model):
    """A task of a stage that a pair has done."""

    relationship = models.ForeignKey("mentoring.Relationship", on_delete=models.CASCADE, related_name="ticks")
    task = models.ForeignKey("mentoring.StageTask", on_delete=models.CASCADE, related_name="ticks")
    by = models.CharField(max_length=6, choices=EnrolmentRole)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["relationship", "task"], name="mentoring_tasktick_once_per_task"),
        ]

    def __str__(self) -> str:
        return f"tick {self.relationship_id}.{self.task_id}"
