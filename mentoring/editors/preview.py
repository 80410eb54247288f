"""A page previewed as one of a pair: what stands around it in their space, with the week and the tasks of the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.stage_models import Stage
from mentoring.relationships.queries import StageNow, tasks_now


@dataclass(frozen=True)
class StageShown:
    """A stage that leads to the page, as if a pair reached it today."""

    now: StageNow
    programme: str

    @property
    def words(self) -> str:
        weeks = self.now.stage.opens_week
        when = "as soon as a pair has begun" if not weeks else f"{weeks} week{'s' * (weeks > 1)} after a pair has begun"
        return f"In “{self.programme}” this opens {when}. They find it under “Stages and tasks”:"


@dataclass(frozen=True)
class PairPreview:
    """What one of a pair sees; of a pair that does not exist."""

    role: str
    other: str
    stages: list[StageShown]


def pair_preview(page_id: int | None, role: EnrolmentRole) -> PairPreview:
    """Two queries, whatever there is."""
    stages = Stage.objects.filter(page_id=page_id) if page_id else Stage.objects.none()
    today = timezone.localdate()
    found = []
    for stage in stages.select_related("programme", "page").prefetch_related("tasks").order_by("programme__title"):
        now = StageNow(stage, is_open=True, opens_on=today, tasks=tasks_now(stage, role, opens=today, ticked=set()))
        found.append(StageShown(now, stage.programme.title))
    mentee = role == EnrolmentRole.MENTEE
    return PairPreview(
        role="a mentee" if mentee else "a mentor", other="your mentor" if mentee else "your mentee", stages=found
    )


class PairPreviewMixin:
    """Put it before the page class, and `{% include "mentoring/editors/pair_preview.html" %}` into its template."""

    pk: Any

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return [("", "As everybody"), (EnrolmentRole.MENTEE, "As a mentee"), (EnrolmentRole.MENTOR, "As a mentor")]

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        context: dict[str, Any] = super().get_preview_context(request, mode_name)  # type: ignore[misc]  # before a Page
        if mode_name in EnrolmentRole.values:
            context["pair_preview"] = pair_preview(self.pk, EnrolmentRole(mode_name))
        return context
