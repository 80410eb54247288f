"""Settings that would open a door: the site refuses to start with them. Ids: core.E2nn."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.checks import CheckMessage, Error, Tags, register

from core.accounts.openid import ANY_TENANT

ALLAUTH = "allauth.account.auth_backends.AuthenticationBackend"
GUARDS = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.accounts.middleware.SessionLimits",
    "core.accounts.middleware.SecondFactor",
]
# Setting, the value that keeps the door shut, what it would open.
SHUT = [
    ("WAGTAIL_PASSWORD_RESET_ENABLED", False, "Wagtail's own reset has no limits"),
    ("WAGTAIL_PASSWORD_MANAGEMENT_ENABLED", False, "Wagtail's own password form asks for no second factor"),
    ("WAGTAIL_EMAIL_MANAGEMENT_ENABLED", False, "Wagtail's own form changes an address without proof"),
    ("WAGTAILUSERS_PASSWORD_ENABLED", False, "an administrator would know a colleague's password"),
    ("ACCOUNT_EMAIL_VERIFICATION", "mandatory", "anybody could sign up in another's name"),
    ("ACCOUNT_PREVENT_ENUMERATION", True, "the log-in page would tell who has an account"),
    ("ACCOUNT_REAUTHENTICATION_REQUIRED", True, "a session left open could change the password"),
    ("MFA_TRUST_ENABLED", False, "a trusted browser would pass without the second factor"),
    ("SOCIALACCOUNT_LOGIN_ON_GET", False, "a link could sign somebody in"),
]


@register(Tags.security)
def check_doors(**_: Any) -> list[CheckMessage]:
    """Every setting of SHUT, the guards in their order, the one backend, the shared counting of limits."""
    found: list[CheckMessage] = [
        Error(f"{name} must be {value!r}: {why}.", id="core.E201")
        for name, value, why in SHUT
        if getattr(settings, name, None) != value
    ]
    if list(settings.AUTHENTICATION_BACKENDS) != [ALLAUTH]:
        found.append(
            Error(f"AUTHENTICATION_BACKENDS must be [{ALLAUTH!r}]: one door, with its limits.", id="core.E202")
        )
    places = [settings.MIDDLEWARE.index(guard) if guard in settings.MIDDLEWARE else -1 for guard in GUARDS]
    if -1 in places or places != sorted(places):
        found.append(Error(f"MIDDLEWARE must hold, in this order: {', '.join(GUARDS)}.", id="core.E203"))
    if not getattr(caches["default"], "keeps_doors_apart", False) or "doors" not in settings.CACHES:
        message = "CACHES['default'] must be one of core.accounts.doors, and CACHES['doors'] its DoorCache."
        found.append(Error(f"{message} Limits at the doors would hold in one process only.", id="core.E204"))
    found += [
        Error(f"{name} switches a limit off.", id="core.E205")
        for name in ("ACCOUNT_RATE_LIMITS", "MFA_RATE_LIMITS")
        if (limits := getattr(settings, name, {})) is False or not all(limits.values())
    ]
    return found


@register(Tags.security)
def check_development_only(**_: Any) -> list[CheckMessage]:
    """What is handy while developing and a hole anywhere else."""
    if settings.DEBUG:
        return []
    names = ("DEMO_LOGINS", "MFA_TOTP_INSECURE_BYPASS_CODE", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN")
    return [
        Error(f"{name} is for development only. Remove it, or set DEBUG in development.", id="core.E206")
        for name in names
        if getattr(settings, name, None)
    ]


@register(Tags.security)
def check_openid(**_: Any) -> list[CheckMessage]:
    """Microsoft needs the id of one tenant: with `common` anybody's tenant could sign people in."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    microsoft = any(app["provider_id"] == "microsoft" for app in apps)
    if microsoft and settings.OIDC_MICROSOFT_TENANT.lower() in ANY_TENANT:
        return [
            Error(
                "OIDC_MICROSOFT_TENANT must be your own tenant's id, not empty, common, organizations or consumers.",
                id="core.E207",
            )
        ]
    return []
