"""Signed links: one decision, by one address, without an account."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LinkPurpose(models.TextChoices):
    HEAD_SUPPORT = "head_support", "A head agrees to an application"
    HOST_OFFER = "host_offer", "A head agrees that visitors may come"
    PLACEMENT = "placement", "A head agrees to one visit"


class SignedLink(models.Model):
    """Somebody without an account decides one thing. Only the hash of the token is kept."""

    purpose = models.CharField(max_length=20, choices=LinkPurpose)
    object_id = models.PositiveBigIntegerField(help_text="The row decided about; its kind follows from purpose.")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(default=dict, blank=True, help_text="What was decided; a second visit shows it.")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "object_id"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="mentoring_signedlink_one_open_per_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.pk})"
