"""What django-allauth asks us: texts, names, limits that were reached, mails, and whom a provider may let in."""

from __future__ import annotations

import smtplib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from core.accounts import crypt
from core.accounts.openid import proved_address
from core.accounts.security_log import account_tag, security_event
from core.accounts.signup import NAME_LENGTH

LIMIT_CODES = frozenset({"too_many_login_attempts", "rate_limited"})


class AccountAdapter(DefaultAccountAdapter):
    """E-mail and one name; limits answered with 429; a failing mail server loses nothing."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is switched off. Please write to the people who run this site.",
        "cannot_remove_primary_email": "This is your main address. Choose another as the main one first.",
        "duplicate_email": "This address is yours already.",
        "email_password_mismatch": "That address and password do not belong together. Please try again.",
        "enter_current_password": "Please type the password you have now.",
        "incorrect_code": "That code is not right. Please look again.",
        "incorrect_password": "That password is not right.",
        "invalid_login": "That did not work. Please try again.",
        "invalid_or_expired_key": "This link is no longer good.",
        "invalid_password_reset": "This link is no longer good. Please ask for a new one.",
        "max_email_addresses": "You can have up to %d addresses. Remove one first.",
        "unverified_primary_email": "Only a confirmed address can be your main one.",
        "too_many_login_attempts": "Too many tries. Please wait five minutes, or set a new password.",
        "rate_limited": "That was rather quick. Please wait a moment and try again.",
        "same_as_current": "This is what it was before. Please choose another.",
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in LIMIT_CODES:
            limit_reached(context.request)
        return super().validation_error(code, *args)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        security_event("sign_in_failed", request=request, account=account_tag(str(credentials.get("email", ""))))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit=commit)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a second factor confirms with it. A password alone could otherwise remove it or add another.

        Passkeys come first for whoever has no app: recovery codes are for bad days.
        """
        methods = super().get_reauthentication_methods(user)
        words = {"reauthenticate": "Use your password", "mfa_reauthenticate": "Use a code from your app"}
        words["mfa_reauthenticate:webauthn"] = "Use a passkey or security key"
        strong = [method for method in methods if method["id"] != "reauthenticate"]
        if strong and not self._has_app(user):
            strong.sort(key=lambda method: method["id"] != "mfa_reauthenticate:webauthn")
            words["mfa_reauthenticate"] = "Use a recovery code"
        return [{**method, "description": words[method["id"]]} for method in strong or methods]

    def _has_app(self, user: Any) -> bool:
        return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(settings.LOGIN_REDIRECT_URL)

    def render_mail(
        self, template_prefix: str, email: str | list[str], context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Each mail is written once, as text; the HTML part is made from its paragraphs."""
        mail = super().render_mail(template_prefix, email, context, headers=headers)
        paragraphs = [part.strip() for part in str(mail.body).split("\n\n") if part.strip()]
        page = {"subject": mail.subject, "paragraphs": paragraphs, "code": context.get("code")}
        if isinstance(mail, EmailMultiAlternatives):
            mail.attach_alternative(render_to_string("account/email/base.html", page), "text/html")
        return mail

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down must not undo a sign-up nor tell who has an account: log it, carry on.

        Every page that follows offers to send again. Works without a request too (invitations by a command).
        """
        reset = reverse("account_reset_password")
        everywhere = {
            "request": self.request,
            "email": email,
            "site_name": settings.WAGTAIL_SITE_NAME,
            "reset_url": self.request.build_absolute_uri(reset) if self.request else settings.BASE_URL + reset,
        }
        try:
            self.render_mail(template_prefix, email, {**everywhere, **context}).send()
        except (smtplib.SMTPException, OSError) as error:
            security_event("mail_failed", request=self.request, template=template_prefix, error=type(error).__name__)


def limit_reached(request: HttpRequest | None) -> None:
    """Note that a limit bit: middleware.LimitStatus makes the answer 429."""
    if request is not None:
        request.door_limit_reached = True  # type: ignore[attr-defined]  # read by LimitStatus in the same request
        security_event("limit_reached", request=request, user=request.user)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: secrets encrypted at rest, our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is not right, or was used already. Please wait for the next one.",
        "unverified_email": "Please confirm your e-mail address before you set up a second step.",
        "cannot_generate_recovery_codes": "Set up an app or a passkey first; recovery codes come with it.",
    }

    def encrypt(self, text: str) -> str:
        return crypt.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """A secret that no key opens (SECRET_KEY changed without a fallback) fits no code: the door stays shut."""
        try:
            return crypt.decrypt(encrypted_text)
        except InvalidToken:
            security_event("second_factor_unreadable", hint="SECRET_KEY changed? Set SECRET_KEY_FALLBACKS.")
            return generate_totp_secret()

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "My passkey" if count == 0 else f"Passkey {count + 1}"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Microsoft and Google: an address counts only when core.accounts.openid finds it proved."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": "Set a password first, or you could not sign in any more.",
        "connected_other": "That account is linked with somebody else here.",
        "invalid_token": "The answer of the other site did not hold. Please try again.",
    }

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Any, str] | None:
        address = proved_address(sociallogin.account.provider, sociallogin.account.extra_data)
        sociallogin.email_addresses = [EmailAddress(email=address, verified=True, primary=True)] if address else []
        if not address:
            return None
        sociallogin.user.email = address
        return super().authenticate_by_email(sociallogin)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse whoever is neither linked nor proved. Linking from one's own account page needs no address."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect" or sociallogin.email_addresses:
            return
        security_event("openid_refused", request=request, provider=sociallogin.account.provider)
        page = render(request, "socialaccount/address_not_proved.html", status=403)
        raise ImmediateHttpResponse(page)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = sociallogin.user
        user.email = (data.get("email") or "").strip().lower()
        name = " ".join(str(data.get("name") or user.email.partition("@")[0]).split())
        user.name = "".join(sign for sign in name if sign.isprintable())[:NAME_LENGTH]
        return user

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Always: the provider has told name and address, and the address is proved."""
        return True
