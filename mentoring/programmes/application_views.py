"""Members' pages of one application: begin, the steps, what it says so far, send, ask the head again, withdraw."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mentoring.errors import MentoringError, Stale
from mentoring.shortcuts import render
from mentoring.trust import access, links
from mentoring.trust.screens import number

from . import applying, head, permissions, services, steps
from .consent import CONSENT_POINTS, is_current
from .forms import SendForm
from .models import Enrolment, EnrolmentRole, EnrolmentState, HeadSupport


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, pk: int, as_role: str) -> HttpResponse:
    """Before the first step: who it is for, what it takes, what is kept. Begins a draft on POST."""
    if as_role not in EnrolmentRole.values:
        raise Http404
    role = EnrolmentRole(as_role)
    cohort = access.cohort_for_applicant(request.user, pk)
    profile = access.profile_of(request.user)
    decision = permissions.can_apply(profile, cohort)
    existing = access.enrolments_of(request.user).filter(cohort=cohort, as_role=role).first()
    if existing and existing.state in applying.MAY_CHANGE:
        return redirect("mentoring:application", existing.pk)
    error = ""
    if request.method == "POST":
        error = decision.reason
        if decision and profile is not None:
            try:
                row = applying.begin(cohort=cohort, profile=profile, as_role=role, actor=request.user)  # type: ignore[arg-type]  # signed in
            except MentoringError as refused:
                error = str(refused)
            else:
                return redirect("mentoring:application_step", row.pk, steps.steps_of(row)[0].slug)
    context = {
        "cohort": cohort,
        "is_mentee": role == EnrolmentRole.MENTEE,
        "profile": profile,
        "decision": decision,
        "error": error,
    }
    return render(request, "mentoring/apply.html", context, status=422 if error else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One step. Saving goes on to the next, or back to the overview; nothing is lost between evenings."""
    row = access.enrolment_for_participant(request.user, pk)
    all_steps = steps.steps_of(row)
    at = next((i for i, one in enumerate(all_steps) if one.slug == slug), None)
    if at is None:
        raise Http404
    if row.state not in applying.MAY_CHANGE:
        return redirect("mentoring:application", row.pk)
    this = all_steps[at]
    form = this.form(request.POST if request.method == "POST" else None, enrolment=row)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                applying.save_part(
                    enrolment=row,
                    actor=request.user,  # type: ignore[arg-type]  # signed in: login_required
                    version=number(request.POST.get("version")),
                    **form.part(),
                )
            except Stale as error:
                status = _stale(request, form, row, this, error)
            except MentoringError as error:
                form.add_error(None, str(error))
            else:
                return _onwards(request, row, all_steps, at)
    context = {
        "enrolment": row,
        "step": this,
        "template": f"mentoring/steps/{this.slug}.html",
        "number": at + 1,
        "count": len(all_steps) + (1 if row.state in applying.TO_SEND else 0),
        "back": all_steps[at - 1].slug if at else "",
        "sending": row.state in applying.TO_SEND,
        "form": form,
    }
    return render(request, "mentoring/step.html", context, status=status)


def _stale(request: HttpRequest, form: Any, row: Enrolment, this: steps.Step, error: Stale) -> int:
    """Keeps what was typed, says what stands, and lets the next try overwrite it knowingly."""
    now = access.enrolment_for_participant(request.user, row.pk)
    saved = "; ".join(steps.answers(now)[this.slug])
    form.add_error(None, f"{error} What you typed is kept below. Saved at the moment: “{saved or 'nothing'}”")
    posted = form.data.copy()
    posted["version"] = str(now.version)
    form.data = posted
    return 409


