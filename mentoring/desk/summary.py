"""What waits, once a day by mail: counts only, only on weekdays, only to those for whom something waits."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from mentoring.messages.services import address_of, queue
from mentoring.programmes.models import RUNNING

from .items import items_for, open_cohorts
from .queues import queues_for


def send_summaries() -> int:
    """Says how many were written. Call it once a day, in a transaction: the day is part of each message's key."""
    today = timezone.localdate()
    if today.weekday() > 4:
        return 0
    told = 0
    people = get_user_model()._default_manager.filter(is_active=True, mentoring_grants__role__in=RUNNING)
    for user in people.exclude(mentoring_mail_choice__daily_summary=False).distinct().order_by("pk"):
        waiting = queues_for(user, items_for(user, open_cohorts(user)))
        if not waiting or not address_of(user):
            continue
        queue(
            key=f"summary:{user.pk}:{today}",
            template="coordinator_summary",
            to=address_of(user),
            context={
                "name": user.get_full_name() or str(user),
                "lines": [f"{row.count} {row.label}" for row in waiting],
                "path": reverse("wagtailadmin_home"),
            },
        )
        told += 1
    return told
