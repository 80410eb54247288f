"""Keeps an editor from taking away, by one click, a page that live cohorts lean on.

Every door leads through here: unpublishing and deleting one page, both in bulk, the same two over Wagtail's admin API.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .pages_in_use import uses_of

if TYPE_CHECKING:
    from wagtail.models import Page


def address(pages: Iterable[Page], *, then: str, whole_tree: bool) -> str:
    """Of the screen that asks for replacements."""
    first, *others = pages
    query = [("page", str(page.pk)) for page in others] + [("then", then)] + ([("below", "1")] if whole_tree else [])
    return f"{reverse('mentoring_pages_in_use', args=[first.pk])}?{urlencode(query)}"


def _ask(request: HttpRequest, pages: list[Page], *, whole_tree: bool) -> HttpResponse | None:
    if not uses_of(pages, whole_tree=whole_tree):
        return None
    return redirect(address(pages, then=request.get_full_path(), whole_tree=whole_tree))


def before_unpublish(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _ask(request, [page], whole_tree=bool(request.POST.get("include_descendants")))


def before_delete(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _ask(request, [page], whole_tree=True)


def before_bulk(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    from wagtail.models import Page

    pages = [row for row in objects if isinstance(row, Page)]
    if action_type not in ("delete", "unpublish") or not pages:
        return None
    below = action_type == "delete" or bool(request.POST.get("include_descendants"))
    return _ask(request, pages, whole_tree=below)


def guard_api() -> None:
    """Wagtail's admin API acts without calling the hooks above. Replacing two of its actions covers it."""
    from rest_framework.exceptions import ValidationError
    from wagtail.admin.api.actions.delete import DeletePageAPIAction
    from wagtail.admin.api.actions.unpublish import UnpublishPageAPIAction
    from wagtail.admin.api.views import PagesAdminAPIViewSet

    def refuse(page: Page, *, whole_tree: bool) -> None:
        uses = uses_of([page], whole_tree=whole_tree)
        if uses:
            raise ValidationError({"detail": [use.sentence for use in uses]})

    class Unpublish(UnpublishPageAPIAction):
        def execute(self, instance: Page, data: dict[str, Any]) -> Any:
            refuse(instance, whole_tree=bool(data.get("recursive")))
            return super().execute(instance, data)

    class Delete(DeletePageAPIAction):
        def execute(self, instance: Page, data: dict[str, Any]) -> Any:
            refuse(instance, whole_tree=True)
            return super().execute(instance, data)

    guarded = {**PagesAdminAPIViewSet.actions, "unpublish": Unpublish, "delete": Delete}
    PagesAdminAPIViewSet.actions = guarded
