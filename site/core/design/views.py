"""The appearance page, the icon's old address, and the gallery of components (development only)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from . import gallery
from .chrome import THEME_COOKIE, THEMES
from .forms import AppearanceForm

A_YEAR = 365 * 24 * 3600  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device: kept in a cookie of this browser, for a year."""
    came_from = request.GET.get("next", "")
    form = AppearanceForm(
        request.POST or None, initial={"theme": request.COOKIES.get(THEME_COOKIE, ""), "next": came_from}
    )
    if request.method == "POST" and form.is_valid():
        onward = form.cleaned_data["next"]
        safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
        response = redirect(onward if safe else "appearance")
        theme = form.cleaned_data["theme"]
        if theme in THEMES:
            response.set_cookie(
                THEME_COOKIE, theme, max_age=A_YEAR, secure=request.is_secure(), samesite="Lax", httponly=True
            )
        else:
            response.delete_cookie(THEME_COOKIE, samesite="Lax")
        return response
    crumbs = [("Home", "/"), ("Light or dark", "")]
    return render(request, "core/appearance.html", {"form": form, "breadcrumbs": crumbs})


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that ask for /favicon.ico get the drawing."""
    return redirect(static("img/favicon.svg"))


def design_gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states. Absent unless `DESIGN_GALLERY` is on."""
    if not settings.DESIGN_GALLERY:
        raise Http404
    return render(request, "design/gallery.html", gallery.context(request))
