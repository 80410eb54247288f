"""Three guards that every request passes, in the order of settings.MIDDLEWARE (a system check holds them there)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse

from core.accounts import sessions
from core.accounts.security_log import security_event
from core.accounts.staff import has_second_factor, is_staff, passed_second_factor

GetResponse = Callable[[HttpRequest], HttpResponse]

# Requests that a forgotten browser tab sends by itself: they are no sign of a person.
UNATTENDED = frozenset({"wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release"})
# What anybody may do below /admin/: leave, and be led to the one log-in page.
OPEN_ADMIN_URLS = frozenset({"wagtailadmin_login", "wagtailadmin_logout"})


def in_admin(request: HttpRequest) -> bool:
    """Does the address lie below the Wagtail admin: pages, previews, choosers, its API, plugins' screens?"""
    return request.path_info.startswith(reverse("wagtailadmin_home"))


def view_name(request: HttpRequest) -> str:
    """The name of the address, empty when there is none."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def by_script(request: HttpRequest) -> bool:
    """A request of the admin's own scripts, which could not follow a redirect to a page for people."""
    return request.headers.get("x-requested-with") == "XMLHttpRequest"


class LimitStatus:
    """Answers 429 where a form says that there were too many tries: the page stays, with what was typed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "door_limit_reached", False) and response.status_code == 200:
            response.status_code = 429
        return response


class SessionLimits:
    """Ends a session that was idle too long or is too old."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            # Members' permissions are asked for only where it matters: below the admin, or past the staff's limits.
            if sessions.is_over(request, staff=True) and sessions.is_over(request, staff=is_staff(request.user)):
                return self.end(request)
            if not (in_admin(request) and view_name(request) in UNATTENDED):
                sessions.note_activity(request)
        return self.get_response(request)

    def end(self, request: HttpRequest) -> HttpResponse:
        security_event("session_ended_by_limit", request=request, user=request.user)
        logout(request)
        if by_script(request):
            raise PermissionDenied
        messages.info(request, "You were away for a while, so we signed you out. Please sign in again.")
        if in_admin(request) or request.method not in {"GET", "HEAD"}:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return self.get_response(request)


class SecondFactor:
    """Nobody opens the Wagtail admin without a second factor proved in this session; nobody else learns it is there."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if not in_admin(request) or not request.user.is_authenticated or view_name(request) in OPEN_ADMIN_URLS:
            return None
        if not is_staff(request.user):
            raise Http404
        if passed_second_factor(request, request.user) and has_second_factor(request.user):
            return None
        if by_script(request):
            raise PermissionDenied
        back = {"next": request.get_full_path()} if request.method == "GET" else {}
        if has_second_factor(request.user):
            return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode(back)}")
        messages.info(request, "Before you open the editors’ side, please set up a second step for signing in.")
        return HttpResponseRedirect(f"{reverse('mfa_index')}?{urlencode(back)}")
