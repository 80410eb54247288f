"""Members' pages: My mentoring, applying, changing and withdrawing an application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.errors import MentoringError, Stale
from mentoring.shortcuts import render
from mentoring.trust import access
from mentoring.trust.screens import number

from . import permissions, services
from .consent import CONSENT_POINTS, CONSENT_VERSION
from .forms import ApplicationForm
from .mine import open_cohorts, overview
from .models import EnrolmentRole, EnrolmentState


def profile_address() -> str:
    """Where members fill in their profile; "" on a site that has no such page."""
    for name in ("mentoring:profile", "mentoring:profile_edit"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My mentoring."""
    mine = overview(request.user)
    return render(
        request,
        "mentoring/home.html",
        {
            "profile": access.profile_of(request.user),
            "profile_address": profile_address(),
            "mine": mine,
            "open_cohorts": open_cohorts(mine),
            "runs_something": access.programmes_for(request.user).exists(),
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, pk: int, as_role: str) -> HttpResponse:
    """Ask for a mentor, or offer to be one, in one open cohort."""
    if as_role not in EnrolmentRole.values:
        raise Http404
    role = EnrolmentRole(as_role)
    cohort = access.cohort_for_applicant(request.user, pk)
    profile = access.profile_of(request.user)
    decision = permissions.can_apply(profile, cohort)
    existing = access.enrolments_of(request.user).filter(cohort=cohort, as_role=role).first()
    if existing and existing.state in (EnrolmentState.SUBMITTED, EnrolmentState.ELIGIBLE):
        messages.info(request, "You have applied already. Here is your application.")
        return redirect("mentoring:application", existing.pk)
    form = ApplicationForm(request.POST or None, as_role=role)
    status = 200
    if request.method == "POST":
        if decision and profile is not None and form.is_valid():
            try:
                services.enrol(
                    cohort=cohort,
                    profile=profile,
                    as_role=role,
                    actor=request.user,  # type: ignore[arg-type]  # signed in: login_required
                    goals=form.cleaned_data["goals"],
                    capacity=form.cleaned_data.get("capacity") or 0,
                    consent_version=form.cleaned_data["consent_version"],
                )
            except MentoringError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Thank you. We have your application, and have sent you an e-mail.")
                return redirect("mentoring:home")
        status = 422
    return render(
        request,
        "mentoring/apply.html",
        {
            "cohort": cohort,
            "role": role,
            "is_mentee": role == EnrolmentRole.MENTEE,
            "profile": profile,
            "profile_address": profile_address(),
            "interests": _interests(profile, role),
            "decision": decision,
            "form": form,
            "points": CONSENT_POINTS,
            "consent_version": CONSENT_VERSION,
        },
        status=status,
    )


def _interests(profile: Any, role: EnrolmentRole) -> list[Any]:
    if profile is None:
        return []
    direction = "seek" if role == EnrolmentRole.MENTEE else "offer"
    return list(profile.profile_interests.filter(direction=direction).select_related("interest"))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own application: change what was written, or go on to withdraw."""
    row = access.enrolment_for_participant(request.user, pk)
    role = EnrolmentRole(row.as_role)
    may_change = row.state in (EnrolmentState.SUBMITTED, EnrolmentState.ELIGIBLE)
    form = ApplicationForm(request.POST or None, as_role=role, enrolment=row)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                services.amend(
                    enrolment=row,
                    actor=request.user,  # type: ignore[arg-type]  # signed in: login_required
                    version=number(request.POST.get("version")),
                    goals=form.cleaned_data["goals"],
                    capacity=form.cleaned_data.get("capacity") or 0,
                )
            except Stale as error:
                now = access.enrolment_for_participant(request.user, pk)
                form.add_error(None, f"{error} What you typed is kept below. Saved at the moment: “{now.goals}”")
                posted = request.POST.copy()
                posted["version"] = str(now.version)
                form.data = posted
                status = 409
            except MentoringError as error:
                form.add_error(None, str(error))
                status = 422
            else:
                messages.success(request, "Your changes are saved.")
                return redirect("mentoring:home")
        else:
            status = 422
    return render(
        request,
        "mentoring/application.html",
        {"enrolment": row, "form": form, "is_mentee": role == EnrolmentRole.MENTEE, "may_change": may_change},
        status=status,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once whether one means it."""
    row = access.enrolment_for_participant(request.user, pk)
    error = ""
    if request.method == "POST":
        try:
            services.withdraw(enrolment=row, actor=request.user)  # type: ignore[arg-type]  # signed in
        except MentoringError as refused:
            error = str(refused)
        else:
            messages.success(request, "You have withdrawn. Thank you for telling us.")
            return redirect("mentoring:home")
    from mentoring.proposals.services import approved_with  # proposals build on enrolments

    context = {"enrolment": row, "error": error, "has_match": approved_with(row).exists()}
    return render(request, "mentoring/withdraw.html", context, status=422 if error else 200)
