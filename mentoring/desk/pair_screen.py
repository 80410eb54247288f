"""One relationship as its coordinator sees it: whose turn, what happened, what they can do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.widgets import AdminDateInput

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.programmes.services import email_of
from mentoring.relationships import ending, permissions, queries, services
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship, RelationshipState
from mentoring.relationships.states import RELATIONSHIP_MACHINE
from mentoring.trust import access
from mentoring.trust.models import AuditEvent
from mentoring.trust.screens import Screen, number

R = RelationshipState


class UntilForm(forms.Form):
    until = forms.DateField(label="Until", widget=AdminDateInput, error_messages={"required": "Please choose a day."})


def day_from(text: str) -> Any:
    """The date that somebody typed.

    Raises:
        MentoringError: it is none.
    """
    try:
        return UntilForm.base_fields["until"].clean(text)
    except ValidationError as error:
        raise MentoringError("Please give the day as year-month-day, for example 2027-07-16.") from error


class PairScreen(Screen):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/relationship.html"
    header_icon = "group"
    object: Relationship

    def fetch(self, pk: int) -> Relationship:
        return access.relationship_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return str(self.object)

    def trail(self) -> list[tuple[str, str]]:
        cohort = self.object.cohort
        return [
            (reverse("mentoring_cohort:board", args=[cohort.pk]), str(cohort)),
            (f"{reverse('mentoring_relationship:index')}?cohort={cohort.pk}", "Relationships"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pair = Relationship.objects.select_related(*services.WITH_PEOPLE).get(pk=self.object.pk)
        decision = permissions.can_coordinate(self.request.user, pair)
        can = {state for state in R if RELATIONSHIP_MACHINE.may(pair, state, as_=Actor.COORDINATOR)}
        return super().get_context_data(
            pair=pair,
            is_live=pair.state in RELATIONSHIP_LIVE,
            sides=[
                (label, row, email_of(row.profile)) for label, row in (("Mentee", pair.mentee), ("Mentor", pair.mentor))
            ],
            timeline=queries.timeline(pair),
            notes=AuditEvent.objects.filter(
                object_type=pair._meta.label_lower, object_id=str(pair.pk), action="mentoring.relationship.handed_back"
            ).exclude(reason=""),
            reason_ended=ending.REASONS.get(pair.end_reason, ""),
            decision=decision,
            may_pause=bool(decision) and R.PAUSED in can,
            may_resume=bool(decision) and pair.state == R.PAUSED,
            may_finish=bool(decision) and R.CLOSING in can,
            may_end=bool(decision) and R.ENDED in can,
            may_extend=bool(decision) and pair.state in RELATIONSHIP_LIVE,
            may_reopen=bool(decision) and not ending.may_reopen(pair),
            reasons=ending.REASONS.items(),
            typed=self.request.POST,
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        typed = request.POST
        given: dict[str, Any] = {"pair": self.object, "actor": self.actor}
        versioned = {**given, "version": number(typed.get("version"))}
        do = typed.get("do")
        if do == "spoken":
            services.hand_back(**given, attention=typed.get("attention", ""), note=typed.get("note", ""))
            self.say("Noted. The turn is no longer yours.")
        elif do == "pause":
            services.pause(**versioned, until=day_from(typed.get("until", "")))
            self.say("The pair is paused; both have been told.")
        elif do == "resume":
            services.resume(**versioned)
            self.say("The pair goes on; both have been told.")
        elif do == "extend":
            services.extend(**versioned, until=day_from(typed.get("until", "")))
            self.say("The pair has a new last day; both have been told.")
        elif do == "finish":
            ending.finish(**versioned)
            self.say("The pair is closing; both are asked how it was.")
        elif do == "end":
            ending.end(**versioned, reason=typed.get("reason", ""), note=typed.get("note", ""))
            self.say("The pair has ended; both have been told and asked what comes next.")
        elif do == "reopen":
            ending.reopen(**versioned)
            self.say("The pair is open again.")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return redirect("mentoring_relationship:pair", self.object.pk)
