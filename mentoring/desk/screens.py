"""“Today”: the queues of everything somebody runs, and every open item with whose turn it is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.ui.components import Component

from mentoring.trust.policies import runs_something
from mentoring.trust.screens import Screen, number

from .items import Item, Whose, items_for, open_cohorts
from .queues import KINDS, Queue, queues_for

PER_PAGE = 50
#: Queues on the admin's first page; the rest is one click away.
SHORT = 6


class DeskScreen(Screen):
    """A page about everything that somebody runs, not about one row."""

    @cached_property
    def object(self) -> Any:
        user = self.request.user
        if not (user.is_authenticated and (user.is_superuser or runs_something(user))):
            raise Http404("There is nothing here, or it is not yours to see.")
        return None


class TodayScreen(DeskScreen):
    template_name = "mentoring/admin/today.html"
    page_title = "Today"
    header_icon = "calendar-check"

    def get_page_subtitle(self) -> str:
        return f"{timezone.localdate():%A %-d %B %Y}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cohorts = open_cohorts(self.request.user)
        items = items_for(self.request.user, cohorts)
        chosen = {name: self.request.GET.get(name, "") for name in ("cohort", "turn", "queue")}
        shown = [item for item in items if _fits(item, chosen)]
        pages = Paginator(shown, PER_PAGE)
        page = pages.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            queues=queues_for(self.request.user, items),
            cohorts=cohorts.values(),
            turns=Whose.choices,
            chosen=chosen,
            is_filtered=any(chosen.values()),
            queue_label=KINDS[chosen["queue"]].many if chosen["queue"] in KINDS else "",
            items=page,
            total=len(shown),
            elided_page_range=pages.get_elided_page_range(page.number),
            queue_query=urlencode({"cohort": chosen["cohort"]}) if chosen["cohort"] else "",
            **kwargs,
        )


def _fits(item: Item, chosen: dict[str, str]) -> bool:
    return (
        (not chosen["cohort"] or item.cohort.pk == number(chosen["cohort"]))
        and (not chosen["turn"] or item.turn == chosen["turn"])
        and (not chosen["queue"] or item.queue == chosen["queue"])
    )


class WaitingPanel(Component):
    """Today in short, on the admin's first page, for whoever runs a programme."""

    name = "mentoring_waiting"
    order = 50
    template_name = "mentoring/admin/waiting.html"

    def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        user = (parent_context or {})["request"].user
        cohorts = open_cohorts(user)
        queues: list[Queue] = queues_for(user, items_for(user, cohorts))
        return {"queues": queues[:SHORT], "more": len(queues) - SHORT, "cohorts": cohorts.values()}
