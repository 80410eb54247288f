"""Programmes, their cohorts, who takes part and who runs them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from swapper import get_model_name

_DAYS = [MinValueValidator(1), MaxValueValidator(60)]
_WEEKS = [MinValueValidator(1), MaxValueValidator(26)]
_MONTHS = [MinValueValidator(1), MaxValueValidator(120)]


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
    privacy_page = models.ForeignKey(
        get_model_name("wagtailcore", "Page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="privacy notice",
        help_text="The page that says what is kept about people, and why. Shown at every form.",
    )

    mentees_choose = models.BooleanField(
        default=False, help_text="Mentees may look at mentors who agreed to be shown, and rank up to five."
    )
    mentors_agree_once = models.BooleanField(
        default=False, help_text="Mentors said yes when they enrolled: only the mentee is asked about an offer."
    )
    training_needed = models.BooleanField(default=False, help_text="Mentors need training before they are matched.")
    head_support_needed = models.BooleanField(default=False, help_text="Each mentee’s head is asked to agree, by mail.")
    weights = models.JSONField(default=dict, blank=True, help_text="Of the score’s parts; empty: the engine’s own.")
    rules = models.JSONField(default=dict, blank=True, help_text="Of the matching; empty: the engine’s own.")

    offer_days = models.PositiveSmallIntegerField(
        default=7, validators=_DAYS, help_text="Working days in which an offer must be answered."
    )
    agreement_days = models.PositiveSmallIntegerField(
        default=15, validators=_DAYS, help_text="Working days in which a new pair writes its agreement."
    )
    answer_days = models.PositiveSmallIntegerField(
        default=10, validators=_DAYS, help_text="Working days to answer “is all well?” before the coordinator is asked."
    )
    quiet_weeks = models.PositiveSmallIntegerField(
        default=6, validators=_WEEKS, help_text="School weeks without a meeting held or booked before a pair is asked."
    )
    meet_every_weeks = models.PositiveSmallIntegerField(
        default=4, validators=_WEEKS, help_text="How often a pair usually meets; each pair may agree otherwise."
    )
    min_meetings = models.PositiveSmallIntegerField(default=6, help_text="Meetings that make a complete relationship.")

    keep_applications_months = models.PositiveSmallIntegerField(
        default=6, validators=_MONTHS, help_text="Months after a cohort’s end until unmatched applications are erased."
    )
    keep_pairs_months = models.PositiveSmallIntegerField(
        default=24, validators=_MONTHS, help_text="Months after a pair’s end until its people’s names are removed."
    )
    keep_notes_months = models.PositiveSmallIntegerField(
        default=3, validators=_MONTHS, help_text="Months after a pair’s end until its notes are erased."
    )
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
    max_mentees = models.PositiveSmallIntegerField(
        "places for mentees", null=True, blank=True, help_text="Empty: no limit. Beyond it people join a waiting list."
    )
    floor_percent = models.PositiveSmallIntegerField(
        "fair share",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text="Per cent of each school’s accepted mentees who should be matched, as far as mentors allow. 0: off.",
    )
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
            models.CheckConstraint(condition=Q(floor_percent__lte=100), name="mentoring_cohort_floor_per_cent"),
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
    DRAFT = "draft", "Not sent yet"
    SUBMITTED = "submitted", "Waiting for the coordinator"
    RETURNED = "returned", "Sent back with a question"
    ELIGIBLE = "eligible", "Ready to be matched"
    WAITLISTED = "waitlisted", "On the waiting list"
    COMPLETED = "completed", "Completed"
    DECLINED = "declined", "Not accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: Enrolments that hold a place in the cohort.
ENROLMENT_LIVE = frozenset(
    {
        EnrolmentState.DRAFT,
        EnrolmentState.SUBMITTED,
        EnrolmentState.RETURNED,
        EnrolmentState.ELIGIBLE,
        EnrolmentState.WAITLISTED,
    }
)


class Formats(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    ONLINE = "online", "Online"
    EITHER = "either", "Either"


class HeadSupport(models.TextChoices):
    NOT_ASKED = "not_asked", "Not asked"
    ASKED = "asked", "Asked"
    YES = "yes", "Agreed"
    NO = "no", "Did not agree"


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
    formats = models.CharField("how to meet", max_length=9, choices=Formats, blank=True)
    max_travel_minutes = models.PositiveSmallIntegerField(
        "longest journey",
        null=True,
        blank=True,
        validators=[MaxValueValidator(240)],
        help_text="Minutes, one way.",
    )
    availability = models.TextField(
        blank=True,
        max_length=1000,
        help_text="Usual hours, as “Mon 15:30-17:00; A: Wed 09:00-12:00” (`mentoring.matching.windows`).",
    )
    head_support = models.CharField(max_length=9, choices=HeadSupport, default=HeadSupport.NOT_ASKED)
    head_email = models.EmailField("head’s address", blank=True)
    training_completed_on = models.DateField(null=True, blank=True)
    shown = models.BooleanField(
        "may be shown",
        default=False,
        help_text="Mentees of the cohort may see first name, role and topics when they choose.",
    )
    rematch_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since when they wait again without fault of theirs: they come first.",
    )
    consent_version = models.CharField(max_length=20, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, max_length=1000, help_text="What the coordinator told them with the decision.")
    reply = models.TextField(
        blank=True, max_length=1000, help_text="What they answered when it was sent back with a question."
    )
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
            models.CheckConstraint(
                condition=Q(state=EnrolmentState.DRAFT) | (Q(consented_at__isnull=False) & ~Q(consent_version="")),
                name="mentoring_enrolment_agreed_once_sent",
            ),
            models.CheckConstraint(
                condition=Q(max_travel_minutes__isnull=True) | Q(max_travel_minutes__lte=240),
                name="mentoring_enrolment_journey_four_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} as {self.get_as_role_display().lower()}"


class GrantRole(models.TextChoices):
    COORDINATOR = "coordinator", "Coordinator"
    OWNER = "owner", "Programme owner"
    CONCERNS = "concerns", "Concern handler"
    REPORTER = "reporter", "Reporter"


#: Who runs a programme. The other roles see nothing of its people: one reads concerns, one counts.
RUNNING = frozenset({GrantRole.COORDINATOR, GrantRole.OWNER})


class CoordinatorGrant(models.Model):
    """Who may run a programme, handle its concerns or read its reports, and until when."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentoring_grants")
    role = models.CharField(max_length=12, choices=GrantRole, default=GrantRole.COORDINATOR)
    organisation = models.ForeignKey(
        "mentoring.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Only people of this organisation and those below it. Empty: the whole programme.",
    )
    expires_on = models.DateField("last day", null=True, blank=True, help_text="Empty: until somebody ends it.")

    class Meta:
        ordering = ["programme", "user"]
        verbose_name = "grant"
        constraints = [
            models.UniqueConstraint(fields=["programme", "user", "role"], name="mentoring_grant_once_per_role"),
            models.UniqueConstraint(
                fields=["programme", "user"],
                condition=Q(role__in=sorted(RUNNING)),
                name="mentoring_grant_coordinator_or_owner",
            ),
            models.CheckConstraint(
                condition=~Q(role=GrantRole.OWNER) | Q(organisation__isnull=True),
                name="mentoring_grant_owner_of_the_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.programme}"
