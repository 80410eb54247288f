"""Members' pages about visits: finding one, asking for it, its page, its day sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.shortcuts import render
from mentoring.trust import access, visit_access
from mentoring.trust.screens import number

from . import exchanges, limits, requests, steps, suggestions
from .forms import DebriefForm, RequestForm
from .models import PLACEMENT_HOLDS_DAYS, OneWay, Placement, PlacementState
from .offer_models import HostOffer
from .ranking import Suggested, suggest
from .states import PLACEMENT_MACHINE
from .wording import REASONS_TO_CANCEL, RULES_OF_ENGAGEMENT

P = PlacementState


@never_cache
@login_required
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """My visits, visits to me, offers that suit, my own offers."""
    person = access.profile_of(request.user)
    rows = list(visit_access.placements_of(request.user).prefetch_related("days"))
    mine = [row for row in rows if row.enrolment.profile.user_id == request.user.pk]
    enrolments = list(visit_access.visiting_enrolments(request.user))
    return render(
        request,
        "mentoring/visits/home.html",
        {
            "profile": person,
            "mine": mine,
            "to_me": [row for row in rows if row not in mine],
            "may_ask": bool(enrolments),
            "suggested": [item for enrolment in enrolments for item in _suggested(request, enrolment)],
            "hosting": list(visit_access.hosting_programmes(request.user).order_by("title")),
            "offers": list(visit_access.offers_of(request.user).prefetch_related("dates")),
        },
    )


def _suggested(request: HttpRequest, enrolment: Any) -> list[Suggested]:
    offers = visit_access.open_offers_for(request.user).filter(programme=enrolment.cohort.programme_id)
    return suggest(
        enrolment, list(offers.select_related("host__role_level").prefetch_related("focus", "levels", "dates"))
    )


def _free_days(enrolment: Any, offer: HostOffer) -> list[tuple[str, str]]:
    """Days of the offer that both calendars and both schools' limits leave open, for the form."""
    today = timezone.localdate()
    rows = [row for row in offer.dates.all() if row.date > today]
    days = [row.date for row in rows]
    home = enrolment.profile.organisation
    sessions = {row.date: row.session for row in rows}
    closed = limits.closed_days(offer.organisation, sessions, hosting=True)
    closed |= limits.closed_days(home, sessions, hosting=False)
    expected, gone = limits.visitors(offer.organisation, days), limits.away(home, days)
    return [
        (row.date.isoformat(), f"{row.date:%A} {row}")
        for row in rows
        if row.date not in closed
        and limits.at_work(enrolment.profile, offer.host, row.date, row.session)
        and expected[row.date] < offer.organisation.max_visitors_per_day
        and gone[row.date] < home.max_released_per_day
    ]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer, and the form to ask for it."""
    offer = visit_access.offer_for_member(request.user, pk)
    enrolment = visit_access.visiting_enrolments(request.user).filter(cohort__programme=offer.programme_id).first()
    assert enrolment is not None  # the offer was found through it
    running = Placement.objects.filter(enrolment=enrolment, offer=offer, state__in=PLACEMENT_HOLDS_DAYS).first()
    if running is not None:
        messages.info(request, "You have asked for this visit. Here is where it stands.")
        return redirect("mentoring:placement", running.pk)
    return _ask(request, enrolment, offer)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit_return(request: HttpRequest, pk: int) -> HttpResponse:
    """The host of one half of an exchange asks for the other."""
    first, enrolment, offer = visit_access.visit_to_return(request.user, pk)
    other = requests.other_half(first)
    if other is not None:
        return redirect("mentoring:placement", other.pk)
    return _ask(request, enrolment, offer, first)


def _ask(request: HttpRequest, enrolment: Any, offer: HostOffer, first: Placement | None = None) -> HttpResponse:
    needs_head = limits.needs_release(enrolment.profile)
    form = RequestForm(
        request.POST or None,
        days=_free_days(enrolment, offer),
        needs_head=needs_head,
        initial={"head_email": enrolment.head_email or enrolment.profile.organisation.head_email},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = requests.request_visit(
                    enrolment=enrolment,
                    offer=offer,
                    actor=request.user,  # type: ignore[arg-type]  # signed in: login_required
                    days=[dt.date.fromisoformat(day) for day in form.cleaned_data["days"]],
                    questions=form.questions,
                    head_email=form.cleaned_data.get("head_email", ""),
                    rules_accepted=form.cleaned_data["rules"],
                    in_return_for=first,
                )
            except MentoringError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Thank you. The heads are asked, and the days are kept for you until then.")
                return redirect("mentoring:placement", made.pk)
    context = {
        "offer": offer,
        "form": form,
        "has_days": bool(form.fields["days"].choices),  # type: ignore[attr-defined]  # a choice field
        "decision": limits.may_visit(enrolment, offer),
        "needs_return": requests.NEEDS_RETURN if first is None and not requests.has_return(enrolment, offer) else "",
        "rules": RULES_OF_ENGAGEMENT,
    }
    return render(request, "mentoring/visits/ask.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit, for the visitor and for the host: where it stands, what to do, calling it off, the debrief."""
    row = visit_access.placement_for_party(request.user, pk)
    is_visitor = row.enrolment.profile.user_id == request.user.pk
    if row.state == P.SUGGESTED:
        return _suggestion(request, row)
    first = {"text": row.debrief, "presented_on": row.presented_on, "version": row.version}
    form = DebriefForm(
        initial={**first, "share": not row.debrief or row.shared_with_id is not None}, mentor=_mentor(row)
    )
    error, status = "", 200
    if request.method == "POST":
        try:
            form, done = _act(request, row)
        except MentoringError as refused:
            error, status = str(refused), 409 if isinstance(refused, Stale) else 422
            row = visit_access.placement_for_party(request.user, pk)
            if request.POST.get("do") == "debrief":
                form = DebriefForm(request.POST, mentor=_mentor(row))
        else:
            if done:
                messages.success(request, done)
                return redirect("mentoring:placement", row.pk)
            status = 422
    as_ = Actor.PARTY if is_visitor else Actor.HOST
    context = {
        "placement": row,
        "offer": row.offer,
        "days": list(row.days.all()),
        "approvals": list(row.approvals.all()),
        "is_visitor": is_visitor,
        "may_cancel": PLACEMENT_MACHINE.may(row, P.CANCELLED, as_=as_),
        "may_miss": not is_visitor and PLACEMENT_MACHINE.may(row, P.NO_SHOW, as_=as_),
        "may_debrief": is_visitor and row.state in (P.DEBRIEF_DUE, P.COMPLETED),
        "reasons": REASONS_TO_CANCEL.items(),
        "form": form,
        "error": error,
        "other": requests.other_half(row),
        "may_return": not is_visitor and requests.may_return(row),
        "may_decide_one_way": is_visitor and row.one_way == OneWay.ASKED and row.state in (P.REQUESTED, P.ON_HOLD),
    }
    return render(request, "mentoring/visits/placement.html", context, status=status)


