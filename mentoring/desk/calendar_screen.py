"""A term calendar as a file: what would be kept, what is there already, what stays out and why; then keep it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mentoring.errors import MentoringError
from mentoring.people.models import Organisation
from mentoring.trust.screens import number

from . import closed_days
from .calendar_files import read_file
from .closed_days import Line
from .screens import DeskScreen

#: Entries that stay out are all counted, and so many are listed: a school's calendar holds every concert.
MOST_LISTED = 200


class CalendarScreen(DeskScreen):
    """What was shown is what is kept: the second step sends the days themselves, not the file."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/closed_days_import.html"
    page_title = "Import a calendar"
    header_icon = "upload"
    lines: list[Line] | None = None
    organisation: Organisation | None = None
    file_name = ""

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_days:index"), "Closed days")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            organisations=closed_days.organisations_kept_by(self.request.user).order_by("name"),
            chosen=number(self.request.POST.get("organisation")),
            file_name=self.file_name,
            **kwargs,
        )
        if self.lines is None or self.organisation is None:
            return context
        known = closed_days.known(self.organisation, self.lines)
        understood = [line for line in self.lines if not line.error]
        new = [line for line in understood if line.number not in known]
        refused = [line for line in self.lines if line.error]
        return context | {
            "organisation": self.organisation,
            "new": new,
            "there": [(line, known[line.number]) for line in understood if line.number in known],
            "refused": refused[:MOST_LISTED],
            "refused_count": len(refused),
            "refused_more": max(0, len(refused) - MOST_LISTED),
            "visits": closed_days.confirmed_visits_on(self.organisation, new),
            "text": "\n".join(line.written for line in new),
        }

    def act(self, request: HttpRequest) -> HttpResponse | None:
        kept = closed_days.organisations_kept_by(request.user)
        self.organisation = kept.filter(pk=number(request.POST.get("organisation"))).first()
        if self.organisation is None:
            raise MentoringError("Please choose the organisation whose calendar this is.")
        if request.POST.get("do") == "save":
            return self._keep(self.organisation, request.POST.get("lines", ""))
        file = request.FILES.get("file")
        if file is None:
            raise MentoringError("Please choose a file: CSV, XLSX or ICS.")
        self.file_name = file.name or ""
        self.lines = read_file(file)
        if sum(1 for line in self.lines if not line.error) > closed_days.MOST_LINES:
            self.lines = None
            raise MentoringError(
                f"This calendar has more than {closed_days.MOST_LINES} closed stretches. Please import one year."
            )
        return None

    def _keep(self, organisation: Organisation, text: str) -> HttpResponse:
        new = closed_days.keep(organisation=organisation, lines=closed_days.read_lines(text), actor=self.actor)
        self.say(
            f"{new} stretch{'' if new == 1 else 'es'} of closed days kept for {organisation}."
            if new
            else f"Nothing is new: {organisation} had all these days already."
        )
        return redirect("mentoring_days:index")
