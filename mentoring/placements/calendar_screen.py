"""Schools by days for four weeks: who comes, who is away, what is not covered, what does not go together."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mentoring.people.half_days import HALVES, Session
from mentoring.people.models import Organisation
from mentoring.trust import visit_access
from mentoring.trust.scoping import CoordinatorsOnlyMixin

from .calendars import Closed, closed_for, conflicts
from .limits import needs_release
from .models import COVER_SETTLED, PLACEMENT_HOLDS_DAYS, Placement, PlacementDay, PlacementState
from .moves import MOVABLE

#: Days that the calendar shows at once.
WINDOW = 28
SHOWN = PLACEMENT_HOLDS_DAYS | {PlacementState.DRAFT}


@dataclass
class Load:
    """What one school has to cover in these weeks."""

    days: int = 0
    half_days: int = 0
    open: int = 0
    cost: Decimal = Decimal(0)

    def add(self, day: PlacementDay) -> None:
        self.days += 1
        self.half_days += day.cover_half_days
        self.open += day.cover not in COVER_SETTLED
        self.cost += day.cover_cost or 0


@dataclass
class Listed:
    """One visit as the list under the grid writes it."""

    visit: Placement
    days: list[PlacementDay]
    conflicts: list[str]
    no_cover: bool
    may_move: bool


class CalendarView(CoordinatorsOnlyMixin, WagtailAdminTemplateMixin, TemplateView):
    """A grid, the cover that each school has to find, and the same as a list, for phones and for moving a visit."""

    template_name = "mentoring/admin/visit_calendar.html"
    page_title = "Visits: calendar"
    header_icon = "calendar-alt"
    request: HttpRequest

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        up = {"url": reverse("mentoring_placement:index"), "label": "Visits"}
        return [*self.breadcrumbs_items, up, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first = monday(self.request.GET.get("from", ""))
        days = [first + dt.timedelta(days=n) for n in range(WINDOW) if (first + dt.timedelta(days=n)).weekday() < 5]
        inside = PlacementDay.objects.filter(date__gte=days[0], date__lte=days[-1]).values("placement")
        rows = list(
            visit_access.placements_for(self.request.user)
            .filter(state__in=SHOWN, pk__in=inside)
            .prefetch_related("days")
            .order_by("pk")
        )
        closed = closed_for(rows, days)
        told = conflicts(rows, closed)
        schools: dict[Organisation, dict[dt.date, list[str]]] = defaultdict(lambda: defaultdict(list))
        load: dict[Organisation, Load] = defaultdict(Load)
        listed = []
        for row in rows:
            visitor = row.enrolment.profile
            home, host = visitor.organisation, row.offer.organisation
            mine = [day for day in row.days.all() if days[0] <= day.date <= days[-1]]
            asked = row.state not in (PlacementState.DRAFT, PlacementState.SUGGESTED) and needs_release(visitor)
            mark = f"{_standing(row)}{', conflict' if told.get(row.pk) else ''}"
            for day in mine:
                no_cover = asked and day.cover not in COVER_SETTLED
                schools[host][day.date].append(f"{visitor.display_name} comes{mark}")
                schools[home][day.date].append(
                    f"{visitor.display_name} away{mark}{', no cover yet' if no_cover else ''}"
                )
                if asked:
                    load[home].add(day)
            open_ = asked and any(day.cover not in COVER_SETTLED for day in mine)
            listed.append(Listed(row, mine, told.get(row.pk, []), open_, row.state in MOVABLE))
        listed.sort(key=lambda one: (one.days[0].date if one.days else first, one.visit.pk))
        busy = sorted({day for by_day in schools.values() for day in by_day})
        table = [
            (school, [(day, _shut(closed, school.pk, day), by_day.get(day, [])) for day in busy])
            for school, by_day in sorted(schools.items(), key=lambda item: (item[0].name, item[0].pk))
        ]
        return super().get_context_data(
            days=days,
            busy=busy,
            table=table,
            listed=listed,
            load=sorted(load.items(), key=lambda item: (-item[1].open, -item[1].half_days, item[0].name)),
            uncovered=sum(one.open for one in load.values()),
            conflicts=sum(1 for one in listed if one.conflicts),
            visit_days=sum(len(one.days) for one in listed),
            before=(first - dt.timedelta(days=WINDOW)).isoformat(),
            after=(first + dt.timedelta(days=WINDOW)).isoformat(),
            **kwargs,
        )


def _standing(row: Placement) -> str:
    return {PlacementState.DRAFT: " (planned)", PlacementState.SUGGESTED: " (suggested)"}.get(
        PlacementState(row.state), ""
    )


def _shut(closed: Closed, place: int, day: dt.date) -> str:
    """What its calendar says of a day in words; where the halves differ, of each."""

    def of(half: Session) -> str:
        takes, lets_go = closed.takes(place, day, half), closed.lets_go(place, day, half)
        if takes and lets_go:
            return ""
        return "no visitors" if lets_go else "nobody leaves" if takes else "closed"

    words = {half: of(half) for half in HALVES}
    if len(set(words.values())) == 1:
        return words[Session.AM]
    return ", ".join(f"{half.label.lower()} {said}" for half, said in words.items() if said)


def monday(text: str) -> dt.date:
    """The Monday of the given day's week; of today's, if none is given that can be read."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate()
    if not 1900 < day.year < 9000:
        day = timezone.localdate()
    return day - dt.timedelta(days=day.weekday())
