"""The question before a programme is copied, in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from wagtail.admin.widgets import Button

from .copying import copy_for_another_year
from .programme import ProgrammePage


def copy_view(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST copies. Absent pages, and pages beside which the editor may not add, look the same."""
    programme = ProgrammePage.objects.filter(pk=pk).first()
    if programme is None or not may_copy(request.user, programme):
        raise Http404
    if request.method == "POST":
        copied = copy_for_another_year(programme=programme, actor=request.user)
        messages.success(request, "Copied as a draft, every date a year later. Look it over, then publish.")
        return redirect("wagtailadmin_explore", copied.pk)
    return TemplateResponse(request, "networks/admin/copy_programme.html", {"programme": programme})


def may_copy(user: Any, programme: ProgrammePage) -> bool:
    """Who may add pages beside the programme."""
    parent = programme.get_parent()
    return bool(parent is not None and parent.permissions_for_user(user).can_add_subpage())


def copy_button(page: Any, user: Any, next_url: str | None = None, **kwargs: Any) -> list[Button]:
    """In the menu of a programme in the page explorer and above its editing form."""
    if not isinstance(page.specific_deferred, ProgrammePage) or not may_copy(user, page):
        return []
    url = reverse("networks_copy_programme", args=[page.pk])
    return [Button("Copy for another year", url, icon_name="calendar-alt", priority=35)]
