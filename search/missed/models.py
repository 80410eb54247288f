"""Searches without a result: the words, the day, how often. Nothing about who searched, or at what hour."""

from __future__ import annotations

from django.db import models


class MissedSearch(models.Model):
    """One wording that found nothing, counted per day."""

    term = models.CharField("searched for", max_length=60)
    day = models.DateField()
    searches = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-day", "-searches", "term"]
        verbose_name = "search without results"
        verbose_name_plural = "searches without results"
        constraints = [
            models.UniqueConstraint(fields=["term", "day"], name="search_missedsearch_once_a_day"),
            models.CheckConstraint(condition=~models.Q(term=""), name="search_missedsearch_has_a_term"),
        ]
        indexes = [models.Index(fields=["day"], name="search_missedsearch_day")]

    def __str__(self) -> str:
        return self.term
