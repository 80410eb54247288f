"""The member's first page: My mentoring."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mentoring.proposals.mine import offers_of
from mentoring.relationships.mine import pairs_of
from mentoring.shortcuts import render
from mentoring.trust import access

from .mine import open_cohorts, overview


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My mentoring."""
    pairs = pairs_of(request.user)
    mine = overview(request.user, [one.pair for one in pairs])
    return render(
        request,
        "mentoring/home.html",
        {
            "profile": mine[0].enrolment.profile if mine else access.profile_of(request.user),
            "mine": mine,
            "offers": offers_of(request.user),
            "pairs": pairs,
            "open_cohorts": open_cohorts(mine),
            "runs_something": access.programmes_for(request.user).exists(),
        },
    )
