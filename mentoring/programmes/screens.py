"""Two screens of the coordinator: a cohort as a whole, and one application."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.widgets.button import HeaderButton

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.trust import access
from mentoring.trust.screens import Screen, number

from . import permissions, queries, services
from .models import Cohort, CohortState, Enrolment, EnrolmentState
from .states import COHORT_MACHINE, COHORT_MATCHES, ENROLMENT_MACHINE


class CohortScreen(Screen):
    """Counts, what is short, runs so far, the button that starts one, and the cohort's next state."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/cohort.html"
    header_icon = "date"
    object: Cohort

    def fetch(self, pk: int) -> Cohort:
        return access.cohort_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return str(self.object)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_cohort:index"), "Cohorts")]

    @property
    def header_buttons(self) -> list[Any]:
        return [
            HeaderButton("Edit dates", url=reverse("mentoring_cohort:edit", args=[self.object.pk]), icon_name="edit")
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from mentoring.proposals.runs import OBJECTIVES  # proposals build on programmes

        cohort = self.object
        return super().get_context_data(
            board=queries.board(cohort),
            runs=list(cohort.runs.select_related("created_by")[:5]),
            moves=COHORT_MACHINE.moves(cohort, as_=Actor.COORDINATOR),
            may_match=cohort.state in COHORT_MATCHES,
            objectives=OBJECTIVES.items(),
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        from mentoring.proposals.runs import start_run  # proposals build on programmes

        if request.POST.get("do") == "run":
            run = start_run(cohort=self.object, actor=self.actor, objective=request.POST.get("objective", "best_total"))
            return redirect("mentoring_run:detail", run.pk)
        wanted = request.POST.get("to", "")
        if wanted not in CohortState.values:
            raise MentoringError("Please choose what to do with the cohort.")
        services.move_cohort(
            cohort=self.object, to=CohortState(wanted), actor=self.actor, version=number(request.POST.get("version"))
        )
        self.say(f"The cohort is now “{CohortState(wanted).label.lower()}”.")
        return redirect("mentoring_cohort:board", self.object.pk)


class ApplicationScreen(Screen):
    """One person's application: who they are, what they ask or offer, accept or decline."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/application.html"
    header_icon = "user"
    object: Enrolment

    def fetch(self, pk: int) -> Enrolment:
        return access.enrolment_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return f"{self.object.profile} as {self.object.get_as_role_display().lower()}"

    def trail(self) -> list[tuple[str, str]]:
        cohort = self.object.cohort
        return [
            (reverse("mentoring_cohort:board", args=[cohort.pk]), str(cohort)),
            (f"{reverse('mentoring_enrolment:index')}?cohort={cohort.pk}", "Applications"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        profile = row.profile
        interests = list(profile.profile_interests.select_related("interest"))
        return super().get_context_data(
            enrolment=row,
            profile=profile,
            email=services.email_of(profile),
            seeks=[i for i in interests if i.direction == "seek"],
            offers=[i for i in interests if i.direction == "offer"],
            decision=permissions.can_decide_enrolment(self.request.user, row),
            moves=set(ENROLMENT_MACHINE.moves(row, as_=Actor.COORDINATOR)),
            states=EnrolmentState,
            note=self.request.POST.get("note", ""),
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do")
        given: dict[str, Any] = {
            "enrolment": self.object,
            "actor": self.actor,
            "version": number(request.POST.get("version")),
            "note": request.POST.get("note", ""),
        }
        if do == "accept":
            services.accept(**given)
            self.say(f"{self.object.profile} is in, and has been told.")
        elif do == "decline":
            services.decline(**given)
            self.say(f"{self.object.profile} has been told that there is no place.")
        elif do == "withdraw":
            services.withdraw(enrolment=self.object, actor=self.actor, reason=given["note"])
            self.say(f"{self.object.profile} is withdrawn.")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return redirect("mentoring_enrolment:decide", self.object.pk)
