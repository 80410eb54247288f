"""allauth's forms in the words of this site: labels above the fields, no placeholders, a password typed once."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

from core.accounts.models import User
from core.accounts.signup import NameField

PASSWORD_HELP = "Ten characters or more. Three words that do not belong together are easy to remember."  # noqa: S105


class Plain(forms.Form):
    """Takes placeholders away: they vanish while one types. Sets `labels` and `helps`, drops `without`."""

    labels: dict[str, str] = {}
    helps: dict[str, str] = {}
    without: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.without:
            self.fields.pop(name, None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            if name != "name":
                field.error_messages["required"] = "Please fill this in."
            if name in self.helps:
                field.help_text = self.helps[name]


CODE_LABELS = {"code": "Code"}


class LoginForm(Plain, account.LoginForm):
    labels = {"login": "E-mail address", "password": "Password", "remember": "Keep me signed in on this device"}
    helps = {"password": ""}


class SignupForm(Plain, account.SignupForm):
    labels = {"email": "E-mail address", "password1": "Password"}
    helps = {"email": "Your work address, if you have one.", "password1": PASSWORD_HELP}
    field_order = ["name", "email", "password1"]


class AddEmailForm(Plain, account.AddEmailForm):
    labels = {"email": "Another e-mail address"}


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    labels = {"oldpassword": "The password you have now", "password1": "New password"}
    helps = {"oldpassword": "", "password1": PASSWORD_HELP}
    without = ("password2",)


class SetPasswordForm(Plain, account.SetPasswordForm):
    labels = {"password1": "New password"}
    helps = {"password1": PASSWORD_HELP}
    without = ("password2",)


class ResetPasswordForm(Plain, account.ResetPasswordForm):
    labels = {"email": "E-mail address"}


class ResetPasswordKeyForm(Plain, account.ResetPasswordKeyForm):
    labels = {"password1": "New password"}
    helps = {"password1": PASSWORD_HELP}
    without = ("password2",)


class ConfirmEmailForm(Plain, account.ConfirmEmailVerificationCodeForm):
    labels = {"code": "Code from the mail"}


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    labels = {"password": "Password"}
    helps = {"password": ""}


class AuthenticateForm(Plain, mfa.AuthenticateForm):
    labels = CODE_LABELS
    helps = {"code": "Six digits from your app, or one of your recovery codes."}


class ReauthenticateByCodeForm(Plain, mfa.ReauthenticateForm):
    labels = CODE_LABELS
    helps = AuthenticateForm.helps


class ActivateTOTPForm(Plain, totp.ActivateTOTPForm):
    labels = {"code": "Code that the app shows now"}
    helps = {"code": "Six digits. They change every half minute."}


class AddWebAuthnForm(Plain, webauthn.AddWebAuthnForm):
    labels = {"name": "Name for it", "passwordless": "Let me sign in with it alone, without a password"}
    helps = {"name": "So that you can tell it from others: “School laptop”.", "passwordless": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(Plain, webauthn.EditWebAuthnForm):
    labels = {"name": "Name for it"}


class ProfileNameForm(forms.ModelForm):
    """The one thing about oneself that is edited here; the mentoring profile has its own page."""

    name = NameField()

    class Meta:
        model = User
        fields = ["name"]
