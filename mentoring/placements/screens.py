"""One visit on the coordinator's desk: what is missing, confirm, hold, move, cancel, cover, assurance, another head."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.trust import visit_access
from mentoring.trust.screens import Screen, number

from . import limits, moves, requests, steps, suggestions
from .models import AssuranceRoute, CoverStatus, Placement, PlacementState
from .states import PLACEMENT_MACHINE
from .wording import REASONS_TO_CANCEL

P = PlacementState


class PlacementScreen(Screen):
    """Both heads' answers, cover, statement, and the buttons that are open."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/placement.html"
    header_icon = "calendar-alt"
    object: Placement

    def fetch(self, pk: int) -> Placement:
        return visit_access.placement_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return str(self.object)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_placement:index"), "Visits")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        live = row.state in (P.REQUESTED, P.CONFIRMED, P.ON_HOLD)

        def may(to: PlacementState) -> bool:
            return PLACEMENT_MACHINE.may(row, to, as_=Actor.COORDINATOR)

        return super().get_context_data(
            placement=row,
            other=requests.other_half(row),
            days=list(row.days.all()),
            approvals=list(row.approvals.all()),
            missing=steps.missing(row) if live else [],
            assurance=limits.assurance_on(row.enrolment.profile, steps.last_day(row)),
            may_move=row.state in moves.MOVABLE,
            is_live=live,
            is_draft=row.state == P.DRAFT,
            may_confirm=may(P.CONFIRMED),
            may_hold=may(P.ON_HOLD),
            may_cancel=may(P.CANCELLED),
            may_miss=may(P.NO_SHOW),
            needs_release=limits.needs_release(row.enrolment.profile),
            covers=[(c.value, c.label) for c in CoverStatus if c is not CoverStatus.UNKNOWN],
            routes=[(r.value, r.label) for r in AssuranceRoute if r is not AssuranceRoute.EMPLOYER],
            reasons=REASONS_TO_CANCEL.items(),
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        post, row = request.POST, self.object
        given: dict[str, Any] = {"placement": row, "actor": self.actor}
        versioned = {**given, "version": number(post.get("version"))}
        do = post.get("do")
        if do == "suggest":
            suggestions.suggest_visit(**versioned)
            self.say("Suggested. The visitor is asked first; heads and host hear of it when they say yes.")
        elif do == "drop":
            suggestions.drop(**versioned)
            self.say("The planned visit is dropped. Nobody was told of it.")
            return redirect("mentoring_placement:index")
        elif do == "confirm":
            steps.confirm(**versioned)
            self.say("Confirmed. Visitor, host and heads are told, with the entry for their calendars.")
        elif do == "hold":
            steps.hold(**versioned, reason=post.get("reason", ""))
            self.say("On hold. Everybody is told.")
        elif do == "cancel":
            steps.cancel(**versioned, reason=post.get("reason", ""), note=post.get("note", ""))
            self.say("Cancelled. Everybody is told.")
        elif do == "no_show":
            steps.no_show(**versioned)
            self.say("Noted.")
        elif do == "cover":
            steps.set_cover(**versioned, cover=post.get("cover", ""))
            self.say("Cover is noted.")
        elif do == "assure":
            steps.record_assurance(**given, route=post.get("route", ""), by=post.get("by", ""))
            self.say("The statement is recorded.")
        elif do == "head":
            approval = row.approvals.filter(pk=number(post.get("approval"))).first()
            if approval is None:
                raise MentoringError("Please choose whose answer you are waiting for.")
            requests.ask_another_head(
                approval=approval, actor=self.actor, email=post.get("email", ""), version=versioned["version"]
            )
            self.say("Asked. The link sent before no longer works.")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return redirect("mentoring_placement:detail", row.pk)
