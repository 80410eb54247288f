"""What the calendars of the world have been told: one row per date of a session, kept when the date is gone."""

from __future__ import annotations

import uuid

from django.db import models
from swapper import get_model_name


class CalendarStatus(models.TextChoices):
    CONFIRMED = "CONFIRMED", "Takes place"
    CANCELLED = "CANCELLED", "Cancelled"


class CalendarEntry(models.Model):
    """One entry of the public calendars. `uid` never changes; `sequence` rises with every change that people must see.

    It lives beside the page, not in it: a date that is deleted, unpublished or moved must still reach the calendars
    that hold it, as cancelled.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.ForeignKey(
        "networks.SessionPage", null=True, on_delete=models.SET_NULL, related_name="calendar_entries"
    )
    date = models.OneToOneField(
        "networks.SessionDate", null=True, on_delete=models.SET_NULL, related_name="calendar_entry"
    )
    parent = models.ForeignKey(
        get_model_name("wagtailcore", "Page"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The network, programme or pathway whose calendar holds it.",
    )
    title = models.CharField(max_length=255)
    summary = models.CharField(max_length=300, blank=True)
    location = models.CharField(max_length=700, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    status = models.CharField(max_length=10, choices=CalendarStatus, default=CalendarStatus.CONFIRMED)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["start", "pk"]
        verbose_name_plural = "calendar entries"

    def __str__(self) -> str:
        return f"{self.title}, {self.start:%Y-%m-%d} ({self.get_status_display()}, {self.sequence})"
