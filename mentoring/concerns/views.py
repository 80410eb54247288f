"""A member raises a concern, and sees how far those are that they raised."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError
from mentoring.shortcuts import render
from mentoring.trust.access import profile_of

from . import queries, services
from .forms import ConcernForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def concern(request: HttpRequest) -> HttpResponse:
    profile = profile_of(request.user)
    topics = queries.topics_of(profile) if profile else []
    status = 200
    form = ConcernForm(request.POST or None, topics=topics, initial={"about": request.GET.get("about", "")})
    if request.method == "POST":
        status = 422
        if profile is not None and form.is_valid():
            try:
                services.raise_concern(
                    actor=request.user,
                    profile=profile,
                    about=form.topic,
                    category=form.cleaned_data["category"],
                    text=form.cleaned_data["text"],
                    nonce=form.cleaned_data["nonce"],
                )
            except MentoringError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "Your concern has reached those named to read it. You hear when they have.")
                return redirect("mentoring:concern")
    mine = queries.raised_by(request.user)
    return render(request, "mentoring/concern.html", {"form": form, "topics": topics, "mine": mine}, status=status)
