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
    QUEUED = "queued", "Being read"
    PREVIEWED = "previewed", "Preview ready"
    APPLYING = "applying", "Being applied"
    APPLIED = "applied", "Applied"
    REFUSED = "refused", "Cannot be read"
    DISCARDED = "discarded", "Discarded"


#: A worker should be busy with these; without a live lease another may take them.
IMPORT_DUE = frozenset({ImportState.QUEUED, ImportState.APPLYING})
#: These still hold the uploaded file.
IMPORT_HOLDS_FILE = frozenset({ImportState.UPLOADED, ImportState.PREVIEWED}) | IMPORT_DUE


class ImportJob(models.Model):
    """One uploaded file. Nothing of it is applied until somebody has seen the preview and confirmed."""

    kind = models.CharField(max_length=10, choices=ImportKind)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    file_name = models.CharField(max_length=255)
    file_key = models.CharField(max_length=255, blank=True, help_text="Name in the private storage.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="What was previewed is what is applied.")
    headings = models.JSONField(default=list, blank=True, help_text="The file’s headings, in order.")
    mapping = models.JSONField(default=dict, blank=True, help_text="Our field → the file’s heading.")
    choices = models.JSONField(default=dict, blank=True, help_text="What unknown spellings mean: kind → text → choice.")
    cohort = models.ForeignKey(
        "mentoring.Cohort",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="People with an “enrol as” join it.",
    )
    update_existing = models.BooleanField(
        default=False, help_text="Also change what people have written about themselves."
    )
    message = models.TextField(blank=True, help_text="Why the file was refused, or what was noticed.")
    counts = models.JSONField(default=dict, blank=True, help_text="Rows per fate.")
    progress = models.PositiveIntegerField(default=0, help_text="Rows done so far.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="While a worker holds it; past that, another may."
    )
    lease_token = models.CharField(max_length=32, blank=True, help_text="Which worker holds it.")
    # None: the command line, which may do everything. So an upload goes with the account of whoever uploaded it.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("import_people", "Can import people from a file"),
            ("import_schools", "Can import schools from the national register"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ImportState.APPLIED) | Q(applied_at__isnull=False),
                name="mentoring_importjob_applied_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"


class RowFate(models.TextChoices):
    """What becomes of a row when the import is applied."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    DUPLICATE = "duplicate", "Skipped: repeated"
    LEFT_OUT = "left_out", "Left out"
    UNKNOWN = "unknown", "Needs a choice"
    ERROR = "error", "Error"


#: Rows that applying writes.
FATES_APPLIED = frozenset({RowFate.NEW, RowFate.CHANGED})
#: Rows that stay behind, and go into the file of errors.
FATES_LEFT = frozenset({RowFate.DUPLICATE, RowFate.UNKNOWN, RowFate.ERROR})


class ImportRow(models.Model):
    """One row of the file as the preview judged it. Rows go when the import is applied or discarded, but for errors."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(help_text="Line in the file; the headings are line 1.")
    fate = models.CharField(max_length=10, choices=RowFate)
    key = models.CharField(max_length=254, blank=True, help_text="E-mail address or URN.")
    label = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=list, blank=True, help_text="[field, old, new], as shown.")
    messages = models.JSONField(default=list, blank=True, help_text="Sentences about this row.")
    original = models.JSONField(default=list, blank=True, help_text="The cells, for rows that go into the error file.")
    moved = models.BooleanField(default=False, help_text="Its fate changed since it was last shown.")

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["job", "line"], name="mentoring_importrow_line_once")]
        indexes = [models.Index(fields=["job", "fate", "line"], name="mentoring_importrow_fate")]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.get_fate_display()}"
