"""A member's own profile page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError
from mentoring.shortcuts import render

from . import services
from .forms import ProfileForm, initial
from .models import Profile
from .queries import topics_by_group

SAVED = ("display_name", "job_title", "role_level", "aspiration_level", "phases", "seek", "offer", "bio")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Own profile: made at the first visit, changed later. Nobody else's can be named in this address."""
    user = request.user
    mine = (
        Profile.objects.filter(user_id=user.pk or 0)
        .select_related("organisation__parent")
        .prefetch_related("phases", "profile_interests__interest")
        .first()
    )
    status = 200
    if request.method == "POST":
        form = ProfileForm(request.POST, profile=mine)
        if form.is_valid() and form.place is not None:
            given = form.cleaned_data
            try:
                services.save_profile(
                    actor=user,  # type: ignore[arg-type]  # signed in: login_required
                    organisation=form.place,
                    **{name: given[name] for name in SAVED},
                )
            except MentoringError as error:
                form.add_error("organisation_text", str(error))
            else:
                messages.success(request, "Your profile is saved.")
                return redirect("mentoring:home")
        status = 422
    else:
        form = ProfileForm(profile=mine, initial=initial(mine, name=str(getattr(user, "name", "") or user)))
    return render(
        request,
        "mentoring/profile.html",
        {"form": form, "profile": mine, "topics": topics_by_group()},
        status=status,
    )
