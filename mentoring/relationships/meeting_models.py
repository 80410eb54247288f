"""Meetings of a pair, and the address at which a member's calendar reads them."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from mentoring.programmes.models import EnrolmentRole
from mentoring.trust.encryption import EncryptedTextField


class MeetingState(models.TextChoices):
    PROPOSED = "proposed", "Times proposed"
    BOOKED = "booked", "Booked"
    HELD = "held", "Held"
    MISSED = "missed", "Did not happen"
    CANCELLED = "cancelled", "Cancelled"


#: These show that a pair is at work.
MEETING_COUNTS = frozenset({MeetingState.BOOKED, MeetingState.HELD})


class Meeting(models.Model):
    """One meeting. `options` are the times that wait for an answer: for a first booking, or to move a booked one."""

    relationship = models.ForeignKey("mentoring.Relationship", on_delete=models.CASCADE, related_name="meetings")
    state = models.CharField(max_length=9, choices=MeetingState, default=MeetingState.PROPOSED)
    options = models.JSONField(default=list, blank=True, help_text="Up to three beginnings, ISO 8601 in UTC.")
    proposed_by = models.CharField(max_length=6, choices=EnrolmentRole)
    minutes = models.PositiveSmallIntegerField(default=60, validators=[MinValueValidator(15), MaxValueValidator(480)])
    start = models.DateTimeField(null=True, blank=True)
    place = models.CharField("where, or the link", max_length=300, blank=True)
    topics = EncryptedTextField(blank=True, max_length=1000, help_text="Only the two read it.")
    ics_uid = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        help_text="Of the calendar entry, for ever; given by the form: sent twice, one.",
    )
    sequence = models.PositiveIntegerField(default=0, help_text="Of the calendar entry; rises when it changes.")
    changed_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-start", "-pk"]
        indexes = [models.Index(fields=["state", "start"], name="mentoring_meeting_clock")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["booked", "held", "missed"]) | Q(start__isnull=False),
                name="mentoring_meeting_booked_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed") | ~Q(options=[]), name="mentoring_meeting_proposal_has_times"
            ),
            models.CheckConstraint(condition=Q(minutes__range=(15, 480)), name="mentoring_meeting_minutes_15_to_480"),
        ]

    def __str__(self) -> str:
        return f"meeting {self.pk}"

    @property
    def end(self) -> dt.datetime | None:
        return self.start + dt.timedelta(minutes=self.minutes) if self.start else None

    @property
    def times(self) -> list[dt.datetime]:
        """The options as moments."""
        return [dt.datetime.fromisoformat(text) for text in self.options]


class CalendarFeed(models.Model):
    """A member's own meetings for their calendar program. Only the hash of the address is kept."""

    profile = models.OneToOneField("mentoring.Profile", on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"
