"""The host's pages: writing an offer, seeing what became of it, closing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError, Stale
from mentoring.shortcuts import render
from mentoring.trust import access, visit_access
from mentoring.trust.screens import number

from .forms import OfferForm, write_days
from .limits import needs_release
from .offer_models import HostOffer, OfferState
from .offers import close_offer, save_offer


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_offer(request: HttpRequest, programme_pk: int) -> HttpResponse:
    """Open one's door to members of a programme."""
    programme = visit_access.hosting_programmes(request.user).filter(pk=programme_pk).first()
    if programme is None:
        raise Http404("There is nothing here, or it is not yours to see.")
    return _form(request, programme, None)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own offer: where it stands, changing it, closing it."""
    row = visit_access.offer_for_host(request.user, pk)
    if request.method == "POST" and request.POST.get("do") == "close":
        try:
            close_offer(offer=row, actor=request.user, version=number(request.POST.get("version")))  # type: ignore[arg-type]  # signed in
        except MentoringError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The offer is closed. Visits that were agreed go on.")
        return redirect("mentoring:host_offer", row.pk)
    return _form(request, row.programme, row)


def _form(request: HttpRequest, programme: Any, row: HostOffer | None) -> HttpResponse:
    profile = access.profile_of(request.user)
    if profile is None:
        raise Http404("There is nothing here, or it is not yours to see.")
    form = OfferForm(request.POST or None, needs_head=needs_release(profile), initial=_initial(profile, row))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                saved = save_offer(
                    host=profile,
                    programme=programme,
                    actor=request.user,  # type: ignore[arg-type]  # signed in: login_required
                    offer=row,
                    version=given.get("version") or 0,
                    words={name: given[name] for name in ("title", "summary", "conditions")},
                    kind=given["kind"],
                    days_needed=given["days_needed"],
                    dates=given["days"],
                    focus=given["focus"],
                    levels=list(given["levels"]),
                    head_email=given.get("head_email", ""),
                )
            except Stale as error:
                form.add_error(None, f"{error} What you typed is kept below; send it again if it is what you mean.")
                now = visit_access.offer_for_host(request.user, row.pk if row else 0)
                posted = request.POST.copy()
                posted["version"] = str(now.version)
                form.data, status = posted, 409
            except MentoringError as error:
                form.add_error(None, str(error))
            else:
                sentence = "Your offer is open." if saved.state == OfferState.OPEN else "Thank you. Your head is asked."
                messages.success(request, sentence)
                return redirect("mentoring:host_offer", saved.pk)
    context = {"offer": row, "programme": programme, "form": form, "is_closed": row and row.state == OfferState.CLOSED}
    return render(request, "mentoring/visits/offer.html", context, status=status)


def _initial(profile: Any, row: HostOffer | None) -> dict[str, Any]:
    if row is None:
        return {"head_email": profile.organisation.head_email, "days_needed": 1, "version": 0}
    return {
        "title": row.title,
        "kind": row.kind,
        "summary": row.summary,
        "days_needed": row.days_needed,
        "days": write_days(row),
        "focus": "\n".join(topic.label for topic in row.focus.all()),
        "levels": [level.pk for level in row.levels.all()],
        "conditions": row.conditions,
        "head_email": row.head_email,
        "version": row.version,
    }
