"""Settings that every way of running shares.

Each value from the environment is read once, here or in `production`, and typed. docs/settings.md lists them all; a
test compares the two.
"""

from pathlib import Path
from typing import Any

from config import csp, environment, logs

from .accounts import *

ROOT = Path(__file__).resolve().parents[3]
VAR = ROOT / "var"  # everything the site writes while it runs: database, media, collected static files

env = environment.Environment()

# --- Who we are ------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Common Room"
BASE_URL: str = env.str("BASE_URL", default="http://127.0.0.1:8000")
WAGTAILADMIN_BASE_URL = BASE_URL

# --- Applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "home",
    "search",
    "networks",
    "mentoring",
    "core",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.embeds",
    "wagtail.sites",
    "core.apps.UsersConfig",  # wagtail.users, with forms for a user who signs in by e-mail
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for FORM_RENDERER
]

MIDDLEWARE = [
    "core.security.request_id.RequestIDMiddleware",
    "core.security.headers.HeadersMiddleware",
    "core.security.headers.PolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.security.busy.BusyDatabaseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "core.accounts.middleware.LimitStatus",
    "core.accounts.middleware.SessionLimits",
    "core.accounts.middleware.SecondFactor",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

FORM_RENDERER = "core.forms.renderer.FormRenderer"
DESIGN_GALLERY: bool = env.bool("DESIGN_GALLERY", default=False)  # /design/: every component, for who builds pages

# --- Database --------------------------------------------------------------------------------------------------------
# Built with the options that keep concurrent work safe, checked at the start: docs/adr/0002-database-settings.md.
DATABASES = {"default": environment.database(env.str("DATABASE_URL", default=f"sqlite:///{VAR / 'db.sqlite3'}"))}

# --- Cache -----------------------------------------------------------------------------------------------------------
REDIS_URL: str = env.str("REDIS_URL", default="")
CACHES = {
    "default": environment.cache(REDIS_URL),
    # Limits on the doors and used codes: a table that all processes share, whether or not there is Redis.
    "doors": {"BACKEND": "core.accounts.doors.DoorCache", "LOCATION": ""},
}

# --- Language and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English")]

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "site" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.design.bundle.BundleFinder",  # css/common-room.css out of site/styles and the components
]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What only some may read (documents, imports, their error files): never below MEDIA_ROOT, and without an address.
    "private": {"BACKEND": "core.files.storage.PrivateFileStorage", "OPTIONS": {"location": VAR / "private"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # StreamField editing forms are large

# --- Mail ------------------------------------------------------------------------------------------------------------
MAIL = environment.mail(env.str("EMAIL_URL", default="consolemail://"))
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST = MAIL.host
EMAIL_PORT = MAIL.port
EMAIL_HOST_USER = MAIL.user
EMAIL_HOST_PASSWORD = MAIL.password
EMAIL_USE_TLS = MAIL.use_tls
EMAIL_USE_SSL = MAIL.use_ssl
EMAIL_TIMEOUT = 10  # seconds: a mail server that does not answer must not hold a worker for ever
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Common Room <common-room@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Wagtail ---------------------------------------------------------------------------------------------------------
WAGTAILSEARCH_BACKENDS = environment.search(env.str("SEARCH_URL", default=""))
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no request leaves the site
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAILDOCS_DOCUMENT_MODEL = "core.PrivateDocument"  # kept in the private storage, served after the access check
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # never a redirect to the storage: its headers are not ours
WAGTAILIMAGES_IMAGE_MODEL = "core.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "core.images.forms.ImageForm"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []  # always a download: nothing uploaded opens as a page of ours
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "ics", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000  # a few kilobytes can unfold to gigabytes

# --- Security --------------------------------------------------------------------------------------------------------
# Origins beside our own: pictures on object storage, sign-in servers that a form may lead on to.
PICTURE_ORIGINS: list[str] = []
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": csp.public(pictures=PICTURE_ORIGINS, sign_in_servers=SIGN_IN_ORIGINS)
}
CONTENT_SECURITY_POLICY_ADMIN = csp.admin(pictures=PICTURE_ORIGINS)
SECURE_CONTENT_TYPE_NOSNIFF = True
ADMIN_PATH = "admin/"  # where the admin's own policy applies
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- Logs ------------------------------------------------------------------------------------------------------------
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOGGING = logs.logging(level=LOG_LEVEL, json_lines=False)

# --- Mentoring (docs/plugin.md) --------------------------------------------------------------------------------------
MENTORING_BASE_TEMPLATE = "base.html"
MENTORING_WORKER: str = env.str("MENTORING_WORKER", default="thread")
MENTORING_ENCRYPTION_KEYS: list[str] = env.list("MENTORING_ENCRYPTION_KEYS", default=[])
MENTORING_TOMBSTONES: str = env.str("MENTORING_TOMBSTONES", default="")