def _onwards(request: HttpRequest, row: Enrolment, all_steps: list[steps.Step], at: int) -> HttpResponse:
    later = "later" in request.POST
    if row.state not in applying.TO_SEND:
        messages.success(request, "Your changes are saved.")
    elif later:
        messages.success(request, "Saved. Come back when it suits you: this page keeps your place.")
        return redirect("mentoring:home")
    elif at + 1 < len(all_steps):
        return redirect("mentoring:application_step", row.pk, all_steps[at + 1].slug)
    return redirect("mentoring:application", row.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """The application as a whole: what it says, what is missing; agreeing and sending it, or agreeing anew."""
    row = access.enrolment_for_participant(request.user, pk)
    to_send = row.state in applying.TO_SEND
    renew = row.state in applying.MAY_CHANGE and not to_send and not is_current(row.consent_version)
    form = SendForm(request.POST if request.method == "POST" else None, enrolment=row) if to_send or renew else None
    status = 200
    if request.method == "POST":
        if form is None:
            return redirect("mentoring:application", row.pk)
        status = 422
        if form.is_valid():
            try:
                _send(request, row, form, renew=renew)
            except MentoringError as error:
                form.add_error(None, str(error))
                status = 409 if isinstance(error, Stale) else 422
            else:
                return redirect("mentoring:home")
    said = steps.answers(row)
    context = {
        "enrolment": row,
        "is_mentee": row.as_role == EnrolmentRole.MENTEE,
        "parts": [{"step": one, "lines": said.get(one.slug, [])} for one in steps.steps_of(row)],
        "may_change": row.state in applying.MAY_CHANGE,
        "to_send": to_send,
        "renew": renew,
        "missing": applying.missing(row) if to_send else [],
        "number": len(steps.steps_of(row)) + 1,
        "points": CONSENT_POINTS,
        "form": form,
        **_head(row),
    }
    return render(request, "mentoring/application.html", context, status=status)


def _send(request: HttpRequest, row: Enrolment, form: SendForm, *, renew: bool) -> None:
    given = form.cleaned_data
    who: Any = request.user
    if renew:
        applying.agree_again(
            enrolment=row, actor=who, consent_version=given["consent_version"], adult=bool(given["adult"])
        )
        messages.success(request, "Thank you. You take part as before.")
        return
    applying.send(
        enrolment=row,
        actor=who,
        version=number(request.POST.get("version")),
        consent_version=given["consent_version"],
        adult=bool(given["adult"]),
        reply=given.get("reply", ""),
    )
    messages.success(request, "Thank you. We have your application, and have sent you an e-mail.")


def _head(row: Enrolment) -> dict[str, Any]:
    """What is known of the head's answer, once the application is sent."""
    if row.as_role != EnrolmentRole.MENTEE or not row.cohort.programme.head_support_needed:
        return {}
    if row.state not in head.WAITS_FOR_HEAD:
        return {"head_link": None}
    link = links.latest(head.PURPOSE, row.pk)
    return {
        "head_link": link,
        "head_shown": True,
        "head_lapsed": link is not None and links.standing(link) is links.Standing.EXPIRED,
        "may_ask_again": row.head_support == HeadSupport.ASKED,
    }


@never_cache
@login_required
@require_POST
def ask_head(request: HttpRequest, pk: int) -> HttpResponse:
    """The head is asked once more, or another one is."""
    row = access.enrolment_for_participant(request.user, pk)
    email = request.POST.get("head_email", "")
    try:
        head.ask_again(
            enrolment=row,
            actor=request.user,  # type: ignore[arg-type]  # signed in: login_required
            email=email,
            version=number(request.POST.get("version")),
        )
    except MentoringError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"We have asked {email.strip()}. The link that was sent before no longer works.")
    return redirect(f"{reverse('mentoring:application', args=[row.pk])}#head")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once whether one means it."""
    row = access.enrolment_for_participant(request.user, pk)
    draft = row.state == EnrolmentState.DRAFT
    error = ""
    if request.method == "POST":
        try:
            services.withdraw(enrolment=row, actor=request.user)  # type: ignore[arg-type]  # signed in
        except MentoringError as refused:
            error = str(refused)
        else:
            said = "Your draft is deleted." if draft else "You have withdrawn. Thank you for telling us."
            messages.success(request, said)
            return redirect("mentoring:home")
    from mentoring.proposals.endings import is_spoken_for  # proposals build on enrolments

    context = {"enrolment": row, "draft": draft, "error": error, "has_match": is_spoken_for(row)}
    return render(request, "mentoring/withdraw.html", context, status=422 if error else 200)
