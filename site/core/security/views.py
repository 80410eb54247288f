"""Answers to requests that were refused before any view saw them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its proof of origin: mostly a page left open for long, or cookies switched off."""
    return render(request, "errors/csrf.html", status=403)
