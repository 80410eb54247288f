"""Who must not be matched with whom, whatever the score."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from mentoring.trust.encryption import EncryptedTextField


class ExclusionKind(models.TextChoices):
    LINE_MANAGEMENT = "line_management", "Line management"
    APPRAISAL = "appraisal", "Appraisal"
    ASSESSOR = "assessor", "Assessor or induction tutor"
    RELATIVE = "relative", "Relative or close friend"
    CONCERN = "concern", "Previous concern"
    REQUESTED = "requested", "Asked for by one of them"
    OTHER = "other", "Other"


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    def standing(self) -> QuerySet[Exclusion]:
        """Those that count today."""
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()))


class Exclusion(models.Model):
    """A person who is never paired with another person, or with anybody of an organisation. Holds both ways."""

    programme = models.ForeignKey(
        "mentoring.Programme",
        on_delete=models.CASCADE,
        related_name="exclusions",
        help_text="Whose coordinators keep it, and whose matching obeys it.",
    )
    person = models.ForeignKey("mentoring.Profile", on_delete=models.CASCADE, related_name="+")
    other_person = models.ForeignKey(
        "mentoring.Profile", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    other_organisation = models.ForeignKey(
        "mentoring.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=ExclusionKind)
    reason = EncryptedTextField(blank=True, max_length=1000, help_text="Only coordinators of the programme read it.")
    expires_on = models.DateField(null=True, blank=True, help_text="Last day. Empty: until somebody ends it.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(other_person__isnull=True, other_organisation__isnull=False)
                | Q(other_person__isnull=False, other_organisation__isnull=True),
                name="mentoring_exclusion_person_or_organisation",
            ),
            models.CheckConstraint(
                condition=Q(other_person__isnull=True) | ~Q(other_person=F("person")),
                name="mentoring_exclusion_two_people",
            ),
            models.UniqueConstraint(
                fields=["programme", "person", "other_person"], name="mentoring_exclusion_once_per_two_people"
            ),
            models.UniqueConstraint(
                fields=["programme", "person", "other_organisation"],
                name="mentoring_exclusion_once_per_person_and_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} and {self.other_person or self.other_organisation}"

    @property
    def audit_label(self) -> str:
        return f"exclusion {self.pk}"
