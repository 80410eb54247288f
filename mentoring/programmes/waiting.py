"""What waits for a coordinator, shown where the admin opens: nobody has to go and look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min
from wagtail.admin.ui.components import Component

from mentoring.messages.models import OutboxState
from mentoring.proposals.models import ProposalState
from mentoring.trust.access import cohorts_for, enrolments_for, messages_for, proposals_for

from .models import Cohort, CohortState, EnrolmentState

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser


@dataclass(frozen=True)
class Queue:
    """How many things of one kind wait in a cohort, and since when the oldest does."""

    count: int
    oldest: datetime | None


NOTHING = Queue(0, None)
OVER = (CohortState.CLOSED, CohortState.CANCELLED)


@dataclass(frozen=True)
class Waiting:
    """One cohort that is not over, and what is to do in it."""

    cohort: Cohort
    to_read: Queue
    to_decide: Queue


def waiting_for(user: AnyUser) -> list[Waiting]:
    """Cohorts of this coordinator that are not over; own rows left out of the queues. Three queries at any size."""
    to_read = _queues(enrolments_for(user).filter(state=EnrolmentState.SUBMITTED), "created_at")
    to_decide = _queues(proposals_for(user).filter(state=ProposalState.DRAFT), "run__finished_at")
    cohorts = cohorts_for(user).exclude(state__in=OVER).order_by("start", "name")
    return [Waiting(c, to_read.get(c.pk, NOTHING), to_decide.get(c.pk, NOTHING)) for c in cohorts]


def _queues(rows: Any, since: str) -> dict[int, Queue]:
    counted = rows.select_related(None).order_by().values("cohort").annotate(n=Count("pk"), oldest=Min(since))
    return {row["cohort"]: Queue(row["n"], row["oldest"]) for row in counted}


class WaitingPanel(Component):
    """On the admin's first page, for whoever runs a programme."""

    name = "mentoring_waiting"
    order = 50
    template_name = "mentoring/admin/waiting.html"

    def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        user = (parent_context or {})["request"].user
        return {
            "rows": waiting_for(user),
            "failed": messages_for(user).filter(state=OutboxState.FAILED).count(),
        }
