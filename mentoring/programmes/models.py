"""Programmes, their cohorts, who takes part and who runs them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from swapper import get_model_name


class Programme(models.Model):
    """What runs, owned by an organisation: "Aspiring leaders" of a trust."""

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    owner_org = models.ForeignKey("mentoring.Organisation", on_delete=models.PROTECT, related_name="programmes")
    pathway_page = models.ForeignKey(
        get_model_name("wagtailcore", "Page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The page that tells people about it.",
    )
    contact_email = models.EmailField(
        "contact address", help_text="A role’s address, not a person’s: mail goes out in its name."
    )
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change; a form that carries an older one is stale."
    )

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_label(self) -> str:
        return self.title


class CohortState(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open for applications"
    MATCHING = "matching", "Matching"
    RUNNING = "running", "Running"
    CLOSING = "closing", "Closing"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class CohortQuerySet(models.QuerySet["Cohort"]):
    def open_for_applications(self) -> CohortQuerySet:
        today = timezone.localdate()
        return self.filter(state=CohortState.OPEN, apply_from__lte=today, apply_to__gte=today, programme__active=True)


class Cohort(models.Model):
    """One intake of a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=CohortState, default=CohortState.DRAFT)
    apply_from = models.DateField()
    apply_to = models.DateField()
    start = models.DateField()
    end = models.DateField()
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change; a form that carries an older one is stale."
    )

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-start", "name"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="mentoring_cohort_name_once_per_programme"),
            models.CheckConstraint(
                condition=Q(apply_from__lte=F("apply_to")), name="mentoring_cohort_apply_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="mentoring_cohort_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, {self.name}"

    @property
    def takes_applications(self) -> bool:
        """Today, as `open_for_applications` says it of rows (which also asks whether the programme is active)."""
        return self.state == CohortState.OPEN and self.apply_from <= timezone.localdate() <= self.apply_to

    @property
    def opens_later(self) -> bool:
        return self.state == CohortState.OPEN and timezone.localdate() < self.apply_from

    @property
    def audit_label(self) -> str:
        return str(self)


class EnrolmentRole(models.TextChoices):
    MENTEE = "mentee", "Mentee"
    MENTOR = "mentor", "Mentor"


class EnrolmentState(models.TextChoices):
    SUBMITTED = "submitted", "Waiting for the coordinator"
    ELIGIBLE = "eligible", "Ready to be matched"
    DECLINED = "declined", "Not accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: Enrolments that hold a place in the cohort.
ENROLMENT_LIVE = frozenset({EnrolmentState.SUBMITTED, EnrolmentState.ELIGIBLE})


class Enrolment(models.Model):
    """A person in a cohort, as mentee or as mentor."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    profile = models.ForeignKey("mentoring.Profile", on_delete=models.CASCADE, related_name="enrolments")
    as_role = models.CharField("as", max_length=6, choices=EnrolmentRole)
    state = models.CharField(max_length=10, choices=EnrolmentState, default=EnrolmentState.SUBMITTED)
    capacity = models.PositiveSmallIntegerField(
        "places", default=1, validators=[MaxValueValidator(6)], help_text="How many mentees a mentor can take, 0 to 6."
    )
    goals = models.TextField(
        max_length=2000,
        blank=True,
        help_text="What you would like to get better at, and what your pupils or setting gain.",
    )
    consent_version = models.CharField(max_length=20)
    consented_at = models.DateTimeField()
    note = models.TextField(blank=True, max_length=1000, help_text="What the coordinator told them with the decision.")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raised by each change; a form that carries an older one is stale."
    )

    class Meta:
        ordering = ["as_role", "profile__display_name"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "profile", "as_role"], name="mentoring_enrolment_once_per_role"),
            models.CheckConstraint(condition=Q(capacity__lte=6), name="mentoring_enrolment_at_most_six_places"),
            models.CheckConstraint(
                condition=Q(as_role=EnrolmentRole.MENTOR) | Q(capacity=1),
                name="mentoring_enrolment_mentee_has_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} as {self.get_as_role_display().lower()}"


class GrantRole(models.TextChoices):
    COORDINATOR = "coordinator", "Coordinator"
    OWNER = "owner", "Programme owner"


class CoordinatorGrant(models.Model):
    """Who may coordinate a programme, and until when."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentoring_grants")
    role = models.CharField(max_length=12, choices=GrantRole, default=GrantRole.COORDINATOR)
    expires_on = models.DateField(null=True, blank=True, help_text="Last day. Empty: until somebody ends it.")

    class Meta:
        ordering = ["programme", "user"]
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="mentoring_grant_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.programme}"
