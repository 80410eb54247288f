"""Organisations, role levels, topics and profiles: one record of a school and of a person, for the whole site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify
from wagtail.search import index

from mentoring.trust.encryption import EncryptedTextField

from .half_days import ALL, WorkingWeek
from .names import fold


class OrganisationKind(models.TextChoices):
    TRUST = "trust", "Trust"
    LOCAL_AUTHORITY = "local_authority", "Local authority"
    SCHOOL = "school", "School"
    NURSERY = "nursery", "Nursery"
    CHILDRENS_CENTRE = "childrens_centre", "Children’s centre"
    CHILDMINDER = "childminder", "Childminder"
    ARTS_ORG = "arts_org", "Arts organisation"
    OTHER = "other", "Other"


class Phase(models.TextChoices):
    """Phase of education of an organisation. The values are the slugs of the topics of group `phase`."""

    EARLY_YEARS = "early-years", "Early years"
    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"
    ALL_THROUGH = "all-through", "All-through"
    SPECIAL = "special", "Special and alternative provision"
    POST_16 = "post-16", "16 plus"
    NOT_APPLICABLE = "", "Not applicable"


def refuse_circle(row: models.Model, *, sentence: str) -> None:
    """Raises `ValidationError` on `parent` if going up from `row` ever comes back to it."""
    parent: Any = getattr(row, "parent", None)
    seen: set[Any] = set()
    while parent is not None and parent.pk not in seen:
        if row.pk is not None and parent.pk == row.pk:
            raise ValidationError({"parent": sentence})
        seen.add(parent.pk)
        parent = parent.parent


class Organisation(models.Model):
    """A trust, a school, a theatre: whatever employs members, runs programmes or hosts networks."""

    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=255, editable=False, db_index=True, help_text="The name, folded to compare.")
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="The trust or authority it belongs to.",
    )
    urn = models.CharField(
        "URN",
        max_length=6,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"^\d{6}$", "A URN is six digits.")],
        help_text="The school’s six-digit number in the national register (GIAS).",
    )
    phase = models.CharField(max_length=20, choices=Phase, blank=True)
    local_authority = models.CharField(
        max_length=100, blank=True, help_text="The local authority whose area it lies in, as the register names it."
    )
    postcode = models.CharField(max_length=8, blank=True)
    easting = models.PositiveIntegerField(null=True, blank=True, help_text="Metres on the British National Grid.")
    northing = models.PositiveIntegerField(null=True, blank=True, help_text="Metres on the British National Grid.")
    head_name = models.CharField("head’s name", max_length=300, blank=True)
    max_visitors_per_day = models.PositiveSmallIntegerField(
        "visitors a day", default=1, help_text="How many visiting colleagues it takes in on one day."
    )
    max_released_per_day = models.PositiveSmallIntegerField(
        "people away a day", default=1, help_text="How many of its own people it lets go on visits on one day."
    )
    head_email = models.EmailField(
        "head’s address", blank=True, help_text="Offered when an applicant asks for their head’s support."
    )
    aliases = models.JSONField(
        default=list, blank=True, help_text="Other spellings that imports may bring, one per entry."
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="mentoring_organisation_not_its_own_parent"),
            models.CheckConstraint(condition=~Q(name=""), name="mentoring_organisation_has_a_name"),
            models.CheckConstraint(
                condition=Q(urn__isnull=True) | Q(urn__regex=r"^[0-9]{6}$"),
                name="mentoring_organisation_urn_six_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.urn = self.urn or None  # empty is not a number: several organisations may have none
        self.name_key = fold(self.name)[:255]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        refuse_circle(self, sentence="An organisation cannot lie below itself. Choose another parent.")


class RoleFamily(models.TextChoices):
    """Ranks compare inside a family; between families only where a level names an equivalent."""

    TEACHING = "teaching", "Teaching"
    PASTORAL = "pastoral", "Pastoral"
    SUPPORT = "support", "Support and professional services"
    EARLY_YEARS = "early_years", "Early years"
    ARTS = "arts", "Arts sector"
    GOVERNANCE = "governance", "Governance"


class RoleLevel(models.Model):
    """A step on a career ladder: deputy headteacher, room leader, head of learning."""

    slug = models.SlugField(max_length=80, unique=True, blank=True, help_text="Its name in data files; never changes.")
    label = models.CharField(max_length=120, unique=True)
    family = models.CharField(max_length=20, choices=RoleFamily)
    rank = models.PositiveSmallIntegerField(help_text="Higher leads lower, in the same family: teacher 20, head 60.")
    aliases = models.JSONField(default=list, blank=True, help_text="Other titles for the same step, one per entry.")
    equivalents = models.ManyToManyField("self", blank=True, help_text="Levels of other families at the same height.")
    active = models.BooleanField(default=True, help_text="Untick to retire: kept where in use, hidden for new choices.")
    loaded = models.JSONField(
        default=dict, editable=False, help_text="What the data file said when it was last loaded."
    )

    class Meta:
        ordering = ["family", "rank", "label"]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug or slugify(self.label)[:80]
        super().save(*args, **kwargs)


class InterestGroup(models.TextChoices):
    LEADERSHIP = "leadership", "Leadership"
    SUBJECT = "subject", "Subject"
    ART_FORM = "art_form", "Art form"
    PHASE = "phase", "Phase"
    SETTING = "setting", "Kind of setting"
    CONTEXT = "context", "Context"
    CAREER = "career", "Wellbeing and career stage"


#: Groups a page or a member's interest can be *about*; the others say for whom.
TOPIC_GROUPS = frozenset(
    {
        InterestGroup.LEADERSHIP,
        InterestGroup.SUBJECT,
        InterestGroup.ART_FORM,
        InterestGroup.CONTEXT,
        InterestGroup.CAREER,
    }
)


class Interest(index.Indexed, models.Model):
    """One entry of the thesaurus: pages, sessions, resources and members' interests all point at the same rows."""

    slug = models.SlugField(max_length=80, unique=True, blank=True, help_text="Its name in addresses and data files.")
    label = models.CharField(max_length=120)
    group = models.CharField(max_length=20, choices=InterestGroup)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", help_text="The wider topic."
    )
    synonyms = models.JSONField(default=list, blank=True, help_text="Other words for the same thing, one per entry.")
    active = models.BooleanField(default=True, help_text="Untick to retire: kept where in use, hidden for new choices.")
    loaded = models.JSONField(
        default=dict, editable=False, help_text="What the data file said when it was last loaded."
    )

    search_fields = [index.SearchField("label"), index.AutocompleteField("label"), index.FilterField("group")]

    class Meta:
        ordering = ["group", "label"]
        verbose_name = "topic"
        constraints = [
            models.UniqueConstraint(Lower("label"), "group", name="mentoring_interest_label_once_per_group"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="mentoring_interest_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug or slugify(self.label)[:80]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        refuse_circle(self, sentence="A topic cannot lie below itself. Choose another wider topic.")


class Profile(models.Model):
    """A member: a person with a place of work and a role. People are rows, never pages."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="mentoring_profile",
        help_text="Empty once the person was erased: their pairs remain as those of a former participant.",
    )
    display_name = models.CharField("name", max_length=300, help_text="As colleagues know you.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="profiles")
    job_title = models.CharField(max_length=200)
    role_level = models.ForeignKey(RoleLevel, null=True, blank=True, on_delete=models.PROTECT, related_name="profiles")
    aspiration_level = models.ForeignKey(
        RoleLevel,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="aspirants",
        help_text="The next step you aim for.",
    )
    line_manager = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
        help_text="Never matched with you.",
    )
    line_manager_email = models.EmailField(
        blank=True,
        help_text="Kept until that person has a profile, so that the two are still never matched.",
    )
    phases = models.ManyToManyField(
        Interest, blank=True, related_name="+", limit_choices_to={"group": InterestGroup.PHASE}
    )
    bio = models.TextField("about you", max_length=1200, blank=True)
    working_pattern = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Half-days of the week in which they work, as bits; 0: the whole week."
    )
    paused_until = models.DateField(
        null=True, blank=True, help_text="Until this day they are not matched and get only what cannot wait."
    )
    adjustments = EncryptedTextField(
        blank=True,
        help_text="What makes meetings easier for you. Only your coordinator reads it, and only once you are matched.",
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_by_member_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Imports leave what a person wrote themselves."
    )
    interests: models.ManyToManyField[Interest, ProfileInterest] = models.ManyToManyField(
        Interest, through="ProfileInterest", related_name="profiles"
    )

    class Meta:
        ordering = ["display_name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(line_manager=F("id")), name="mentoring_profile_not_its_own_manager"),
            models.CheckConstraint(condition=~Q(display_name=""), name="mentoring_profile_has_a_name"),
            models.CheckConstraint(
                condition=Q(working_pattern__range=(0, ALL - 1)), name="mentoring_profile_ten_halves"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def working_week(self) -> WorkingWeek:
        return WorkingWeek(self.working_pattern)

    @property
    def is_paused(self) -> bool:
        """Whether they asked to be left alone for now. On the day itself the pause is over."""
        return self.paused_until is not None and timezone.localdate() < self.paused_until


class Direction(models.TextChoices):
    SEEK = "seek", "Would like help with"
    OFFER = "offer", "Can help with"


class ProfileInterest(models.Model):
    """What a member seeks or offers, and how much (1 a little, 3 a lot)."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="profile_interests")
    interest = models.ForeignKey(Interest, on_delete=models.PROTECT, related_name="profile_interests")
    direction = models.CharField(max_length=5, choices=Direction)
    strength = models.PositiveSmallIntegerField(default=2)

    class Meta:
        ordering = ["direction", "-strength", "interest__label"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "interest", "direction"], name="mentoring_profileinterest_once"),
            models.CheckConstraint(
                condition=Q(strength__range=(1, 3)), name="mentoring_profileinterest_strength_1_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.get_direction_display()} {self.interest}"
