"""What the page chooser offers to those who enter the admin without editing pages."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet


def published_only(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Whoever may work on no page chooses among what everybody can read: no drafts, nothing behind a password.

    Why the chooser is open to them at all: docs/adr/0013-choosers-for-coordinators.md.
    """
    if policy_registry.get_by_type(Page).explorable_instances(request.user).exists():
        return pages
    return pages.live().public()
