"""Pages about one's own account that allauth does not have, and the answer to too many tries."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.generic import TemplateView
from django.views.generic.edit import UpdateView
from wagtail.admin.views.account import (
    AccountView,
    BaseSettingsPanel,
    ChangePasswordPanel,
    NameEmailSettingsPanel,
)

from core.accounts.adapters import limit_reached
from core.accounts.forms import ProfileNameForm
from core.accounts.models import User
from core.accounts.staff import FACTORS, is_staff

RETRY_AFTER = 300  # seconds: the longest window of ACCOUNT_RATE_LIMITS that people meet


class StartView(LoginRequiredMixin, TemplateView):
    """What one can do with one's account, each with how it stands."""

    template_name = "account/start.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        user = self.request.user
        kinds = list(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
        return super().get_context_data(
            addresses=EmailAddress.objects.filter(user_id=user.pk).order_by("-primary", "email"),
            has_app="totp" in kinds,
            passkeys=kinds.count("webauthn"),
            has_second_factor=bool(FACTORS & set(kinds)),
            session_count=UserSession.objects.filter(user_id=user.pk).count(),
            linked=SocialAccount.objects.filter(user_id=user.pk),
            providers=get_social_adapter().list_providers(self.request),
            staff=is_staff(user),
            **kwargs,
        )


class NameView(LoginRequiredMixin, UpdateView):
    """Change one's own name."""

    form_class = ProfileNameForm
    template_name = "account/name.html"
    success_url = reverse_lazy("account_start")

    def get_object(self, queryset: object = None) -> User:
        # A row of its own: a refused form must not change the name in the header of the page.
        assert isinstance(self.request.user, User)
        return User.objects.get(pk=self.request.user.pk)

    def form_valid(self, form: ProfileNameForm) -> HttpResponse:
        messages.success(self.request, "Your name is saved.")
        return super().form_valid(form)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 in the site's layout. allauth finds it as `config.urls.handler429`."""
    limit_reached(request)
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


class NamePanel(BaseSettingsPanel):
    """Wagtail's panel asks for first and last name; we have one."""

    name = "name"
    title = "Name"
    order = 100
    form_class = ProfileNameForm


class AdminAccountView(AccountView):
    """Wagtail's account settings without e-mail and password: those change in one place, behind its own checks."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        panels = super().get_panels()
        kept = [p for p in panels if not isinstance(p, NameEmailSettingsPanel | ChangePasswordPanel)]
        profile = panels[0].profile
        return [NamePanel(self.request, self.request.user, profile), *kept]
