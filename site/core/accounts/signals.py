"""What follows from an event at a door: a line in the security log, a clock started, an address proved."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from core.accounts import sessions
from core.accounts.security_log import security_event
from core.accounts.staff import FACTORS, passed_second_factor


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if hasattr(request, "session"):
        sessions.start(request)
        security_event("signed_in", request=request, user=user, second_factor=passed_second_factor(request, user))


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    security_event("signed_out", request=request, user=user)


@receiver(account.user_signed_up)
def signed_up(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    security_event("signed_up", request=request, user=user)


@receiver(account.password_set)
@receiver(account.password_changed)
def password_changed(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    security_event("password_changed", request=request, user=user)


@receiver(account.password_reset)
def password_reset(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """The link was opened in the mailbox, so a lone address is proved: people imported or invited need no code."""
    security_event("password_reset", request=request, user=user)
    prove_only_address(user)


def prove_only_address(user: Any) -> None:
    """Mark the person's address as proved when there is exactly one, so that there is no doubt which mailbox it was."""
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return
    addresses = list(EmailAddress.objects.filter(user=user))
    if len(addresses) == 1 and not addresses[0].verified:
        addresses[0].set_verified()


@receiver(account.email_changed)
@receiver(account.email_added)
@receiver(account.email_removed)
@receiver(account.email_confirmed)
def address_changed(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    address = kwargs.get("email_address") or kwargs.get("to_email_address")
    security_event("address_changed", request=request, user=getattr(address, "user", None) or request.user)


@receiver(mfa.authenticator_added)
def factor_added(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """The first factor that somebody sets up also proves this session. A further one does not: a password would do."""
    security_event("second_factor_added", request=request, user=user, kind=authenticator.type)
    others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
    if authenticator.type in FACTORS and not others.exists():
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


@receiver(mfa.authenticator_removed)
def factor_removed(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    security_event("second_factor_removed", request=request, user=user, kind=authenticator.type)


@receiver(mfa.authenticator_reset)
def recovery_codes_made(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    security_event("recovery_codes_made", request=request, user=user)


@receiver(mfa.authenticator_used)
def factor_used(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    security_event("second_factor_used", request=request, user=user, kind=authenticator.type)


@receiver(mfa.authentication_failed)
def factor_failed(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    security_event("second_factor_failed", request=request, user=user)


@receiver(social.social_account_added)
def provider_linked(sender: Any, request: HttpRequest, sociallogin: Any, **kwargs: Any) -> None:
    """Linked by a proved address: allauth has wiped an unproved account's password by now, so the address is proved."""
    security_event("provider_linked", request=request, user=sociallogin.user, provider=sociallogin.account.provider)
    proved = getattr(sociallogin, "_did_authenticate_by_email", None)
    if proved:
        address, _ = EmailAddress.objects.get_or_create(
            user=sociallogin.user, email=proved, defaults={"primary": True, "verified": True}
        )
        if not address.verified:
            address.set_verified()


@receiver(social.social_account_removed)
def provider_unlinked(sender: Any, request: HttpRequest, socialaccount: Any, **kwargs: Any) -> None:
    security_event("provider_unlinked", request=request, user=request.user, provider=socialaccount.provider)
