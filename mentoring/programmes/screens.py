"""Two screens of the coordinator: a cohort as a whole, and one application."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.widgets.button import HeaderButton

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.trust import access
from mentoring.trust.decision import Decision
from mentoring.trust.screens import Screen, number

from . import head, permissions, queries, services
from .guards import can_become
from .models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState, HeadSupport
from .room import has_place
from .states import COHORT_MACHINE, COHORT_MATCHES, ENROLMENT_MACHINE, ONWARD


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

    @cached_property
    def runs_it_whole(self) -> bool:
        """Not for a part of its organisations only."""
        return bool(permissions.can_coordinate(self.request.user, self.object.programme_id))

    @property
    def header_buttons(self) -> list[Any]:
        here = [self.object.pk]
        if not self.runs_it_whole:
            return []
        return [
            HeaderButton("Edit", url=reverse("mentoring_cohort:edit", args=here), icon_name="edit"),
            HeaderButton("Pairs by hand", url=reverse("mentoring_cohort:words", args=here), icon_name="link"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from mentoring.placements.planning import TIME_LIMIT  # visits and proposals build on programmes
        from mentoring.proposals.settings import OBJECTIVES, matching_in_words

        cohort, typed = self.object, self.request.POST
        whole = self.runs_it_whole
        now = queries.board(cohort)
        runs = list(cohort.runs.select_related("created_by").defer("inputs", "unmatched", "stats")[:5])
        return super().get_context_data(
            board=now,
            columns=[label for label, _ in queries.COLUMNS],
            step=queries.next_step(cohort, now, runs),
            runs=runs,
            moves=COHORT_MACHINE.moves(cohort, as_=Actor.COORDINATOR) if whole else [],
            blocked=self._blocked() if whole else None,
            reason=typed.get("reason", ""),
            may_match=whole and cohort.state in COHORT_MATCHES,
            whole=whole,
            doors=cohort.programme.host_offers.open_one_way().count(),
            time_limit=TIME_LIMIT,
            objectives=OBJECTIVES.items(),
            objective=typed.get("objective", "best_total"),
            floor=typed.get("floor", cohort.floor_percent),
            matching=matching_in_words(cohort.programme),
            complete=next((run for run in runs if run.state == "complete"), None),
            **kwargs,
        )

    def _blocked(self) -> Decision | None:
        """Why the cohort cannot go on yet, said before the button is pressed; None: it can, or it is over."""
        onward = ONWARD.get(CohortState(self.object.state))
        decision = can_become(self.object, onward) if onward else None
        return None if decision else decision

    def act(self, request: HttpRequest) -> HttpResponse:
        from mentoring.proposals.models import RunKind  # proposals build on programmes
        from mentoring.proposals.runs import start_run

        if request.POST.get("do") == "run":
            floor = request.POST.get("floor")
            run = start_run(
                cohort=self.object,
                actor=self.actor,
                objective=request.POST.get("objective", "best_total"),
                floor_percent=None if floor is None else number(floor),
            )
            return redirect("mentoring_run:detail", run.pk)
        if request.POST.get("do") == "plan":
            run = start_run(cohort=self.object, actor=self.actor, kind=RunKind.JOINT)
            return redirect("mentoring_run:detail", run.pk)
        wanted = request.POST.get("to", "")
        if wanted not in CohortState.values:
            raise MentoringError("Please choose what to do with the cohort.")
        services.move_cohort(
            cohort=self.object,
            to=CohortState(wanted),
            actor=self.actor,
            version=number(request.POST.get("version")),
            reason=request.POST.get("reason", ""),
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
            goals=list(row.goal_set.all()),
            full=not has_place(row),
            **self._head(),
            **kwargs,
        )

    def _head(self) -> dict[str, Any]:
        """What is known of the head, and whether they may be asked."""
        row = self.object
        asks = row.as_role == EnrolmentRole.MENTEE and row.cohort.programme.head_support_needed
        known = row.profile.organisation.head_email
        return {
            "asks_head": asks,
            "head_said": "Asked, no answer yet"
            if row.head_support == HeadSupport.ASKED
            else row.get_head_support_display(),
            "head_differs": bool(known and row.head_email and known.casefold() != row.head_email.casefold()),
            "head_open": asks and row.head_support in (HeadSupport.ASKED, HeadSupport.NO),
            "may_ask_head": asks and row.state in head.WAITS_FOR_HEAD and row.head_support != HeadSupport.YES,
            "head_typed": self.request.POST.get("head_email", row.head_email or known),
        }

    def act(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do")
        given: dict[str, Any] = {
            "enrolment": self.object,
            "actor": self.actor,
            "version": number(request.POST.get("version")),
            "note": request.POST.get("note", ""),
        }
        if do in ("accept", "accept_without_head"):
            without = do == "accept_without_head"
            if without and not given["note"].strip():
                raise MentoringError("Please say in the note why they can go on without their head’s support.")
            row = services.accept(**given, without_head=without)
            waits = row.state == EnrolmentState.WAITLISTED
            self.say(f"{row.profile} is {'on the waiting list' if waits else 'in'}, and has been told.")
        elif do == "send_back":
            services.send_back(**given)
            self.say(f"{self.object.profile} has your question.")
        elif do == "waitlist":
            services.put_on_waiting_list(**given)
            self.say(f"{self.object.profile} is on the waiting list, and has been told.")
        elif do == "ask_head":
            email = request.POST.get("head_email", "")
            head.ask_again(enrolment=self.object, actor=self.actor, email=email, version=given["version"])
            self.say(f"{email.strip()} has been asked.")
        elif do == "decline":
            services.decline(**given)
            self.say(f"{self.object.profile} has been told that there is no place.")
        elif do == "withdraw":
            services.withdraw(enrolment=self.object, actor=self.actor, version=given["version"], reason=given["note"])
            self.say(f"{self.object.profile} is withdrawn.")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return redirect("mentoring_enrolment:decide", self.object.pk)
