"""Logging: readable lines while developing, one JSON object per line in production; each carries the request's id."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def logging(*, level: str, json_lines: bool) -> dict[str, Any]:
    """Django's LOGGING. Raises ImproperlyConfigured for a level that is not one."""
    if level not in LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL is {level}. It may be: {', '.join(LEVELS)}.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "core.security.request_id.RequestIDFilter"}},
        "formatters": {
            "lines": {"format": "%(levelname)s %(name)s [%(request_id)s] %(message)s"},
            "json": {"()": "core.security.json_lines.JSONFormatter"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json" if json_lines else "lines",
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would print a second time, and mail tracebacks to nobody.
            "django": {"handlers": [], "propagate": True, "level": level},
            # Two lines for every row that is indexed: nothing to read while tasks run at once, in this process.
            "django_tasks": {"level": "WARNING"},
            "django.server": {"handlers": ["stderr"], "propagate": False, "level": level},
        },
    }
