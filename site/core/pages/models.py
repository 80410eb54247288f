"""What every page of the site shares."""

from __future__ import annotations

from django.db import models
from wagtail.models import Page


class BasePage(Page):
    """Abstract parent of all page types: one summary that listings, search results and social cards use."""

    summary = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences for lists, search results and shared links. Say who it is for.",
    )

    class Meta:
        abstract = True
