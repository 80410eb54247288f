"""Exclusions as a file: what would be added, what stands already, what stays out and why; then keep it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mentoring.errors import MentoringError
from mentoring.programmes.models import Programme
from mentoring.trust import access
from mentoring.trust.screens import number

from .exclusions_file import HEADINGS, Planned, as_text, keep, read_file
from .screens import DeskScreen


class ExclusionsFileScreen(DeskScreen):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/exclusions_import.html"
    page_title = "Import exclusions"
    header_icon = "upload"
    planned: list[Planned] | None = None
    programme: Programme | None = None

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_exclusion:index"), "Exclusions")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        planned = self.planned or []
        return super().get_context_data(
            programmes=access.programmes_for(self.request.user).order_by("title"),
            chosen=number(self.request.POST.get("programme")),
            programme=self.programme,
            read=self.planned is not None,
            new=[row for row in planned if row.is_new],
            there=[row for row in planned if row.there],
            refused=[row for row in planned if row.error],
            text=as_text(planned),
            headings=", ".join(HEADINGS),
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse | None:
        mine = access.programmes_for(request.user)
        self.programme = mine.filter(pk=number(request.POST.get("programme"))).first()
        if self.programme is None:
            raise MentoringError("Please choose the programme.")
        if request.POST.get("do") == "save":
            new, touched = keep(text=request.POST.get("rows", ""), programme=self.programme, actor=self.actor)
            more = f" {touched} of their pairs are at work: it is your turn to decide about them." if touched else ""
            self.say(f"{new} exclusion{'' if new == 1 else 's'} kept.{more}")
            return redirect("mentoring_exclusion:index")
        file = request.FILES.get("file")
        if file is None:
            raise MentoringError("Please choose a file: CSV or XLSX.")
        self.planned = read_file(file, programme=self.programme, actor=self.actor)
        return None
