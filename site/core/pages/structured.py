"""Descriptions for search engines, in the words of schema.org."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from .models import BasePage


def breadcrumbs(page: BasePage, request: HttpRequest) -> dict[str, Any]:
    """The way from the front door to this page."""
    steps = [*page.trail, page]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step.title, "item": step.get_full_url(request)}
            for place, step in enumerate(steps, start=1)
        ],
    }


def organisation(name: str, url: str = "") -> dict[str, Any]:
    """An organisation by its name; `url` only where the page knows one."""
    return {"@type": "Organization", "name": name, **({"url": url} if url else {})}
