"""Production: what the environment must give, and what is refused without it.

Every refusal is a sentence that says what to set; tests/config/test_refusals.py starts the site into each of them.
"""

from config import refusals

from .base import *

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])  # still open what they closed
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
refusals.refuse(
    *refusals.of_debug(DEBUG),
    *refusals.of_key(SECRET_KEY),
    *refusals.of_hosts(ALLOWED_HOSTS),
    *refusals.of_base_url(BASE_URL),
    *refusals.of_missing(env, "DATABASE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL"),
)

# --- HTTPS -----------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by the container's own health check, over plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The proxy in front must set this header itself and drop what the visitor sent, or anybody may claim to use HTTPS.
if proxy_header := env.str("PROXY_SSL_HEADER", default=""):
    SECURE_PROXY_SSL_HEADER = (f"HTTP_{proxy_header.upper().replace('-', '_')}", "https")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# `__Host-`: the browser itself then refuses the cookie without HTTPS, for a wider domain or a narrower path.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

# --- Files -----------------------------------------------------------------------------------------------------------
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
if storage_url := env.str("STORAGE_URL", default=""):
    STORAGES.update(
        environment.object_storage(
            storage_url,
            access_key=env.str("STORAGE_ACCESS_KEY", default=""),
            secret_key=env.str("STORAGE_SECRET_KEY", default=""),
        )
    )
    PICTURE_ORIGINS += environment.picture_origins(storage_url)

# --- Logs ------------------------------------------------------------------------------------------------------------
LOGGING = logs.logging(level=LOG_LEVEL, json_lines=True)

# --- Content policy, now that the origins are known ------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {"DIRECTIVES": csp.public(pictures=PICTURE_ORIGINS, sign_in_servers=SIGN_IN_ORIGINS)}
CONTENT_SECURITY_POLICY_ADMIN = csp.admin(pictures=PICTURE_ORIGINS)
