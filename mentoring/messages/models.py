"""Outgoing mail as rows: written with the decision that causes it, sent afterwards, never lost."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class OutboxState(models.TextChoices):
    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    RETRY = "retry", "Will be tried again"
    FAILED = "failed", "Failed"
    WITHHELD = "withheld", "Held back"
    GATHERED = "gathered", "Sent in a daily message"
    DROPPED = "dropped", "Not sent: no longer of use"


class Hold(models.TextChoices):
    """Why a message is held back."""

    NONE = "", "Not held back"
    PAUSE = "pause", "The person paused"
    DAILY = "daily", "Goes out with the daily message"


#: Rows that a sweep may still send.
OUTBOX_DUE = frozenset({OutboxState.QUEUED, OutboxState.RETRY, OutboxState.SENDING})


class Outbox(models.Model):
    """One message to one address. The Message-ID is fixed at birth: a repeat after a crash carries the same one."""

    key = models.CharField(max_length=200, unique=True, help_text="Idempotency key: the same event queues once.")
    message_id = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=80)
    recipient = models.EmailField()
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True, help_text="An iCalendar object to attach, with its METHOD.")
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.QUEUED)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True, help_text="Which sender holds the lease.")
    hold = models.CharField(max_length=5, choices=Hold, blank=True, default=Hold.NONE)
    wording = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Revision of the words it was written with; empty: those of the site's files."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    programme = models.ForeignKey(
        "mentoring.Programme",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Whose coordinators see it in the list of outgoing mail.",
    )
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "outgoing message"
        indexes = [models.Index(fields=["state", "due_at"], name="mentoring_outbox_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=OutboxState.SENT) | Q(sent_at__isnull=False), name="mentoring_outbox_sent_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=OutboxState.WITHHELD) | ~Q(hold=""), name="mentoring_outbox_held_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"
