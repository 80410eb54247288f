"""What administrators do to accounts. Each verb takes the actor, never a request."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from core.accounts.models import User
from core.accounts.security_log import security_event


def password_link(user: User) -> str:
    """An address, good for PASSWORD_RESET_TIMEOUT seconds and one use, where the person sets a password."""
    key = EmailAwarePasswordResetTokenGenerator().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.BASE_URL.rstrip('/')}{path}"


@transaction.atomic
def invite(*, user: User, actor: User) -> None:
    """Ask somebody in by mail: they set their own password by a link. The mail leaves when the transaction holds."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": False})
    security_event("invited", user=user, actor=actor.pk)
    context = {
        "user": user,
        "actor": actor,
        "password_url": password_link(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
    }
    transaction.on_commit(lambda: get_adapter().send_mail("account/email/invitation", user.email, context))


@transaction.atomic
def change_address(*, user: User, old: str, actor: User) -> None:
    """An administrator has given `user` another address (already saved): the new one must be proved, the old is told.

    All earlier addresses go: whoever holds an old mailbox must not reset the password from there.
    """
    end_sessions(user)
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    security_event("address_changed", user=user, actor=actor.pk)
    context = {"user": user, "actor": actor}
    transaction.on_commit(lambda: get_adapter().send_mail("account/email/address_changed_by_admin", old, context))


def end_sessions(user: User) -> None:
    """Sign somebody out everywhere. allauth keeps a row of every session that came in by the doors."""
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def reset_second_factor(*, user: User, actor: User | None) -> int:
    """Take all second factors away from somebody who has lost theirs; returns how many (recovery codes count as one).

    They are signed out everywhere and told by mail. `actor` is None on the command line.
    """
    count = Authenticator.objects.filter(user=user).count()
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    security_event("second_factor_reset", user=user, actor=actor.pk if actor else "command line", count=count)
    transaction.on_commit(
        lambda: get_adapter().send_mail("account/email/second_factor_reset", user.email, {"user": user})
    )
    return count
