"""Words of the mails as editors change them: drafts, revisions, and the file's words where nobody changed anything."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin, WorkflowMixin


class Wording(PreviewableMixin, WorkflowMixin, DraftStateMixin, RevisionMixin, models.Model):
    """Subject and text of one kind of mail, for one programme or for all of them.

    Tokens such as `{{ name }}` are replaced, nothing else is: this is no template language. The HTML is made from the
    text by one layout.
    """

    name = models.CharField("mail", max_length=80)
    programme = models.ForeignKey(
        "mentoring.Programme",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Empty: for every programme that has no words of its own.",
    )
    subject = models.CharField(max_length=150)
    text = models.TextField(max_length=8000, help_text="An empty line begins a new paragraph.")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="mentoring_wording",
        for_concrete_model=False,
    )
    revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="mentoring_wording",
        for_concrete_model=False,
    )

    class Meta:
        ordering = ["name", "programme"]
        verbose_name = "wording of a mail"
        verbose_name_plural = "wordings of mails"
        constraints = [
            models.UniqueConstraint(fields=["name", "programme"], name="mentoring_wording_once_per_programme"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(programme__isnull=True), name="mentoring_wording_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        from .catalogue import label_of

        return f"{label_of(self.name)} ({self.programme or 'every programme'})"

    def clean(self) -> None:
        from .tokens import check

        super().clean()
        wrong = check(self.name, subject=self.subject, text=self.text)
        same = type(self)._default_manager.filter(name=self.name, programme=self.programme).exclude(pk=self.pk)
        if same.exists():
            wrong["programme"] = "There are words for this mail and programme already. Change those instead."
        if wrong:
            raise ValidationError(wrong)

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "mentoring/wording_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        from .rendering import example_letter

        letter = example_letter(self)
        return {**super().get_preview_context(request, mode_name), "letter": letter}
