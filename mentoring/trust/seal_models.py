"""Seals of the audit trail, and the marks that people who were erased leave behind."""

from __future__ import annotations

from django.db import models


class AuditSeal(models.Model):
    """One link of the chain over the audit trail: `digest` covers the event and, through `previous`, all before it.

    Rows are numbered in the order of sealing, which is the chain. An event that commits late is sealed late, so that
    writing events needs no lock. Triggers forbid update and delete.
    """

    event_id = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64, unique=True, blank=True, help_text="Digest before this; empty: none.")
    digest = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"seal of event {self.event_id}"


class Tombstone(models.Model):
    """That somebody was erased, so that a restored backup does not bring them back. Holds no address, only its hash."""

    email_hash = models.CharField(max_length=64, db_index=True, help_text="Keyed; tells nobody whose address it was.")
    profile_id = models.BigIntegerField(null=True, blank=True)
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["erased_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["email_hash", "profile_id"], name="mentoring_tombstone_once_per_profile"),
        ]

    def __str__(self) -> str:
        return f"tombstone {self.pk}"
