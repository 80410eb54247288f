"""The plugin's settings, each read here and nowhere else. `docs/plugin.md` explains them."""

from __future__ import annotations

from typing import Any, Literal, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

WorkerMode = Literal["thread", "external", "inline"]


def base_template() -> str:
    """MENTORING_BASE_TEMPLATE: the template that members' pages extend. It offers the blocks `title` and `content`."""
    return str(getattr(settings, "MENTORING_BASE_TEMPLATE", "mentoring/plain.html"))


def worker() -> WorkerMode:
    """MENTORING_WORKER: who does what is due.

    "thread": a daemon thread of the web process, woken after each commit (the default; needs no second process).
    "external": a worker that runs `manage.py run_due --loop`. "inline": at commit, in the request itself (for tests).
    """
    mode: Any = getattr(settings, "MENTORING_WORKER", "thread")
    if mode not in ("thread", "external", "inline"):
        raise ImproperlyConfigured(f"MENTORING_WORKER must be thread, external or inline, not {mode!r}")
    return cast(WorkerMode, mode)


def base_url() -> str:
    """MENTORING_BASE_URL, or WAGTAILADMIN_BASE_URL: the start of links in mails, without a slash at the end."""
    url = getattr(settings, "MENTORING_BASE_URL", None) or getattr(settings, "WAGTAILADMIN_BASE_URL", "")
    return str(url).rstrip("/")


def from_email() -> str:
    """MENTORING_FROM_EMAIL, or DEFAULT_FROM_EMAIL: the sender of all mail. Answers go to the programme's address."""
    return str(getattr(settings, "MENTORING_FROM_EMAIL", None) or settings.DEFAULT_FROM_EMAIL)


def lease_seconds() -> int:
    """MENTORING_LEASE_SECONDS (60): how long a silent worker keeps a run before another takes it."""
    return int(getattr(settings, "MENTORING_LEASE_SECONDS", 60))


def max_attempts() -> int:
    """MENTORING_RUN_ATTEMPTS (3): how often a matching run is started before it counts as failed."""
    return int(getattr(settings, "MENTORING_RUN_ATTEMPTS", 3))


def mail_attempts() -> int:
    """MENTORING_MAIL_ATTEMPTS (12): how often a message is tried (over about two days) before it counts as failed."""
    return int(getattr(settings, "MENTORING_MAIL_ATTEMPTS", 12))


def import_max_bytes() -> int:
    """MENTORING_IMPORT_MAX_BYTES (60 MB): larger uploads are refused without being read."""
    return int(getattr(settings, "MENTORING_IMPORT_MAX_BYTES", 60 * 1024 * 1024))


def import_inline_bytes() -> int:
    """MENTORING_IMPORT_INLINE_BYTES (1 MB): imports up to this size are read in the request, others by the worker."""
    return int(getattr(settings, "MENTORING_IMPORT_INLINE_BYTES", 1024 * 1024))


def import_max_rows() -> int:
    """MENTORING_IMPORT_MAX_ROWS (200,000): rows of one import file."""
    return int(getattr(settings, "MENTORING_IMPORT_MAX_ROWS", 200_000))


def encryption_keys() -> list[str]:
    """MENTORING_ENCRYPTION_KEYS, the newest first; without any, Django's secret keys serve, old ones included."""
    keys = list(getattr(settings, "MENTORING_ENCRYPTION_KEYS", None) or [])
    return [str(key) for key in keys or (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def erase_account() -> Literal["delete", "deactivate"]:
    """MENTORING_ERASE_ACCOUNT ("delete"): what becomes of an erased person's account.

    "deactivate" keeps an empty one that cannot sign in, for sites whose other tables need its number.
    """
    how: Any = getattr(settings, "MENTORING_ERASE_ACCOUNT", "delete")
    if how not in ("delete", "deactivate"):
        raise ImproperlyConfigured(f"MENTORING_ERASE_ACCOUNT must be delete or deactivate, not {how!r}")
    return cast(Literal["delete", "deactivate"], how)


def tombstones() -> str:
    """MENTORING_TOMBSTONES: a file beside the database that remembers whom it erased; "" keeps none."""
    return str(getattr(settings, "MENTORING_TOMBSTONES", "") or "")


def keep_mail_months() -> int:
    """MENTORING_KEEP_MAIL_MONTHS (12): after that, messages that went out are removed."""
    return int(getattr(settings, "MENTORING_KEEP_MAIL_MONTHS", 12))


def keep_concerns_months() -> int:
    """MENTORING_KEEP_CONCERNS_MONTHS (0): months after closing until a concern is erased; 0 keeps them."""
    return int(getattr(settings, "MENTORING_KEEP_CONCERNS_MONTHS", 0))
