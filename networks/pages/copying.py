"""Last year's programme again: the same sessions as drafts, on the same weekdays a year later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from .programme import ProgrammePage
from .school_year import shifted
from .session import SessionPage

WEEKS_IN_A_YEAR = 52  # whole weeks, so that a Thursday stays a Thursday


@transaction.atomic
def copy_for_another_year(*, programme: ProgrammePage, actor: Any, weeks: int = WEEKS_IN_A_YEAR) -> ProgrammePage:
    """A draft of the programme and of its sessions, each date moved by whole weeks at the same hour on the wall.

    Cancelled dates come back as dates, notes and materials of the old year stay behind. Nothing is published: the
    editor looks it over first.
    """
    starts = programme.starts + timedelta(weeks=weeks)
    copied: ProgrammePage = programme.copy(
        recursive=True,
        keep_live=False,
        copy_revisions=False,
        user=actor,
        update_attrs={
            "title": f"{programme.title} {starts.year}/{(starts.year + 1) % 100:02}",
            "slug": free_slug(programme, starts),
            "starts": starts,
            "ends": programme.ends + timedelta(weeks=weeks),
        },
    )
    for session in SessionPage.objects.child_of(copied):
        rows = list(session.dates.all())
        for row in rows:
            row.start = timezone.make_aware(shifted(timezone.make_naive(row.start), weeks))
            row.end = timezone.make_aware(shifted(timezone.make_naive(row.end), weeks))
            row.cancelled = False
        session.dates = rows
        session.materials = []
        session.notes = ""
        session.save()
        session.save_revision(user=actor)
    return copied


def free_slug(programme: Page, starts: date) -> str:
    """An address beside the old programme that nobody has yet."""
    taken = set(programme.get_siblings().values_list("slug", flat=True))
    wanted = f"{programme.slug}-{starts.year}"
    number = 2
    found = wanted
    while found in taken:
        found = f"{wanted}-{number}"
        number += 1
    return found
