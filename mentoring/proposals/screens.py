"""The coordinator's workbench: a run, a pair side by side, many pairs at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mentoring.errors import MentoringError
from mentoring.jobs.knock import knock
from mentoring.machine import Actor
from mentoring.programmes.services import email_of
from mentoring.trust import access
from mentoring.trust.screens import Screen, number

from . import bulk, offers, permissions, queries, services
from .models import RUN_OPEN, MatchRun, Proposal, ProposalState, Refusal
from .overrides import newest_run
from .runs import cancel_run
from .settings import OBJECTIVES
from .states import PROPOSAL_MACHINE


class RunScreen(Screen):
    """Progress while it runs, with a button to stop it; afterwards what came of it and who is left over."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/run.html"
    header_icon = "cogs"
    object: MatchRun

    def fetch(self, pk: int) -> MatchRun:
        return access.run_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        noun = "Plan" if self.object.is_joint else "Run"
        return f"{noun} of {timezone.localtime(self.object.created_at):%-d %B %Y, %H:%M}"

    def trail(self) -> list[tuple[str, str]]:
        cohort = self.object.cohort
        return [(reverse("mentoring_cohort:board", args=[cohort.pk]), str(cohort))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.object
        is_open = run.state in RUN_OPEN
        silent = run.lease_until is None or run.lease_until < timezone.now()
        stuck = is_open and silent and run.created_at < timezone.now() - dt.timedelta(seconds=30)
        left = queries.left_over(run, self.request.user)
        if run.is_joint and not is_open:
            from mentoring.placements.plan_screen import plan_of  # visits build on proposals

            found = plan_of(run, self.request.user, left)
        else:
            visible = access.proposals_for(self.request.user).filter(run=run)
            found = {"pairs": visible.count(), "waiting": visible.filter(state=ProposalState.DRAFT).count()}
        return super().get_context_data(
            **found,
            run=run,
            is_open=is_open,
            stuck=stuck,
            aim=OBJECTIVES.get(run.config.get("objective", ""), "not kept"),
            left_mentees=left["mentee"],
            left_mentors=left["mentor"],
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do")
        if do == "wake":
            knock()  # the process that was woken for it may be gone
            return redirect("mentoring_run:detail", self.object.pk)
        if do == "suggest" and self.object.is_joint:
            self._suggest(request)
            return redirect("mentoring_run:detail", self.object.pk)
        if do != "cancel":
            raise MentoringError("Please choose one of the buttons.")
        run = cancel_run(run=self.object, actor=self.actor)
        if run.state in RUN_OPEN:
            self.say("The run stops at its next step, and proposes nothing.")
        return redirect("mentoring_run:detail", run.pk)

    def _suggest(self, request: HttpRequest) -> None:
        from mentoring.placements.plan_screen import send  # visits build on proposals

        sent, refused = send(self.object, self.actor, request.POST.getlist("pick"))
        if sent:
            self.say(f"{sent} visit{' is' if sent == 1 else 's are'} suggested. The visitors are asked first.")
        for sentence in refused:
            messages.warning(request, f"Not sent. {sentence}")


def run_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """The run as one file: inputs, settings, outcome. With it the run can be repeated elsewhere."""
    run = access.run_for_coordinator(request.user, pk)
    whole = access.runs_whole_programme(request.user, run.cohort.programme_id)  # the file holds everybody
    if not whole or (run.inputs and _takes_part(request.user, run)):
        raise Http404("There is nothing here, or it is not yours to see.")
    response = HttpResponse(queries.pack(run), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="matching-run-{run.pk}.json"'
    return response


def _takes_part(user: Any, run: MatchRun) -> bool:
    """A coordinator whose own match is in the file does not get the file."""
    return run.cohort.enrolments.filter(profile__user_id=user.pk).exists()


class PairScreen(Screen):
    """Both people side by side, why they fit, what speaks against it; approve or decline."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/pair.html"
    header_icon = "group"
    object: Proposal

    def fetch(self, pk: int) -> Proposal:
        rows = access.proposals_for(self.request.user).select_related(
            "decided_by",
            "mentee__cohort__programme",
            *(
                f"{side}__profile__{field}"
                for side in ("mentee", "mentor")
                for field in ("role_level", "aspiration_level", "organisation__parent", "user")
            ),
        )
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404("There is nothing here, or it is not yours to see.")
        return found

    def get_page_title(self) -> str:
        return f"{self.object.mentee.profile} with {self.object.mentor.profile}"

    def trail(self) -> list[tuple[str, str]]:
        cohort = self.object.cohort
        return [
            (reverse("mentoring_cohort:board", args=[cohort.pk]), str(cohort)),
            (f"{reverse('mentoring_proposal:index')}?cohort={cohort.pk}&state=draft", "Proposals"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pair = self.object
        both, shared = queries.sides(pair)
        decision = permissions.can_decide(self.request.user, pair)
        possible = services.can_approve_now(pair) if decision else decision
        sendable = offers.can_send_now(pair) if decision else decision
        following = (
            access.proposals_for(self.request.user)
            .filter(cohort=pair.cohort_id, state=ProposalState.DRAFT)
            .exclude(pk=pair.pk)
            .order_by("-score", "pk")
            .values_list("pk", flat=True)
            .first()
        )
        return super().get_context_data(
            pair=pair,
            sides=both,
            shared=shared,
            components=queries.components(pair),
            alternatives=queries.alternatives(pair, self.request.user),
            decision=decision,
            possible=possible,
            may_approve=bool(possible) and pair.state == ProposalState.DRAFT,
            may_send=bool(sendable) and pair.state == ProposalState.APPROVED,
            sendable=sendable,
            refusal=Refusal(pair.refusal).label if pair.refusal in Refusal.values else "",
            may_decline=bool(decision) and PROPOSAL_MACHINE.may(pair, ProposalState.REJECTED, as_=Actor.COORDINATOR),
            following=following,
            ask_run=pair.run_id or getattr(newest_run(pair.cohort_id), "pk", None),
            note=self.request.POST.get("note", ""),
            emails={side.enrolment.pk: email_of(side.enrolment.profile) for side in both},
            **kwargs,
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        given: dict[str, Any] = {
            "proposal": self.object,
            "actor": self.actor,
            "version": number(request.POST.get("version")),
            "note": request.POST.get("note", ""),
        }
        do = request.POST.get("do")
        if do == "approve":
            services.approve(**given)
            self.say(f"{self.object} is approved. Nobody is told until you send the offer.")
        elif do == "approve_send":
            offers.approve_and_send(**given)
            self.say(f"{self.object} is approved, and the offer is on its way.")
        elif do == "send":
            offers.send(proposal=self.object, actor=self.actor, version=given["version"])
            self.say("The offer is on its way.")
        elif do == "decline":
            services.decline(**given)
            self.say(f"{self.object} is declined.")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return redirect("mentoring_proposal:pair", self.object.pk)


class BulkScreen(WagtailAdminTemplateMixin, TemplateView):
    """Many pairs at once: first what would happen, row by row; then, once confirmed, what did."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/bulk.html"
    page_title = "Several pairs at once"
    header_icon = "group"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        up = {"url": reverse("mentoring_proposal:index"), "label": "Proposals"}
        return [*self.breadcrumbs_items, up, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("mentoring_proposal:index")

    def _picked(self, request: HttpRequest) -> tuple[list[tuple[Proposal, int]], int]:
        """Pairs with the version each was shown at, best first, and how many of the picks were not ours to see."""
        wanted: dict[int, int] = {}
        for pick in request.POST.getlist("pick")[:1000]:
            pk, _, version = pick.partition(":")
            if number(pk) >= 0:
                wanted[number(pk)] = number(version)
        if request.POST.get("what") == "send_all":
            approved = access.proposals_for(request.user).filter(state=ProposalState.APPROVED)
            cohort = number(request.POST.get("cohort"))
            approved = approved.filter(cohort=cohort) if 0 <= cohort < 2**63 else approved
            wanted = dict(approved.order_by("-score", "pk").values_list("pk", "version")[:1000])
        rows = access.proposals_for(request.user).select_related("mentee__profile__user", "mentor__profile__user")
        found = rows.filter(pk__in=[pk for pk in wanted if pk < 2**63]).order_by("-score", "pk")
        items = [(row, wanted[row.pk]) for row in found]
        return items, len(wanted) - len(items)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        items, missing = self._picked(request)
        if not items:
            messages.error(request, "Please pick at least one pair first.")
            return redirect("mentoring_proposal:index")
        actor: Any = request.user
        confirmed = request.POST.get("do") == "confirm"
        note = request.POST.get("note", "")
        what = request.POST.get("what", "approve").replace("send_all", "send")
        pairs = [proposal for proposal, _ in items]
        error = ""
        if what == "decline":
            rows = bulk.plan_bulk_decline(pairs, actor=actor)
            if confirmed:
                try:
                    rows = bulk.bulk_decline(items, actor=actor, note=note)
                except MentoringError as refusal:
                    error, confirmed = str(refusal), False
        elif what == "send":
            rows = offers.bulk_send(items, actor=actor) if confirmed else offers.plan_bulk_send(pairs, actor=actor)
        elif not confirmed:
            rows = services.plan_bulk_approval(pairs, actor=actor)
        elif what == "approve_send":
            rows = offers.bulk_approve_and_send(items, actor=actor, note=note)
        else:
            rows = services.bulk_approve(items, actor=actor, note=note)
        versions = {proposal.pk: version for proposal, version in items}
        context = self.get_context_data(
            confirmed=confirmed,
            error=error,
            what=what,
            rows=rows,
            versions=versions,
            ready=[row for row in rows if row.done],
            picks=[f"{row.proposal.pk}:{versions[row.proposal.pk]}" for row in rows if row.done],
            missing=missing,
            note=note,
            cohort=items[0][0].cohort,
        )
        return self.render_to_response(context, status=422 if error else 200)
