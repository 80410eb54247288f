"""People of the demo one can sign in as: how their accounts are made, and the staff among them."""

from __future__ import annotations

from datetime import date

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from core.accounts import demo as demo_accounts
from core.accounts.demo import DemoLogin
from core.models import User
from home.groups import EDITORS, MODERATORS

PASSWORD = "staffroom-kettle-biscuit"  # noqa: S105 - published on purpose, given in development only

ADMIN, EDITOR, MODERATOR = "admin@example.org", "editor@example.org", "moderator@example.org"

LOGINS = (
    DemoLogin("Site administrator", ADMIN, PASSWORD, "May do everything."),
    DemoLogin("Editor", EDITOR, PASSWORD, "Writes pages and sends them to a moderator."),
    DemoLogin("Moderator", MODERATOR, PASSWORD, "Reads what editors send, and publishes."),
)


def account(email: str, name: str) -> User:
    """A person with a confirmed address, made once; in development with the demo's second factor."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
    if demo_accounts.is_on():
        demo_accounts.enrol_demo_totp(user)
    return user


def load(*, today: date) -> None:
    """The staff. Outside development nobody is made an administrator: the password is public."""
    if not demo_accounts.is_on():
        return
    admin = account(ADMIN, "Orla Fennimore")
    if not admin.is_superuser:
        admin.is_superuser = True
        admin.save(update_fields=["is_superuser"])
    account(EDITOR, "Kit Abernethy-Shah").groups.add(Group.objects.get(name=EDITORS))
    account(MODERATOR, "Solomon Treadwell").groups.add(Group.objects.get(name=MODERATORS))
