"""The heads' pages: by signed link, without an account. GET decides nothing; after a decision they show what it was."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError
from mentoring.shortcuts import render
from mentoring.trust import links
from mentoring.trust.link_models import LinkPurpose

from .approvals import answer, approval_of, needs_statement
from .forms import ApprovalForm, OfferAnswerForm
from .models import ApprovalParty, PlacementState
from .offer_models import HostOffer, OfferState
from .offers import head_answers
from .wording import RULES_OF_ENGAGEMENT, STATEMENT


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def host_offer(request: HttpRequest, token: str) -> HttpResponse:
    """May visitors come?"""
    link = links.fetch(request, LinkPurpose.HOST_OFFER, token)
    offer = HostOffer.objects.select_related("host", "organisation", "programme").filter(pk=link.object_id).first()
    closed = offer is None or offer.state != OfferState.ASKED
    standing = links.standing(link)
    form, status = OfferAnswerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                head_answers(link=link, agrees=form.cleaned_data["answer"] == "yes", text=form.cleaned_data["text"])
            except MentoringError as error:
                form.add_error(None, str(error))
                link = links.fetch(request, LinkPurpose.HOST_OFFER, token)
                standing = links.standing(link)
            else:
                messages.success(request, "Thank you. Your answer is noted.")
                return redirect("mentoring:link_host_offer", token)
    context = {
        "link": link, "offer": offer, "closed": closed, "standing": standing.name.lower(), "form": form,
        "is_open": standing is links.Standing.OPEN and not closed, "rules": RULES_OF_ENGAGEMENT,
    }  # fmt: skip
    return render(request, "mentoring/visits/head_offer.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: HttpRequest, token: str) -> HttpResponse:
    """May this visit take place?"""
    link = links.fetch(request, LinkPurpose.PLACEMENT, token)
    approval = approval_of(link)
    row = approval.placement if approval else None
    closed = row is None or row.state not in (PlacementState.REQUESTED, PlacementState.ON_HOLD)
    standing = links.standing(link)
    releasing = approval is not None and approval.party == ApprovalParty.RELEASING_HEAD
    states = approval is not None and not closed and needs_statement(approval)
    days = list(row.days.all()) if row else []
    given: dict[str, Any] = {"releasing": releasing, "needs_statement": states}
    if row is not None and days:
        given["most_half_days"] = max(row.enrolment.profile.working_week.halves(day.date) for day in days)
    form, status = ApprovalForm(request.POST if request.method == "POST" else None, **given), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                answer(
                    link=link,
                    decision=said["answer"],
                    text=said["text"],
                    cover=said.get("cover", ""),
                    half_days=int(said.get("half_days") or 0),
                    cost=said.get("cost", ""),
                    statement=bool(said.get("statement")),
                    name=said.get("name", ""),
                )
            except MentoringError as error:
                form.add_error(None, str(error))
                link = links.fetch(request, LinkPurpose.PLACEMENT, token)
                standing = links.standing(link)
            else:
                messages.success(request, "Thank you. We have sent you a copy by e-mail.")
                return redirect("mentoring:link_placement", token)
    context = {
        "link": link, "approval": approval, "placement": row, "closed": closed, "standing": standing.name.lower(),
        "is_open": standing is links.Standing.OPEN and not closed, "form": form, "releasing": releasing,
        "states": states, "statement": STATEMENT, "rules": RULES_OF_ENGAGEMENT,
        "days": days,
    }  # fmt: skip
    return render(request, "mentoring/visits/head_placement.html", context, status=status)
