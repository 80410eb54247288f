"""What is known about addresses: which fail, and who would rather have one message a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class FailingAddress(models.Model):
    """A mail server refused this address for good, at once or by sending mail back. It goes when mail arrives again."""

    email = models.EmailField(unique=True, help_text="Folded to small letters.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    came_back = models.BooleanField(
        default=False, db_default=False, help_text="Taken by the mail server first, and sent back later."
    )
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-last_at", "pk"]
        verbose_name = "failing address"
        verbose_name_plural = "failing addresses"

    def __str__(self) -> str:
        return self.email


class MailChoice(models.Model):
    """How somebody wants what can wait. Without a row: each message at once, and a coordinator's daily summary."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentoring_mail_choice"
    )
    once_a_day = models.BooleanField(
        "one message a day", default=False, help_text="What can wait comes together, in the morning."
    )
    daily_summary = models.BooleanField(
        "summary for coordinators", default=True, help_text="What waits for you as a coordinator, each working morning."
    )

    def __str__(self) -> str:
        return f"mail choice of user {self.user_id}"
