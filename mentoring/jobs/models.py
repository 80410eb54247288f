"""Work that is due once a day, whoever comes first."""

from __future__ import annotations

from django.db import models


class DailyWork(models.Model):
    """The last day on which a kind of daily work was done."""

    name = models.CharField(max_length=40, unique=True)
    done_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.name}: {self.done_on}"
