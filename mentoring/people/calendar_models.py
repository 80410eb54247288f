"""Days on which an organisation is closed or busy: clocks in working days skip them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .half_days import Session


class CalendarKind(models.TextChoices):
    HOLIDAY = "holiday", "Holiday"
    INSET = "inset", "INSET day"
    EXAMS = "exams", "Exams"
    ASSESSMENT = "assessment", "Assessment week"
    INSPECTION = "inspection", "Inspection"
    OTHER = "other", "Other"


class CalendarException(models.Model):
    """A stretch of days, or of mornings or afternoons; those below the organisation (a trust's schools) inherit it."""

    organisation = models.ForeignKey(
        "mentoring.Organisation", on_delete=models.CASCADE, related_name="calendar_exceptions"
    )
    date_from = models.DateField("first day")
    date_to = models.DateField("last day")
    kind = models.CharField(max_length=12, choices=CalendarKind, default=CalendarKind.HOLIDAY)
    session = models.CharField(
        "part of the day", max_length=4, choices=Session, default=Session.FULL, db_default=Session.FULL
    )
    no_release = models.BooleanField("nobody goes on a visit", default=True)
    no_host = models.BooleanField("no visitor comes", default=True)

    class Meta:
        ordering = ["date_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(date_from__lte=F("date_to")), name="mentoring_calendar_dates_in_order"),
            models.UniqueConstraint(
                fields=["organisation", "date_from", "date_to", "kind", "session"], name="mentoring_calendar_said_once"
            ),
            models.CheckConstraint(condition=Q(session__in=Session.values), name="mentoring_calendar_part_of_the_day"),
        ]

    def __str__(self) -> str:
        part = "" if self.session == Session.FULL else f", {self.get_session_display().lower()}"
        return f"{self.organisation}: {self.get_kind_display()}, {self.date_from} to {self.date_to}{part}"
