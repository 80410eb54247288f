"""Moving a visit by form: another offer or other days are chosen, what it changes is shown, then it is done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.trust import visit_access
from mentoring.trust.screens import Screen, number

from .calendars import Closed, held
from .limits import at_work
from .models import Placement
from .move_preview import foresee
from .moves import MOVABLE, move_visit
from .offer_models import HostOffer, OfferDate


class MoveScreen(Screen):
    """Choose, look, move: the first two ask by address and write nothing."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/visit_move.html"
    header_icon = "calendar-alt"
    object: Placement

    def fetch(self, pk: int) -> Placement:
        return visit_access.placement_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return f"Move: {self.object}"

    def trail(self) -> list[tuple[str, str]]:
        row = self.object
        return [
            (reverse("mentoring_placement:index"), "Visits"),
            (reverse("mentoring_placement:detail", args=[row.pk]), str(row)),
        ]

    @property
    def asked(self) -> Any:
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def offers(self) -> QuerySet[HostOffer]:
        """Where they could go: the programme's open offers, and the one they have."""
        row = self.object
        rows = HostOffer.objects.filter(programme=row.enrolment.cohort.programme_id)
        able = rows.open_one_way().exclude(organisation=row.enrolment.profile.organisation_id)
        return (
            (able | rows.filter(pk=row.offer_id))
            .select_related("organisation__parent", "host__organisation", "host__role_level", "host__user")
            .prefetch_related("focus", "levels", "dates")
            .order_by("organisation__name", "pk")
        )

    def chosen(self, offers: list[HostOffer]) -> HostOffer:
        wanted = number(self.asked.get("offer"), self.object.offer_id)
        found = next((offer for offer in offers if offer.pk == wanted), None)
        if found is None:
            raise MentoringError("This offer is not open any more. Please choose another.")
        return found

    def days(self) -> list[dt.date]:
        """The ticked days.

        Raises:
            MentoringError: a day that cannot be read.
        """
        try:
            return sorted({dt.date.fromisoformat(text) for text in self.asked.getlist("day")})
        except ValueError as error:
            raise MentoringError("Please choose the days from the list.") from error

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        offers = list(self.offers())
        given: dict[str, Any] = {"offers": offers, "may_move": row.state in MOVABLE}
        ticked: list[dt.date] = []
        try:
            offer = self.chosen(offers)
            given |= {"chosen": offer, "elsewhere": offer.pk != row.offer_id}
            ticked = self.days()
            now = [day.date for day in row.days.all()]
            if given["may_move"] and ticked and (given["elsewhere"] or ticked != now):
                row.offer = next(one for one in offers if one.pk == row.offer_id)
                given["shown"] = foresee(row, offer, ticked, self.request.user)
            elif ticked and given["may_move"]:
                self.error = self.error or "These are the days it has now. Please choose others, or another offer."
        except MentoringError as error:
            self.error = self.error or str(error)
        if "chosen" in given:
            given["dates"] = self._dates(given["chosen"], ticked)
        return super().get_context_data(placement=row, days=list(row.days.all()), ticked=ticked, **given, **kwargs)

    def _dates(self, offer: HostOffer, ticked: list[dt.date]) -> list[tuple[OfferDate, bool, str]]:
        """(date, ticked, what stands against it in words) of the days still to come."""
        today = timezone.localdate()
        rows = [day for day in offer.dates.all() if day.date > today]
        days = {row.date for row in rows}
        home, host = self.object.enrolment.profile.organisation, offer.organisation
        closed = Closed.of({home.pk, host.pk}, days)
        there, away = held(days)
        own = {day.date for day in self.object.days.all()}

        def against(row: OfferDate) -> str:
            day = row.date
            if day in own and offer.pk == self.object.offer_id:
                return "as it is now"
            if not closed.takes(host.pk, day, row.session):
                return f"{host} takes in nobody"
            if not closed.lets_go(home.pk, day, row.session):
                return f"{home} lets nobody go"
            working = at_work(self.object.enrolment.profile, offer.host, day, row.session)
            if not working:
                return working.reason.rstrip(".")
            if there[host.pk, day] >= host.max_visitors_per_day:
                return "taken"
            return "somebody is away already" if away[home.pk, day] >= home.max_released_per_day else ""

        return [(row, row.date in ticked, against(row)) for row in rows]

    def act(self, request: HttpRequest) -> HttpResponse:
        offer = self.chosen(list(self.offers()))
        row = move_visit(
            placement=self.object,
            actor=self.actor,
            offer=offer,
            days=self.days(),
            version=number(request.POST.get("version")),
        )
        self.say(
            "Moved. " + ("Both heads are asked again." if row.rules_version else "Heads and hosts are not asked yet.")
        )
        return redirect("mentoring_placement:detail", row.pk)
