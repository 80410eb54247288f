"""Tests: as development, faster and silent."""

from .base import *

DEBUG = False
SECRET_KEY = "test-only-key-that-production-refuses"  # noqa: S105 - public on purpose, refused by production
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed: tests log in often
CACHES["default"] = {"BACKEND": "core.accounts.doors.LocalCache"}  # never Redis, whatever the environment says
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Storages that a model looked up when it was loaded must not write among the developer's own files either.
MEDIA_ROOT = VAR / "tests" / "files" / "media"
STORAGES["private"]["OPTIONS"]["location"] = VAR / "tests" / "files" / "private"
MENTORING_WORKER = "inline"  # at commit, in the test itself

# Nothing of a test has to outlive a power cut.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
