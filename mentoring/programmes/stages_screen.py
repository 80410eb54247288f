"""The stages of a programme on one page: owners only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from mentoring.trust import access
from mentoring.trust.screens import Screen, number

from . import stages
from .models import Programme

#: Empty places for new stages below the ones that are there.
SPARE = 2


class StagesScreen(Screen):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/stages.html"
    header_icon = "list-ol"
    object: Programme

    def fetch(self, pk: int) -> Programme:
        return access.programme_for_owner(self.request.user, pk)

    def get_page_title(self) -> str:
        return f"Stages of {self.object}"

    def trail(self) -> list[tuple[str, str]]:
        return [
            (reverse("mentoring_programme:index"), "Programmes"),
            (reverse("mentoring_programme:edit", args=[self.object.pk]), str(self.object)),
        ]

    def _rows(self) -> list[dict[str, Any]]:
        """What was typed, else what is stored; a few empty ones at the end."""
        typed = self.request.POST
        rows: list[dict[str, Any]]
        if typed:
            rows = [
                {
                    "pk": typed.get(f"pk-{i}", ""),
                    "title": typed.get(f"title-{i}", ""),
                    "week": typed.get(f"week-{i}", ""),
                    "page": typed.get(f"page-{i}", ""),
                    "tasks": typed.get(f"tasks-{i}", ""),
                }
                for i in range(min(number(typed.get("count"), 0), stages.MOST + SPARE))
            ]
        else:
            rows = [
                {
                    "pk": stage.pk,
                    "title": stage.title,
                    "week": stage.opens_week,
                    "page": stage.page_id or "",
                    "tasks": stages.write_tasks(stage),
                }
                for stage in self.object.stages.prefetch_related("tasks")
            ]
            rows += [{"pk": "", "title": "", "week": "", "page": "", "tasks": ""} for _ in range(SPARE)]
        chooser = AdminPageChooser()
        return [
            {
                **row,
                "number": i,
                "chooser": chooser.render(f"page-{i}", number(str(row["page"]), 0) or None, {"id": f"page-{i}"}),
            }
            for i, row in enumerate(rows)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(rows=self._rows(), version=self.object.version, **kwargs)
        context["media"] = (
            context["media"] + AdminPageChooser().media if "media" in context else AdminPageChooser().media
        )
        return context

    def act(self, request: HttpRequest) -> HttpResponse:
        drafts = [
            stages.Draft(
                pk=number(str(row["pk"]), 0) or None,
                title=str(row["title"]).strip(),
                opens_week=number(str(row["week"]), 0 if not row["week"] else -1),
                page_id=self._page(row["page"]),
                tasks=stages.read_tasks(str(row["tasks"])),
            )
            for row in self._rows()
            if row["title"].strip() or str(row["tasks"]).strip()
        ]
        stages.set_stages(
            programme=self.object, drafts=drafts, actor=self.actor, version=number(request.POST.get("version"))
        )
        self.say("The stages are saved.")
        return redirect("mentoring_programme:stages", self.object.pk)

    def _page(self, given: Any) -> int | None:
        """A published page, or none: the id comes from the browser."""
        page = Page.objects.live().filter(pk=number(str(given), 0)).first()
        return page.pk if page else None
