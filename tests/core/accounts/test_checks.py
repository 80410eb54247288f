"""Settings that would open a door are refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from core.accounts import checks

REVERSED = [guard for guard in settings.MIDDLEWARE if "SecondFactor" not in guard]
MICROSOFT = {"openid_connect": {"APPS": [{"provider_id": "microsoft"}]}}


def ids() -> set[str]:
    return {
        str(message.id)
        for check in (checks.check_doors, checks.check_development_only, checks.check_openid)
        for message in check()
    }


def test_checks__settings_as_they_are__find_nothing() -> None:
    assert ids() == set()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        *[({name: not good}, "core.E201") for name, good, _ in checks.SHUT if isinstance(good, bool)],
        ({"ACCOUNT_EMAIL_VERIFICATION": "optional"}, "core.E201"),
        ({"AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"]}, "core.E202"),
        ({"AUTHENTICATION_BACKENDS": [checks.ALLAUTH, "django.contrib.auth.backends.ModelBackend"]}, "core.E202"),
        ({"MIDDLEWARE": REVERSED}, "core.E203"),
        ({"MIDDLEWARE": list(reversed(settings.MIDDLEWARE))}, "core.E203"),
        ({"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}}, "core.E204"),
        ({"ACCOUNT_RATE_LIMITS": False}, "core.E205"),
        ({"ACCOUNT_RATE_LIMITS": {"login": None}}, "core.E205"),
        ({"MFA_RATE_LIMITS": {"webauthn_login": ""}}, "core.E205"),
        ({"DEMO_LOGINS": "home.demo.LOGINS"}, "core.E206"),
        ({"MFA_TOTP_INSECURE_BYPASS_CODE": "123456"}, "core.E206"),
        ({"MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": True}, "core.E206"),
        ({"SOCIALACCOUNT_PROVIDERS": MICROSOFT, "OIDC_MICROSOFT_TENANT": "common"}, "core.E207"),
        ({"SOCIALACCOUNT_PROVIDERS": MICROSOFT, "OIDC_MICROSOFT_TENANT": ""}, "core.E207"),
    ],
)
def test_checks__a_setting_that_opens_a_door__is_named(changes: dict[str, Any], found: str) -> None:
    with override_settings(**changes):
        assert found in ids()


def test_checks__one_tenant__is_good() -> None:
    tenant = "6f1c3c52-0000-4000-8000-000000000000"
    with override_settings(SOCIALACCOUNT_PROVIDERS=MICROSOFT, OIDC_MICROSOFT_TENANT=tenant):
        assert ids() == set()
