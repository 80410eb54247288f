"""An import's own truth: what was uploaded, what would become of each row, what did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportKind(models.TextChoices):
    PEOPLE = "people", "People"
    SCHOOLS = "schools", "Schools from GIAS"


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Uploaded"
    PREVIEWED = "previewed", "Preview ready"
    APPLIED = "applied", "Applied"
    REFUSED = "refused", "Cannot be read"
    DISCARDED = "discarded", "Discarded"


class ImportJob(models.Model):
    """One uploaded file. Nothing of it is applied until somebody has seen the preview and confirmed."""

    kind = models.CharField(max_length=10, choices=ImportKind)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    file_name = models.CharField(max_length=255)
    file_key = models.CharField(max_length=255, blank=True, help_text="Name in the private storage.")
    mapping = models.JSONField(default=dict, blank=True, help_text="Our field → the file’s heading.")
    message = models.TextField(blank=True, help_text="Why the file was refused, or what was noticed.")
    counts = models.JSONField(default=dict, blank=True, help_text="Rows per fate.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ImportState.APPLIED) | Q(applied_at__isnull=False),
                name="mentoring_importjob_applied_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"
