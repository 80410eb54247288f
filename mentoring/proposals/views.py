"""Members' page of an offer: who, why, until when; yes or no."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError, Stale
from mentoring.shortcuts import render
from mentoring.trust import access
from mentoring.trust.screens import number

from . import answers
from .forms import RefusalForm
from .mine import Offer, about
from .models import Answer, Proposal, ProposalState


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the reasons, then say yes or no. A link in a mail leads here; nothing happens before a button is pressed."""
    row = access.offer_for_participant(request.user, pk)
    says_no = request.POST.get("answer") == Answer.NO
    form = RefusalForm(request.POST if says_no else None)
    error, status = "", 200
    if request.method == "POST" and says_no and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            done = _answer(request, row, form)
        except MentoringError as refused:
            status = 409 if isinstance(refused, Stale) else 422
            if says_no:
                form.add_error(None, str(refused))
            else:
                error = str(refused)
        else:
            _thank(request, done)
            return redirect("mentoring:offer", pk)
        row = access.offer_for_participant(request.user, pk)
    seen = Offer.seen_by(row, request.user)
    pair = access.relationships_of(request.user).filter(proposal=row).values_list("pk", flat=True).first()
    context = {
        "offer": seen,
        "about": about(seen) if seen.is_open else None,
        "error": error,
        "form": form,
        "pair_id": pair,
    }
    return render(request, "mentoring/offer.html", context, status=status)


def _answer(request: HttpRequest, row: Proposal, form: RefusalForm) -> Proposal:
    said = request.POST.get("answer")
    if said not in (Answer.YES, Answer.NO):
        raise MentoringError("Please choose one of the buttons.")
    actor: Any = request.user
    no = {name: form.cleaned_data[name] for name in ("refusal", "text")} if said == Answer.NO else {}
    version = number(request.POST.get("version"))
    return answers.answer(proposal=row, actor=actor, version=version, yes=said == Answer.YES, **no)


def _thank(request: HttpRequest, row: Proposal) -> None:
    if row.state == ProposalState.PUBLISHED:
        messages.success(request, "You have both said yes. We have sent each of you the other’s address.")
    elif row.state == ProposalState.OFFERED:
        messages.success(request, "Thank you. We have noted your yes.")
    elif row.state == ProposalState.TURNED_DOWN:
        messages.success(request, "Thank you for telling us. The coordinator looks for another match with you.")
    else:
        messages.info(
            request,
            "Thank you for your yes. Something changed since we made this offer, and it no longer stands. "
            "The coordinator looks for another match with you.",
        )
