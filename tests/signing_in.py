"""How tests come in without walking through the log-in pages."""

from __future__ import annotations

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from core.accounts.crypt import encrypt
from core.models import User

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "teapot-lantern-otter"


def prove_address(user: User) -> EmailAddress:
    """Mark the user's address as confirmed."""
    address, _ = EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
    address.verified = True
    address.save()
    return address


def enrol_totp(user: User, secret: str = TOTP_SECRET) -> Authenticator:
    """Give the user an authenticator app."""
    return Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt(secret)})


def sign_in(client: Client, user: User, *, second_factor: bool = True) -> None:
    """Sign in; with a second factor the session may open the Wagtail admin (if the user may)."""
    client.force_login(user)
    if second_factor:
        if not Authenticator.objects.filter(user=user, type="totp").exists():
            enrol_totp(user)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": 0}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()


def client_of(user: User) -> Client:
    """The browser of a member."""
    client = Client()
    prove_address(user)
    sign_in(client, user, second_factor=False)
    return client


def staff_client_of(user: User) -> Client:
    """The browser of somebody who works in the admin."""
    client = Client()
    sign_in(client, user)
    return client
