"""Who may come in, and how: people, passwords, second factor, sessions, limits on every door.

Decisions: docs/adr/0010-limits-on-the-doors.md, 0011-linking-by-openid-connect.md, 0012-second-factor-for-staff.md.
How to run it behind a proxy: docs/accounts.md.
"""

from typing import Any

from config.environment import Environment

env = Environment()

# --- People and passwords --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]  # the only door: no ModelBackend
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # links to set a password (invitation, reset) last three days
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_start"

# --- django-allauth: signing up and in -------------------------------------------------------------------------------
ACCOUNT_ADAPTER = "core.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "core.accounts.signup.NameForm"
ACCOUNT_FORMS = {
    "login": "core.accounts.forms.LoginForm",
    "signup": "core.accounts.forms.SignupForm",
    "add_email": "core.accounts.forms.AddEmailForm",
    "change_password": "core.accounts.forms.ChangePasswordForm",
    "set_password": "core.accounts.forms.SetPasswordForm",
    "reset_password": "core.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "core.accounts.forms.ResetPasswordKeyForm",
    "confirm_email_verification_code": "core.accounts.forms.ConfirmEmailForm",
    "reauthenticate": "core.accounts.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code, not a link: mail filters of schools open links before people do, and an account with a second factor may then
# add an address too (it is stored only once it is proved).
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail after each change of password, address, second factor
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True  # the same answer whether or not an account exists
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # and the same time: one mail goes out either way
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = None  # ask

# --- Limits on every door --------------------------------------------------------------------------------------------
# Per address (ip), per account (key: the e-mail as typed) and per person signed in (user).
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",  # wrong passwords, and wrong second factors of one person
    "signup": "10/m/ip",
    "reset_password": "10/m/ip,3/15m/key",
    "reset_password_from_key": "10/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/10s/key",
}
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
# How many proxies of ours stand in front. 0: the X-Forwarded-For header is not believed at all.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Second factor ---------------------------------------------------------------------------------------------------
MFA_ADAPTER = "core.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Common Room"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_TRUST_ENABLED = False  # no "trust this browser": the second factor is asked at every sign-in
MFA_FORMS = {
    "authenticate": "core.accounts.forms.AuthenticateForm",
    "reauthenticate": "core.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "core.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "core.accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "core.accounts.forms.EditWebAuthnForm",
}

# --- Sessions --------------------------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # listed, revoked, and not lost with Redis
SESSION_COOKIE_AGE = 60 * 24 * 3600  # outer bound; core.accounts.sessions holds the limits that count
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # unless "keep me signed in" is ticked
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
USERSESSIONS_TRACK_ACTIVITY = False  # it would write on every request; core.accounts.sessions writes once a minute

# --- OpenID Connect, switched on by the environment ------------------------------------------------------------------
SOCIALACCOUNT_ADAPTER = "core.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # only when core.accounts.openid finds the address proved
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # from then on the provider's own id counts, not the address
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False

OIDC_MICROSOFT_TENANT: str = env.str("OIDC_MICROSOFT_TENANT", default="")


def openid_apps() -> list[dict[str, Any]]:
    """The providers that the environment names. Claims come from the ID token: only that says `xms_edov`."""
    apps: list[dict[str, Any]] = []
    if client_id := env.str("OIDC_MICROSOFT_CLIENT_ID", default=""):
        apps.append(
            {
                "provider_id": "microsoft",
                "name": "Microsoft",
                "client_id": client_id,
                "secret": env.str("OIDC_MICROSOFT_CLIENT_SECRET"),
                "settings": {
                    "server_url": f"https://login.microsoftonline.com/{OIDC_MICROSOFT_TENANT}/v2.0",
                    "fetch_userinfo": False,
                    "oauth_pkce_enabled": True,
                },
            }
        )
    if client_id := env.str("OIDC_GOOGLE_CLIENT_ID", default=""):
        apps.append(
            {
                "provider_id": "google",
                "name": "Google",
                "client_id": client_id,
                "secret": env.str("OIDC_GOOGLE_CLIENT_SECRET"),
                "settings": {
                    "server_url": "https://accounts.google.com",
                    "fetch_userinfo": False,
                    "oauth_pkce_enabled": True,
                },
            }
        )
    return apps


SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": openid_apps()}}
# Where the sign-in form may be sent on to (content policy, form-action).
SIGN_IN_ORIGINS: list[str] = [
    "/".join(app["settings"]["server_url"].split("/")[:3]) for app in SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
]

# --- Wagtail: its own log-in, reset and password screens lead here ---------------------------------------------------
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILUSERS_PASSWORD_REQUIRED = False

# --- Development -----------------------------------------------------------------------------------------------------
# Dotted path of a sequence of core.accounts.demo.DemoLogin, shown on the log-in page. Refused unless DEBUG.
DEMO_LOGINS = ""
