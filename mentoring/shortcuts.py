"""Rendering inside the site's own frame, without asking a site for a context processor."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render

from . import conf


def render(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Like Django's, for templates that extend `mentoring/base.html`."""
    return django_render(request, template, {**context, "mentoring_base": conf.base_template()}, status=status)
