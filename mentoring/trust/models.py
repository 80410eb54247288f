"""The audit trail: who did what to which object, when and why. Rows are added, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One act. `action` is namespaced: `mentoring.proposal.approved`.

    Triggers forbid update and delete (migration 0002), so nothing here may cascade: the references carry no constraint
    and stay behind when the person or the programme goes.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    action = models.CharField(max_length=80, db_index=True)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=300)
    programme = models.ForeignKey(
        "mentoring.Programme", null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="mentoring_audit_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"
