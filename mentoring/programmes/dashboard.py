"""The first thing that a coordinator sees in the admin: their cohorts, and what waits in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from mentoring.trust import access

from .models import CohortState, EnrolmentState

OVER = (CohortState.CLOSED, CohortState.CANCELLED)


class CohortsPanel(Component):
    """Cohorts of the person's programmes that are not over, with the number of applications to read. One query."""

    order = 120
    template_name = "mentoring/admin/dashboard.html"

    def __init__(self, request: HttpRequest) -> None:
        mine = Q(enrolments__profile__user=request.user.pk)  # nobody reads their own application
        self.cohorts = list(
            access.cohorts_for(request.user)
            .exclude(state__in=OVER)
            .annotate(to_read=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.SUBMITTED) & ~mine))
            .order_by("start", "pk")
        )

    def get_context_data(self, parent_context: Any = None) -> Mapping[str, Any]:
        return {"cohorts": self.cohorts}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For the hook `construct_homepage_panels`: nothing is added for people without a cohort."""
    panel = CohortsPanel(request)
    if panel.cohorts:
        panels.append(panel)