def _suggestion(request: HttpRequest, row: Placement) -> HttpResponse:
    """A visit that the coordinator suggests: its visitor says yes, as with a request of their own, or no."""
    needs_head = limits.needs_release(row.enrolment.profile)
    head = row.enrolment.head_email or row.enrolment.profile.organisation.head_email
    given: dict[str, Any] = {"placement": row, "actor": request.user, "version": number(request.POST.get("version"))}
    accepting = request.method == "POST" and request.POST.get("do") != "turn_down"
    form = RequestForm(
        request.POST if accepting else None, days=None, needs_head=needs_head, initial={"head_email": head}
    )
    error, status = "", 200
    if request.method == "POST":
        status = 422
        try:
            if not accepting:
                suggestions.turn_down(**given)
                messages.success(request, "Thank you. The days are free again; you can choose another visit below.")
                return redirect("mentoring:visits")
            if form.is_valid():
                suggestions.accept(
                    **given, questions=form.questions, head_email=form.cleaned_data.get("head_email", ""),
                    rules_accepted=form.cleaned_data["rules"],
                )  # fmt: skip
                messages.success(request, "Thank you. The heads are asked, and the days are kept for you until then.")
                return redirect("mentoring:placement", row.pk)
        except MentoringError as refused:
            error, status = str(refused), 409 if isinstance(refused, Stale) else 422
            row = visit_access.placement_for_party(request.user, row.pk)
            if row.state != P.SUGGESTED:
                messages.error(request, error)
                return redirect("mentoring:placement", row.pk)
    context = {
        "placement": row,
        "offer": row.offer,
        "days": list(row.days.all()),
        "form": form,
        "error": error,
        "rules": RULES_OF_ENGAGEMENT,
    }
    return render(request, "mentoring/visits/suggestion.html", context, status=status)


def _mentor(row: Placement) -> str:
    """With whom the visitor can share their debrief; empty without a pair under way."""
    pair = steps.pair_of(row) if row.state in (P.DEBRIEF_DUE, P.COMPLETED) else None
    return pair.mentor.profile.display_name if pair else ""


def _act(request: HttpRequest, row: Placement) -> tuple[DebriefForm, str]:
    """Does what the posted button asks; (form, what to say), nothing to say where the form has faults."""
    given: dict[str, Any] = {
        "placement": row,
        "actor": request.user,
        "version": number(request.POST.get("version")),
    }
    form = DebriefForm(request.POST, mentor=_mentor(row))
    do = request.POST.get("do")
    if do == "debrief":
        if not form.is_valid():
            return form, ""
        said = form.cleaned_data
        steps.debrief(**given, text=said["text"], presented_on=said["presented_on"], share=bool(said.get("share")))
        return form, "Thank you. Your debrief is saved."
    if do == "one_way":
        exchanges.keep_one_way(**given)
        return form, "Thank you. The visit goes ahead once both heads agree again."
    if do == "cancel":
        steps.cancel(**given, reason=request.POST.get("reason", ""), note=request.POST.get("note", ""))
        return form, "The visit is called off. Everybody who was to know is told."
    if do == "no_show":
        steps.no_show(**given)
        return form, "Thank you. The coordinator is told."
    raise MentoringError("Please choose one of the buttons.")


@never_cache
@login_required
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The day sheet: one printed page for the visitor, the host and reception."""
    row = visit_access.placement_for_party(request.user, pk)
    return render(request, "mentoring/visits/sheet.html", sheet_context(row))


def sheet_context(row: Placement) -> dict[str, Any]:
    days = list(row.days.all())
    assurance = limits.assurance_on(row.enrolment.profile, days[-1].date) if days else None
    return {
        "placement": row,
        "offer": row.offer,
        "days": days,
        "rules": RULES_OF_ENGAGEMENT,
        "assurance": assurance,
        "is_firm": row.state in (P.CONFIRMED, P.IN_PROGRESS, P.DEBRIEF_DUE, P.COMPLETED),
    }


@never_cache
@login_required
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of a completed visit, for the visitor; before that it is the page of the visit."""
    row = visit_access.placement_for_party(request.user, pk)
    if row.state != P.COMPLETED or row.enrolment.profile.user_id != request.user.pk:
        return redirect("mentoring:placement", row.pk)
    return render(request, "mentoring/visits/certificate.html", sheet_context(row))
