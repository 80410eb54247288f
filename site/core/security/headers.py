"""Headers that tell browsers what our pages may do. The policies themselves stand in `config.csp`."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Nothing on the site needs any of these; a script that got in could not use them either.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip


def is_admin(request: HttpRequest) -> bool:
    """Whether the address belongs to the Wagtail admin, which needs a policy of its own."""
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}")


class PolicyMiddleware(CSPMiddleware):
    """django-csp with the admin's policy below /admin/ and the strict one everywhere else."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and is_admin(request):
            parts.config = settings.CONTENT_SECURITY_POLICY_ADMIN
        elif not report_only and getattr(request, "is_preview", False):
            # Wagtail draws a preview as a request of its own for the public address, then hands its answer, headers
            # and all, to the editor, who sees it in a frame: the public policy, but for that frame.
            parts.replace = {**(parts.replace or {}), "frame-ancestors": [SELF]}
        return parts


class HeadersMiddleware:
    """Permissions policy, and framing: only the admin may show its own pages in a frame (Wagtail's preview)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_admin(request):
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response
