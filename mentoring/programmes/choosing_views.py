"""The page on which a mentee ranks mentors."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError, Stale
from mentoring.shortcuts import render
from mentoring.trust import access
from mentoring.trust.screens import number

from . import choosing


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Mentors who agreed to be shown, each with a rank to give. Needs no script: a list for each of them."""
    row = access.enrolment_for_participant(request.user, pk)
    if not choosing.may_choose(row):
        raise Http404
    found = choosing.candidates(row)
    error, status, version = "", 200, row.version
    typed: dict[int, str] = {one.pk: str(one.rank or "") for one in found}
    avoided = {one.pk for one in found if one.avoided}
    if request.method == "POST":
        ids = [one.pk for one in found]
        posted = [number(name.partition(":")[2]) for name in request.POST if name.startswith("rank:")]
        typed = {mentor: request.POST.get(f"rank:{mentor}", "") for mentor in {*ids, *posted}}
        avoided = {number(value) for value in request.POST.getlist("avoid")}
        try:
            choosing.choose(
                enrolment=row,
                actor=request.user,  # type: ignore[arg-type]  # signed in: login_required
                version=number(request.POST.get("version")),
                ranks={mentor: number(rank, 99) for mentor, rank in typed.items() if rank},
                avoided=avoided,
            )
        except MentoringError as refused:
            error, status = str(refused), 409 if isinstance(refused, Stale) else 422
        else:
            messages.success(request, "Your choices are saved. You can change them until one of them is settled.")
            return redirect("mentoring:home")
    context = {
        "enrolment": row,
        "version": version,
        "error": error,
        "mentors": [{"one": one, "rank": typed.get(one.pk, ""), "avoided": one.pk in avoided} for one in found],
        "ranks": [str(rank) for rank in range(1, choosing.MOST + 1)],
    }
    return render(request, "mentoring/choose.html", context, status=status)
