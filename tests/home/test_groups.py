"""Editors write, moderators publish."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from home.groups import EDITORS, MODERATORS, set_up_groups
from mentoring.programmes.grants import coordinators_group
from networks.models import SessionPage
from tests.networks.pages.test_session import add_url, form_data
from tests.signing_in import sign_in
from tests.support.pages import SitePages


def member(make_user: Any, name: str, group: str) -> Any:
    user = make_user(f"{name}@example.org")
    user.groups.add(Group.objects.get(name=group))
    return user


def test_groups__set_up_twice__are_the_same(db: None) -> None:
    set_up_groups()
    before = {group.name: group.page_permissions.count() for group in Group.objects.all()}
    set_up_groups()
    assert {group.name: group.page_permissions.count() for group in Group.objects.all()} == before


def test_workflow__editor_submits__moderator_publishes(pages: SitePages, make_user: Any) -> None:
    set_up_groups()
    editor, moderator = Client(), Client()
    sign_in(editor, member(make_user, "editor", EDITORS))
    sign_in(moderator, member(make_user, "moderator", MODERATORS))

    editor.post(add_url(pages), {**form_data(), "action-publish": "1"})
    assert not SessionPage.objects.filter(live=True).exists()
    SessionPage.objects.all().delete()

    response = editor.post(add_url(pages), {**form_data(), "action-submit": "1"})
    assert response.status_code == 302
    session = SessionPage.objects.get()
    assert not session.live
    state = session.current_workflow_state.current_task_state
    url = f"/admin/pages/workflow/action/{session.pk}/approve/{state.pk}/"

    editor.post(url, {})
    session.refresh_from_db()
    assert not session.live

    moderator.post(url, {"comment": ""})
    session.refresh_from_db()
    assert session.live


def test_admin_menu__coordinator_without_pages__has_no_sessions(pages: SitePages, make_user: Any) -> None:
    set_up_groups()
    editor, coordinator = Client(), Client()
    sign_in(editor, member(make_user, "editor", EDITORS))
    someone = make_user("coordinator@example.org")
    someone.groups.add(coordinators_group())
    sign_in(coordinator, someone)
    words = '"label": "Sessions"'

    assert words in editor.get("/admin/").content.decode()
    assert words not in coordinator.get("/admin/").content.decode()
