"""The admin's first page for people who look after no pages: without what only leads to pages."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.admin.ui.components import Component
from wagtail.admin.views import home
from wagtail.models import Page
from wagtail.permissions import policy_registry

ABOUT_PAGES = (
    home.WorkflowObjectsToModeratePanel,
    home.UserObjectsInWorkflowModerationPanel,
    home.RecentEditsPanel,
    home.LockedPagesPanel,
)


def looks_after_pages(user: object) -> bool:
    actions = {"add", "change", "publish", "bulk_delete", "lock", "unlock"}
    return bool(policy_registry.get_by_type(Page).user_has_any_permission(user, actions))


def drop_what_is_about_pages(request: HttpRequest, panels: list[Component]) -> None:
    """Coordinators have no pages: empty panels about pages would only cost them queries."""
    if not looks_after_pages(request.user):
        panels[:] = [panel for panel in panels if not isinstance(panel, ABOUT_PAGES)]
