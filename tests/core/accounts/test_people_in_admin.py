"""Wagtail's user screens: by e-mail and one name, invited by mail, nobody made more than the actor may make."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from core.models import User
from tests.signing_in import PASSWORD, prove_address, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, superuser: User) -> Client:
    sign_in(client, superuser)
    return client


@pytest.fixture
def user_manager(make_user: Callable[..., User]) -> Client:
    """Somebody who may open the admin and edit users, but is no administrator."""
    user = make_user("manager@example.org", name="Mo Manager")
    group = Group.objects.create(name="People's people")
    wanted = ["access_admin", "add_user", "change_user", "delete_user"]
    group.permissions.set(Permission.objects.filter(codename__in=wanted))
    user.groups.add(group)
    client = Client()
    sign_in(client, user)
    return client


def fields(**changes: object) -> dict[str, object]:
    return {"email": "new@example.org", "name": "New Colleague", **changes}


def test_add__name_and_address__invites_and_the_link_lets_them_in(
    admin: Client, django_capture_on_commit_callbacks
) -> None:
    page = admin.get("/admin/users/new/").content.decode()
    assert "first_name" not in page and "password1" not in page
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post("/admin/users/new/", fields(email=" New@Example.org ")).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    message = mail.outbox[0]
    assert (message.to, message.subject) == (["new@example.org"], "You are invited to Common Room")
    assert "Hedda Head" in message.body

    guest = Client()
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", message.body)
    assert link
    guest.post(guest.get(link[1]).url, {"password1": PASSWORD})
    assert EmailAddress.objects.get(user=user).verified
    assert guest.post("/account/login/", {"login": user.email, "password": PASSWORD}).url == "/account/"


def test_add__password_in_the_form__is_not_taken(admin: Client) -> None:
    admin.post("/admin/users/new/", fields(password1="known-to-others", password2="known-to-others"))
    assert not User.objects.get(email="new@example.org").has_usable_password()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"email": "HEAD@example.org"}, "email"), ({"email": "nonsense"}, "email"), ({"name": " "}, "name")],
)
def test_add__bad_input__is_refused_beside_the_field(admin: Client, changes: dict[str, object], field: str) -> None:
    answer = admin.post("/admin/users/new/", fields(**changes))
    assert answer.status_code == 200 and answer.context["form"].errors[field]
    assert not mail.outbox


def test_edit__address_changed__must_be_proved_and_the_old_one_is_told(
    admin: Client, member: User, django_capture_on_commit_callbacks
) -> None:
    EmailAddress.objects.create(user=member, email="second@example.org", verified=True)
    with django_capture_on_commit_callbacks(execute=True):
        data = fields(email="ada.new@example.org", name="Ada", is_active="on")
        assert admin.post(f"/admin/users/edit/{member.pk}/", data).status_code == 302
    assert list(EmailAddress.objects.filter(user=member).values_list("email", "verified")) == [
        ("ada.new@example.org", False)
    ]
    assert mail.outbox[0].to == ["ada@example.org"]


def test_edit__oneself__cannot_change_the_address_unproved(admin: Client, superuser: User) -> None:
    admin.post(f"/admin/users/edit/{superuser.pk}/", fields(email="other@example.org", name="Hedda"))
    superuser.refresh_from_db()
    assert (superuser.email, superuser.name) == ("head@example.org", "Hedda")


def test_edit__manager_of_people__cannot_touch_or_make_an_administrator(
    user_manager: Client, superuser: User, member: User
) -> None:
    before = User.objects.values_list("email", "name", "is_superuser").get(pk=superuser.pk)
    for method in (user_manager.get, user_manager.post):
        answer = method(f"/admin/users/edit/{superuser.pk}/", fields())
        assert answer.status_code in {302, 403}
    assert User.objects.values_list("email", "name", "is_superuser").get(pk=superuser.pk) == before

    user_manager.post(f"/admin/users/edit/{member.pk}/", fields(email=member.email, is_superuser="on", is_active="on"))
    user_manager.post("/admin/users/new/", fields(is_superuser="on"))
    member.refresh_from_db()
    assert member.name == "New Colleague", "the edit itself was allowed"
    assert not member.is_superuser and not User.objects.get(email="new@example.org").is_superuser


def test_own_settings__wagtail__offer_a_name_and_neither_address_nor_password(admin: Client, superuser: User) -> None:
    page = admin.get("/admin/account/").content.decode()
    assert "name-name" in page
    assert "name_email" not in page and 'type="password"' not in page and 'type="email"' not in page
    old = User.objects.get(pk=superuser.pk).password
    data = {"name-name": "Hedda H", "name_email-email": "evil@example.org", "password-new_password1": PASSWORD}
    admin.post("/admin/account/", {**data, "theme-theme": "system", "theme-contrast": "system"})
    superuser.refresh_from_db()
    assert (superuser.email, superuser.password) == ("head@example.org", old)


def test_list__search__finds_by_name_and_by_address(admin: Client, member: User) -> None:
    assert "Ada Okafor" in admin.get("/admin/users/?q=okafor").content.decode()
    assert "Ada Okafor" in admin.get("/admin/users/?q=ada@example").content.decode()
    assert admin.get("/admin/users/?ordering=name").status_code == 200


def test_log_out__from_the_admin__ends_the_session(admin: Client) -> None:
    answer = admin.post("/admin/logout/", follow=True)
    assert answer.status_code == 200
    assert "_auth_user_id" not in admin.session


def test_invited__before_the_link__cannot_sign_in(make_user: Callable[..., User], client: Client) -> None:
    prove_address(make_user("guest@example.org", name="Guest"))
    client.post("/account/login/", {"login": "guest@example.org", "password": ""})
    client.post("/account/login/", {"login": "guest@example.org", "password": "!"})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("action", "data"),
    [("set_active_state", {"mark_as_active": "False"}), ("assign_role", {"role": "1"}), ("delete", {})],
)
def test_bulk__manager_of_people__cannot_touch_an_administrator(
    user_manager: Client, superuser: User, member: User, action: str, data: dict[str, str]
) -> None:
    url = f"/admin/bulk/core/user/{action}/?id={superuser.pk}&id={member.pk}&next=/admin/users/"
    assert user_manager.post(url, data).status_code in {302, 403}
    after = User.objects.get(pk=superuser.pk)
    assert after.is_active and not after.groups.exists()
    if action != "delete":  # Wagtail itself leaves administrators out of a deletion, and deletes the rest
        assert User.objects.get(pk=member.pk).is_active, "all or nothing"


def test_bulk__manager_of_people__may_deactivate_members(user_manager: Client, member: User) -> None:
    url = f"/admin/bulk/core/user/set_active_state/?id={member.pk}&next=/admin/users/"
    user_manager.post(url, {"mark_as_active": "False"})
    assert not User.objects.get(pk=member.pk).is_active


def test_own_settings__wagtail__lead_to_the_account_page(admin: Client) -> None:
    assert "Password, e-mail and second step" in admin.get("/admin/account/").content.decode()


def test_menu__person_with_a_name__shows_the_name_and_not_the_address(admin: Client, superuser: User) -> None:
    from wagtail.admin.ui.sidebar import MainMenuModule

    shown = MainMenuModule([], [], superuser).js_args()[2]
    assert shown["name"] == superuser.name
    assert superuser.email not in shown.values()
