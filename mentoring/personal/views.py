"""“My data”: read it, take it along, say how mail comes, erase it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mentoring.errors import MentoringError
from mentoring.messages.address_models import MailChoice
from mentoring.programmes.models import Enrolment
from mentoring.shortcuts import render
from mentoring.trust.access import enrolments_of, profile_of, programmes_for

from . import services
from .erasing import why_not
from .forms import MailForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept and why, in five lines; consent; mail; the ways to take it along and to erase it."""
    return _page(request, _mail_form(request))


def _page(request: HttpRequest, form: MailForm, status: int = 200) -> HttpResponse:
    context = {"profile": profile_of(request.user), "form": form, "consents": _consents(request.user)}
    return render(request, "mentoring/personal/my_data.html", context, status=status)


def _mail_form(request: HttpRequest) -> MailForm:
    choice = MailChoice.objects.filter(user_id=request.user.pk or 0).first() or MailChoice()
    return MailForm(request.POST or None, choice=choice, coordinates=programmes_for(request.user).exists())


def _consents(user: Any) -> list[Enrolment]:
    rows = enrolments_of(user).filter(consented_at__isnull=False).select_related("cohort__programme__privacy_page")
    return list(rows.order_by("-consented_at"))


@never_cache
@login_required
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    file = services.download(user=request.user, actor=request.user)  # type: ignore[arg-type]  # signed in
    answer = HttpResponse(file, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate()}.zip"'
    return answer


@login_required
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    form = _mail_form(request)
    if not form.is_valid():
        return _page(request, form, status=422)
    services.choose_mail(actor=request.user, **form.chosen())  # type: ignore[arg-type]  # signed in: login_required
    messages.success(request, "Your choice is saved.")
    return redirect("mentoring:my_data")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; the words to type; then nothing is left to sign in with."""
    error, status = "", 200
    if request.method == "POST":
        try:
            services.erase_oneself(actor=request.user, typed=request.POST.get("typed", ""))
        except MentoringError as refused:
            error, status = str(refused), 422
        else:
            logout(request)
            return render(request, "mentoring/personal/erased.html", {})
    context = {"error": error, "refused": why_not(request.user), "confirmation": services.CONFIRMATION}
    return render(request, "mentoring/personal/erase.html", context, status=status)
