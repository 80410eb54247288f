"""A member's own profile: an overview, and four short steps to come back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.errors import MentoringError, Stale
from mentoring.shortcuts import render

from . import services
from .forms import RoleForm, StepForm, WhoForm, YouForm
from .models import Profile
from .standing import in_words, stands, version_of
from .topics_form import STRENGTHS, TopicsForm


@dataclass(frozen=True)
class Step:
    slug: str
    title: str
    lead: str
    form: type[StepForm]


STEPS = (
    Step("who", "Who you are", "Your name, your place of work and what you do there.", WhoForm),
    Step("role", "Your role", "Where you stand and where you would like to go. All of it is optional.", RoleForm),
    Step(
        "topics", "Your topics", "What you would like to learn and what you can give. Three to six do best.", TopicsForm
    ),
    Step("you", "About you", "In your own words. All of it is optional.", YouForm),
)


def _mine(request: HttpRequest) -> Profile | None:
    return (
        Profile.objects.filter(user_id=request.user.pk or 0)
        .select_related("organisation__parent", "role_level", "aspiration_level", "line_manager__user")
        .prefetch_related("phases", "profile_interests__interest")
        .first()
    )


def said(profile: Profile | None) -> dict[str, list[str]]:
    """What each step holds, as lines to read; no line: nothing yet."""
    if profile is None:
        return {}
    topics = {"seek": "Would like help with", "offer": "Can help with"}
    by_side = {
        side: [row.interest.label for row in profile.profile_interests.all() if row.direction == side]
        for side in topics
    }
    manager = profile.line_manager is not None or bool(profile.line_manager_email)
    lines: dict[str, list[str]] = {
        "who": [profile.display_name, f"{profile.job_title}, {profile.organisation}"],
        "role": [
            str(profile.role_level or ""),
            f"Next step: {profile.aspiration_level}" if profile.aspiration_level else "",
            ", ".join(str(phase) for phase in profile.phases.all()),
            "Line manager noted" if manager else "",
            f"Works {profile.working_week}" if profile.working_pattern else "",
        ],
        "topics": [f"{label}: {', '.join(by_side[side])}" for side, label in topics.items() if by_side[side]],
        "you": [
            profile.bio,
            "What makes meetings easier: noted" if profile.adjustments else "",
            f"Paused until {profile.paused_until:%-d %B %Y}" if profile.paused_until and profile.is_paused else "",
        ],
    }
    return {slug: [line for line in some if line] for slug, some in lines.items()}


@never_cache
@login_required
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """The four steps with what they hold so far."""
    mine = _mine(request)
    written = said(mine)
    parts = [{"step": step, "lines": written.get(step.slug, [])} for step in STEPS]
    following = next((part["step"] for part in parts if not part["lines"]), None)
    done = sum(1 for part in parts if part["lines"])
    context = {"profile": mine, "parts": parts, "following": following, "done": done, "count": len(STEPS)}
    return render(request, "mentoring/profile.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_step(request: HttpRequest, slug: str) -> HttpResponse:
    """One step of one's own profile; nobody else's can be named in this address. Each is saved by itself."""
    at = next((i for i, step in enumerate(STEPS) if step.slug == slug), None)
    if at is None:
        raise Http404
    step, user, mine = STEPS[at], request.user, _mine(request)
    if mine is None and at > 0:
        return redirect("mentoring:profile_step", STEPS[0].slug)
    name = str(getattr(user, "name", "") or user)
    form = step.form(request.POST if request.method == "POST" else None, profile=mine, name=name)
    version = request.POST.get("version") if request.method == "POST" else version_of(mine, form.parts)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.save_profile(actor=user, version=version, **form.part())  # type: ignore[arg-type]  # signed in
            except Stale as error:
                status, version = 409, _stale(request, form, error)
            except MentoringError as error:
                form.add_error(None, str(error))
            else:
                return _onwards(request, at)
    context: dict[str, Any] = {
        "form": form,
        "step": step,
        "number": at + 1,
        "count": len(STEPS),
        "back": STEPS[at - 1].slug if at else "",
        "last": at + 1 == len(STEPS),
        "strengths": STRENGTHS,
        "version": version,
    }
    return render(request, "mentoring/profile_step.html", context, status=status)


def _stale(request: HttpRequest, form: StepForm, error: Stale) -> str:
    """Keeps what was typed, says what stands, and gives the version with which the next try overwrites it knowingly."""
    now = _mine(request)
    form.add_error(None, f"{error} What you typed is kept below. Save again to put it in place of what stands now.")
    typed = form.part()
    for name, saved in stands(now, form.parts).items():
        if in_words(typed[name]) != saved:
            form.add_error(form.parts[name], f"Saved at the moment: “{saved or 'nothing'}”")
    return version_of(now, form.parts)


def _onwards(request: HttpRequest, at: int) -> HttpResponse:
    if "stay" in request.POST:
        return redirect("mentoring:profile_step", STEPS[at].slug)
    if "later" not in request.POST and at + 1 < len(STEPS):
        return redirect("mentoring:profile_step", STEPS[at + 1].slug)
    messages.success(request, "Your profile is saved.")
    return redirect("mentoring:profile" if "later" in request.POST else "mentoring:home")
