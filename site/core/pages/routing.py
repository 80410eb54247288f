"""From an address to a page in two queries, however deep it lies, with its ancestors and the main menu on the way.

Wagtail walks down level by level, two queries each. Pages know their whole path, so one query finds the page and all
that stand above it (for breadcrumbs and for restrictions), and brings the main menu along.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from wagtail.models import Page
from wagtail.url_routing import RouteResult

DEEPEST = 8  # levels below the front door; a longer address is not one of ours
MENU = "common_room_menu"  # attribute of the request: live pages right below the front door that are in the menu


def route_from(front: Page, request: HttpRequest, components: list[str]) -> RouteResult:
    """The live page below `front` at the given path. Raises `Http404`."""
    if len(components) > DEEPEST:
        raise Http404
    paths = [front.url_path + "/".join(components[: n + 1]) + "/" for n in range(len(components))]
    in_menu = Q(depth=front.depth + 1, path__startswith=front.path, live=True, show_in_menus=True)
    rows = list(Page.objects.filter(in_menu | Q(slug__in=set(components), url_path__in=paths)).order_by("path"))
    setattr(
        request, MENU, [page for page in rows if page.depth == front.depth + 1 and page.live and page.show_in_menus]
    )
    if not components:
        if not front.live:
            raise Http404
        front.__dict__["trail"] = []  # known to be empty: nobody need ask for its ancestors
        return RouteResult(front)
    found = {page.url_path: page for page in rows}
    way = [found[path] for path in paths if path in found]
    if len(way) != len(paths):
        raise Http404
    for place, page in enumerate(way[:-1]):
        if has_own_routes(page):  # it decides for itself what lies below it
            return page.specific.route(request, components[place + 1 :])
    target = way[-1]
    if has_own_routes(target):
        return target.specific.route(request, [])
    if not target.live:
        raise Http404
    return RouteResult(whole(target, trail=[front, *way[:-1]]))


def has_own_routes(page: Page) -> bool:
    """Whether the page's type finds what lies below it in its own way."""
    return page.specific_class is None or page.specific_class.route is not Page.route


def whole(page: Page, *, trail: list[Page]) -> Page:
    """The page as its own type, with what its template always needs: one query."""
    model: Any = page.specific_class
    specific = model._default_manager.select_related(*getattr(model, "served_with", ())).get(pk=page.pk)
    specific.trail = trail
    specific._cached_parent_obj = trail[-1]
    return specific
