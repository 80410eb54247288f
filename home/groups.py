"""Who may do what in the page tree: editors write, moderators publish. Set up once, mended whenever it is run again."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

EDITORS = "Editors"
MODERATORS = "Moderators"
WORKFLOW = "Moderators’ approval"

PAGES = {
    EDITORS: ("add_page", "change_page"),
    MODERATORS: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
}
FILES = {
    EDITORS: ("add_image", "choose_image", "add_document", "choose_document"),
    MODERATORS: ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"),
}
MODELS = {
    EDITORS: (
        *("access_admin", "add_artwork", "change_artwork", "view_artwork"),
        *("add_wording", "change_wording", "view_wording"),
    ),
    MODERATORS: (
        *("access_admin", "add_artwork", "change_artwork", "delete_artwork", "view_artwork"),
        *("add_wording", "change_wording", "delete_wording", "view_wording", "publish_wording"),
    ),
}


@transaction.atomic
def set_up_groups() -> None:
    """Groups with their permissions on pages, pictures and documents, and the workflow between them."""
    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    for name in (EDITORS, MODERATORS):
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(MODELS[name]))
        for permission in _permissions(PAGES[name], app="wagtailcore"):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
        for permission in _permissions(FILES[name]):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    if not WorkflowPage.objects.filter(page=root).exists():
        workflow, _ = Workflow.objects.get_or_create(name=WORKFLOW)
        task, _ = GroupApprovalTask.objects.get_or_create(name=WORKFLOW)
        task.groups.add(Group.objects.get(name=MODERATORS))
        WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
        WorkflowPage.objects.create(workflow=workflow, page=root)


def _permissions(codenames: Iterable[str], *, app: str = "") -> list[Permission]:
    wanted = list(codenames)
    found = Permission.objects.filter(codename__in=wanted)
    rows = list(found.filter(content_type__app_label=app) if app else found.exclude(content_type__app_label="core"))
    missing = set(wanted) - {row.codename for row in rows}
    if missing:
        raise LookupError(f"No permission called {', '.join(sorted(missing))}. Run `manage.py migrate` first.")
    return rows
